/** One measured thing, as a line of a table. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  /** What it is measured against; empty where it stands alone. */
  readonly reference: string;
  /** Ours by the other, with the lowest and the highest of the rounds. */
  readonly ratio: string;
  readonly target: string;
}

/** What a chapter of the benchmarks found. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
  /** What a reader must know to read the rows: the load, what was the bottleneck, what was left out. */
  readonly notes: readonly string[];
}

const HEADINGS: Readonly<Record<keyof Row, string>> = {
  what: '',
  ours: 'algogate',
  reference: 'measured against',
  ratio: 'ratio (lowest to highest round)',
  target: 'target',
};

/** A section in Markdown. Columns that no row fills are left out. */
export function markdown({ title, rows, notes }: Section): string {
  const columns = (Object.keys(HEADINGS) as (keyof Row)[]).filter((column) =>
    rows.some((row) => row[column] !== ''),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [
    line(columns.map((column) => HEADINGS[column])),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map((column) => row[column]))),
  ];
  return [`## ${title}`, '', ...table, '', ...notes.map((note) => `- ${note}`), ''].join('\n');
}

/** A number to three significant digits, with separators between thousands: `12,300`, `0.913`. */
export function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

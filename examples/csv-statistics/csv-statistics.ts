import { parse } from 'csv-parse/sync';
import {
  max,
  mean,
  medianSorted,
  min,
  quantileSorted,
  sampleCorrelation,
  sampleStandardDeviation,
} from 'simple-statistics';

import { fromText, inputError, type Versions } from '../algorithm';

const MAX_COLUMNS = 100;
const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null']);

/** A number, or null where the statistic is not defined. */
type Maybe = number | null;

export interface NumericColumn {
  readonly name: string;
  readonly type: 'numeric';
  readonly count: number;
  readonly missing: number;
  readonly mean: number;
  /** Of the sample (n − 1); null for a single value. */
  readonly standardDeviation: Maybe;
  readonly minimum: number;
  /** Quartiles by linear interpolation (type 7 of Hyndman and Fan). */
  readonly firstQuartile: number;
  readonly median: number;
  readonly thirdQuartile: number;
  readonly maximum: number;
}

export interface TextColumn {
  readonly name: string;
  readonly type: 'text';
  readonly count: number;
  readonly missing: number;
  readonly distinct: number;
}

/** Pearson's r of the rows in which both columns have a value; null below two rows, or where one is constant. */
export interface Correlation {
  readonly columns: readonly [string, string];
  readonly rows: number;
  readonly r: Maybe;
}

export interface CsvStatistics {
  readonly rows: number;
  readonly columns: readonly (NumericColumn | TextColumn)[];
}

interface Column {
  readonly name: string;
  /** One per row: the text, or null where it is missing. */
  readonly cells: readonly (string | null)[];
  /** The same as numbers; null when some cell is neither missing nor a number, or all are missing. */
  readonly numbers: readonly Maybe[] | null;
}

/** Statistics of each column of a CSV text whose first line names the columns. */
export function csvStatistics(text: string): CsvStatistics {
  const columns = readColumns(text);
  return { rows: columns[0]?.cells.length ?? 0, columns: columns.map(describeColumn) };
}

/** The same, with the correlation of each pair of numeric columns. */
export function csvStatisticsWithCorrelations(
  text: string,
): CsvStatistics & { readonly correlations: readonly Correlation[] } {
  return { ...csvStatistics(text), correlations: correlationsOf(readColumns(text)) };
}

export const VERSIONS: Versions = {
  '1.0.0': fromText(csvStatistics),
  '1.1.0': fromText(csvStatisticsWithCorrelations),
};

function readColumns(text: string): Column[] {
  const [header, ...rows] = readRows(text);
  if (header === undefined || rows.length === 0)
    throw inputError('expected a header line and at least one row');
  if (header.length > MAX_COLUMNS) throw inputError(`expected at most ${MAX_COLUMNS} columns`);
  if (new Set(header).size < header.length) throw inputError('expected a different name for each column');
  return header.map((name, index) => columnOf(name, rows, index));
}

function readRows(text: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw inputError(`the CSV does not parse: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function columnOf(name: string, rows: readonly (readonly string[])[], index: number): Column {
  const cells = rows.map((row) => {
    const cell = row[index] ?? '';
    return MISSING.has(cell.toLowerCase()) ? null : cell;
  });
  const numbers = cells.map((cell) => (cell === null ? null : Number(cell)));
  const present = presentOf(numbers);
  const numeric = present.length > 0 && present.every(Number.isFinite);
  return { name, cells, numbers: numeric ? numbers : null };
}

function describeColumn({ name, cells, numbers }: Column): NumericColumn | TextColumn {
  const present = presentOf(cells);
  const counts = { count: present.length, missing: cells.length - present.length };
  if (numbers === null) return { name, type: 'text', ...counts, distinct: new Set(present).size };
  const sorted = presentOf(numbers).sort((a, b) => a - b);
  return {
    name,
    type: 'numeric',
    ...counts,
    mean: mean(sorted),
    standardDeviation: sorted.length < 2 ? null : sampleStandardDeviation(sorted),
    minimum: min(sorted),
    firstQuartile: quantileSorted(sorted, 0.25),
    median: medianSorted(sorted),
    thirdQuartile: quantileSorted(sorted, 0.75),
    maximum: max(sorted),
  };
}

function correlationsOf(columns: readonly Column[]): Correlation[] {
  const numeric = columns.flatMap(({ name, numbers }) => (numbers === null ? [] : [{ name, numbers }]));
  return numeric.flatMap((a, index) =>
    numeric.slice(index + 1).map((b) => ({
      columns: [a.name, b.name] as const,
      ...correlate(a.numbers, b.numbers),
    })),
  );
}

function correlate(a: readonly Maybe[], b: readonly Maybe[]): { rows: number; r: Maybe } {
  const xs: number[] = [];
  const ys: number[] = [];
  a.forEach((x, row) => {
    const y = b[row];
    if (x === null || y == null) return;
    xs.push(x);
    ys.push(y);
  });
  const varies = (values: readonly number[]) => values.some((value) => value !== values[0]);
  const r = varies(xs) && varies(ys) ? sampleCorrelation(xs, ys) : null;
  return { rows: xs.length, r };
}

function presentOf<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value) => value !== null);
}

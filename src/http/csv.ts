/** What a cell may hold; null is an empty one. */
export type Cell = string | number | null;

/** What a spreadsheet takes the beginning of a formula for. Source: OWASP, "CSV Injection". */
const FORMULA = /^[=+\-@\t\r]/;
const SPECIAL = /[",\r\n]/;

/**
 * One record of RFC 4180, with its line end. A text that a spreadsheet would run as a formula has an apostrophe
 * before it, by which it stays a text; numbers are numbers, and stay as they are.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

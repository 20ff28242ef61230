import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import type { Page } from '../../shared/paging';

/** A table whose rows are histories: those of one history are alike in some columns, and come in the order of ids. */
export interface Histories {
  readonly table: string;
  /** The columns that tell one history from the other. */
  readonly of: readonly string[];
  /** What is read of each row: SQL and the name that it gets. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Where a row stands in its history, from 1. It is the row's cursor: ids would tell how much others have written. */
export interface Numbered {
  readonly number: number;
}

const LAST = 2 ** 31;

/**
 * One page of each of several histories, newest first, in one query.
 * @param where which histories: a condition with `?` for each of `parameters`
 */
export async function newestOf<Row extends object>(
  tx: Tx,
  { table, of, columns }: Histories,
  where: string,
  parameters: readonly (string | number)[],
  page: Page,
): Promise<(Row & Numbered)[]> {
  const parts = of.join(', ');
  const selected = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  const end = page.after === null ? LAST : numberAfter(page.after);
  const rows = await tx.query<(Row & Numbered)[]>(
    `SELECT * FROM (
       SELECT ${selected.join(', ')}, ROW_NUMBER() OVER (PARTITION BY ${parts} ORDER BY id) AS number,
              COUNT(*) OVER (PARTITION BY ${parts}) AS total
         FROM ${table} WHERE ${where}) numbered
      WHERE number < ? AND number >= (CASE WHEN total + 1 < ? THEN total + 1 ELSE ? END) - ?
      ORDER BY number DESC`,
    [...parameters, end, end, end, page.limit],
  );
  return rows.map((row) => ({ ...row, number: Number(row.number) }));
}

/** @throws AlgogateError INVALID_INPUT for the cursor of something else */
function numberAfter(key: string): number {
  if (/^\d{1,9}$/.test(key)) return Number(key);
  throw new AlgogateError('INVALID_INPUT', 'after is no cursor of this list', ['after']);
}

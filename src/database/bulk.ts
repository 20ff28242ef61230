import type { Tx } from './database';
import { type BulkValue, isSqlite, pause, prepared } from './prepared';

/** Rows of one table, made of values of type T. */
export interface BulkInsert<T> {
  readonly table: string;
  readonly columns: readonly string[];
  /** What of a value goes into each of the columns. */
  readonly values: (value: T) => readonly BulkValue[];
  /** The primary key, where a row that has the same is written over; without it, such a row is an error. */
  readonly over?: readonly string[];
}

type InsertRows<T> = (tx: Tx, values: readonly T[]) => Promise<void>;

const ROWS_AT_ONCE = 250;
/** Of SQLite, which answers at once: what is between two turns of the event loop is well under a millisecond. */
const ROWS_BETWEEN_TURNS = 50;
/** Far below the packets of 16 MiB that MariaDB takes by default; sketches are what makes rows long. */
const BYTES_AT_ONCE = 2 ** 20;
/** What a number takes, and more than what punctuation does. */
const BYTES_OF_SHORT = 20;

/**
 * A way to insert many rows at a time. It goes by what is cheapest on the database: one statement that is run for each
 * row on SQLite, where a statement costs no round trip and binding thousands of values at once costs more; one
 * statement with many rows on MySQL.
 */
export function bulkInsert<T>({ table, columns, values, over }: BulkInsert<T>): InsertRows<T> {
  const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES `;
  const row = `(${columns.map(() => '?').join(', ')})`;
  const rest = columns.filter((column) => over?.includes(column) !== true);
  const set = (given: (column: string) => string) =>
    rest.map((name) => `${name} = ${given(name)}`).join(', ');
  const onConflict =
    over === undefined
      ? ''
      : ` ON CONFLICT (${over.join(', ')}) DO UPDATE SET ${set((name) => `excluded.${name}`)}`;
  const onDuplicate =
    over === undefined ? '' : ` ON DUPLICATE KEY UPDATE ${set((name) => `VALUES(${name})`)}`;
  const single = prepared(`${insert}${row}${onConflict}`);
  return async (tx, given) => {
    if (isSqlite(tx)) {
      const statement = single(tx);
      for (const chunk of chunksOf(given, ROWS_BETWEEN_TURNS)) {
        for (const value of chunk) statement.run(values(value));
        await pause();
      }
      return;
    }
    for (const rows of packets(given, values)) {
      await tx.query(`${insert}${rows.map(() => row).join(', ')}${onDuplicate}`, rows.flat());
    }
  };
}

export function* chunksOf<T>(values: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < values.length; from += size) yield values.slice(from, from + size);
}

/** Rows that go into one statement: not too many, and not too long. */
function* packets<T>(
  given: readonly T[],
  values: (value: T) => readonly BulkValue[],
): Generator<readonly (readonly BulkValue[])[]> {
  let rows: (readonly BulkValue[])[] = [];
  let bytes = 0;
  for (const value of given) {
    const row = values(value);
    rows.push(row);
    bytes += row.reduce<number>((sum, cell) => sum + lengthOf(cell), 0);
    if (rows.length < ROWS_AT_ONCE && bytes < BYTES_AT_ONCE) continue;
    yield rows;
    rows = [];
    bytes = 0;
  }
  if (rows.length > 0) yield rows;
}

/** About what a value takes in a statement: texts are escaped, and blobs written as hex. */
function lengthOf(value: BulkValue): number {
  if (value === null || typeof value === 'number') return BYTES_OF_SHORT;
  return BYTES_OF_SHORT + 2 * value.length;
}

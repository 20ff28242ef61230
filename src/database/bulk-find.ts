import { chunksOf } from './bulk';
import type { Tx } from './database';
import { type BulkValue, isSqlite, pause, prepared } from './prepared';

/** Rows of one table that are found by their primary keys. */
export interface BulkFind {
  readonly table: string;
  readonly columns: readonly string[];
  /** The columns of the key and what they hold, in the order in which keys are given. */
  readonly key: Readonly<Record<string, 'text' | 'number'>>;
}

/** The columns of the rows that are there, in any order. */
export type FoundRow = Readonly<Record<string, unknown>>;

const KEYS_AT_ONCE = 250;
const JSON_TYPES = { text: 'varchar(255)', number: 'bigint' } as const;

/**
 * A way to find many rows by their keys, one look into the primary key for each. On SQLite a statement is run for each;
 * on MySQL the keys are a table that the rows are joined to. `a = ? AND b = ? OR …` would be found by the key too, but
 * takes the optimizer a time that grows with the square of their number; `(a, b) IN (…)` reads the whole table on some.
 */
export function bulkFind({
  table,
  columns,
  key,
}: BulkFind): (tx: Tx, keys: readonly (readonly BulkValue[])[]) => Promise<FoundRow[]> {
  const names = Object.keys(key);
  const one = prepared(
    `SELECT ${columns.join(', ')} FROM ${table} WHERE ${names.map((name) => `${name} = ?`).join(' AND ')}`,
  );
  const many = joined({ table, columns, key });
  return async (tx, keys) => {
    const rows: FoundRow[] = [];
    for (const chunk of chunksOf(keys, KEYS_AT_ONCE)) {
      if (!isSqlite(tx)) {
        rows.push(...(await tx.query<FoundRow[]>(many, [JSON.stringify(chunk)])));
        continue;
      }
      const statement = one(tx);
      for (const values of chunk) {
        const row = statement.get(values) as FoundRow | undefined;
        if (row !== undefined) rows.push(row);
      }
      await pause();
    }
    return rows;
  };
}

function joined({ table, columns, key }: BulkFind): string {
  const parts = Object.entries(key).map(([name, kind], at) => ({
    column: `k${at} ${JSON_TYPES[kind]} PATH '$[${at}]'`,
    // the collation of the column, or its key would not be used
    match: `f.${name} = ${kind === 'number' ? `k.k${at}` : `CONVERT(k.k${at} USING utf8mb4) COLLATE utf8mb4_bin`}`,
  }));
  return (
    `SELECT ${columns.map((name) => `f.${name}`).join(', ')}` +
    ` FROM JSON_TABLE(?, '$[*]' COLUMNS (${parts.map(({ column }) => column).join(', ')})) AS k` +
    ` STRAIGHT_JOIN ${table} AS f ON ${parts.map(({ match }) => match).join(' AND ')}`
  );
}

import type { Tx } from './database';

/** Rows of one table, and what to do with those that are there already. */
export interface BulkInsert {
  readonly table: string;
  readonly columns: readonly string[];
  /** The columns of the primary key: a row that has one that is taken is passed over. */
  readonly key: readonly string[];
}

export type BulkValue = string | number | null;

type InsertRows = (tx: Tx, rows: readonly BulkValue[][]) => Promise<void>;

/** The part of better-sqlite3 that is used here; the package carries no types. */
interface SqliteHandle {
  prepare(sql: string): { run(values: readonly BulkValue[]): unknown };
}

/**
 * A way to insert many rows at a time, each unless its key is there. It goes by what is cheapest on the database:
 * one statement that is run for each row on SQLite, where a statement costs no round trip and binding thousands of
 * values at once costs more; one statement with all rows on MySQL.
 */
export function bulkInsert({ table, columns, key }: BulkInsert): InsertRows {
  const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES `;
  const row = `(${columns.map(() => '?').join(', ')})`;
  const sqlite = `${insert}${row} ON CONFLICT (${key.join(', ')}) DO NOTHING`;
  // not INSERT IGNORE, which on MySQL forgives more than a row that is there
  const unlessThere = ` ON DUPLICATE KEY UPDATE ${key[0] ?? ''} = ${table}.${key[0] ?? ''}`;
  const statements = new WeakMap<SqliteHandle, ReturnType<SqliteHandle['prepare']>>();
  return async (tx, rows) => {
    if (tx.dataSource.options.type !== 'better-sqlite3') {
      await tx.query(insert + rows.map(() => row).join(', ') + unlessThere, rows.flat());
      return;
    }
    const handle = (tx.dataSource.driver as unknown as { databaseConnection: SqliteHandle })
      .databaseConnection;
    const statement = statements.get(handle) ?? handle.prepare(sqlite);
    statements.set(handle, statement);
    for (const values of rows) statement.run(values);
  };
}

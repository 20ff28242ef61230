import { QueryFailedError } from 'typeorm';

import type { Tx } from './database';

/** A value of a row, as both drivers take it. */
export type BulkValue = string | number | Buffer | null;

/** The part of better-sqlite3 that is used here; the package carries no types. */
export interface SqliteStatement {
  run(values: readonly BulkValue[]): { readonly changes: number };
  get(values: readonly BulkValue[]): unknown;
}

interface SqliteHandle {
  prepare(sql: string): SqliteStatement;
}

export function isSqlite(tx: Tx): boolean {
  return tx.dataSource.options.type === 'better-sqlite3';
}

/** A statement of SQLite that is run for many rows: parsed once for each connection. It fails as TypeORM's do. */
export function prepared(sql: string): (tx: Tx) => SqliteStatement {
  const statements = new WeakMap<SqliteHandle, SqliteStatement>();
  return (tx) => {
    const { databaseConnection: handle } = tx.dataSource.driver as unknown as {
      databaseConnection: SqliteHandle;
    };
    const known = statements.get(handle);
    if (known !== undefined) return known;
    const raw = failing(sql, () => handle.prepare(sql));
    const statement: SqliteStatement = {
      run: (values) => failing(sql, () => raw.run(values)),
      get: (values) => failing(sql, () => raw.get(values)),
    };
    statements.set(handle, statement);
    return statement;
  };
}

function failing<T>(sql: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new QueryFailedError(sql, undefined, error as Error);
  }
}

/** Lets the event loop turn: SQLite answers at once, so that without a pause calls would wait for a whole batch. */
export function pause(): Promise<void> {
  return new Promise(setImmediate);
}

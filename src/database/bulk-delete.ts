import type { Tx } from './database';
import { type BulkValue, isSqlite, prepared } from './prepared';

/** Rows of one table that are deleted bit by bit. */
export interface BulkDelete {
  readonly table: string;
  /** The columns of the primary key. */
  readonly key: readonly string[];
  readonly where: string;
  /** The index by which they are found. */
  readonly order: readonly string[];
}

/**
 * A way to delete some of many rows: the first of those that fit, and not more than `limit`, so that no transaction
 * takes long. Gives how many it deleted.
 */
export function bulkDelete({
  table,
  key,
  where,
  order,
}: BulkDelete): (tx: Tx, values: readonly BulkValue[], limit: number) => Promise<number> {
  const first = `WHERE ${where} ORDER BY ${order.join(', ')} LIMIT ?`;
  const names = key.join(', ');
  // SQLite's DELETE has no LIMIT of its own, MySQL's takes no sub-query of the same table
  const sqlite = prepared(
    `DELETE FROM ${table} WHERE (${names}) IN (SELECT ${names} FROM ${table} ${first})`,
  );
  return async (tx, values, limit) => {
    if (isSqlite(tx)) return sqlite(tx).run([...values, limit]).changes;
    const deleted = await tx.query<{ affectedRows: number }>(`DELETE FROM ${table} ${first}`, [
      ...values,
      limit,
    ]);
    return deleted.affectedRows;
  };
}

import { bulkDelete, type Tx } from '../database';

/** Rows that are deleted algorithm by algorithm, the oldest first: by their primary key, which begins with it. */
export interface AgingTable {
  readonly name: string;
  /** What is old of one algorithm; its parameters are the algorithm and the first moment that is kept. */
  readonly isOld: string;
  readonly deleteOld: (tx: Tx, values: readonly number[], limit: number) => Promise<number>;
}

const RECORD_KEY = ['algorithm_id', 'started_at', 'request_id'];
const PAIR_KEY = ['algorithm_id', 'granularity', 'bucket', 'unit', 'caller_id'];
const ROLLUP_KEY = ['subject', 'granularity', 'bucket'];

export const RECORDS = aging('calls', RECORD_KEY, 'algorithm_id = ? AND started_at < ?');
export const PAIR_MINUTES = aging(
  'usage_pairs',
  PAIR_KEY,
  "algorithm_id = ? AND granularity = 'MINUTE' AND bucket < ?",
);

/** Rollups have an index for this: there are several times as many subjects as algorithms to go through. */
export const deleteRollupMinutes = bulkDelete({
  table: 'usage_rollups',
  key: ROLLUP_KEY,
  where: "granularity = 'MINUTE' AND bucket < ?",
  order: ['granularity', 'bucket'],
});

function aging(name: string, key: readonly string[], isOld: string): AgingTable {
  return { name, isOld, deleteOld: bulkDelete({ table: name, key, where: isOld, order: key }) };
}

/** The first algorithm after another that has rows; null after the last. */
export async function algorithmAfter(tx: Tx, { name }: AgingTable, after: number): Promise<number | null> {
  const sql = `SELECT algorithm_id AS id FROM ${name} WHERE algorithm_id > ? ORDER BY algorithm_id LIMIT 1`;
  const [row] = await tx.query<{ id: number }[]>(sql, [after]);
  return row?.id ?? null;
}

/** Whether an algorithm has rows that are old. In a query of its own: as a part of the other, MariaDB reads all rows. */
export async function hasOld(
  tx: Tx,
  { name, isOld }: AgingTable,
  values: readonly number[],
): Promise<boolean> {
  const rows = await tx.query<unknown[]>(`SELECT 1 FROM ${name} WHERE ${isOld} LIMIT 1`, [...values]);
  return rows.length > 0;
}

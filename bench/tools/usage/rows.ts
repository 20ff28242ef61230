import { bulkInsert, type BulkValue, type Database } from '../../../src/database';
import type { Bucket } from './sums';

/** A row as it is written. */
export interface Rows {
  readonly rollups: BulkValue[][];
  readonly pairs: BulkValue[][];
}

/** Rows of one transaction: one that takes long is rolled back. */
const ROWS_PER_WRITE = 10_000;
const TOTAL = ['calls', 'errors', 'bytes_in', 'bytes_out', 'latencies'];
const ROLLUP_KEY = ['subject', 'granularity', 'bucket'];
const PAIR_KEY = ['algorithm_id', 'granularity', 'bucket', 'unit', 'caller_id'];

const insertRollups = bulkInsert<BulkValue[]>({
  table: 'usage_rollups',
  columns: [...ROLLUP_KEY, 'family', ...TOTAL, 'callers', 'parts'],
  values: (row) => row,
});

const insertPairs = bulkInsert<BulkValue[]>({
  table: 'usage_pairs',
  columns: [...PAIR_KEY, ...TOTAL, 'parts'],
  values: (row) => row,
});

/** Puts the sums of a bucket to the rows that are to be written. */
export function addRows({ rollups, pairs }: Rows, { granularity, start, sums }: Bucket): void {
  for (const { of, parts } of sums.values()) {
    const { calls, errors, bytesIn, bytesOut, latencies, callers } = parts.total();
    const counts = [calls, errors, bytesIn, bytesOut, Buffer.from(latencies.encode())];
    const encoded = Buffer.from(parts.encode());
    if (of.kind === 'pair') {
      const { algorithmId, unit, callerId } = of;
      pairs.push([algorithmId, granularity, start, unit, callerId, ...counts, encoded]);
    } else {
      const who = of.hasCallers ? Buffer.from(callers.encode()) : null;
      rollups.push([of.subject, granularity, start, of.family, ...counts, who, encoded]);
    }
  }
}

/** Writes rows in the order of their keys, in which it is cheapest. @returns how many */
export async function writeRows(database: Database, { rollups, pairs }: Rows): Promise<number> {
  const tables = [
    [rollups, ROLLUP_KEY.length, insertRollups],
    [pairs, PAIR_KEY.length, insertPairs],
  ] as const;
  for (const [rows, keys, insert] of tables) {
    rows.sort((a, b) => inOrder(a, b, keys));
    for (let from = 0; from < rows.length; from += ROWS_PER_WRITE) {
      await database.write((tx) => insert(tx, rows.slice(from, from + ROWS_PER_WRITE)));
    }
  }
  return rollups.length + pairs.length;
}

function inOrder(a: readonly BulkValue[], b: readonly BulkValue[], keys: number): number {
  for (let at = 0; at < keys; at += 1) {
    const [one, other] = [a[at] ?? 0, b[at] ?? 0];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

import { bulkFind, type Tx } from '../database';
import type { Counter } from '../domain/limits/counter';
import type { CallKey } from './counts';
import { readCalls } from './limits-store';

const findCalls = bulkFind({
  table: 'calls',
  columns: ['request_id'],
  key: { algorithm_id: 'number', started_at: 'number', request_id: 'text' },
});

/**
 * How many calls the rollups have of a counter, without those of `calls`. They are recorded and counted in one
 * transaction, and for good: what was recorded just before the rollups were read and just after is what they had.
 */
export async function readCallsBeside(
  tx: Tx,
  { counted, period, bucket }: Counter,
  calls: readonly CallKey[],
): Promise<number> {
  for (let recorded = await countRecorded(tx, calls); ;) {
    const all = await readCalls(tx, counted, period, bucket);
    const after = recorded === calls.length ? recorded : await countRecorded(tx, calls);
    if (after === recorded) return all - recorded;
    recorded = after;
  }
}

async function countRecorded(tx: Tx, calls: readonly CallKey[]): Promise<number> {
  const keys = calls.map(({ algorithmId, start, requestId }) => [algorithmId, start, requestId]);
  return calls.length === 0 ? 0 : (await findCalls(tx, keys)).length;
}

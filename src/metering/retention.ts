import { setTimeout as sleep } from 'node:timers/promises';

import { type Database, pause, type Tx } from '../database';
import { GRACE_MS, minutesFrom, recordsFrom } from './kept';
import {
  type AgingTable,
  algorithmAfter,
  deleteRollupMinutes,
  hasOld,
  PAIR_MINUTES,
  RECORDS,
} from './retention-store';

/** Small, as each holds locks, and on SQLite the event loop. */
const ROWS_AT_ONCE = 500;
/** For those who write calls meanwhile. */
const PAUSE_MS = 10;

export interface Retention {
  /** How long records of calls are kept, in milliseconds. */
  readonly retentionMs: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Deletes what need not be kept any more: old records, and old rollups by the minute. Replicas may do so at once. Source:
 * chapter 6, "What can be asked".
 * @param stopped asked between two transactions
 */
export async function purge(
  database: Database,
  { retentionMs, now }: Retention,
  stopped: () => boolean,
): Promise<void> {
  const kept = { records: recordsFrom(now - GRACE_MS, retentionMs), minutes: minutesFrom(now - GRACE_MS) };
  await purgeByAlgorithm(database, RECORDS, kept.records, stopped);
  await purgeByAlgorithm(database, PAIR_MINUTES, kept.minutes, stopped);
  await inPortions(database, (tx) => deleteRollupMinutes(tx, [kept.minutes], ROWS_AT_ONCE), stopped);
}

async function purgeByAlgorithm(
  database: Database,
  table: AgingTable,
  keptFrom: number,
  stopped: () => boolean,
): Promise<void> {
  for (let after = -1; !stopped();) {
    const id = await algorithmAfter(database.reads, table, after);
    if (id === null) return;
    const old = [id, keptFrom];
    if (await hasOld(database.reads, table, old)) {
      await inPortions(database, (tx) => table.deleteOld(tx, old, ROWS_AT_ONCE), stopped);
    }
    after = id;
    await pause();
  }
}

/** Deletes portion by portion, each in a transaction of its own, until one is not full. */
async function inPortions(
  database: Database,
  deleteSome: (tx: Tx) => Promise<number>,
  stopped: () => boolean,
): Promise<void> {
  while (!stopped() && (await database.write(deleteSome)) === ROWS_AT_ONCE) await sleep(PAUSE_MS);
}

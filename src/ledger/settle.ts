import { type Database, MAX_WRITE_MS } from '../database';
import { AlgogateError } from '../domain/errors';
import type { OwnerId } from '../domain/principal';
import { awaitChanges, databaseNow } from './store';

/** What is older than this by the database's clock was committed, or never will be: see MAX_WRITE_MS. */
export const SETTLED_MS = MAX_WRITE_MS + 5000;

const MAX_LOOKS = 1000;

/**
 * Waits until the entries of an owner that show `time`, or an earlier one, are all there, and none is made any more.
 * The time of an entry is taken under the lock of the owner's head: whoever has seen that lock free at a later time
 * has seen them all. An owner that does not exist costs the same.
 * @param time epoch milliseconds, in the past by the database's clock
 * @throws AlgogateError UNAVAILABLE where that clock went back and does not come to `time` again
 */
export async function settle(database: Database, ownerId: OwnerId, time: number): Promise<void> {
  for (let looks = 0; looks < MAX_LOOKS; looks += 1) {
    const now = await database.write(async (tx) => {
      await awaitChanges(tx, database.dialect, ownerId);
      return databaseNow(tx, database.dialect);
    });
    if (now > time) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new AlgogateError('UNAVAILABLE', 'the clock of the database went back');
}

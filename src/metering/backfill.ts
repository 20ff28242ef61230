import type { Database } from '../database';
import { deleteOfBefore, oldestOfBefore } from './backfill-store';
import { type Meter, untilTaken } from './sink';

const RECORDS_AT_ONCE = 500;

/**
 * Moves the records of the table that they were written to before there were rollups, and counts them, each once:
 * recorded, counted and deleted in one transaction, and passed over where the journal brought it already. A replica of
 * an earlier release may go on writing there, so this is done again and again.
 * @param stopped asked between two transactions
 * @returns how many records it found
 */
export async function backfillRecords(
  database: Database,
  meter: Meter,
  stopped: () => boolean,
): Promise<number> {
  for (let moved = 0; ;) {
    const found = stopped() ? 0 : await untilTaken(() => backfillSome(database, meter));
    if (found === 0) return moved;
    moved += found;
  }
}

function backfillSome(database: Database, meter: Meter): Promise<number> {
  return database.write(async (tx) => {
    const oldest = await oldestOfBefore(tx, database.dialect, RECORDS_AT_ONCE);
    if (oldest.length === 0) return 0;
    const portion = await meter.portionOf(oldest);
    await meter.takeNew(tx, portion);
    await deleteOfBefore(tx, portion.records);
    return portion.records.length;
  });
}

import { type Database, isDuplicate, pause, type Tx } from '../database';
import type { CallRecord, RecordSink } from '../domain/usage/call';
import { type Added, Cells } from './cells';
import { type Facts, FactsStore, type Known } from './facts-store';
import { GRACE_MS, minutesFrom } from './kept';
import { insertRecords, recordedIds } from './record-store';
import { addCells } from './rollup-store';

const MAX_RECORDS = 4000;
const MAX_CELLS = 3000;
/** A database on which this many take too long is as good as away. */
const SMALLEST_SHARE = 1 / 32;
/** Records that are added up between two turns of the event loop. */
const RECORDS_AT_ONCE = 500;
const MAX_ATTEMPTS = 5;

/** What one transaction takes: a beginning of the records that wait, and what they add up to. */
interface Portion extends Known {
  readonly added: Added;
}

/**
 * Records calls and counts them, in one transaction: what was counted is recorded and the other way round, so that
 * each counts once. Source: chapter 6, "No answer unmetered".
 */
export class Meter {
  private readonly facts: FactsStore;
  /** Of what a transaction may take, how much the next one does: less while they fail, since they may be too slow. */
  private share = 1;

  /** @param now the time in epoch milliseconds */
  constructor(
    private readonly database: Database,
    private readonly now: () => number = Date.now,
  ) {
    this.facts = new FactsStore(database);
  }

  /** Records that are new are recorded and counted; those that are known are passed over. */
  async take(records: readonly CallRecord[]): Promise<void> {
    for (let done = 0; done < records.length;) {
      const portion = await this.portionOf(records.slice(done, done + MAX_RECORDS * this.share));
      try {
        await this.commit(portion);
      } catch (error) {
        this.share = Math.max(SMALLEST_SHARE, this.share / 2);
        throw error;
      }
      done += portion.records.length;
    }
    // not before all of it is through: what was taken is passed over at once when the rest comes again, and proves nothing
    this.share = Math.min(1, this.share * 2);
  }

  /** The longest beginning of `records` that is not too much for one transaction. */
  async portionOf(records: readonly CallRecord[]): Promise<Portion> {
    const known = await this.facts.of(records);
    const cells = this.cells(known.facts);
    const taken = await fill(cells, known.records, MAX_CELLS * this.share);
    return { records: known.records.slice(0, taken), facts: known.facts, added: cells.finish() };
  }

  /** Takes those of the records that are not in the database, within a transaction. @throws see `untilTaken` */
  async takeNew(tx: Tx, { records, facts }: Known): Promise<void> {
    const seen = await recordedIds(tx, records);
    const fresh = records.filter(({ requestId }) => !seen.has(requestId) && seen.add(requestId));
    if (fresh.length === 0) return;
    const cells = this.cells(facts);
    await fill(cells, fresh, Infinity);
    await this.write(tx, fresh, cells.finish());
  }

  /** Nearly always all records are new, so that is tried first; where the key refuses one, they are looked at. */
  private commit(portion: Portion): Promise<void> {
    return untilTaken((isFirst) =>
      this.database.write((tx) =>
        isFirst ? this.write(tx, portion.records, portion.added) : this.takeNew(tx, portion),
      ),
    );
  }

  private async write(tx: Tx, records: readonly CallRecord[], added: Added): Promise<void> {
    await insertRecords(tx, records);
    await addCells(tx, this.database.dialect, added);
  }

  private cells(facts: Facts): Cells {
    return new Cells(facts, minutesFrom(this.now() - GRACE_MS));
  }
}

/** The sink of a journal. */
export function meteringSink(database: Database): RecordSink {
  const meter = new Meter(database);
  return (records) => meter.take(records);
}

/** Runs `attempt` again where another took one of its records at the same time. */
export async function untilTaken<T>(attempt: (isFirst: boolean) => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt(attempts === 1);
    } catch (error) {
      if (!isDuplicate(error) || attempts >= MAX_ATTEMPTS) throw error;
    }
  }
}

/** Adds up records until there are enough cells. @returns how many it took, one at least */
async function fill(cells: Cells, records: readonly CallRecord[], enough: number): Promise<number> {
  let taken = 0;
  for (const record of records) {
    cells.add(record);
    taken += 1;
    if (cells.size >= enough) break;
    if (taken % RECORDS_AT_ONCE === 0) await pause();
  }
  return taken;
}

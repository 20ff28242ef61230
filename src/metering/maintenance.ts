import type { Database } from '../database';
import { backfillRecords } from './backfill';
import { hasOfBefore } from './backfill-store';
import { purge } from './retention';
import { Meter } from './sink';

/** What a replica of an earlier release writes counts within this. */
const BACKFILL_EVERY_MS = 10_000;
const PURGE_EVERY_MS = 3_600_000;

export interface MaintenanceOptions {
  /** How long records of calls are kept, in milliseconds. */
  readonly retentionMs: number;
  /**
   * Resolves when all that was recorded before is in the database, what dead workers left included: a record that
   * comes again is told by its being there, so nothing is purged before that.
   */
  readonly drained: () => Promise<void>;
  /** Told of what failed, for the log: the next round tries it again. */
  readonly onFault: (fault: unknown) => void;
}

/**
 * What metering does beside the calls: the backfill of records from before there were rollups, at the start and every
 * few seconds, and the purge of what is old, at the start and every hour.
 */
export class Maintenance {
  private readonly meter: Meter;
  private timers: NodeJS.Timeout[] = [];
  private round: Promise<void> | null = null;
  private stopped = false;
  private waitsToPurge = false;
  private purgeIsDue = false;

  constructor(
    private readonly database: Database,
    private readonly options: MaintenanceOptions,
  ) {
    this.meter = new Meter(database);
  }

  /** Begins with a round; waits for none. */
  start(): void {
    const [often, hourly] = [() => this.turn(), () => void this.askForPurge()];
    this.timers = [
      setInterval(often, BACKFILL_EVERY_MS).unref(),
      setInterval(hourly, PURGE_EVERY_MS).unref(),
    ];
    hourly();
    often();
  }

  /** When the round that is under way has ended. */
  async ended(): Promise<void> {
    await this.round;
  }

  /** Ends with the transaction that is under way: what is left is for the next round, or the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    await this.ended();
  }

  /** A round that takes longer than the time to the next is left alone. */
  private turn(): void {
    if (this.stopped) return;
    this.round ??= this.run().finally(() => {
      this.round = null;
    });
  }

  /** Rounds go on meanwhile: what holds up the one need not hold up the other. */
  private async askForPurge(): Promise<void> {
    if (this.waitsToPurge) return;
    this.waitsToPurge = true;
    await this.tried(async () => {
      await this.options.drained();
      this.purgeIsDue = true;
    });
    this.waitsToPurge = false;
    this.turn();
  }

  private async run(): Promise<void> {
    await this.tried(() => this.backfill());
    if (!this.purgeIsDue) return;
    this.purgeIsDue = false;
    const { retentionMs } = this.options;
    await this.tried(() => purge(this.database, { retentionMs, now: Date.now() }, () => this.stopped));
  }

  /** Nearly always there is nothing, and one look tells: it takes no lock. */
  private async backfill(): Promise<void> {
    if (await hasOfBefore(this.database.reads)) {
      await backfillRecords(this.database, this.meter, () => this.stopped);
    }
  }

  private async tried(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (fault) {
      this.options.onFault(fault);
    }
  }
}

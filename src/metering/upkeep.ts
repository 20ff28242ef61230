import type { Database } from '../database';
import { adoptRecords } from './adoption';
import { purge } from './retention';
import { Meter } from './sink';

const EVERY_MS = 3_600_000;

export interface UpkeepOptions {
  /** How long records of calls are kept, in milliseconds. */
  readonly retentionMs: number;
  /** Told of what failed, for the log: the next round tries it again. */
  readonly onFault: (fault: unknown) => void;
}

/** What metering does beside the calls, at the start and every hour: old records are adopted, and what is old is deleted. */
export class Upkeep {
  private readonly meter: Meter;
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly options: UpkeepOptions,
  ) {
    this.meter = new Meter(database);
  }

  /** Begins with a round; waits for none. */
  start(): void {
    this.timer ??= setInterval(() => {
      this.turn();
    }, EVERY_MS).unref();
    this.turn();
  }

  /** When the round that is under way has ended. */
  async ended(): Promise<void> {
    await this.round;
  }

  /** Ends with the transaction that is under way: what is left is for the next round, or the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearInterval(this.timer);
    await this.ended();
  }

  /** A round that takes longer than an hour is left alone. */
  private turn(): void {
    this.round ??= this.run().finally(() => {
      this.round = null;
    });
  }

  private async run(): Promise<void> {
    const stopped = (): boolean => this.stopped;
    const { retentionMs } = this.options;
    await this.tried(() => adoptRecords(this.database, this.meter, stopped));
    await this.tried(() => purge(this.database, { retentionMs, now: Date.now() }, stopped));
  }

  private async tried(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (fault) {
      this.options.onFault(fault);
    }
  }
}

import type { Database } from '../database';
import { AlgogateError } from '../domain/errors';
import type { Counter } from '../domain/limits/counter';
import { RetryLater } from '../domain/limits/refusals';
import { within } from '../waiting';
import type { Counted, Counts, Held, Missing } from './counts';
import { readCallsBeside } from './recorded-store';

/** For a lock, and for a count that has to be read from the rollups first. */
const PATIENCE_MS = 5_000;
/** What others recorded is in the database long before that. */
const LONGEST_WAIT_MS = 3_000;
/** A counter that is set may be lost again before it is used; not for ever. */
const MAX_ATTEMPTS = 5;

export interface QuotasOptions {
  readonly database: Database;
  readonly counts: Counts;
  /** Resolves when the database has all that this process recorded, and what dead ones left here. */
  readonly drained: () => Promise<void>;
  /** An estimate of how long that takes, in milliseconds; no time by default. */
  readonly backlogMs?: () => number;
  /** From when on the database has all that others recorded before a moment; both epoch milliseconds. */
  readonly settledAt: (since: number) => number;
  readonly onFault: (fault: unknown) => void;
  readonly now?: () => number;
  /** How long a call waits to be counted, in milliseconds; five seconds by default. */
  readonly patienceMs?: number;
}

/**
 * Counts calls against quotas. A count that is not there (the first of a day, of a quota, of a process) is what the
 * rollups say, read once when all records of before have reached them; in the steady state nothing is read.
 * Source: chapter 6, "Quotas and rates".
 */
export class Quotas {
  /** Counts that are being set, by their names. */
  private readonly beginning = new Map<string, Promise<void>>();
  private readonly now: () => number;
  private readonly patienceMs: number;

  constructor(private readonly options: QuotasOptions) {
    this.now = options.now ?? Date.now;
    this.patienceMs = options.patienceMs ?? PATIENCE_MS;
  }

  /**
   * One more call of every counter, or of none.
   * @throws AlgogateError UNAVAILABLE where it cannot be counted
   */
  reserve(counters: readonly Counter[], held: Held): Known | Promise<Known> {
    const known = this.known(() => this.options.counts.reserve(counters, held));
    if (!(known instanceof Promise)) return known;
    return within(this.patienceMs, known, () => {
      // nobody waits for it any more when it is counted after all
      known.then(() => this.release(counters, held.requestId)).catch(() => undefined);
      throw this.late();
    });
  }

  /** Where the counters stand. @throws AlgogateError UNAVAILABLE */
  look(counters: readonly Counter[]): Known | Promise<Known> {
    const known = this.known(() => this.options.counts.look(counters));
    if (!(known instanceof Promise)) return known;
    return within(this.patienceMs, known, () => {
      throw this.late();
    });
  }

  settle(counters: readonly Counter[], requestId: string): void {
    this.options.counts.settle(counters, requestId);
  }

  release(counters: readonly Counter[], requestId: string): void {
    this.options.counts.release(counters, requestId);
  }

  close(): Promise<void> {
    return this.options.counts.close();
  }

  private known(ask: () => Counted | Promise<Counted>): Known | Promise<Known> {
    const counted = ask();
    if (counted instanceof Promise || counted.kind === 'missing') return this.knownLater(counted, ask);
    return counted;
  }

  private async knownLater(
    first: Counted | Promise<Counted>,
    ask: () => Counted | Promise<Counted>,
  ): Promise<Known> {
    let counted = await first;
    for (let attempt = 1; counted.kind === 'missing'; attempt += 1) {
      if (attempt > MAX_ATTEMPTS) throw uncountable();
      await Promise.all(counted.missing.map((missing) => this.begin(missing)));
      counted = await ask();
    }
    return counted;
  }

  /** Of calls that miss the same count at once, the first reads it for all. */
  private begin(missing: Missing): Promise<void> {
    const name = `${missing.life} ${missing.counter.id}`;
    const known = this.beginning.get(name);
    if (known !== undefined) return known;
    const beginning = this.rebuild(missing).finally(() => this.beginning.delete(name));
    beginning.catch(() => undefined); // who asked may have lost patience
    this.beginning.set(name, beginning);
    return beginning;
  }

  /**
   * What ended before is in the database when this process has drained. What is under way or ends meanwhile is known by
   * its name, so that it counts once, whether it is in the rollups by then or not.
   */
  private async rebuild(missing: Missing): Promise<void> {
    const { database, counts, drained, settledAt, onFault } = this.options;
    const { counter, calls } = missing;
    // nobody is kept waiting for what will not come in time
    if (this.backlogMs > this.patienceMs) throw this.late();
    try {
      await this.until(settledAt(counter.since));
      await drained();
      await counts.begin(missing, await readCallsBeside(database.reads, counter, calls));
    } catch (fault) {
      if (fault instanceof AlgogateError) throw fault;
      onFault(fault);
      throw uncountable();
    }
  }

  private get backlogMs(): number {
    return this.options.backlogMs?.() ?? 0;
  }

  private late(): AlgogateError {
    const ms = this.backlogMs;
    if (ms <= this.patienceMs) return uncountable();
    return new RetryLater('UNAVAILABLE', 'quotas are being counted anew', Math.ceil(ms / 1000));
  }

  private async until(at: number): Promise<void> {
    // a moment that another replica's clock gave may be far off by ours
    const ms = Math.min(LONGEST_WAIT_MS, at - this.now());
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

/** What is known once no counter is missing. */
export type Known = Exclude<Counted, { kind: 'missing' }>;

function uncountable(): AlgogateError {
  return new AlgogateError('UNAVAILABLE', 'quotas cannot be counted at the moment');
}

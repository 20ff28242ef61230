import { MAX_WRITE_MS, type Database } from '../database';
import { AlgogateError } from '../domain/errors';
import type { OwnerId } from '../domain/principal';
import { within } from '../waiting';
import type { Chain } from './entry';
import type { Ledger, LedgerEvent } from './ledger';
import { databaseNow, type MovedHead, readEntriesAfter, readEntriesSince, readMovedHeads } from './store';

const POLL_MS = 250;
/** What is older than this is looked at anew before it is trusted. With the poll's own time: within a second. */
const FRESH_MS = 600;
/** How long a reader waits for a poll before it goes on from memory: by then the database is not answering. */
const PATIENCE_MS = 1000;
/** A poll that takes longer than this is of a database that hangs, whether a reader waits for it or not. */
const HUNG_MS = 3000;
/**
 * Every poll looks back this far behind the last. A head's time is taken under its lock and no write commits later
 * than MAX_WRITE_MS after that, so a commit that shows an earlier time is still seen.
 */
const OVERLAP_MS = MAX_WRITE_MS + 5000;
const PAGE = 1000;

export interface FollowerOptions {
  /** How long to go on from memory while the database is away, in milliseconds. */
  readonly maxStalenessMs: number;
  /** How often to look at the heads, in milliseconds. */
  readonly pollMs?: number;
  /** Told of what begins an absence of the database, for the log. */
  readonly onFault?: (fault: unknown) => void;
}

type Sequences = Record<Chain, number>;

/**
 * Follows the heads of the ledger, so that what any replica writes reaches the caches of this one within a second.
 * Source: chapter 7, "freshness of every replica's caches"; chapter 9, "Health".
 */
export class Follower {
  private readonly listeners: ((event: LedgerEvent) => void)[] = [];
  /** The sequences that were announced already, for owners that moved within the overlap. */
  private readonly known = new Map<OwnerId, Sequences>();
  /** The database's clock at the last poll that succeeded. */
  private cursor = 0;
  /** This process's clock when that poll began. */
  private freshAt = 0;
  private polling: Promise<void> | null = null;
  /** Set while polls fail: readers then go on from memory without waiting. */
  private away = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly database: Database,
    ledger: Ledger,
    private readonly options: FollowerOptions,
  ) {
    ledger.onCommit((event) => {
      this.remember(event);
      this.announce(event);
    });
  }

  /** Hears of every entry that any replica commits; of some of them more than once. */
  onEvent(listener: (event: LedgerEvent) => void): void {
    this.listeners.push(listener);
  }

  async start(): Promise<void> {
    this.cursor = await databaseNow(this.database.reads, this.database.dialect);
    this.freshAt = Date.now();
    this.timer = setInterval(() => void this.pollWithin(HUNG_MS), this.options.pollMs ?? POLL_MS);
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    await this.polling;
  }

  /** Whether what is in memory may be answered from, without asking the database. */
  get isFresh(): boolean {
    return this.stalenessMs < FRESH_MS;
  }

  get databaseAway(): boolean {
    return this.away;
  }

  /** Whether the database has been away for so long that nobody should wait for it. */
  isAwaySince(ms: number): boolean {
    return this.away && this.stalenessMs > ms;
  }

  /** Milliseconds since what is in memory was last known to be true. */
  get stalenessMs(): number {
    return Math.max(0, Date.now() - this.freshAt);
  }

  /**
   * Waits until what is in memory is fresh again. While the database is away it returns at once, for as long as the
   * staleness is tolerated.
   * @throws AlgogateError UNAVAILABLE when memory is too old to be answered from
   */
  async catchUp(): Promise<void> {
    if (this.isFresh) return;
    if (!this.away) {
      await this.pollWithin(PATIENCE_MS);
    }
    this.assertTolerable();
  }

  /**
   * The same until what is in memory has all that was committed before a moment: what another process has just written
   * and told of, for one. While the database is away nobody waits for it.
   * @param at epoch milliseconds, of this process's clock
   * @throws AlgogateError UNAVAILABLE when memory is too old to be answered from
   */
  async catchUpTo(at: number): Promise<void> {
    // a look that began within the same millisecond may have begun before
    while (this.freshAt <= at && !this.away) await this.pollWithin(PATIENCE_MS);
    this.assertTolerable();
  }

  private assertTolerable(): void {
    if (this.stalenessMs > this.options.maxStalenessMs) {
      throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
    }
  }

  private async pollWithin(ms: number): Promise<void> {
    await within(ms, this.poll(), () => {
      this.miss(new Error('the database does not answer'));
    });
  }

  /** It shows in readiness and in every write; the next poll tries again. */
  private miss(fault: unknown): void {
    if (!this.away) this.options.onFault?.(fault);
    this.away = true;
  }

  private poll(): Promise<void> {
    this.polling ??= this.look().finally(() => {
      this.polling = null;
    });
    return this.polling;
  }

  private async look(): Promise<void> {
    const began = Date.now();
    try {
      const tx = this.database.reads;
      const now = await databaseNow(tx, this.database.dialect);
      const since = this.cursor - OVERLAP_MS;
      const moved = await readMovedHeads(tx, since);
      for (const head of moved) await this.announceMoved(head, since);
      this.forget(moved);
      this.cursor = now;
      this.freshAt = began;
      this.away = false;
    } catch (fault) {
      this.miss(fault);
    }
  }

  private async announceMoved(head: MovedHead, since: number): Promise<void> {
    const known = this.known.get(head.ownerId);
    // a head never goes back: a lagging node may show an older one
    if (known !== undefined && known.public >= head.public && known.private >= head.private) return;
    if (known === undefined) {
      const entries = await readEntriesSince(this.database.reads, head.ownerId, since);
      for (const entry of entries) this.announce({ ownerKey: head.handleKey, entry });
    } else await this.announceAfter(head, known);
    this.known.set(head.ownerId, {
      public: Math.max(head.public, known?.public ?? 0),
      private: Math.max(head.private, known?.private ?? 0),
    });
  }

  /** All of it, however much it is: the database may have been away for long. */
  private async announceAfter({ ownerId, handleKey }: MovedHead, known: Sequences): Promise<void> {
    const after = { ...known };
    for (;;) {
      const entries = await readEntriesAfter(this.database.reads, ownerId, after, PAGE);
      for (const entry of entries) {
        this.announce({ ownerKey: handleKey, entry });
        after[entry.chain] = entry.sequence;
      }
      if (entries.length < PAGE) return;
    }
  }

  /** What this process committed itself needs no announcement by a poll, unless another's entry came between. */
  private remember({ entry }: LedgerEvent): void {
    const known = this.known.get(entry.ownerId);
    if (known !== undefined && known[entry.chain] === entry.sequence - 1) known[entry.chain] = entry.sequence;
  }

  private forget(moved: readonly MovedHead[]): void {
    const recent = new Set(moved.map((head) => head.ownerId));
    for (const ownerId of this.known.keys()) {
      if (!recent.has(ownerId)) this.known.delete(ownerId);
    }
  }

  private announce(event: LedgerEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

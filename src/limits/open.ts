import type { Database } from '../database';
import { Backlog, type JournalState } from './backlog';
import { CallLimiter } from './call-limiter';
import { CountingLock, type LockHandle } from './counting-lock';
import { LimitCache, type LimitEvents } from './limit-cache';
import { MemoryCounts } from './memory-counts';
import { Quotas } from './quotas';
import { Rates } from './rates';
import { RecordedCounts, UNKNOWN_RATES } from './recorded-counts';
import { RedisCounts } from './redis-counts';
import { RedisLink } from './redis-link';

/** What another replica recorded is in the database by then: its journal is drained twice a second. */
const SETTLE_MS = 2_000;

export interface LimitsOptions {
  readonly database: Database;
  readonly events: LimitEvents;
  /** Where all replicas count together; null: this one counts in its memory, alone. */
  readonly redisUrl: string | null;
  /** The lock of whoever counts in its memory; null where another has it. */
  readonly openLock: () => Promise<LockHandle | null>;
  /** Resolves when the database has all that this process recorded, and what dead ones left here. */
  readonly drained: () => Promise<void>;
  /** What of that is not in the database yet. */
  readonly journal: () => JournalState;
  /** Told of what keeps limits from being counted, for the log. */
  readonly onFault: (fault: unknown) => void;
}

export interface OpenedLimits {
  readonly calls: CallLimiter;
  /** The connection that replicas share what they know by; null where there is none. */
  readonly link: RedisLink | null;
  readonly redis: () => 'ok' | 'away' | 'not configured';
  /** When what this process recorded is in the database, or will not be. */
  close(): Promise<void>;
}

/** Rates and quotas, counted in Redis or in this process. It starts without Redis too. Source: chapter 6. */
export async function openLimits(options: LimitsOptions): Promise<OpenedLimits> {
  const { database, events, redisUrl, onFault } = options;
  const cache = new LimitCache(database, events);
  if (redisUrl === null) {
    const backlog = new Backlog(options.journal);
    const quotas = quotasInMemory(options, backlog);
    const calls = new CallLimiter({ cache, rates: new Rates(null), quotas });
    const close = async () => {
      backlog.stop();
      await quotas.close();
    };
    return { calls, link: null, redis: () => 'not configured', close };
  }
  const link = await RedisLink.to({ url: redisUrl, onFault });
  const counts = new RedisCounts({ link, settleMs: SETTLE_MS, onFault });
  await link.open();
  const backlog = new Backlog(options.journal);
  const quotas = new Quotas({
    ...{ database, counts, onFault, drained: options.drained },
    backlogMs: () => backlog.ms,
    settledAt: (since) => since + SETTLE_MS,
  });
  return {
    calls: new CallLimiter({ cache, rates: new Rates(link), quotas }),
    link,
    redis: () => (link.isReady ? 'ok' : 'away'),
    close: async () => {
      backlog.stop();
      await quotas.close();
      link.close();
    },
  };
}

export type OnlookerOptions = Pick<LimitsOptions, 'database' | 'events' | 'redisUrl' | 'onFault'>;

/**
 * Limits as a process sees them that takes no calls itself. With Redis it sees what those count that do; without, what
 * they have recorded: no calls under way, and nothing of rates, which are gone before they are recorded.
 */
export async function openLimitsToLookAt(options: OnlookerOptions): Promise<OpenedLimits> {
  const none = { drained: () => Promise.resolve(), journal: () => ({ bytes: 0, drained: 0 }) };
  const openLock = (): Promise<null> => Promise.resolve(null);
  if (options.redisUrl !== null) return openLimits({ ...options, ...none, openLock });
  const { database, events, onFault } = options;
  const counts = new RecordedCounts(database);
  const quotas = new Quotas({
    database,
    counts,
    onFault,
    drained: none.drained,
    settledAt: (since) => since,
  });
  const calls = new CallLimiter({ cache: new LimitCache(database, events), rates: UNKNOWN_RATES, quotas });
  return { calls, link: null, redis: () => 'not configured', close: () => quotas.close() };
}

function quotasInMemory({ database, openLock, drained, onFault }: LimitsOptions, backlog: Backlog): Quotas {
  const lock = new CountingLock({
    open: openLock,
    onRefused: (reason) => onFault(new Error(reason)),
  });
  const counts = new MemoryCounts(lock);
  // a file of SQLite is read and written by one replica
  const settleMs = database.dialect === 'sqlite' ? 0 : SETTLE_MS;
  const settledAt = (since: number) => Math.max(since + settleMs, lock.settledAt(settleMs));
  const backlogMs = () => backlog.ms;
  return new Quotas({ database, counts, drained, backlogMs, settledAt, onFault });
}

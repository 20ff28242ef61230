import type { Counter } from '../domain/limits/counter';
import type { CountingLock } from './counting-lock';
import type { CallKey, Counted, Counts, Held, Missing } from './counts';

const SWEEP_EVERY_MS = 3_600_000;
/** A call may end long after the bucket that it began in. */
const KEPT_MS = 86_400_000;

interface Hold extends CallKey {
  /** When it is taken for lost, in epoch milliseconds. */
  readonly lostAt: number;
}

interface Count {
  /** Null until it is known what the rollups have. */
  used: number | null;
  /** Calls under way, by request id. */
  readonly held: Map<string, Hold>;
  /** Calls that were taken for lost. One that ends after all counts. */
  readonly lost: Map<string, Hold>;
  /** Calls that were recorded while `used` was not known: the rollups may have them, and may not. */
  readonly ended: Map<string, Hold>;
  readonly end: number;
}

/** A count that says what it has used. */
interface KnownCount extends Count {
  used: number;
}

/** The counts of one process, which nobody else counts beside: it holds a lock as long as it does. */
export class MemoryCounts implements Counts {
  private readonly counts = new Map<string, Count>();
  private life: string | null = null;
  private swept = 0;

  constructor(
    private readonly lock: CountingLock,
    private readonly now: () => number = Date.now,
  ) {}

  reserve(counters: readonly Counter[], held: Held): Counted | Promise<Counted> {
    return this.locked((life) => this.count(counters, held, life));
  }

  look(counters: readonly Counter[]): Counted | Promise<Counted> {
    return this.locked((life) => this.count(counters, null, life));
  }

  begin({ counter, life }: Missing, used: number): void {
    if (life !== this.life) return;
    const count = this.counts.get(counter.id) ?? this.made(counter);
    if (count.used !== null) return;
    count.used = used + count.ended.size;
    count.ended.clear();
  }

  settle(counters: readonly Counter[], requestId: string): void {
    for (const { id } of counters) {
      const count = this.counts.get(id);
      const hold = count?.held.get(requestId) ?? count?.lost.get(requestId);
      if (count === undefined || hold === undefined) continue;
      forget(count, requestId);
      if (count.used === null) count.ended.set(requestId, hold);
      else count.used += 1;
    }
  }

  release(counters: readonly Counter[], requestId: string): void {
    for (const { id } of counters) {
      const count = this.counts.get(id);
      if (count !== undefined) forget(count, requestId);
    }
  }

  async close(): Promise<void> {
    await this.lock.close();
  }

  /** Whoever lost the lock in between may have missed calls: its counts are of a life that is over. */
  private locked(work: (life: string) => Counted): Counted | Promise<Counted> {
    const { life } = this.lock;
    if (life === null) return this.lock.acquire().then((acquired) => work(this.enter(acquired)));
    return work(this.enter(life));
  }

  /** What was used up is read anew; the calls under way are nowhere but here. */
  private enter(life: string): string {
    if (life !== this.life) for (const count of this.counts.values()) count.used = null;
    this.life = life;
    return life;
  }

  private count(counters: readonly Counter[], held: Held | null, life: string): Counted {
    const found = counters.map(({ id }) => this.counts.get(id));
    const missing = counters.flatMap((counter, at) => missingOf(counter, found[at], life));
    if (missing.length > 0) return { kind: 'missing', missing };
    const counts = found.filter(isKnown);
    if (held !== null) {
      const full = counters.some(({ limit }, at) => this.isFull(counts[at], limit));
      if (full) return { kind: 'full', totals: counts.map(totalOf) };
      const { requestId, algorithmId, start, holdMs } = held;
      const hold: Hold = { requestId, algorithmId, start, lostAt: this.now() + holdMs };
      for (const count of counts) count.held.set(requestId, hold);
    }
    return { kind: 'counted', totals: counts.map(totalOf) };
  }

  /** Lost calls are looked for only where they would keep another out. */
  private isFull(count: KnownCount | undefined, limit: number): boolean {
    if (count === undefined || totalOf(count) < limit) return false;
    const now = this.now();
    for (const [requestId, hold] of count.held) {
      if (hold.lostAt > now) continue;
      count.held.delete(requestId);
      count.lost.set(requestId, hold);
    }
    return totalOf(count) >= limit;
  }

  private made({ id, end }: Counter): Count {
    this.sweep();
    const count: Count = { used: null, held: new Map(), lost: new Map(), ended: new Map(), end };
    this.counts.set(id, count);
    return count;
  }

  private sweep(): void {
    const now = this.now();
    if (now - this.swept < SWEEP_EVERY_MS) return;
    this.swept = now;
    for (const [id, { end }] of this.counts) {
      if (end + KEPT_MS < now) this.counts.delete(id);
    }
  }
}

function isKnown(count: Count | undefined): count is KnownCount {
  return count !== undefined && count.used !== null;
}

/** No more calls of a counter begin before it is set: those that it knows of now are all. */
function missingOf(counter: Counter, count: Count | undefined, life: string): Missing[] {
  if (isKnown(count)) return [];
  const { held, lost, ended } = count ?? {};
  const calls = [held, lost, ended].flatMap((holds) => [...(holds?.values() ?? [])]);
  return [{ counter, life, calls }];
}

function forget({ held, lost }: Count, requestId: string): void {
  held.delete(requestId);
  lost.delete(requestId);
}

function totalOf({ used, held }: KnownCount): number {
  return used + held.size;
}

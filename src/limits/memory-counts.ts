import type { Counter } from '../domain/limits/counter';
import type { CountingLock } from './counting-lock';
import type { Counted, Counts, Held } from './counts';

const SWEEP_EVERY_MS = 3_600_000;
/** A call may end long after the bucket that it began in. */
const KEPT_MS = 86_400_000;

interface Count {
  used: number;
  /** Calls under way: when each is taken for lost, in epoch milliseconds, by request id. */
  readonly held: Map<string, number>;
  readonly end: number;
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

  begin(counter: Counter, used: number, life: string): void {
    if (life !== this.life || this.counts.has(counter.id)) return;
    this.sweep();
    this.counts.set(counter.id, { used, held: new Map(), end: counter.end });
  }

  settle(counters: readonly Counter[], requestId: string): void {
    for (const { id } of counters) {
      const count = this.counts.get(id);
      if (count?.held.delete(requestId) === true) count.used += 1;
    }
  }

  release(counters: readonly Counter[], requestId: string): void {
    for (const { id } of counters) this.counts.get(id)?.held.delete(requestId);
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

  private enter(life: string): string {
    if (life !== this.life) this.counts.clear();
    this.life = life;
    return life;
  }

  private count(counters: readonly Counter[], held: Held | null, life: string): Counted {
    const found = counters.map(({ id }) => this.counts.get(id));
    const missing = counters.filter((_, at) => found[at] === undefined);
    if (missing.length > 0) return { kind: 'missing', counters: missing, life };
    const counts = found.filter((count) => count !== undefined);
    if (held !== null) {
      const full = counters.some(({ limit }, at) => this.isFull(counts[at], limit));
      if (full) return { kind: 'full', totals: counts.map(totalOf) };
      const lostAt = this.now() + held.holdMs;
      for (const count of counts) count.held.set(held.requestId, lostAt);
    }
    return { kind: 'counted', totals: counts.map(totalOf) };
  }

  /** Lost calls are looked for only where they would keep another out. */
  private isFull(count: Count | undefined, limit: number): boolean {
    if (count === undefined || totalOf(count) < limit) return false;
    const now = this.now();
    for (const [requestId, lostAt] of count.held) {
      if (lostAt <= now) count.held.delete(requestId);
    }
    return totalOf(count) >= limit;
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

function totalOf({ used, held }: Count): number {
  return used + held.size;
}

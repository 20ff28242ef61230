import { AlgogateError } from '../domain/errors';
import type { Counter } from '../domain/limits/counter';
import { RetryLater } from '../domain/limits/refusals';
import type { Counted, Counts, Held } from './counts';
import type { RedisLink } from './redis-link';
import { BEGIN, END, RESERVE } from './redis-scripts';

const MARKER = 'algogate:quotas';
/** A call may end long after the bucket that it began in. */
const KEPT_MS = 86_400_000;
const RESEND_MS = 500;
/** Ends of calls that wait for Redis: what is beyond them is counted when its hold is over, as a call that never was. */
const MAX_PENDING = 100_000;
const CLOSE_MS = 1_000;

/** The end of a call, on its way to Redis. */
interface Ending {
  readonly keys: string[];
  readonly arguments: string[];
}

export interface RedisCountsOptions {
  readonly link: RedisLink;
  /** In the first so many milliseconds of a life replicas bring to the database what they counted in the last. */
  readonly settleMs: number;
  readonly onFault: (fault: unknown) => void;
  readonly now?: () => number;
}

/** The counts of all replicas together, in Redis. Without it nothing can be counted: a guess would let too much through. */
export class RedisCounts implements Counts {
  private readonly pending = new Set<Ending>();
  private readonly sending = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private readonly now: () => number;

  constructor(private readonly options: RedisCountsOptions) {
    this.now = options.now ?? Date.now;
    options.link.onReady(() => {
      // an empty Redis begins its life now rather than with the first call that it would have to turn away
      void this.run(RESERVE, [MARKER], ['', '0']).catch(options.onFault);
      this.resend();
    });
    this.timer = setInterval(() => {
      this.resend();
    }, RESEND_MS).unref();
  }

  async reserve(counters: readonly Counter[], held: Held): Promise<Counted> {
    if (!this.options.link.isReady) throw uncountable();
    try {
      return await this.count(counters, held);
    } catch (error) {
      // it may have been reserved all the same, its answer lost on the way
      if (!(error instanceof RetryLater)) this.release(counters, held.requestId);
      throw error;
    }
  }

  look(counters: readonly Counter[]): Promise<Counted> {
    return this.count(counters, null);
  }

  async begin(counter: Counter, used: number, life: string): Promise<void> {
    const { usedKey } = keysOf(counter);
    await this.asked(BEGIN, [MARKER, usedKey], [life, String(used), String(this.keepMs(counter))]);
  }

  settle(counters: readonly Counter[], requestId: string): void {
    this.end(counters, [requestId, '1']);
  }

  release(counters: readonly Counter[], requestId: string): void {
    this.end(counters, [requestId, '0']);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([Promise.all(this.sending), late]);
    clearTimeout(timer);
  }

  private async count(counters: readonly Counter[], held: Held | null): Promise<Counted> {
    const keys = [MARKER];
    const given = [held?.requestId ?? '', String(held?.holdMs ?? 0)];
    for (const counter of counters) {
      const { usedKey, heldKey } = keysOf(counter);
      keys.push(usedKey, heldKey);
      given.push(String(counter.limit), String(this.keepMs(counter)));
    }
    const [kind, ...rest] = (await this.asked(RESERVE, keys, given)) as [string, ...unknown[]];
    const [life, ...missing] = rest;
    if (kind === 'missing') return this.missing(counters, String(life), missing.map(Number));
    return { kind: kind === 'full' ? 'full' : 'counted', totals: rest.map(Number) };
  }

  /** A Redis that began anew has lost what was counted: the rollups have it when all replicas have drained. */
  private missing(
    counters: readonly Counter[],
    life: string,
    [age = 0, ...indices]: readonly number[],
  ): Counted {
    const leftMs = this.options.settleMs - age;
    if (leftMs > 0)
      throw new RetryLater('UNAVAILABLE', 'quotas are being counted anew', Math.ceil(leftMs / 1000));
    return { kind: 'missing', life, counters: counters.filter((_, at) => indices.includes(at)) };
  }

  private end(counters: readonly Counter[], given: [requestId: string, used: '0' | '1']): void {
    const keys = counters.flatMap((counter) => {
      const { usedKey, heldKey } = keysOf(counter);
      return [usedKey, heldKey];
    });
    this.send({ keys, arguments: given });
  }

  /** What cannot be sent is sent again, until it is: once is as good as twice. */
  private send(ending: Ending): void {
    const sending = this.run(END, ending.keys, ending.arguments).then(
      () => {
        this.pending.delete(ending);
      },
      () => {
        if (this.pending.size < MAX_PENDING) this.pending.add(ending);
      },
    );
    this.sending.add(sending);
    void sending.finally(() => this.sending.delete(sending));
  }

  private resend(): void {
    if (!this.options.link.isReady) return;
    const pending = [...this.pending];
    this.pending.clear();
    for (const ending of pending) this.send(ending);
  }

  private keepMs({ end }: Counter): number {
    return Math.max(0, end - this.now()) + KEPT_MS;
  }

  private async asked(script: string, keys: string[], given: string[]): Promise<unknown> {
    try {
      return await this.run(script, keys, given);
    } catch (fault) {
      if (this.options.link.isReady) this.options.onFault(fault);
      throw uncountable();
    }
  }

  private run(script: string, keys: string[], given: string[]): Promise<unknown> {
    return this.options.link.client.eval(script, { keys, arguments: given });
  }
}

function uncountable(): AlgogateError {
  return new AlgogateError('UNAVAILABLE', 'quotas cannot be counted at the moment');
}

function keysOf({ id }: Counter): { usedKey: string; heldKey: string } {
  return { usedKey: `${MARKER}:${id}:used`, heldKey: `${MARKER}:${id}:held` };
}

import { AlgogateError } from '../domain/errors';
import type { Counter } from '../domain/limits/counter';
import { RetryLater } from '../domain/limits/refusals';
import type { CallKey, Counted, Counts, Held, Missing } from './counts';
import type { RedisLink } from './redis-link';
import { ANNOUNCE, BEGIN, END, RESERVE } from './redis-scripts';

const MARKER = 'algogate:quotas';
/** A call may end long after the bucket that it began in. */
const KEPT_MS = 86_400_000;
/** Ends are sent again, and a new life of the counts is noticed, well within the time that replicas have to drain. */
const BEAT_MS = 250;
/** A Redis that has not answered for so long is sent nothing more: its connection is given up when all is silent. */
const SILENCE_MS = 1_500;
/** Ends of calls that wait for Redis. What is beyond them is read from the rollups when its hold is over. */
const MAX_PENDING = 100_000;
const CLOSE_MS = 1_000;
/** Of each counter, as the scripts take them. */
const KEYS = ['count', 'held', 'ended'] as const;

/** A call of this replica that is under way. */
interface OpenCall {
  /** As Redis knows it. */
  readonly call: string;
  readonly counters: readonly Counter[];
  /** When it is taken for lost, in epoch milliseconds. */
  readonly lostAt: number;
}

/** The end of a call, on its way to Redis. */
interface Ending {
  readonly call: string;
  readonly counters: readonly Counter[];
  readonly used: boolean;
}

export interface RedisCountsOptions {
  readonly link: RedisLink;
  /** In the first so many milliseconds of a life replicas bring to the database what they counted in the last. */
  readonly settleMs: number;
  readonly onFault: (fault: unknown) => void;
  readonly now?: () => number;
}

/**
 * The counts of all replicas together, in Redis. Without it nothing can be counted: a guess would let too much through.
 * What Redis forgets is read from the rollups, and the calls under way are announced to it again.
 */
export class RedisCounts implements Counts {
  private readonly open = new Map<string, OpenCall>();
  /** The life of the counts that knows the calls of this replica. */
  private announcedTo = '';
  /** When Redis was asked what it has not answered yet; null where it has answered. */
  private askedAt: number | null = null;
  private readonly pending = new Set<Ending>();
  private readonly sending = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private readonly now: () => number;

  constructor(private readonly options: RedisCountsOptions) {
    this.now = options.now ?? Date.now;
    options.link.onReady(() => {
      // an empty Redis begins its life now rather than with the first call that it would have to turn away
      void this.beat().catch(options.onFault);
    });
    this.timer = setInterval(() => void this.beat().catch(() => undefined), BEAT_MS).unref();
  }

  async reserve(counters: readonly Counter[], held: Held): Promise<Counted> {
    if (!this.options.link.isReady) throw uncountable();
    const call = nameOf(held);
    try {
      const counted = await this.count(counters, held);
      const lostAt = this.now() + held.holdMs;
      if (counted.kind === 'counted') this.open.set(held.requestId, { call, counters, lostAt });
      return counted;
    } catch (error) {
      // it may have been reserved all the same, its answer lost on the way
      if (!(error instanceof RetryLater)) this.send({ call, counters, used: false });
      throw error;
    }
  }

  look(counters: readonly Counter[]): Promise<Counted> {
    return this.count(counters, null);
  }

  async begin({ counter, life, calls }: Missing, used: number): Promise<void> {
    const given = [life, String(used), String(this.keepMs(counter)), ...calls.map(nameOf)];
    await this.asked(BEGIN, keysOf([counter]), given);
  }

  settle(_counters: readonly Counter[], requestId: string): void {
    this.end(requestId, true);
  }

  release(_counters: readonly Counter[], requestId: string): void {
    this.end(requestId, false);
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
    const given = [
      held === null ? '' : nameOf(held),
      String(held?.holdMs ?? 0),
      String(this.options.settleMs),
    ];
    for (const counter of counters) given.push(String(counter.limit), String(this.keepMs(counter)));
    const answer = (await this.asked(RESERVE, keysOf(counters), given)) as [string, string, ...unknown[]];
    const [kind, life, ...rest] = answer;
    this.heard(life);
    // what Redis lost is in the rollups when all replicas have drained
    if (kind === 'waiting') {
      const seconds = Math.ceil(Number(rest[0]) / 1000);
      throw new RetryLater('UNAVAILABLE', 'quotas are being counted anew', seconds);
    }
    if (kind === 'missing') {
      return {
        kind,
        missing: (rest as [number, ...string[]][]).flatMap((one) => missingOf(counters, life, one)),
      };
    }
    return { kind: kind === 'full' ? 'full' : 'counted', totals: rest.map(Number) };
  }

  private async beat(): Promise<void> {
    if (!this.options.link.isReady || this.askedAt !== null) return;
    this.resend();
    this.askedAt = Date.now();
    try {
      const [, life] = (await this.run(RESERVE, [MARKER], ['', '0', '0'])) as [string, string];
      this.heard(life);
    } finally {
      this.askedAt = null;
    }
  }

  /** A life that begins knows nothing of the calls under way. Those that it knows after all are not counted twice. */
  private heard(life: string): void {
    if (life === this.announcedTo) return;
    this.announcedTo = life;
    for (const { call, counters, lostAt } of this.open.values()) {
      const holdMs = lostAt - this.now();
      if (holdMs <= 0) continue;
      const given = [call, String(holdMs), ...this.keepsOf(counters)];
      this.run(ANNOUNCE, keysOf(counters), given).catch(() => {
        this.announcedTo = '';
      });
    }
  }

  private end(requestId: string, used: boolean): void {
    const open = this.open.get(requestId);
    if (open === undefined) return;
    this.open.delete(requestId);
    this.send({ call: open.call, counters: open.counters, used });
  }

  /** What cannot be sent is sent again, until it is. */
  private send(ending: Ending): void {
    const { call, counters, used } = ending;
    const given = [call, used ? '1' : '0', ...this.keepsOf(counters)];
    const sending = this.run(END, keysOf(counters), given).then(
      (life) => {
        this.pending.delete(ending);
        this.heard(String(life));
      },
      () => {
        if (this.pending.size < MAX_PENDING) this.pending.add(ending);
      },
    );
    this.sending.add(sending);
    void sending.finally(() => this.sending.delete(sending));
  }

  private resend(): void {
    const pending = [...this.pending];
    this.pending.clear();
    for (const ending of pending) this.send(ending);
  }

  private keepMs({ end }: Counter): number {
    return Math.max(0, end - this.now()) + KEPT_MS;
  }

  private keepsOf(counters: readonly Counter[]): string[] {
    return counters.map((counter) => String(this.keepMs(counter)));
  }

  private async asked(script: string, keys: string[], given: string[]): Promise<unknown> {
    try {
      return await this.run(script, keys, given);
    } catch (fault) {
      if (fault instanceof AlgogateError) throw fault;
      if (this.options.link.isReady) this.options.onFault(fault);
      throw uncountable();
    }
  }

  private async run(script: string, keys: string[], given: string[]): Promise<unknown> {
    const { client, runId } = this.options.link;
    const isSilent = this.askedAt !== null && Date.now() - this.askedAt > SILENCE_MS;
    if (runId === null || isSilent) throw uncountable();
    return client.eval(script, { keys, arguments: [runId, ...given] });
  }
}

function uncountable(): AlgogateError {
  return new AlgogateError('UNAVAILABLE', 'quotas cannot be counted at the moment');
}

function keysOf(counters: readonly Counter[]): string[] {
  return [MARKER, ...counters.flatMap(({ id }) => KEYS.map((name) => `${MARKER}:${id}:${name}`))];
}

function nameOf({ requestId, algorithmId, start }: CallKey): string {
  return `${algorithmId} ${start} ${requestId}`;
}

function callOf(name: string): CallKey {
  const [algorithmId, start, requestId = ''] = name.split(' ');
  return { algorithmId: Number(algorithmId), start: Number(start), requestId };
}

/** One counter that Redis names by its place. */
function missingOf(
  counters: readonly Counter[],
  life: string,
  [at, doubted, ...calls]: readonly [number, ...string[]],
): Missing[] {
  const counter = counters[at];
  return counter === undefined ? [] : [{ counter, life: `${life} ${doubted}`, calls: calls.map(callOf) }];
}

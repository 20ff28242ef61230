import { LRUCache } from 'lru-cache';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';

import { type Rate, type RateState, reserveOf } from '../domain/limits/rate';
import type { RedisLink } from './redis-link';

/** Pairs of a rate and a burst whose counts are kept apart. */
const MAX_RATES = 10_000;

/** A request that was counted. */
export interface Taken extends RateState {
  /** Which of the two counts it drew on; null where both refused it. */
  readonly from: keyof Limiters | null;
}

/** The two counts that a rate is made of. */
interface Limiters {
  readonly steady: RateLimiterAbstract;
  /** Null where there is no burst beyond the rate. */
  readonly reserve: RateLimiterAbstract | null;
}

/**
 * Requests per second, with bursts, by rate-limiter-flexible: in memory, or in Redis for all replicas together, with
 * the memory of each replica as the insurance for when Redis is away.
 *
 * "10 per second with burst 20" means: 10 in each second, counted from the first request of that second; and 10 more,
 * out of a reserve that is whole again 10 s after it was first drawn upon (ten times what earning it back would take).
 * So 20 at once are let through, and whoever sends without a pause gets 11 a second in the long run: the rate, and at
 * most a tenth more. A refused request costs nothing of what comes later.
 */
export class Rates {
  private readonly known = new LRUCache<string, Limiters>({ max: MAX_RATES });

  constructor(private readonly redis: RedisLink | null) {}

  /** Counts one request of `subject`. */
  async take(subject: string, rate: Rate): Promise<Taken> {
    const { steady, reserve } = this.limitersOf(rate);
    const [taken, spare] = await Promise.all([consume(steady, subject), leftOf(reserve, subject)]);
    if (taken.admitted) return { ...taken, remaining: taken.remaining + spare, spare, from: 'steady' };
    const more = reserve === null ? null : await consume(reserve, subject);
    if (more?.admitted !== true) return { ...taken, spare: 0, from: null };
    return { ...more, spare: more.remaining, msBeforeNext: taken.msBeforeNext, from: 'reserve' };
  }

  /**
   * Gives back a request that was taken and then refused for another reason. Where its second ends at this very moment
   * the next one is given it; where others were refused in that second before, they have used it up.
   */
  async giveBack(subject: string, rate: Rate, { from, ...state }: Taken): Promise<RateState> {
    const limiter = from === null ? null : this.limitersOf(rate)[from];
    if (limiter === null) return state;
    await limiter.reward(subject);
    const spare = from === 'reserve' ? state.spare + 1 : state.spare;
    return { ...state, remaining: state.remaining + 1, spare };
  }

  /** Counts nothing. */
  async look(subject: string, rate: Rate): Promise<RateState> {
    const { steady, reserve } = this.limitersOf(rate);
    const [found, spare] = await Promise.all([steady.get(subject), leftOf(reserve, subject)]);
    const remaining = (found?.remainingPoints ?? rate.perSecond) + spare;
    return { admitted: remaining > 0, remaining, spare, msBeforeNext: found?.msBeforeNext ?? 0 };
  }

  private limitersOf(rate: Rate): Limiters {
    const name = `${rate.perSecond}/${rate.burst}`;
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const made = this.make(name, rate);
    this.known.set(name, made);
    return made;
  }

  private make(name: string, rate: Rate): Limiters {
    const more = reserveOf(rate);
    return {
      steady: this.limiter(`algogate:rate:${name}`, rate.perSecond, 1),
      reserve: more && this.limiter(`algogate:burst:${name}`, more.requests, more.seconds),
    };
  }

  private limiter(keyPrefix: string, points: number, duration: number): RateLimiterAbstract {
    const memory = new RateLimiterMemory({ keyPrefix, points, duration });
    if (this.redis === null) return memory;
    return new RateLimiterRedis({
      storeClient: this.redis.client,
      useRedisPackage: true,
      rejectIfRedisNotReady: true,
      insuranceLimiter: memory,
      keyPrefix,
      points,
      duration,
    });
  }
}

async function leftOf(reserve: RateLimiterAbstract | null, subject: string): Promise<number> {
  if (reserve === null) return 0;
  return (await reserve.get(subject))?.remainingPoints ?? reserve.points;
}

async function consume(limiter: RateLimiterAbstract, subject: string): Promise<Omit<RateState, 'spare'>> {
  try {
    const { remainingPoints, msBeforeNext } = await limiter.consume(subject);
    return { admitted: true, remaining: remainingPoints, msBeforeNext };
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    return { admitted: false, remaining: 0, msBeforeNext: refused.msBeforeNext };
  }
}

import type { Counter } from './counter';
import { type Rated, type RateState, reserveOf } from './rate';
import type { Stand } from './standing';

/** Where a caller stands with a rate. @param now epoch milliseconds */
export function rateStand(
  { scope, rate }: Rated,
  { remaining, spare, msBeforeNext }: RateState,
  now: number,
): Stand {
  const reserve = reserveOf(rate);
  return {
    scope,
    period: 'SECOND',
    limit: rate.burst,
    used: rate.burst - remaining,
    remaining,
    windowSeconds: 1,
    resetSeconds: Math.ceil(msBeforeNext / 1000),
    resetsAt: now + msBeforeNext,
    ...(reserve && { burst: { limit: reserve.requests, remaining: spare, windowSeconds: reserve.seconds } }),
  };
}

/**
 * Where a caller stands with its quotas.
 * @param totals what each has let through; a quota of which that is not known is taken for used up
 * @param now epoch milliseconds
 */
export function quotaStands(counters: readonly Counter[], totals: readonly number[], now: number): Stand[] {
  return counters.map(({ scope, period, limit, bucket, end }, at) => ({
    scope,
    period,
    limit,
    used: totals[at] ?? limit,
    remaining: Math.max(0, limit - (totals[at] ?? limit)),
    windowSeconds: (end - bucket) / 1000,
    resetSeconds: Math.max(0, Math.ceil((end - now) / 1000)),
    resetsAt: end,
  }));
}

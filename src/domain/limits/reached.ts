import type { Rated, RateState } from './rate';
import { LimitReached } from './refusals';
import type { LimitScope, Stand, Standing } from './standing';

const WHOSE: Readonly<Record<LimitScope, string>> = {
  KEY: 'for this key',
  OWNER: 'for this account',
  ALGORITHM: 'for this account at this algorithm',
};

/** The refusal of a request by a rate. */
export function rateReached(
  { scope, rate }: Rated,
  { msBeforeNext }: RateState,
  standing: Standing,
): LimitReached {
  const message = `at most ${rate.perSecond} requests per second are let through ${WHOSE[scope]}`;
  return new LimitReached('RATE_LIMITED', message, Math.max(1, Math.ceil(msBeforeNext / 1000)), standing);
}

/** The refusal of a call by its quotas. Of those used up, the caller hears of the one that keeps it out for longest. */
export function quotaReached(standing: Standing): LimitReached {
  const [first, ...others] = standing.stands.filter(({ used, limit }) => used >= limit);
  if (first === undefined) throw new Error('one of the quotas that refuse a call is used up');
  const { scope, period, limit, resetSeconds } = others.reduce(later, first);
  const message = `the quota of ${limit} calls a ${period.toLowerCase()} ${WHOSE[scope]} is used up`;
  return new LimitReached('QUOTA_EXCEEDED', message, Math.max(1, resetSeconds), standing);
}

function later(a: Stand, b: Stand): Stand {
  return b.resetSeconds > a.resetSeconds ? b : a;
}

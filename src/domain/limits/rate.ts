import type { Bounded } from './bounds';
import type { LimitScope } from './standing';
import type { LimitSubjectKey } from './subject';

export interface Rate {
  /** Requests in each second. */
  readonly perSecond: number;
  /** Requests in one second, at most; never fewer. */
  readonly burst: number;
}

/** Requests beyond the rate, and in how many seconds they come back: all at once, since they were first drawn upon. */
export interface Reserve {
  readonly requests: number;
  readonly seconds: number;
}

/** How slowly the reserve for bursts comes back: filling it costs at most a tenth of the rate. */
const REFILL = 10;

/** Null where there is no burst beyond the rate. */
export function reserveOf({ perSecond, burst }: Rate): Reserve | null {
  const requests = burst - perSecond;
  return requests > 0 ? { requests, seconds: Math.max(1, Math.ceil((REFILL * requests) / perSecond)) } : null;
}

/** What became of one request, or where its subject stands. */
export interface RateState {
  readonly admitted: boolean;
  /** Requests that would be let through at once. */
  readonly remaining: number;
  /** How many of these are of the reserve. */
  readonly spare: number;
  /** Until more are. */
  readonly msBeforeNext: number;
}

/** A rate, with whose requests it counts. */
export interface Rated {
  readonly scope: LimitScope;
  readonly subject: LimitSubjectKey;
  readonly rate: Rate;
}

/** Those of `bounded` that have a rate, in the same order. */
export function ratedOf(bounded: readonly Bounded[]): Rated[] {
  const rated: Rated[] = [];
  for (const { scope, subject, limits } of bounded) {
    const { perSecond, burst } = limits;
    if (perSecond !== null) rated.push({ scope, subject, rate: { perSecond, burst: burst ?? perSecond } });
  }
  return rated;
}

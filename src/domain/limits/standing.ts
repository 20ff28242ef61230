/** Whose calls a limit counts: those of a key, of a consumer, or of a consumer to one algorithm. */
export const LIMIT_SCOPES = ['KEY', 'OWNER', 'ALGORITHM'] as const;
export type LimitScope = (typeof LIMIT_SCOPES)[number];

export const LIMIT_PERIODS = ['SECOND', 'DAY', 'MONTH'] as const;
export type LimitPeriod = (typeof LIMIT_PERIODS)[number];

/** Where a caller stands with one of its limits. */
export interface Stand {
  readonly scope: LimitScope;
  readonly period: LimitPeriod;
  readonly limit: number;
  /** What was let through in this period, calls under way included; above the limit where that was lowered. */
  readonly used: number;
  /** Never below 0. */
  readonly remaining: number;
  /** The length of the period. */
  readonly windowSeconds: number;
  /** Until the period ends, or the rate lets the next request through. */
  readonly resetSeconds: number;
  /** The same as a moment, in epoch milliseconds. */
  readonly resetsAt: number;
  /** Of a rate that allows for bursts: what of `limit` and `remaining` comes back more slowly than within the second. */
  readonly burst?: Pick<Stand, 'limit' | 'remaining' | 'windowSeconds'>;
}

/**
 * Where a caller stands with all limits that counted a request, as the headers of its answer.
 * Source: draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4; RFC 9651 (lists of strings with parameters).
 */
export class Standing {
  private made: readonly string[] | null = null;

  constructor(readonly stands: readonly Stand[]) {}

  /** Names and values in turn: `RateLimit-Policy` and `RateLimit`. */
  get headers(): readonly string[] {
    this.made ??= [
      'RateLimit-Policy',
      listOf(this.stands, policyOf),
      'RateLimit',
      listOf(this.stands, standOf),
    ];
    return this.made;
  }

  /** With those of another, which follow. */
  and(other: Standing): Standing {
    return new Standing([...this.stands, ...other.stands]);
  }
}

function listOf(stands: readonly Stand[], itemOf: (stand: Stand) => string): string {
  return stands.map(itemOf).join(', ');
}

/** `"key-day"`: what a quota policy is called in both headers. */
function nameOf(scope: LimitScope, period: LimitPeriod | 'BURST'): string {
  return `"${scope.toLowerCase()}-${period.toLowerCase()}"`;
}

/** A rate with a burst is two policies: so much in each second, and so much more in a longer time. */
function policyOf({ scope, period, limit, windowSeconds, burst }: Stand): string {
  const policy = `${nameOf(scope, period)};q=${limit - (burst?.limit ?? 0)};w=${windowSeconds}`;
  if (burst === undefined) return policy;
  return `${policy}, ${nameOf(scope, 'BURST')};q=${burst.limit};w=${burst.windowSeconds}`;
}

function standOf({ scope, period, remaining, resetSeconds, burst }: Stand): string {
  const stand = `${nameOf(scope, period)};r=${remaining - (burst?.remaining ?? 0)};t=${resetSeconds}`;
  return burst === undefined ? stand : `${stand}, ${nameOf(scope, 'BURST')};r=${burst.remaining}`;
}

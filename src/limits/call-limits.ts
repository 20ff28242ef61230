import { LimitReached } from '../domain/limits/refusals';
import { type LimitScope, type Stand, Standing } from '../domain/limits/standing';
import { keyOf } from '../domain/permissions';
import type { OrganizationPrincipal, Principal, UserPrincipal } from '../domain/principal';
import { boundKey, boundOwner, boundPair, type Bounded, type Counter, countersOf } from './counter';
import type { DefaultLimits, LimitCache } from './limit-cache';
import { type ConsumerLimits, type DatedLimits, UNLIMITED } from './limits-store';
import { type Known, type Quotas } from './quotas';
import { type Rate, rateOf, type Rates, type RateState } from './rates';

/** Time between a call's deadline and the moment when it is taken for lost, in milliseconds. */
const HOLD_GRACE_MS = 60_000;

/** A call that wants to be counted; its times are epoch milliseconds. */
export interface CountedCall {
  readonly requestId: string;
  readonly start: number;
  readonly deadline: number;
}

/** What was reserved for one call; it is owed exactly one of `settle` and `release`. */
export interface QuotaReservation {
  readonly standing: Standing;
  /** The call was recorded. */
  settle(): void;
  /** It was not. */
  release(): void;
}

export interface CallLimitsParts {
  readonly cache: LimitCache;
  readonly rates: Rates;
  readonly quotas: Quotas;
  readonly now?: () => number;
}

/** Everyone but the operator, whom nothing bounds. */
type Consumer = UserPrincipal | OrganizationPrincipal;

/**
 * Rates and quotas of calls, as the call path asks for them. A caller whom nothing bounds costs a look into memory.
 * Each limit of a call holds on its own: that of its key, of its owner, and of its owner's calls to the algorithm.
 */
export class CallLimits {
  private readonly now: () => number;

  constructor(private readonly parts: CallLimitsParts) {
    this.now = parts.now ?? Date.now;
  }

  /** @throws LimitReached RATE_LIMITED; AlgogateError UNAVAILABLE where its limits cannot be read */
  enter(principal: Principal): Standing | null | Promise<Standing | null> {
    if (!isConsumer(principal)) return null;
    const limits = this.parts.cache.ofConsumer(principal.owner.id);
    if (limits instanceof Promise) return limits.then((read) => this.take(principal, read));
    return limits === UNLIMITED ? null : this.take(principal, limits);
  }

  /** @throws LimitReached QUOTA_EXCEEDED; AlgogateError UNAVAILABLE where it cannot be counted */
  reserve(
    principal: Principal,
    { algorithmId }: { readonly algorithmId: number },
    call: CountedCall,
  ): QuotaReservation | null | Promise<QuotaReservation | null> {
    if (!isConsumer(principal)) return null;
    const { cache } = this.parts;
    const limits = cache.ofConsumer(principal.owner.id);
    const others = cache.ofOthers(algorithmId);
    if (limits instanceof Promise || others instanceof Promise) {
      return Promise.all([limits, others]).then(([read, rest]) =>
        this.hold(quotasOf(principal, algorithmId, read, rest), call),
      );
    }
    if (limits === UNLIMITED && others.limits === null) return null;
    return this.hold(quotasOf(principal, algorithmId, limits, others), call);
  }

  /**
   * Where a caller stands with all its limits, those with single algorithms apart: `scope` KEY or OWNER.
   * @throws AlgogateError UNAVAILABLE
   */
  async standsOf(principal: Principal): Promise<readonly Stand[]> {
    if (!isConsumer(principal)) return [];
    const bounded = boundedBy(principal, await this.parts.cache.ofConsumer(principal.owner.id));
    const now = this.now();
    const rated = await Promise.all(
      ratedOf(bounded).map(async (one) =>
        rateStand(one, await this.parts.rates.look(one.subject, one.rate), now),
      ),
    );
    return [...rated, ...(await this.quotaStands(bounded))];
  }

  /** Where a caller stands with its limits at one algorithm. @throws AlgogateError UNAVAILABLE */
  async standsAt(principal: Principal, algorithmId: number): Promise<readonly Stand[]> {
    if (!isConsumer(principal)) return [];
    const { cache } = this.parts;
    const [limits, others] = await Promise.all([
      cache.ofConsumer(principal.owner.id),
      cache.ofOthers(algorithmId),
    ]);
    return this.quotaStands(pairOf(principal, algorithmId, limits, others));
  }

  private async quotaStands(bounded: readonly Bounded[]): Promise<readonly Stand[]> {
    const counters = countersOf(bounded, this.now());
    if (counters.length === 0) return [];
    return this.standsFor(counters, await this.parts.quotas.look(counters));
  }

  private take(caller: Consumer, limits: ConsumerLimits): null | Promise<Standing> {
    const rated = ratedOf(boundedBy(caller, limits));
    return rated.length === 0 ? null : this.takeAll(rated);
  }

  private async takeAll(rated: readonly Rated[]): Promise<Standing> {
    const { rates } = this.parts;
    const now = this.now();
    const taken = await Promise.all(
      rated.map(async (one) => ({ ...one, state: await rates.take(one.subject, one.rate) })),
    );
    const standing = new Standing(taken.map((one) => rateStand(one, one.state, now)));
    const refused = taken.find(({ state }) => !state.admitted);
    if (refused === undefined) return standing;
    const { scope, rate, state } = refused;
    const message = `at most ${rate.perSecond} requests per second are let through ${WHOSE[scope]}`;
    throw new LimitReached(
      'RATE_LIMITED',
      message,
      Math.max(1, Math.ceil(state.msBeforeNext / 1000)),
      standing,
    );
  }

  private hold(
    bounded: readonly Bounded[],
    call: CountedCall,
  ): QuotaReservation | null | Promise<QuotaReservation> {
    const counters = countersOf(bounded, call.start);
    if (counters.length === 0) return null;
    const { requestId, deadline } = call;
    const holdMs = Math.max(0, deadline - this.now()) + HOLD_GRACE_MS;
    const known = this.parts.quotas.reserve(counters, { requestId, holdMs });
    return known instanceof Promise
      ? known.then((later) => this.reservation(counters, requestId, later))
      : this.reservation(counters, requestId, known);
  }

  private reservation(counters: readonly Counter[], requestId: string, known: Known): QuotaReservation {
    const standing = new Standing(this.standsFor(counters, known));
    if (known.kind === 'full') throw usedUp(standing, counters, known);
    const { quotas } = this.parts;
    return {
      standing,
      settle: () => quotas.settle(counters, requestId),
      release: () => quotas.release(counters, requestId),
    };
  }

  private standsFor(counters: readonly Counter[], { totals }: Known): Stand[] {
    const now = this.now();
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
}

const WHOSE: Readonly<Record<LimitScope, string>> = {
  KEY: 'for this key',
  OWNER: 'for this account',
  ALGORITHM: 'for this account at this algorithm',
};

interface Rated {
  readonly scope: LimitScope;
  readonly subject: string;
  readonly rate: Rate;
}

function isConsumer(principal: Principal): principal is Consumer {
  return principal.kind === 'user' || principal.kind === 'organization';
}

function boundedBy(caller: Consumer, { own, keys }: ConsumerLimits): Bounded[] {
  const keyId = keyOf(caller)?.id ?? null;
  const key = keyId === null ? undefined : keys.get(keyId);
  const bounded: Bounded[] = [];
  if (keyId !== null && key !== undefined) bounded.push(boundKey(keyId, key));
  if (own !== null) bounded.push(boundOwner(caller.owner.id, own));
  return bounded;
}

/** Its own quotas at an algorithm take the place of those that are for everyone. */
function pairOf(
  { owner }: Consumer,
  algorithmId: number,
  { algorithms }: ConsumerLimits,
  others: DefaultLimits,
): Bounded[] {
  const own = algorithms.get(algorithmId);
  const hasOwn = own !== undefined && (own.perDay !== null || own.perMonth !== null);
  const limits = hasOwn ? own : others.limits && sinceOwn(others.limits, own);
  return limits === null ? [] : [boundPair(owner.id, algorithmId, limits)];
}

/** What was counted for everyone's quota missed the calls that counted for one's own: it begins anew after that. */
function sinceOwn(limits: DatedLimits, own: DatedLimits | undefined): DatedLimits {
  if (own === undefined) return limits;
  const daySince = Math.max(limits.daySince ?? 0, own.daySince ?? 0);
  const monthSince = Math.max(limits.monthSince ?? 0, own.monthSince ?? 0);
  return { ...limits, daySince, monthSince };
}

function quotasOf(
  caller: Consumer,
  algorithmId: number,
  limits: ConsumerLimits,
  others: DefaultLimits,
): Bounded[] {
  return [...boundedBy(caller, limits), ...pairOf(caller, algorithmId, limits, others)];
}

function ratedOf(bounded: readonly Bounded[]): Rated[] {
  return bounded.flatMap(({ scope, subject, limits }) => {
    const rate = rateOf(limits);
    return rate === null ? [] : [{ scope, subject, rate }];
  });
}

function rateStand({ scope, rate }: Rated, state: RateState, now: number): Stand {
  const { remaining, msBeforeNext } = state;
  return {
    scope,
    period: 'SECOND',
    limit: rate.burst,
    used: rate.burst - remaining,
    remaining,
    windowSeconds: 1,
    resetSeconds: Math.ceil(msBeforeNext / 1000),
    resetsAt: now + msBeforeNext,
  };
}

/** The quota that keeps the caller out for longest is the one that it hears of. */
function usedUp(standing: Standing, counters: readonly Counter[], { totals }: Known): LimitReached {
  const full = standing.stands.filter((_, at) => (totals[at] ?? 0) >= (counters[at]?.limit ?? 0));
  const [first, ...others] = full;
  if (first === undefined) throw new Error('one of the quotas that refuse a call is used up');
  const { scope, period, limit, resetSeconds } = others.reduce(later, first);
  const message = `the quota of ${limit} calls a ${period.toLowerCase()} ${WHOSE[scope]} is used up`;
  return new LimitReached('QUOTA_EXCEEDED', message, Math.max(1, resetSeconds), standing);
}

function later(a: Stand, b: Stand): Stand {
  return b.resetSeconds > a.resetSeconds ? b : a;
}

import {
  type AlgorithmLimits,
  boundedAt,
  boundedBy,
  type Bounded,
  type Consumer,
  type ConsumerLimits,
  isConsumer,
  UNLIMITED,
  UNRATIONED,
} from '../domain/limits/bounds';
import {
  type CallLimits,
  type CountedCall,
  type Entered,
  type Reservation,
  UNBOUNDED,
} from '../domain/limits/call-limits';
import { type Counter, countersOf } from '../domain/limits/counter';
import { type Rated, ratedOf, type RateState } from '../domain/limits/rate';
import { quotaReached, rateReached } from '../domain/limits/reached';
import { type Stand, Standing } from '../domain/limits/standing';
import { quotaStands, rateStand } from '../domain/limits/stands';
import type { Principal } from '../domain/principal';
import type { LimitCache } from './limit-cache';
import type { Known, Quotas } from './quotas';
import type { Rates, Taken } from './rates';

/** Time between a call's deadline and the moment when it is taken for lost, in milliseconds. */
const HOLD_GRACE_MS = 60_000;

/** Rates as they are counted; what is counted elsewhere is not known. */
export type RateCounts = Pick<Rates, 'take' | 'giveBack'> & {
  look(...rate: Parameters<Rates['look']>): Promise<RateState | null>;
};

export interface CallLimiterParts {
  readonly cache: LimitCache;
  readonly rates: RateCounts;
  readonly quotas: Quotas;
  readonly now?: () => number;
}

/**
 * Rates and quotas of calls. A caller whom nothing bounds costs two looks into memory. Each limit of a call holds on its
 * own: that of its key, of its owner, and of its owner's calls to the algorithm.
 */
export class CallLimiter implements CallLimits {
  private readonly now: () => number;

  constructor(private readonly parts: CallLimiterParts) {
    this.now = parts.now ?? Date.now;
  }

  enter(principal: Principal): Entered | null | Promise<Entered> {
    if (!isConsumer(principal)) return null;
    const limits = this.parts.cache.ofConsumer(principal.owner.id);
    if (limits === UNLIMITED) return UNBOUNDED;
    return limits instanceof Promise ? this.enterLater(principal, limits) : this.take(principal, limits);
  }

  reserve(call: CountedCall): Reservation | null | Promise<Reservation | null> {
    const { principal, entered, admission } = call;
    if (entered === null || !isConsumer(principal)) return null;
    const limits = this.parts.cache.ofAlgorithm(admission.algorithmId);
    if (limits === UNRATIONED && entered.bounded.length === 0) return null;
    return limits instanceof Promise
      ? this.reserveLater(limits, principal, entered, call)
      : this.reserveAt(limits, principal, entered, call);
  }

  /**
   * Where a caller stands with all its limits, those with single algorithms apart: `scope` KEY or OWNER. Of rates that
   * are counted elsewhere nothing is said.
   * @throws AlgogateError UNAVAILABLE
   */
  async standsOf(principal: Principal): Promise<readonly Stand[]> {
    if (!isConsumer(principal)) return [];
    const bounded = boundedBy(principal, await this.parts.cache.ofConsumer(principal.owner.id));
    const now = this.now();
    const rated = await Promise.all(
      ratedOf(bounded).map(async (one) => {
        const state = await this.parts.rates.look(one.subject, one.rate);
        return state === null ? [] : [rateStand(one, state, now)];
      }),
    );
    return [...rated.flat(), ...(await this.standsFor(bounded))];
  }

  /** Where a caller stands with its limits at one algorithm. @throws AlgogateError UNAVAILABLE */
  async standsAt(principal: Principal, algorithmId: number): Promise<readonly Stand[]> {
    if (!isConsumer(principal)) return [];
    const limits = await this.parts.cache.ofAlgorithm(algorithmId);
    return this.standsFor(await this.boundedAt(limits, principal, algorithmId));
  }

  private async standsFor(bounded: readonly Bounded[]): Promise<readonly Stand[]> {
    const counters = countersOf(bounded, this.now());
    if (counters.length === 0) return [];
    const { totals } = await this.parts.quotas.look(counters);
    return quotaStands(counters, totals, this.now());
  }

  private async enterLater(caller: Consumer, limits: Promise<ConsumerLimits>): Promise<Entered> {
    return this.take(caller, await limits);
  }

  private take(caller: Consumer, limits: ConsumerLimits): Entered | Promise<Entered> {
    const bounded = boundedBy(caller, limits);
    if (bounded.length === 0) return UNBOUNDED;
    const rated = ratedOf(bounded);
    return rated.length === 0 ? { bounded, standing: null } : this.takeAll(bounded, rated);
  }

  /**
   * The rate of the key comes before that of its owner, and the first that refuses is the last that is asked: a key
   * beyond its rate takes nothing from the other keys of its owner. A request that is refused then gets back what it
   * had taken before, so that it costs nothing.
   */
  private async takeAll(bounded: readonly Bounded[], rated: readonly Rated[]): Promise<Entered> {
    const now = this.now();
    const taken: { readonly one: Rated; readonly state: Taken }[] = [];
    for (const one of rated) {
      const state = await this.parts.rates.take(one.subject, one.rate);
      if (!state.admitted) {
        const stands = [...(await this.giveBack(taken, now)), rateStand(one, state, now)];
        throw rateReached(one, state, new Standing(stands));
      }
      taken.push({ one, state });
    }
    return { bounded, standing: new Standing(taken.map(({ one, state }) => rateStand(one, state, now))) };
  }

  private giveBack(
    taken: readonly { readonly one: Rated; readonly state: Taken }[],
    now: number,
  ): Promise<Stand[]> {
    return Promise.all(
      taken.map(async ({ one, state }) =>
        rateStand(one, await this.parts.rates.giveBack(one.subject, one.rate, state), now),
      ),
    );
  }

  private async reserveLater(
    limits: Promise<AlgorithmLimits>,
    caller: Consumer,
    entered: Entered,
    call: CountedCall,
  ): Promise<Reservation | null> {
    return this.reserveAt(await limits, caller, entered, call);
  }

  private reserveAt(
    limits: AlgorithmLimits,
    caller: Consumer,
    { bounded }: Entered,
    call: CountedCall,
  ): Reservation | null | Promise<Reservation | null> {
    const there = this.boundedAt(limits, caller, call.admission.algorithmId);
    return there instanceof Promise
      ? there.then((read) => this.hold([...bounded, ...read], call))
      : this.hold([...bounded, ...there], call);
  }

  private boundedAt(
    { others, hasOwn }: AlgorithmLimits,
    { owner }: Consumer,
    algorithmId: number,
  ): Bounded[] | Promise<Bounded[]> {
    const own = hasOwn ? this.parts.cache.ofPair(owner.id, algorithmId) : null;
    return own instanceof Promise
      ? own.then(({ limits }) => boundedAt(owner.id, algorithmId, others, limits))
      : boundedAt(owner.id, algorithmId, others, own && own.limits);
  }

  private hold(
    bounded: readonly Bounded[],
    call: CountedCall,
  ): Reservation | null | Promise<Reservation | null> {
    const counters = countersOf(bounded, call.start);
    if (counters.length === 0) return null;
    const { requestId, start, route, admission } = call;
    const holdMs = route.timeoutMs + HOLD_GRACE_MS;
    const { algorithmId } = admission;
    const known = this.parts.quotas.reserve(counters, { requestId, algorithmId, start, holdMs });
    return known instanceof Promise
      ? known.then((later) => this.reservation(counters, requestId, later))
      : this.reservation(counters, requestId, known);
  }

  private reservation(counters: readonly Counter[], requestId: string, known: Known): Reservation {
    const standing = new Standing(quotaStands(counters, known.totals, this.now()));
    if (known.kind === 'full') throw quotaReached(standing);
    const { quotas } = this.parts;
    return {
      standing,
      settle: () => quotas.settle(counters, requestId),
      release: () => quotas.release(counters, requestId),
    };
  }
}

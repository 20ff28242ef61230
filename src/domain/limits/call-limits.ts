import type { Principal } from '../principal';
import type { Bounded } from './bounds';
import type { Standing } from './standing';

/**
 * Rates and quotas of calls, as the call path asks for them: `enter` when the caller is known, `reserve` with what that
 * gave when the call is about to begin. Both answer at once, and make nothing, where nothing bounds the call.
 * Source: chapter 6.
 */
export interface CallLimits {
  /**
   * Counts one request against the rates of its caller. Null for the operator, whom nothing bounds.
   * @throws LimitReached RATE_LIMITED; AlgogateError UNAVAILABLE where its limits cannot be read
   */
  enter(principal: Principal): Entered | null | Promise<Entered | null>;
  /**
   * Reserves one call of each quota that binds it; null where none does.
   * @throws LimitReached QUOTA_EXCEEDED; AlgogateError UNAVAILABLE where it cannot be counted
   */
  reserve(call: CountedCall): Reservation | null | Promise<Reservation | null>;
}

/** A caller that was let in, with its limits of that moment: they hold for its call to the end. */
export interface Entered {
  readonly bounded: readonly Bounded[];
  /** Where it stands with its rates; null where it has none. */
  readonly standing: Standing | null;
}

/** Whoever has no limits. One object: nothing is made for it. */
export const UNBOUNDED: Entered = { bounded: [], standing: null };

/** A call that is to be counted, as far as its limits are concerned. */
export interface CountedCall {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly principal: Principal;
  /** What `enter` gave. */
  readonly entered: Entered | null;
  readonly admission: { readonly algorithmId: number };
  readonly route: { readonly timeoutMs: number };
}

/** What was reserved for one call; it is owed exactly one of `settle` and `release`. */
export interface Reservation {
  readonly standing: Standing;
  /** The call was recorded. */
  settle(): void;
  /** It was not. */
  release(): void;
}

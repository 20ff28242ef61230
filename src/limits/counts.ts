import type { Counter } from '../domain/limits/counter';

/** A call, by what its record is found by. */
export interface CallKey {
  readonly requestId: string;
  readonly algorithmId: number;
  /** Epoch milliseconds. */
  readonly start: number;
}

/** A call that is under way, as counts know it. */
export interface Held extends CallKey {
  /** How long it may be under way, in milliseconds: after that it is taken for lost. */
  readonly holdMs: number;
}

/** A counter that must be set, to what the rollups have, before it counts. */
export interface Missing {
  readonly counter: Counter;
  /** What is set for one life of a counter is nothing to the next. */
  readonly life: string;
  /** Calls that it knows of all the same. Each is counted by it, so that none may be in the number that is set. */
  readonly calls: readonly CallKey[];
}

/** Totals are calls that were used up and calls under way, in the order of the counters. */
export type Counted =
  | { readonly kind: 'counted'; readonly totals: readonly number[] }
  /** Nothing was reserved: one of the counters lets no more through. */
  | { readonly kind: 'full'; readonly totals: readonly number[] }
  /** Nothing was reserved: these counters must be set first. */
  | { readonly kind: 'missing'; readonly missing: readonly Missing[] };

/**
 * How many calls each quota has let through: all those that count together see one number. A life of the counts ends
 * when they may have been lost; what was read for one must not be set in the next. Calls that are under way then are
 * not forgotten.
 */
export interface Counts {
  /**
   * One more call of every counter, or of none.
   * @throws AlgogateError UNAVAILABLE where it cannot count
   */
  reserve(counters: readonly Counter[], held: Held): Counted | Promise<Counted>;
  /** Where the counters stand. @throws AlgogateError UNAVAILABLE */
  look(counters: readonly Counter[]): Counted | Promise<Counted>;
  /**
   * Sets a counter, unless it is there, or another life of it has begun, or a call has appeared that was not asked for.
   * @param used how many calls the rollups have, without those of `missing.calls`
   */
  begin(missing: Missing, used: number): void | Promise<void>;
  /** The call was recorded: it is used up. */
  settle(counters: readonly Counter[], requestId: string): void;
  /** The call never was. */
  release(counters: readonly Counter[], requestId: string): void;
  close(): Promise<void>;
}

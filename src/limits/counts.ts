import type { Counter } from '../domain/limits/counter';

/** A call that is under way, as counts know it. */
export interface Held {
  readonly requestId: string;
  /** How long it may be under way, in milliseconds: after that it is taken for lost. */
  readonly holdMs: number;
}

/** Totals are calls that were used up and calls under way, in the order of the counters. */
export type Counted =
  | { readonly kind: 'counted'; readonly totals: readonly number[] }
  /** Nothing was reserved: one of the counters lets no more through. */
  | { readonly kind: 'full'; readonly totals: readonly number[] }
  /** Nothing was reserved: these counters must be set first, to what the rollups have. */
  | { readonly kind: 'missing'; readonly counters: readonly Counter[]; readonly life: string };

/**
 * How many calls each quota has let through: all those that count together see one number. A life of the counts ends
 * when they may have been lost; what was read for one must not be set in the next.
 */
export interface Counts {
  /**
   * One more call of every counter, or of none.
   * @throws AlgogateError UNAVAILABLE where it cannot count
   */
  reserve(counters: readonly Counter[], held: Held): Counted | Promise<Counted>;
  /** Where the counters stand. @throws AlgogateError UNAVAILABLE */
  look(counters: readonly Counter[]): Counted | Promise<Counted>;
  /** Sets a counter to what the rollups have, unless it is there, or another life has begun. */
  begin(counter: Counter, used: number, life: string): void | Promise<void>;
  /** The call was recorded: it is used up. */
  settle(counters: readonly Counter[], requestId: string): void;
  /** The call never was. */
  release(counters: readonly Counter[], requestId: string): void;
  close(): Promise<void>;
}

/** A set of version keys without gaps (see version-key.ts for what a key is). */
export interface KeyInterval {
  readonly low: string;
  readonly lowInclusive: boolean;
  readonly high: string;
  readonly highInclusive: boolean;
}

/** Below every key. */
export const LOWEST_KEY = '';

/** Above every key: no key has a character over `~`. */
export const ABOVE_ALL_KEYS = '\x7f';

export const ALL_KEYS: KeyInterval = {
  low: LOWEST_KEY,
  lowInclusive: true,
  high: ABOVE_ALL_KEYS,
  highInclusive: false,
};

/** All keys that begin with `prefix`. */
export function keysUnder(prefix: string): KeyInterval {
  return { low: prefix, lowInclusive: true, high: prefix + ABOVE_ALL_KEYS, highInclusive: false };
}

/** False also for some intervals between two neighbours that no key happens to lie in. */
export function isEmptyInterval({ low, lowInclusive, high, highInclusive }: KeyInterval): boolean {
  return low > high || (low === high && !(lowInclusive && highInclusive));
}

export function contains(interval: KeyInterval, key: string): boolean {
  return isAboveLow(interval, key) && isBelowHigh(interval, key);
}

export function isAboveLow({ low, lowInclusive }: KeyInterval, key: string): boolean {
  return key > low || (lowInclusive && key === low);
}

function isBelowHigh({ high, highInclusive }: KeyInterval, key: string): boolean {
  return key < high || (highInclusive && key === high);
}

/** The keys that are in both. */
export function intersect(a: KeyInterval, b: KeyInterval): KeyInterval {
  const lower = a.low > b.low || (a.low === b.low && !a.lowInclusive) ? a : b;
  const upper = a.high < b.high || (a.high === b.high && !a.highInclusive) ? a : b;
  return {
    low: lower.low,
    lowInclusive: lower.lowInclusive,
    high: upper.high,
    highInclusive: upper.highInclusive,
  };
}

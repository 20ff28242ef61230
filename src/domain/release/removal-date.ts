import { AlgogateError } from '../errors';

const DAY_MS = 86_400_000;
/** The last moment that a Date can tell. */
const LAST_MS = 8_640_000_000_000_000;

/** What decides how soon something deprecated may be removed. Times are in milliseconds since the epoch. */
export interface RemovalTerms {
  /** When it was first deprecated; now, for what is being deprecated. */
  readonly since: number;
  readonly now: number;
  /** The policy: days after `since` … */
  readonly days: number;
  /** … or this many minor releases after it. */
  readonly minors: number;
  /** Minor releases that were published after `since`. */
  readonly minorsSince: number;
}

/**
 * No removal may be announced for a time before this; what is announced lies in the future besides.
 * Source: chapter 3, "a removal date no sooner than the algorithm's policy allows".
 */
export function earliestRemoval({ since, now, days, minors, minorsSince }: RemovalTerms): number {
  return minorsSince >= minors ? now : Math.max(now, Math.min(since + days * DAY_MS, LAST_MS));
}

/** @throws AlgogateError INVALID_INPUT, saying the earliest date */
export function assertRemovalDate(removalAt: number, terms: RemovalTerms, field = 'removalDate'): void {
  const earliest = earliestRemoval(terms);
  if (removalAt > terms.now && removalAt >= earliest) return;
  const allowed =
    earliest === terms.now
      ? 'it must lie in the future'
      : `the earliest is ${new Date(earliest).toISOString()}`;
  throw new AlgogateError(
    'INVALID_INPUT',
    `${new Date(removalAt).toISOString()} is too soon for a removal: ${allowed}`,
    [field],
  );
}

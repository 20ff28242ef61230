import type { SelectorKind } from '../../../domain/terms';
import type { Outcome } from '../../../domain/usage/call';
import type { SubjectKey } from '../../../domain/usage/subject';
import type { Counts } from '../../../domain/usage/tally';

/** Calls that were added up: the smallest part of an answer. */
export interface Cell {
  /** What was called: the subject that it was counted for, or its version or build; null where neither is known. */
  readonly about: SubjectKey | null;
  /** Who called; null where callers were counted together. */
  readonly callerId: number | null;
  /** A moment in the bucket of calls, in epoch milliseconds. */
  readonly at: number;
  readonly selector: SelectorKind;
  readonly outcome: Outcome;
  readonly counts: Counts;
}

/** Rows that are decoded between two turns of the event loop. */
export const ROWS_IN_A_ROW = 2_000;

import type { SelectorKind } from '../../../domain/terms';
import type { Outcome } from '../../../domain/usage/call';
import type { SubjectKey } from '../../../domain/usage/subject';
import type { Counts } from '../../../domain/usage/tally';

/** Calls that were added up: the smallest part of an answer. */
export interface Cell {
  /** What was called: the subject that it was counted for, or its version or build; null where neither is known. */
  readonly about: SubjectKey | null;
  /** Of which algorithm that is; null where it says nothing that `about` does not. */
  readonly algorithmId: number | null;
  /** Who called; null where callers were counted together. */
  readonly callerId: number | null;
  /** A moment in the bucket of calls, in epoch milliseconds. */
  readonly at: number;
  /** Null where it was not asked to tell them apart. */
  readonly selector: SelectorKind | null;
  readonly outcome: Outcome | null;
  readonly counts: Counts;
}

export type CellsByAlgorithm = ReadonlyMap<number, readonly Cell[]>;

/** @param algorithmIds null: all that there are */
export function cellsOf(cells: CellsByAlgorithm, algorithmIds: readonly number[] | null): Cell[] {
  return algorithmIds === null
    ? [...cells.values()].flat()
    : algorithmIds.flatMap((id) => cells.get(id) ?? []);
}

/** Rows that are decoded, and cells that are added up, between two turns of the event loop. */
export const ROWS_IN_A_ROW = 2_000;

import { type UnitKey, versionSubject } from '../../../domain/usage/subject';
import type { Cell } from '../series/cell';

/** Which calls are meant by what they went to: algorithms, or only these versions of theirs. */
export interface CallScope {
  readonly algorithmIds: readonly number[];
  /** Null: whatever of the algorithms. */
  readonly versionIds: readonly number[] | null;
}

export function unitsOf({ versionIds }: CallScope): readonly UnitKey[] | null {
  return versionIds?.map(versionSubject) ?? null;
}

/** Of the records of algorithms, by algorithm, those that a scope means. */
export function recordsWithin(records: ReadonlyMap<number, readonly Cell[]>, scope: CallScope): Cell[] {
  const cells = scope.algorithmIds.flatMap((id) => records.get(id) ?? []);
  return cellsWithin(cells, scope);
}

/** Of the cells of its algorithms, told apart by what was called, those that a scope means. */
export function cellsWithin(cells: readonly Cell[], scope: CallScope): Cell[] {
  const units = unitsOf(scope);
  if (units === null) return [...cells];
  const wanted = new Set<string | null>(units);
  return cells.filter(({ about }) => wanted.has(about));
}

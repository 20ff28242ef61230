import type { UnitKey } from '../../domain/usage/subject';

/** Which calls are meant by what they went to: algorithms, or only these versions of theirs. */
export interface CallScope {
  readonly algorithmIds: readonly number[];
  /** Null: whatever of the algorithms. */
  readonly versionIds: readonly number[] | null;
}

export function unitsOf({ versionIds }: CallScope): readonly UnitKey[] | null {
  return versionIds?.map((id) => `version:${id}` as const) ?? null;
}

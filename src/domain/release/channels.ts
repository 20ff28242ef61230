import { AlgogateError } from '../errors';
import { type AlgorithmRef, parseVersionRef } from '../ref';
import { parseVersion, type SemVer } from '../version';

/** Computed for ever: the highest public version, prereleases included. */
export const EDGE = 'edge';

/** Computed until its owner moves it: from then on it is a pointer. */
export const STABLE = 'stable';

/** The pointer with a promise, see lts.ts. */
export const LTS = 'lts';

/** Whether a channel that nobody has moved is computed; the others then do not exist. */
export function isComputedByDefault(name: string): boolean {
  return name === EDGE || name === STABLE;
}

/** @throws AlgogateError INVALID_INPUT for the channel that nobody moves */
export function assertMovable(name: string, field: readonly string[] = ['channel']): void {
  if (name !== EDGE) return;
  throw new AlgogateError(
    'INVALID_INPUT',
    `${EDGE} is computed: it is always the highest public version`,
    field,
  );
}

/** What a pointer can name: a version, or a revision of an artifact. Two with the same key are one. */
export interface Pointee {
  readonly text: string;
  readonly key: string;
}

/**
 * The compare of a compare-and-set.
 * @param pointer as messages name it: `channel lts`
 * @param expected what its mover believes that it names; null: nothing
 * @throws AlgogateError CHANNEL_MOVED, naming where it points now
 */
export function assertExpected(pointer: string, current: Pointee | null, expected: Pointee | null): void {
  if (current?.key === expected?.key) return;
  const now = current === null ? 'nowhere' : `to ${current.text}`;
  const believed = expected === null ? 'nowhere' : `to ${expected.text}`;
  throw new AlgogateError('CHANNEL_MOVED', `${pointer} points ${now} now, and not ${believed}`, ['expected']);
}

/**
 * A version of `algorithm`, written bare (`1.2.3`) or as a reference (`owner/name/1.2.3`).
 * @throws AlgogateError INVALID_INPUT, also for a version of another algorithm
 */
export function parseTarget(
  text: string,
  algorithm: Pick<AlgorithmRef, 'owner' | 'name' | 'ownerKey' | 'nameKey'>,
  field = 'to',
): SemVer {
  const bare = parseVersion(text);
  if (bare !== null) return bare;
  const { ownerKey, nameKey, version } = parseVersionRef(text, field);
  if (ownerKey === algorithm.ownerKey && nameKey === algorithm.nameKey) return version;
  throw new AlgogateError(
    'INVALID_INPUT',
    `${JSON.stringify(text)} is not a version of ${algorithm.owner}/${algorithm.name}`,
    [field],
  );
}

import type { VersionFacts } from '../../domain/facts';
import { VERSION_STATES, VISIBILITIES } from '../../domain/terms';
import { parseVersion, type SemVer } from '../../domain/version';
import type { HistoryEntry } from '../../ledger';
import { Detail } from './detail';

/** What of a version changes in its life. */
export type VersionPatch = Partial<Pick<VersionFacts, 'visibility' | 'state' | 'yanked' | 'stable'>>;

/** One thing that happened to an algorithm and that resolution looks at. */
export type PastChange =
  | { readonly kind: 'build'; readonly sha: string }
  | { readonly kind: 'version'; readonly key: string; readonly patch: VersionPatch }
  | { readonly kind: 'takenDown'; readonly key: string }
  /** `key`: the version that the channel points to from then on; null: nowhere. */
  | { readonly kind: 'pointer'; readonly channel: string; readonly key: string | null }
  /** Every public release of then has entered `stable`. */
  | { readonly kind: 'allEntered' };

/** The same with its place in its chain; several of one entry follow one another. */
export interface PastEvent {
  readonly sequence: number;
  readonly change: PastChange;
}

const STABLE = 'stable';

// each is one object, since histories are long and in memory
const YANKED: VersionPatch = { yanked: true };
const UNYANKED: VersionPatch = { yanked: false };
const REJECTED: VersionPatch = { state: 'REJECTED' };
const ENTERED: VersionPatch = { stable: true };

/** The actions that resolution looks at, and what each changed. What is not here has no part in any answer. */
const READERS: ReadonlyMap<string, (detail: Detail) => readonly PastChange[]> = new Map([
  ['build.registered', registered],
  ['version.published', (detail) => [published(detail)]],
  ['version.promoted', (detail) => [promoted(detail)]],
  ['version.approved', (detail) => [approved(detail)]],
  ['version.rejected', (detail) => [patched(detail, REJECTED)]],
  ['version.yanked', (detail) => [patched(detail, YANKED), ...rolledBack(detail)]],
  ['version.unyanked', (detail) => [patched(detail, UNYANKED)]],
  ['version.takenDown', (detail) => [takenDown(detail), ...rolledBack(detail)]],
  ['major.permissionsSet', (detail) => detail.details('promoted').map(promoted)],
  ['channel.moved', (detail) => [pointed(detail)]],
  ['channel.rolledBack', (detail) => [pointed(detail)]],
  ['gates.reported', reported],
  ['vulnerabilities.reported', reported],
  ['algorithm.updated', (detail) => (detail.is('enteredAll') ? [{ kind: 'allEntered' }] : [])],
]);

/** The actions of the ledger that resolution as of a moment looks at. */
export const PAST_ACTIONS: readonly string[] = [...READERS.keys()];

/**
 * What an entry changed of what resolution looks at; nothing for an action that has no part in it.
 * @throws Error where it does not say what its action must
 */
export function eventsOf({ action, sequence, changeJson }: HistoryEntry): PastEvent[] {
  const changes = READERS.get(action)?.(new Detail(JSON.parse(changeJson), action)) ?? [];
  return changes.map((change) => ({ sequence, change }));
}

function registered(detail: Detail): readonly PastChange[] {
  return detail.text('status') === 'SUCCEEDED' ? [{ kind: 'build', sha: detail.text('sha') }] : [];
}

function published(detail: Detail): PastChange {
  const version = versionOf(detail);
  const visibility = detail.oneOf('visibility', VISIBILITIES);
  const state = detail.oneOf('state', VERSION_STATES);
  const entered = visibility === 'PUBLIC' && state === 'PUBLISHED' && hasEntered(detail, version);
  const patch = { visibility, state, yanked: false, ...(entered && ENTERED) };
  return { kind: 'version', key: version.key, patch };
}

/** The entry says all that was so before: a public chain is told from itself alone. */
function promoted(detail: Detail): PastChange {
  const version = versionOf(detail);
  const patch: VersionPatch = {
    visibility: 'PUBLIC',
    state: 'PUBLISHED',
    yanked: detail.is('yanked'),
    ...(hasEntered(detail, version) && ENTERED),
  };
  return { kind: 'version', key: version.key, patch };
}

function approved(detail: Detail): PastChange {
  const version = versionOf(detail);
  const visibility = detail.oneOf('visibility', VISIBILITIES);
  if (visibility === 'PRIVATE') return patched(detail, { visibility, state: 'PUBLISHED' });
  const patch: VersionPatch = {
    visibility,
    state: 'PUBLISHED',
    // what is yanked is not approved
    yanked: false,
    ...(hasEntered(detail, version) && ENTERED),
  };
  return { kind: 'version', key: version.key, patch };
}

function reported(detail: Detail): readonly PastChange[] {
  return detail.textsOrNull('entered')?.includes(STABLE) === true ? [patched(detail, ENTERED)] : [];
}

function patched(detail: Detail, patch: VersionPatch): PastChange {
  return { kind: 'version', key: versionOf(detail).key, patch };
}

function takenDown(detail: Detail): PastChange {
  return { kind: 'takenDown', key: versionOf(detail).key };
}

function pointed(detail: Detail): PastChange {
  return { kind: 'pointer', channel: detail.text('channel'), key: keyOf(detail.textOrNull('to')) };
}

/** The pointers that a withdrawal moved with it. */
function rolledBack(detail: Detail): PastChange[] {
  return detail
    .textsByName('channels')
    .map(([channel, to]) => ({ kind: 'pointer', channel, key: keyOf(to) }));
}

/** Entries from before there were gates do not say it: then every public release is in `stable`. */
function hasEntered(detail: Detail, { prerelease }: SemVer): boolean {
  return detail.textsOrNull('entered')?.includes(STABLE) ?? prerelease.length === 0;
}

function versionOf(detail: Detail): SemVer {
  return parsed(detail.text('version'));
}

function keyOf(version: string | null): string | null {
  return version === null ? null : parsed(version).key;
}

function parsed(text: string): SemVer {
  const version = parseVersion(text);
  if (version === null) throw new Error(`${JSON.stringify(text)} in the ledger is no version`);
  return version;
}

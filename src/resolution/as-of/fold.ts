import { AlgorithmCatalog } from '../../domain/catalog';
import type { BuildFacts, VersionFacts } from '../../domain/facts';
import type { PastChange, PastEvent, VersionPatch } from './events';

/** What of a version changes, as it stood at a moment. */
type Standing = { -readonly [Field in keyof VersionPatch]-?: VersionFacts[Field] };

/** What the changes up to a moment made of an algorithm. */
interface PastState {
  readonly versions: Map<string, Standing>;
  readonly pointers: Map<string, string | null>;
  readonly builds: Set<string>;
}

/**
 * The catalogue of an algorithm as it stood after the given events: what `domain/resolve` runs on, then as now.
 *
 * The events of the private chain come first, then those of the public one, each in order. That is right whatever
 * their times: what is private of a version all happens before it becomes public, and the public chain says anew
 * what of it still holds. So the events of the public chain alone give what an outsider could observe, and whatever
 * is added of the private one changes nothing of that.
 * @param today what it consists of now: of versions and builds, all but what events say is for ever the same
 * @throws Error where `today` has not come as far as the events
 */
export function fold(events: Iterable<PastEvent>, today: AlgorithmCatalog): AlgorithmCatalog {
  const state: PastState = { versions: new Map(), pointers: new Map(), builds: new Set() };
  for (const { change } of events) apply(state, change);
  const catalog = AlgorithmCatalog.from(versionsOf(state, today), buildsOf(state, today));
  for (const [channel, key] of state.pointers) catalog.public.setPointer(channel, key);
  return catalog;
}

function apply({ versions, pointers, builds }: PastState, change: PastChange): void {
  switch (change.kind) {
    case 'build':
      builds.add(change.sha);
      return;
    case 'version': {
      Object.assign(standingOf(versions, change.key), change.patch);
      return;
    }
    case 'takenDown': {
      const standing = standingOf(versions, change.key);
      // what outsiders never knew of is gone for the owner's members alone
      if (standing.state !== 'PUBLISHED') standing.visibility = 'PRIVATE';
      standing.state = 'TAKEN_DOWN';
      return;
    }
    case 'pointer':
      pointers.set(change.channel, change.key);
      return;
    case 'allEntered':
      for (const version of versions.values()) version.stable ||= isPublic(version);
  }
}

/** One of which nothing was said yet begins as what no selector names. */
function standingOf(versions: Map<string, Standing>, key: string): Standing {
  const known = versions.get(key);
  if (known !== undefined) return known;
  const standing: Standing = {
    visibility: 'PRIVATE',
    state: 'PENDING_APPROVAL',
    yanked: false,
    stable: false,
  };
  versions.set(key, standing);
  return standing;
}

function isPublic({ visibility, state }: Standing): boolean {
  return visibility === 'PUBLIC' && state === 'PUBLISHED';
}

function* versionsOf({ versions }: PastState, today: AlgorithmCatalog): Generator<VersionFacts> {
  for (const [key, standing] of versions) {
    const facts = today.find(key);
    if (facts === null) throw new Error(`a version of the ledger is not in the catalogue: ${key}`);
    // a prerelease enters nothing by itself
    if (facts.prerelease) standing.stable = false;
    yield isSame(facts, standing) ? facts : { ...facts, ...standing };
  }
}

function* buildsOf({ builds }: PastState, today: AlgorithmCatalog): Generator<BuildFacts> {
  for (const sha of builds) {
    const facts = today.build(sha);
    if (facts === null) throw new Error(`a build of the ledger is not in the catalogue: ${sha}`);
    yield facts;
  }
}

/** Most versions stand now as they stood then, and need no memory of their own. */
function isSame(facts: VersionFacts, { visibility, state, yanked, stable }: Standing): boolean {
  return (
    facts.visibility === visibility &&
    facts.state === state &&
    facts.yanked === yanked &&
    facts.stable === stable
  );
}

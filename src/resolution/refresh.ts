import type { Tx } from '../database';
import { AlgorithmCatalog } from '../domain/catalog';
import type { BuildFacts, VersionFacts } from '../domain/facts';
import { parseVersion } from '../domain/version';
import { type Entry, readEntriesAfter } from '../ledger';
import {
  readAlgorithm,
  readBuilds,
  readBuildsOfVersions,
  readStanding,
  readOwner,
  readVersions,
} from './store';
import { readReleaseControl } from './release-store';
import type { AlgorithmView, OwnerView, ReleaseControl, Standing } from './view';

/** Above this, reading the algorithms of the owner anew is cheaper than replaying what happened to them. */
const MAX_REPLAYED = 1000;

/** What one consistent look at the database says about an owner and the algorithms of it that are in memory. */
export interface Refreshed {
  readonly owner: OwnerView | null;
  /** Set where nothing that is in memory can be brought up to date piece by piece: it must be read anew. */
  readonly forgetAll: boolean;
  readonly loaded: ReadonlyMap<string, Loaded | null>;
  readonly patches: ReadonlyMap<string, Patch>;
}

/** An algorithm read whole. */
export interface Loaded {
  readonly id: number;
  readonly name: string;
  readonly catalog: AlgorithmCatalog;
  readonly standing: Standing;
  readonly release: ReleaseControl;
}

/** What changed in an algorithm that is in memory. */
export interface Patch {
  readonly builds: readonly BuildFacts[];
  readonly versions: readonly VersionFacts[];
  readonly standing: Standing;
  /** Null: as it was. */
  readonly release: ReleaseControl | null;
}

/** What is in memory of an owner before the look. */
export interface Remembered {
  readonly owner: OwnerView | null;
  readonly algorithms: ReadonlyMap<string, AlgorithmView | null>;
}

/**
 * Looks at an owner in one snapshot: its heads, what happened since, the rows that this touched, and one algorithm
 * more where `wanted` is not in memory. Position and state come from the same moment, so that an answer's position
 * always names the state that it was computed from.
 */
export async function refreshOwner(
  tx: Tx,
  ownerKey: string,
  remembered: Remembered,
  wanted: string,
): Promise<Refreshed> {
  const owner = await readOwner(tx, ownerKey);
  const entries = await entriesSince(tx, owner, remembered);
  // what was looked up before the owner existed is no longer absent for certain
  const isNew = remembered.owner === null && owner !== null;
  const forgetAll = isNew || entries.length >= MAX_REPLAYED;
  const touched = forgetAll ? new Map<string, Touched>() : touchedBy(entries);
  const loaded = new Map<string, Loaded | null>();
  const patches = new Map<string, Patch>();
  if (!forgetAll) {
    for (const [nameKey, what] of touched) {
      const view = remembered.algorithms.get(nameKey);
      if (view && !what.whole) patches.set(nameKey, await readPatch(tx, view.id, what));
      else if (view !== undefined) loaded.set(nameKey, await load(tx, owner, nameKey));
    }
  }
  const known = !forgetAll && (remembered.algorithms.has(wanted) || loaded.has(wanted));
  if (!known) loaded.set(wanted, await load(tx, owner, wanted));
  return { owner, forgetAll, loaded, patches };
}

async function load(tx: Tx, owner: OwnerView | null, nameKey: string): Promise<Loaded | null> {
  const read = await readAlgorithm(tx, owner?.id ?? null, nameKey);
  if (read === null) return null;
  const { id, name, standing, release } = read;
  const catalog = AlgorithmCatalog.from(read.versions, read.builds);
  setPointers(catalog, release);
  return { id, name, standing, release, catalog };
}

/** Once a pointer, a channel stays one: there is nothing to take away. */
export function setPointers(catalog: AlgorithmCatalog, { pointers }: ReleaseControl): void {
  for (const [name, key] of pointers) catalog.public.setPointer(name, key);
}

async function entriesSince(
  tx: Tx,
  owner: OwnerView | null,
  { owner: before }: Remembered,
): Promise<Entry[]> {
  if (owner === null || before === null) return [];
  const after = { public: before.publicSequence, private: before.privateSequence };
  if (owner.publicSequence === after.public && owner.privateSequence === after.private) return [];
  return readEntriesAfter(tx, owner.id, after, MAX_REPLAYED);
}

/** What the entries since the last look say about one algorithm. */
interface Touched {
  readonly sortKeys: Set<string>;
  readonly shas: Set<string>;
  /** More of its versions changed than the entries name. */
  whole: boolean;
  /** What its owner says of its releases may have changed. */
  release: boolean;
}

const SHA = /^[0-9a-f]{40}$/;

/** Actions on channels, artifacts, policies and deprecations; what others do to them, their change names. */
const OF_RELEASES = /^(?:algorithm|artifact|channel)\./;

function touchedBy(entries: readonly Entry[]): Map<string, Touched> {
  const touched = new Map<string, Touched>();
  for (const { action, subject, changeJson } of entries) {
    const [, name, selector] = subject.split('/');
    if (name === undefined) continue;
    const nameKey = name.toLowerCase();
    const what = touched.get(nameKey) ?? nothing();
    touched.set(nameKey, what);
    const change = JSON.parse(changeJson) as Named;
    what.whole ||= change.enteredAll === true;
    what.release ||= OF_RELEASES.test(action) || 'channels' in change || 'artifacts' in change;
    if (selector !== undefined && SHA.test(selector)) what.shas.add(selector);
    for (const version of [selector, ...promoted(change)]) {
      const key = version === undefined ? undefined : parseVersion(version)?.key;
      if (key !== undefined) what.sortKeys.add(key);
    }
  }
  return touched;
}

/** What of an entry's change says which versions it touched, beside its subject. */
interface Named {
  /** The versions that a change of a major's permissions made public with it. */
  readonly promoted?: unknown;
  /** Set where every release entered `stable`, since its gates were taken away. */
  readonly enteredAll?: unknown;
  /** The pointers that were rolled back with a yank or a takedown. */
  readonly channels?: unknown;
  /** What a version pins. */
  readonly artifacts?: unknown;
}

function nothing(): Touched {
  return { sortKeys: new Set(), shas: new Set(), whole: false, release: false };
}

function promoted({ promoted: list }: Named): string[] {
  return Array.isArray(list) ? list.map((item: { version: string }) => item.version) : [];
}

async function readPatch(tx: Tx, algorithmId: number, { sortKeys, shas, release }: Touched): Promise<Patch> {
  const keys = [...sortKeys];
  const registered = shas.size === 0 ? [] : await readBuilds(tx, algorithmId, [...shas]);
  const published = keys.length === 0 ? [] : await readBuildsOfVersions(tx, algorithmId, keys);
  const builds = new Map([...registered, ...published].map((build) => [build.id, build]));
  const versions = keys.length === 0 ? [] : await readVersions(tx, algorithmId, builds, keys);
  const standing = await readStanding(tx, algorithmId);
  return {
    builds: [...builds.values()],
    versions,
    standing,
    // most entries are of versions alone: what it is parsed into, and judged by, then stays in memory too
    release: release ? await readReleaseControl(tx, algorithmId) : null,
  };
}

import { LRUCache } from 'lru-cache';

import { answered, type Database, isDatabaseAway } from '../database';
import { AlgogateError } from '../domain/errors';
import type { Follower } from '../ledger';
import { type Refreshed, refreshOwner, setPointers } from './refresh';
import type { AlgorithmView, OwnerView, ReleaseControl, Standing } from './view';

/** An owner of which something is in memory. */
interface OwnerSlot {
  view: OwnerView | null;
  /** Counts what was heard of the owner; a look that began before the last of it does not clear `stale`. */
  heard: number;
  stale: boolean;
  /** Resolves when the last look has ended, well or not. */
  looking: Promise<void>;
  /** Looks under way or in turn: while there are any the owner is not dropped, or what is heard of it would be lost. */
  looks: number;
  readonly algorithms: Map<string, Slot | null>;
}

/** An algorithm in memory; its parts are replaced as the ledger moves. */
interface Slot {
  /** `owner/name`, its key among the weights. */
  readonly key: string;
  readonly id: number;
  readonly name: string;
  readonly ownerKey: string;
  readonly nameKey: string;
  readonly catalog: AlgorithmView['catalog'];
  owner: OwnerView;
  standing: Standing;
  release: ReleaseControl;
}

/** How often what was asked for was in memory, since the start. */
export interface IndexStats {
  readonly hits: number;
  /** Looks at the database. */
  readonly misses: number;
  /** Algorithms that had to make room. */
  readonly evictions: number;
}

export interface ResolutionIndexOptions {
  /** The most versions and builds, of all algorithms together, that are kept in memory. */
  readonly maxEntries: number;
}

/**
 * The algorithms that are asked for, in memory: what `domain/resolve` runs on. In the steady state an answer costs a
 * look-up and no query; what any replica wrote is seen within a second, what this process wrote at once. It is the
 * same for every caller: principals are unknown here. Source: chapter 1, "Speed".
 */
export class ResolutionIndex {
  private readonly owners = new Map<string, OwnerSlot>();
  /** Bounds what is in memory: the weight of an algorithm is the number of its versions and builds. */
  private readonly weights: LRUCache<string, number>;
  private readonly counted = { hits: 0, misses: 0, evictions: 0 };

  constructor(
    private readonly database: Database,
    private readonly follower: Follower,
    private readonly options: ResolutionIndexOptions,
  ) {
    this.weights = new LRUCache<string, number>({
      maxSize: options.maxEntries,
      maxEntrySize: options.maxEntries,
      sizeCalculation: (weight) => weight,
      dispose: (_weight, key, reason) => {
        if (reason !== 'set') this.evict(key);
        if (reason === 'evict') this.counted.evictions += 1;
      },
    });
    follower.onEvent(({ ownerKey, entry }) => {
      const slot = this.owners.get(ownerKey);
      if (slot === undefined || isKnown(slot.view, entry)) return;
      slot.heard += 1;
      slot.stale = true;
    });
  }

  /**
   * The algorithm, or null where there is none. At once where it is in memory and fresh; else a promise.
   * @throws AlgogateError UNAVAILABLE when the database is away and memory does not have it, or is too old
   */
  find(ownerKey: string, nameKey: string): AlgorithmView | null | Promise<AlgorithmView | null> {
    const slot = this.owners.get(ownerKey);
    if (slot !== undefined && !slot.stale && this.follower.isFresh) {
      const view = slot.algorithms.get(nameKey);
      if (view !== undefined) {
        this.weights.get(view?.key ?? `${ownerKey}/${nameKey}`);
        this.counted.hits += 1;
        return view;
      }
    }
    return this.findAnew(ownerKey, nameKey);
  }

  /**
   * The algorithm as the database has it now. For mutations: what another replica wrote a moment ago must not be
   * missing for them.
   * @throws AlgogateError UNAVAILABLE
   */
  async findNow(ownerKey: string, nameKey: string): Promise<AlgorithmView | null> {
    const slot = this.slotOf(ownerKey);
    slot.heard += 1;
    slot.stale = true;
    return this.findAnew(ownerKey, nameKey);
  }

  /** Where the chains of an owner stood when it was last looked at; null where it did not exist, or is not in memory. */
  owner(ownerKey: string): OwnerView | null {
    return this.owners.get(ownerKey)?.view ?? null;
  }

  /** How many algorithms are in memory, absent ones included. */
  get size(): number {
    return this.weights.size;
  }

  get stats(): IndexStats {
    return this.counted;
  }

  private async findAnew(ownerKey: string, nameKey: string): Promise<AlgorithmView | null> {
    await this.follower.catchUp();
    const slot = this.slotOf(ownerKey);
    const known = slot.stale ? undefined : slot.algorithms.get(nameKey);
    if (known !== undefined) {
      this.counted.hits += 1;
      return known;
    }
    this.counted.misses += 1;
    try {
      return await answered(this.lookInTurn(ownerKey, slot, nameKey), this.follower.databaseAway);
    } catch (error) {
      if (!isDatabaseAway(error) && !this.follower.databaseAway) throw error;
      const remembered = slot.algorithms.get(nameKey);
      if (remembered !== undefined) return remembered;
      throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
    }
  }

  private slotOf(ownerKey: string): OwnerSlot {
    let slot = this.owners.get(ownerKey);
    if (slot === undefined) {
      slot = {
        view: null,
        heard: 0,
        stale: false,
        looking: Promise.resolve(),
        looks: 0,
        algorithms: new Map(),
      };
      this.owners.set(ownerKey, slot);
    }
    return slot;
  }

  /** Looks at one owner follow one another; that one failed is not the failure of the next. */
  private async lookInTurn(
    ownerKey: string,
    slot: OwnerSlot,
    nameKey: string,
  ): Promise<AlgorithmView | null> {
    slot.looks += 1;
    const look = slot.looking.then(() => this.look(ownerKey, slot, nameKey));
    slot.looking = look.then(ignore, ignore);
    try {
      return await look;
    } finally {
      slot.looks -= 1;
      this.dropIfUnused(ownerKey, slot);
    }
  }

  private async look(ownerKey: string, slot: OwnerSlot, nameKey: string): Promise<AlgorithmView | null> {
    for (;;) {
      const known = slot.stale ? undefined : slot.algorithms.get(nameKey);
      if (known !== undefined) return known;
      const { heard } = slot;
      const refreshed = await this.database.snapshot((tx) =>
        refreshOwner(tx, ownerKey, { owner: slot.view, algorithms: slot.algorithms }, nameKey),
      );
      const found = this.apply(ownerKey, slot, refreshed, nameKey);
      if (slot.heard === heard) slot.stale = false;
      // none where it was evicted while the look brought it up to date: the next look reads it whole
      if (found !== undefined) return found;
    }
  }

  /**
   * Gives `wanted` as it is now, whatever the bound of the memory leaves of it. Nothing is awaited here: a reader
   * sees all of a look, or none of it.
   */
  private apply(
    ownerKey: string,
    slot: OwnerSlot,
    refreshed: Refreshed,
    wanted: string,
  ): AlgorithmView | null | undefined {
    if (refreshed.forgetAll) {
      for (const nameKey of [...slot.algorithms.keys()]) this.weights.delete(`${ownerKey}/${nameKey}`);
    }
    const moved = !isSame(slot.view, refreshed.owner);
    if (moved) slot.view = refreshed.owner;
    const owner = slot.view;
    for (const [nameKey, loaded] of refreshed.loaded) {
      const key = `${ownerKey}/${nameKey}`;
      slot.algorithms.set(nameKey, loaded && owner ? { ...loaded, key, ownerKey, nameKey, owner } : null);
    }
    for (const [nameKey, patch] of refreshed.patches) {
      const algorithm = slot.algorithms.get(nameKey);
      if (!algorithm) continue;
      for (const build of patch.builds) algorithm.catalog.putBuild(build);
      for (const version of patch.versions) algorithm.catalog.put(version);
      algorithm.standing = patch.standing;
      if (patch.release !== null) {
        algorithm.release = patch.release;
        setPointers(algorithm.catalog, patch.release);
      }
    }
    // only where its chains moved: whoever asks for one name after the other must not pay for all that were asked for
    if (moved && owner !== null) {
      for (const algorithm of slot.algorithms.values()) {
        if (algorithm !== null) algorithm.owner = owner;
      }
    }
    const found = slot.algorithms.get(wanted);
    for (const nameKey of [...refreshed.loaded.keys(), ...refreshed.patches.keys()]) {
      const algorithm = slot.algorithms.get(nameKey);
      if (algorithm !== undefined) this.weights.set(`${ownerKey}/${nameKey}`, this.weightOf(algorithm));
    }
    return found;
  }

  /** An algorithm that is over the bound by itself is kept alone. */
  private weightOf(algorithm: Slot | null): number {
    if (algorithm === null) return 1;
    const { size, unpublishedBuilds } = algorithm.catalog;
    return Math.min(
      1 + size + unpublishedBuilds + weightOfRelease(algorithm.release),
      this.options.maxEntries,
    );
  }

  private evict(key: string): void {
    const [ownerKey = '', nameKey = ''] = key.split('/');
    const slot = this.owners.get(ownerKey);
    if (slot === undefined) return;
    slot.algorithms.delete(nameKey);
    this.dropIfUnused(ownerKey, slot);
  }

  private dropIfUnused(ownerKey: string, slot: OwnerSlot): void {
    if (slot.algorithms.size === 0 && slot.looks === 0) this.owners.delete(ownerKey);
  }
}

/** A statement of deprecation takes as much as several versions, a pin about half of one. */
function weightOfRelease({ deprecations, manifests, pins }: ReleaseControl): number {
  let artifacts = 0;
  for (const held of [...manifests.values(), ...pins.values()]) artifacts += held.length;
  return 4 * deprecations.length + artifacts;
}

function ignore(): void {}

/** Whether a look found an owner as it was. */
function isSame(before: OwnerView | null, now: OwnerView | null): boolean {
  if (before === null || now === null) return before === now;
  return (
    before.id === now.id &&
    before.publicSequence === now.publicSequence &&
    before.privateSequence === now.privateSequence
  );
}

/** Whether what is in memory has the entry in it already. */
function isKnown(view: OwnerView | null, entry: { chain: 'public' | 'private'; sequence: number }): boolean {
  if (view === null) return false;
  return entry.sequence <= (entry.chain === 'public' ? view.publicSequence : view.privateSequence);
}

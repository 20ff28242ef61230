import type { VersionFacts } from './facts';
import { keysUnder } from './interval';
import { type CompiledRange, maxSatisfying } from './range';
import { type ReadonlySorted, Sorted } from './sorted';
import { lineKey, majorKey } from './version';

/**
 * A version that caller-independent selectors may name. No private, pending, rejected, taken-down or yanked version
 * has this type: what takes or gives nothing else cannot be made to name one.
 */
export interface PublicVersion extends VersionFacts {
  readonly visibility: 'PUBLIC';
  readonly state: 'PUBLISHED';
  readonly yanked: false;
}

export function isPublicVersion(version: VersionFacts): version is PublicVersion {
  return version.visibility === 'PUBLIC' && version.state === 'PUBLISHED' && !version.yanked;
}

/** A channel that its owner moves: the key that it points to, null for nowhere, and what that names now. */
interface Pointer {
  readonly key: string | null;
  readonly version: PublicVersion | undefined;
}

/**
 * The public versions of one algorithm, and nothing else of it: whatever is put into it, it keeps only what is
 * public, published and not yanked. Caller-independent selectors are resolved on this alone, so that private state
 * cannot take part in them. Source: chapter 1, rule 2.
 */
export class PublicCatalog {
  private readonly sortedAll: Sorted<PublicVersion>;
  private readonly sortedReleases: Sorted<PublicVersion>;
  /** The highest release under each major and each major.minor, by `majorKey` and `lineKey`. */
  private readonly lines = new Map<string, PublicVersion>();
  /** The releases that have entered `stable`. */
  private readonly sortedStable: Sorted<PublicVersion>;
  private readonly pointers = new Map<string, Pointer>();

  /** @param versions of any kind, in any order, each key once */
  constructor(versions: Iterable<VersionFacts>) {
    this.sortedAll = new Sorted([...versions].filter(isPublicVersion));
    this.sortedReleases = new Sorted([...this.sortedAll].filter(({ prerelease }) => !prerelease));
    this.sortedStable = new Sorted([...this.sortedReleases].filter(({ stable }) => stable));
    // From the lowest up: the last one of a line to be set is its highest.
    for (const release of this.sortedReleases) {
      for (const line of linesOf(release)) this.lines.set(line, release);
    }
  }

  get all(): ReadonlySorted<PublicVersion> {
    return this.sortedAll;
  }

  get releases(): ReadonlySorted<PublicVersion> {
    return this.sortedReleases;
  }

  /** The highest release. */
  latest(): PublicVersion | undefined {
    return this.sortedReleases.highest();
  }

  /** The highest release of a major or of a major.minor line. A look-up. */
  latestOf(major: number, minor?: number): PublicVersion | undefined {
    return this.lines.get(minor === undefined ? majorKey(major) : lineKey(major, minor));
  }

  highestIn(range: CompiledRange): PublicVersion | null {
    return maxSatisfying(range, this);
  }

  /** What a channel names: a look-up. `edge` is always computed, `stable` until its owner takes it over. */
  channel(name: string): PublicVersion | undefined {
    if (name === 'edge') return this.sortedAll.highest();
    const pointer = this.pointers.get(name);
    if (pointer !== undefined) return pointer.version;
    return name === 'stable' ? this.sortedStable.highest() : undefined;
  }

  /** Whether the channel is moved by its owner, rather than computed. */
  isPointer(name: string): boolean {
    return name !== 'edge' && this.pointers.has(name);
  }

  /** The names of the channels that are moved by their owner, in order. */
  get pointerNames(): readonly string[] {
    return [...this.pointers.keys()].sort();
  }

  /** Points a channel to the version of `key`: it names that while it is public, and nothing else ever. Null: nowhere. */
  setPointer(name: string, key: string | null): void {
    this.pointers.set(name, { key, version: key === null ? undefined : this.sortedAll.get(key) });
  }

  /** Takes note of one version as it is now: puts it in, replaces it, or takes it out. */
  put(version: VersionFacts): void {
    if (isPublicVersion(version)) this.insert(version);
    else this.remove(version.key);
    if (!version.prerelease) {
      for (const line of linesOf(version)) this.refreshLine(line);
    }
    for (const [name, { key }] of this.pointers) {
      if (key === version.key) this.setPointer(name, key);
    }
  }

  private insert(version: PublicVersion): void {
    this.sortedAll.put(version);
    if (version.prerelease) return;
    this.sortedReleases.put(version);
    if (version.stable) this.sortedStable.put(version);
    else this.sortedStable.remove(version.key);
  }

  private remove(key: string): void {
    this.sortedAll.remove(key);
    this.sortedReleases.remove(key);
    this.sortedStable.remove(key);
  }

  private refreshLine(line: string): void {
    const highest = this.sortedReleases.highestIn(keysUnder(line));
    if (highest === undefined) this.lines.delete(line);
    else this.lines.set(line, highest);
  }
}

function linesOf({ major, minor }: VersionFacts): readonly string[] {
  return [majorKey(major), lineKey(major, minor)];
}

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

/** A channel that is kept rather than computed: the keys that it may name, best first. */
interface KeptChannel {
  readonly candidates: readonly string[];
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
  private readonly keptChannels = new Map<string, KeptChannel>();

  /** @param versions of any kind, in any order, each key once */
  constructor(versions: Iterable<VersionFacts>) {
    this.sortedAll = new Sorted([...versions].filter(isPublicVersion));
    this.sortedReleases = new Sorted([...this.sortedAll].filter(({ prerelease }) => !prerelease));
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

  /** All releases of a major, lowest first. */
  releasesOfMajor(major: number): readonly PublicVersion[] {
    return this.sortedReleases.within(keysUnder(majorKey(major)));
  }

  highestIn(range: CompiledRange): PublicVersion | null {
    return maxSatisfying(range, this);
  }

  /** What a channel names: a look-up. `edge` is always computed, `stable` unless it is kept. */
  channel(name: string): PublicVersion | undefined {
    if (name === 'edge') return this.sortedAll.highest();
    const kept = this.keptChannels.get(name);
    if (kept !== undefined) return kept.version;
    return name === 'stable' ? this.latest() : undefined;
  }

  /** The keys that a kept channel may name, best first; null for one that is computed or does not exist. */
  candidatesOf(channel: string): readonly string[] | null {
    return channel === 'edge' ? null : (this.keptChannels.get(channel)?.candidates ?? null);
  }

  /**
   * Keeps a channel: it names the first of `candidates` that is public now. One key for a pointer; those that have
   * entered, highest first, for a `stable` behind gates; null to give the channel up.
   */
  setChannel(name: string, candidates: readonly string[] | null): void {
    if (candidates === null) this.keptChannels.delete(name);
    else this.keptChannels.set(name, { candidates, version: this.firstOf(candidates) });
  }

  /** Takes note of one version as it is now: puts it in, replaces it, or takes it out. */
  put(version: VersionFacts): void {
    if (isPublicVersion(version)) this.insert(version);
    else this.remove(version.key);
    if (!version.prerelease) {
      for (const line of linesOf(version)) this.refreshLine(line);
    }
    for (const [name, { candidates }] of this.keptChannels) this.setChannel(name, candidates);
  }

  private insert(version: PublicVersion): void {
    this.sortedAll.put(version);
    if (!version.prerelease) this.sortedReleases.put(version);
  }

  private remove(key: string): void {
    this.sortedAll.remove(key);
    this.sortedReleases.remove(key);
  }

  private refreshLine(line: string): void {
    const highest = this.sortedReleases.highestIn(keysUnder(line));
    if (highest === undefined) this.lines.delete(line);
    else this.lines.set(line, highest);
  }

  private firstOf(keys: readonly string[]): PublicVersion | undefined {
    for (const key of keys) {
      const version = this.sortedAll.get(key);
      if (version !== undefined) return version;
    }
    return undefined;
  }
}

function linesOf({ major, minor }: VersionFacts): readonly string[] {
  return [majorKey(major), lineKey(major, minor)];
}

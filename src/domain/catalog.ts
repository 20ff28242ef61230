import { BuildIndex, isPublishedOrTakenDown } from './build-index';
import type { BuildFacts, VersionFacts } from './facts';
import { keysUnder } from './interval';
import { PublicCatalog } from './public-catalog';
import { type ReadonlySorted, Sorted } from './sorted';
import { lineKey, majorKey } from './version';

export { isPublicVersion, PublicCatalog, type PublicVersion } from './public-catalog';

/**
 * The index of one algorithm's versions and builds that selectors are resolved on. The public side is a thing of
 * its own (`public`); what is beside it serves FULL, LATEST_PRIVATE, SHA, traces and the rules of publishing.
 *
 * It takes 110 to 140 bytes a version beside the facts themselves, which take about 340 (measured on Node 20 with
 * 100,000 and 1,000,000 versions in lines of a hundred, each with a build of its own); a `put` moves at most 8 bytes
 * a version in memory for each list that it changes, and sorts nothing.
 */
export class AlgorithmCatalog {
  readonly public: PublicCatalog;
  private readonly byKey = new Map<string, VersionFacts>();
  private readonly builds = new BuildIndex();
  private readonly everything: Sorted<VersionFacts>;
  private readonly yankedPublic: Sorted<VersionFacts>;
  private readonly goodPrivate: Sorted<VersionFacts>;
  private readonly yankedPrivate: Sorted<VersionFacts>;
  private topRelease: VersionFacts | undefined;

  /** @param versions where two have one key, the later holds */
  static from(versions: Iterable<VersionFacts>, builds: Iterable<BuildFacts>): AlgorithmCatalog {
    return new AlgorithmCatalog(versions, builds);
  }

  private constructor(versions: Iterable<VersionFacts>, builds: Iterable<BuildFacts>) {
    for (const build of builds) this.builds.putBuild(build);
    for (const version of versions) this.byKey.set(version.key, version);
    this.everything = new Sorted(this.byKey.values());
    const sorted = [...this.everything];
    for (const version of sorted) this.builds.putVersion(version);
    this.public = new PublicCatalog(sorted);
    this.yankedPublic = new Sorted(sorted.filter(isYankedPublic));
    this.goodPrivate = new Sorted(sorted.filter(isGoodPrivate));
    this.yankedPrivate = new Sorted(sorted.filter(isYankedPrivate));
    this.topRelease = sorted.findLast(({ prerelease }) => !prerelease);
  }

  /** All versions, of whatever visibility and state. For what is counted of them, never for resolution. */
  get all(): ReadonlySorted<VersionFacts> {
    return this.everything;
  }

  /** How many versions it holds, in whatever state. */
  get size(): number {
    return this.everything.length;
  }

  /** How many builds it holds that carry no version. */
  get unpublishedBuilds(): number {
    return this.builds.unpublished;
  }

  /** Inserts a version or, when it has changed, replaces the one with its key. */
  put(version: VersionFacts): void {
    this.byKey.set(version.key, version);
    this.builds.putVersion(version);
    this.everything.put(version);
    this.public.put(version);
    keepIf(isYankedPublic(version), this.yankedPublic, version);
    keepIf(isGoodPrivate(version), this.goodPrivate, version);
    keepIf(isYankedPrivate(version), this.yankedPrivate, version);
    if (!version.prerelease && version.key >= (this.topRelease?.key ?? '')) this.topRelease = version;
  }

  putBuild(build: BuildFacts): void {
    this.builds.putBuild(build);
  }

  /** What FULL names: published or taken down, yanked or not, of any visibility. Pending and rejected: nothing. */
  full(key: string): VersionFacts | null {
    const version = this.byKey.get(key);
    return version !== undefined && isPublishedOrTakenDown(version) ? version : null;
  }

  /** The highest private version, prereleases included, that is published and not yanked. */
  latestPrivate(): VersionFacts | null {
    return this.goodPrivate.highest() ?? null;
  }

  /** The succeeded build of a commit, published or not. @param sha in lower case */
  build(sha: string): BuildFacts | null {
    return this.builds.succeeded(sha) ?? null;
  }

  /** The version that the build of a commit is published as, see `BuildIndex`; null when it is not. */
  versionNamedBy(sha: string): VersionFacts | null {
    return this.builds.versionNamedBy(sha);
  }

  /** Public versions that are published and yanked: seen by all, and named by no caller-independent selector. */
  get publicYanked(): ReadonlySorted<VersionFacts> {
    return this.yankedPublic;
  }

  /** Private versions that are published and yanked. For the owner's members. */
  get privateYanked(): ReadonlySorted<VersionFacts> {
    return this.yankedPrivate;
  }

  /** The highest release of any visibility and state: a number once used stays used. Chapter 3, "Publishing". */
  highestRelease(): VersionFacts | null {
    return this.topRelease ?? null;
  }

  /** The highest version of a major.minor line, of any visibility and state, prereleases included. */
  highestInLine(major: number, minor: number): VersionFacts | null {
    return this.everything.highestIn(keysUnder(lineKey(major, minor))) ?? null;
  }

  /** True when the major has a version, of any visibility, that was ever published: not one that waits or was rejected. */
  hasMajor(major: number): boolean {
    return this.everything.within(keysUnder(majorKey(major))).some(isPublishedOrTakenDown);
  }

  /** A version by its key, of any visibility and state. For the rules of publishing, never for resolution. */
  find(key: string): VersionFacts | null {
    return this.byKey.get(key) ?? null;
  }
}

function keepIf(keep: boolean, versions: Sorted<VersionFacts>, version: VersionFacts): void {
  if (keep) versions.put(version);
  else versions.remove(version.key);
}

function isYankedPublic({ visibility, state, yanked }: VersionFacts): boolean {
  return visibility === 'PUBLIC' && state === 'PUBLISHED' && yanked;
}

function isGoodPrivate({ visibility, state, yanked }: VersionFacts): boolean {
  return visibility === 'PRIVATE' && state === 'PUBLISHED' && !yanked;
}

function isYankedPrivate({ visibility, state, yanked }: VersionFacts): boolean {
  return visibility === 'PRIVATE' && state === 'PUBLISHED' && yanked;
}

import { contains, type KeyInterval } from './interval';
import type { ReadonlySorted } from './sorted';

/**
 * A version range, compiled once to intervals of version keys: to search or test it parses nothing.
 * A version is in it when it is a release and in one of `releases`, or a prerelease and in one of `prereleases`.
 */
export interface CompiledRange {
  /** As written. */
  readonly text: string;
  readonly releases: readonly KeyInterval[];
  /** Each lies within the prereleases of one major.minor.patch, one that a comparator with a prerelease names. */
  readonly prereleases: readonly KeyInterval[];
}

/** What a version must tell of itself to be tested against a range. */
export interface RangeCandidate {
  readonly key: string;
  readonly prerelease: boolean;
}

/** Versions to search: `releases` are those of `all` that are no prereleases. */
export interface SearchableVersions<V> {
  readonly all: ReadonlySorted<V>;
  readonly releases: ReadonlySorted<V>;
}

export function satisfies(range: CompiledRange, version: RangeCandidate): boolean {
  const intervals = version.prerelease ? range.prereleases : range.releases;
  return intervals.some((interval) => contains(interval, version.key));
}

/** The highest version in the range: one binary search for each of its intervals, of which it has at most 96. */
export function maxSatisfying<V extends RangeCandidate>(
  range: CompiledRange,
  versions: SearchableVersions<V>,
): V | null {
  let best: V | null = null;
  for (const interval of range.releases) {
    best = higher(best, versions.releases.highestIn(interval));
  }
  for (const interval of range.prereleases) {
    best = higher(best, versions.all.highestIn(interval));
  }
  return best;
}

function higher<V extends RangeCandidate>(a: V | null, b: V | undefined): V | null {
  if (b === undefined) return a;
  return a === null || b.key > a.key ? b : a;
}

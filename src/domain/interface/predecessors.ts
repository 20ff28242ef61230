import { isRelease } from '../publishing';
import type { SemVer } from '../version';

/** What a version is compared with. */
export interface Predecessors {
  /** The highest first; none for a first version. */
  readonly releases: readonly SemVer[];
  /** Whether no change can be too large: the version opens a major, or is a prerelease. */
  readonly informationOnly: boolean;
}

/**
 * The releases below a version in its major: the highest, or for a transitive policy all of them. One that opens a
 * major is compared with the highest release below it, for information. Source: chapter 3.
 * @param releases of the algorithm, in any order; for a public publication or promotion the public ones alone, or
 * a report would describe a private version. Prereleases among them are passed over.
 */
export function predecessorsOf(
  version: SemVer,
  releases: readonly SemVer[],
  transitive: boolean,
): Predecessors {
  const below = releases
    .filter((release) => isRelease(release) && release.key < version.key)
    .sort((a, b) => (a.key < b.key ? 1 : -1));
  const inMajor = below.filter((release) => release.major === version.major);
  const opensMajor = inMajor.length === 0;
  return {
    releases: opensMajor || !transitive ? (opensMajor ? below : inMajor).slice(0, 1) : inMajor,
    informationOnly: opensMajor || !isRelease(version),
  };
}

import { isRelease } from '../publishing';
import type { Bump, ProtectStable } from '../terms';
import type { SemVer } from '../version';

/** Which bumps wait for an approval. */
const WAITING: Readonly<Record<ProtectStable, readonly Bump[]>> = {
  NONE: [],
  MAJOR: ['MAJOR'],
  MINOR: ['MAJOR', 'MINOR'],
  EVERY: ['MAJOR', 'MINOR', 'REVISION'],
};

/**
 * Whether a release that is about to become public waits until an admin approves it. A prerelease never does: no
 * caller gets it without naming it or a channel that points at it. Source: chapter 3, "Gates and protection".
 * @param publicReleases that are published, in any order; none that waits itself
 */
export function needsApproval(
  policy: ProtectStable,
  version: SemVer,
  publicReleases: readonly SemVer[],
): boolean {
  return isRelease(version) && WAITING[policy].includes(bumpOver(version, publicReleases));
}

/**
 * What a release raises over the highest one below it: it opens a major, or a minor line, or comes after others in its
 * line. With nothing below it, it opens a major.
 */
export function bumpOver(version: SemVer, releases: readonly SemVer[]): Bump {
  const below = highestBelow(version, releases);
  if (below?.major !== version.major) return 'MAJOR';
  return below.minor === version.minor ? 'REVISION' : 'MINOR';
}

function highestBelow(version: SemVer, releases: readonly SemVer[]): SemVer | null {
  let highest: SemVer | null = null;
  for (const release of releases) {
    if (release.key < version.key && (highest === null || release.key > highest.key)) highest = release;
  }
  return highest;
}

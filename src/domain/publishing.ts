import { AlgogateError } from './errors';
import type { BuildStatus, Bump, Visibility } from './terms';
import { MAX_MAJOR } from './ref';
import { bump, parseVersion, type SemVer } from './version';

/**
 * What a publication is refused for. The facts are read under the lock of the owner's ledger, and count versions of
 * every visibility and state: a number once used stays used. Source: chapter 3, "Publishing"; chapter 2, "Visibility
 * of one version".
 */

/** The number that a publisher asked for: in full, by a bump, or neither. */
export interface WantedNumber {
  readonly version?: string | null | undefined;
  readonly bump?: Bump | null | undefined;
}

/**
 * The version to publish. A bump counts from the highest release, private ones included; with neither it is the
 * smallest bump, and 0.1.0 for a first version.
 * @throws AlgogateError INVALID_INPUT
 */
export function numberOf(wanted: WantedNumber, highestRelease: SemVer | null): SemVer {
  if (wanted.version != null && wanted.bump != null) {
    throw new AlgogateError('INVALID_INPUT', 'give a version or a bump, not both', ['bump']);
  }
  const text = wanted.version ?? bump(highestRelease, wanted.bump ?? 'REVISION');
  const version = parseVersion(text);
  if (version === null) {
    throw new AlgogateError(
      'INVALID_INPUT',
      `${JSON.stringify(text)} is not a semantic version such as 1.2.3`,
      ['version'],
    );
  }
  if (version.major > MAX_MAJOR) {
    throw new AlgogateError('INVALID_INPUT', `a major is at most ${MAX_MAJOR}`, ['version']);
  }
  return version;
}

/** @throws AlgogateError VERSION_NOT_INCREASING: a hotfix 1.0.6 after 1.1.0 is fine, 1.0.4 after 1.0.5 is not */
export function assertIncreasing(version: SemVer, highestInLine: SemVer | null): void {
  if (highestInLine !== null && highestInLine.key > version.key) {
    throw new AlgogateError(
      'VERSION_NOT_INCREASING',
      `version ${version.text} does not come after ${highestInLine.text}, the highest of ${version.major}.${version.minor}`,
      ['version'],
    );
  }
}

export function versionExists(version: SemVer): AlgogateError {
  return new AlgogateError('VERSION_EXISTS', `version ${version.text} exists already`, ['version']);
}

/** A build about to be published, and the versions that it carries already, in whatever state. */
export interface BuildToPublish {
  readonly sha: string;
  readonly status: BuildStatus;
  readonly carried: readonly SemVer[];
}

/**
 * A build carries one number: prereleases of it may share the build with the release that they become.
 * @throws AlgogateError BUILD_FAILED, BUILD_ALREADY_PUBLISHED
 */
export function assertPublishable(version: SemVer, build: BuildToPublish): void {
  if (build.status !== 'SUCCEEDED')
    throw new AlgogateError('BUILD_FAILED', `build ${build.sha} failed`, ['sha']);
  const other = build.carried.find((carried) => isRelease(carried) || !sameNumber(carried, version));
  if (other !== undefined) {
    throw new AlgogateError(
      'BUILD_ALREADY_PUBLISHED',
      `build ${build.sha} is published as ${other.text} already`,
      ['sha'],
    );
  }
}

/**
 * The visibility of a new version: its major's, unless its publisher holds it back.
 * @throws AlgogateError VISIBILITY_EXCEEDS_MAJOR
 */
export function visibilityOf(wanted: Visibility | null | undefined, ofMajor: Visibility): Visibility {
  if (wanted === 'PUBLIC') assertMajorPublic(ofMajor);
  return wanted ?? ofMajor;
}

/** @throws AlgogateError VISIBILITY_EXCEEDS_MAJOR */
export function assertMajorPublic(ofMajor: Visibility): void {
  if (ofMajor === 'PUBLIC') return;
  throw new AlgogateError(
    'VISIBILITY_EXCEEDS_MAJOR',
    'a public version needs a public major: open the major first',
    ['visibility'],
  );
}

export function isRelease({ prerelease }: SemVer): boolean {
  return prerelease.length === 0;
}

function sameNumber(a: SemVer, b: SemVer): boolean {
  return a.major === b.major && a.minor === b.minor && a.patch === b.patch;
}

import { AlgogateError } from '../errors';
import { isRelease } from '../publishing';
import { type Bump, BUMPS } from '../terms';
import type { SemVer } from '../version';
import type { InterfaceReport } from './report';

const MAX_LISTED = 5;

/** How far `version` is from the release before it. */
export function bumpBetween(predecessor: SemVer, version: SemVer): Bump {
  if (version.major !== predecessor.major) return 'MAJOR';
  return version.minor === predecessor.minor ? 'REVISION' : 'MINOR';
}

/**
 * Prereleases are reported on, never refused. With several predecessors each is asked about with its own report.
 * @param report of the interface of `version` against that of `predecessor`
 * @throws AlgogateError BUMP_TOO_SMALL, listing the changes, the worst first
 */
export function assertBump(report: InterfaceReport, predecessor: SemVer, version: SemVer): void {
  if (!isRelease(version) || suffices(bumpBetween(predecessor, version), report.requiredBump)) return;
  const listed = report.changes.slice(0, MAX_LISTED).map(({ severity, message }) => `${severity} ${message}`);
  const more = report.changes.length - listed.length;
  throw new AlgogateError(
    'BUMP_TOO_SMALL',
    `the interface of ${version.text} needs a ${report.requiredBump} bump from ${predecessor.text}: ` +
      [...listed, ...(more > 0 ? [`and ${more} more`] : [])].join(' '),
    ['version'],
  );
}

function suffices(bump: Bump, required: Bump): boolean {
  return BUMPS.indexOf(bump) <= BUMPS.indexOf(required);
}

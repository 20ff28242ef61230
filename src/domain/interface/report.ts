import { type Bump, BUMPS, SEVERITIES, type Severity } from '../terms';

/** One change of an interface, as its callers see it. */
export interface InterfaceChange {
  readonly severity: Severity;
  /** What graphql calls it (`FIELD_REMOVED`), or in the same manner what it has no name for. */
  readonly code: string;
  /** `Box`, `Box.width`, `Query.detect(threshold:)`, `Color.RED`, `@cost`, `@cost(of:)`. */
  readonly path: string;
  readonly message: string;
}

/** Source: chapter 3, "Interface compatibility". */
export interface InterfaceReport {
  /** The worst of its changes; SAFE for none. */
  readonly severity: Severity;
  readonly requiredBump: Bump;
  /** The worst first, then by path and code; each once. */
  readonly changes: readonly InterfaceChange[];
}

/**
 * The smallest bump that the changes allow. Source: chapter 3, "Smallest bump".
 * @param major of the version to come: while it is 0, callers expect nothing to last
 */
export function requiredBump(changes: readonly InterfaceChange[], major: number): Bump {
  const breaking = worstOf(changes) === 'BREAKING';
  if (major === 0) return breaking ? 'MINOR' : 'REVISION';
  if (breaking) return 'MAJOR';
  return changes.length > 0 ? 'MINOR' : 'REVISION';
}

/** @param found in any order, one perhaps several times */
export function reportOf(found: readonly InterfaceChange[], major: number): InterfaceReport {
  const changes = ordered(found);
  return { severity: worstOf(changes), requiredBump: requiredBump(changes, major), changes };
}

/**
 * The reports on one version against several predecessors, as one to show: a change that several tell of is in it
 * once, its severity and bump are the greatest. Whether the version's number suits is asked of each pair by itself
 * (`assertBump`), since what 1.1 added is no change over 1.2.
 */
export function combineReports(reports: readonly InterfaceReport[]): InterfaceReport {
  const changes = ordered(reports.flatMap((report) => report.changes));
  const bumps = new Set(reports.map((report) => report.requiredBump));
  return {
    severity: worstOf(changes),
    requiredBump: BUMPS.find((bump) => bumps.has(bump)) ?? 'REVISION',
    changes,
  };
}

function worstOf(changes: readonly InterfaceChange[]): Severity {
  const severities = new Set(changes.map((change) => change.severity));
  return SEVERITIES.find((severity) => severities.has(severity)) ?? 'SAFE';
}

function ordered(changes: readonly InterfaceChange[]): readonly InterfaceChange[] {
  const byKey = new Map(changes.map((change) => [sortKey(change), change]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
}

/** Separated by what is below every character of a name, so that `Box` comes before `Box.width`. */
function sortKey({ severity, path, code, message }: InterfaceChange): string {
  return [SEVERITIES.indexOf(severity), path, code, message].join('\0');
}

import {
  deprecationHeaders,
  deprecationOf,
  type DeprecationSelector,
  deprecationWarning,
  firstDeprecationOf,
  parseDeprecationSelector,
} from '../domain/release';
import type { VersionFacts } from '../domain/facts';
import { type Answer, canonicalOf } from './answer';
import type { DeprecationNotice, ReleaseControl } from './view';

/** What its owner says of a version that is not to be used any more. Times are epoch milliseconds. */
export interface VersionDeprecation extends Omit<DeprecationNotice, 'selector'> {
  /** Since when it is so without a break, however often that was reworded. */
  readonly since: number;
  /** Of the answers for this version, names and values in turn. */
  readonly headers: readonly string[];
}

type Statement = Omit<DeprecationNotice, 'selector'> & { readonly selector: DeprecationSelector };

/** Selectors are parsed once, and versions are judged once, until something is said anew. */
const statements = new WeakMap<ReleaseControl, readonly Statement[]>();
const judged = new WeakMap<
  ReleaseControl,
  WeakMap<VersionFacts, { readonly found: VersionDeprecation | null }>
>();

const NO_HEADERS: readonly string[] = [];

/** The deprecation that is in force for a version, null for none. A look-up, from the second time on. */
export function deprecationIn(release: ReleaseControl, version: VersionFacts): VersionDeprecation | null {
  if (release.deprecations.length === 0) return null;
  const known = judged.get(release) ?? new WeakMap();
  judged.set(release, known);
  const before = known.get(version);
  if (before !== undefined) return before.found;
  const found = version.state === 'TAKEN_DOWN' ? null : judge(statementsOf(release), version);
  known.set(version, { found });
  return found;
}

/**
 * What is in force for the version of an answer, as of whatever moment that is: what its owner says of it is said
 * today, and of what was taken down since nothing is shown.
 */
export function deprecationOfAnswer({ algorithm, resolved: { version } }: Answer): VersionDeprecation | null {
  if (version === null) return null;
  return deprecationIn(
    algorithm.release,
    (algorithm.today ?? algorithm.catalog).find(version.key) ?? version,
  );
}

/** What answers for a version say of it in headers, names and values in turn. */
export function noticesOf(release: ReleaseControl, version: VersionFacts | null): readonly string[] {
  return version === null ? NO_HEADERS : (deprecationIn(release, version)?.headers ?? NO_HEADERS);
}

/** What whoever gets this answer should know of the version, one sentence each. */
export function warningsOf(found: Answer): string[] {
  const { version } = found.resolved;
  if (version === null) return [];
  const canonical = canonicalOf(found);
  const deprecation = deprecationOfAnswer(found);
  const warnings = deprecation === null ? [] : [deprecationWarning(canonical, deprecation)];
  if (version.yanked)
    warnings.push(`${canonical} was yanked: it is named by nothing but itself and its commit.`);
  return warnings;
}

function statementsOf(release: ReleaseControl): readonly Statement[] {
  const known = statements.get(release);
  if (known !== undefined) return known;
  const made = release.deprecations.map((notice) => ({
    ...notice,
    selector: parseDeprecationSelector(notice.selector),
  }));
  statements.set(release, made);
  return made;
}

function judge(all: readonly Statement[], version: VersionFacts): VersionDeprecation | null {
  const current = deprecationOf(version, all);
  if (current === null) return null;
  const { id, message, replacement, removalAt } = current;
  const since = firstDeprecationOf(version, all)?.since ?? current.since;
  return {
    id,
    message,
    replacement,
    removalAt,
    since,
    headers: deprecationHeaders({ since, removalAt, replacement }),
  };
}

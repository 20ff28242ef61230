import { Defaults } from './defaults';
import { findChanges } from './finders';
import { judge, type Pair } from './judge';
import { type InterfaceReport, reportOf } from './report';
import { surfaceOf } from './surface';
import { unseenChanges } from './unseen';

const TYPE_CHANGES: ReadonlySet<string> = new Set([
  'ARG_CHANGED_KIND',
  'FIELD_CHANGED_KIND',
  'INPUT_WIDENED',
]);

/**
 * What changed from one interface to the next for those who call it. graphql's own change finders are asked first
 * and judged by the chapter's table; then comes what they do not see. Source: chapter 3, "Interface compatibility".
 * @param before an SDL that `assertInterface` has accepted; null: the build has none, as if it had no functions
 * @param after likewise
 * @param major of the version to come
 */
export function compareInterfaces(
  before: string | null,
  after: string | null,
  major: number,
): InterfaceReport {
  if (before === after) return reportOf([], major);
  const defaults = new Defaults();
  const pair: Pair = { before: surfaceOf(before, defaults), after: surfaceOf(after, defaults), defaults };
  const seen = findChanges(pair.before.schema, pair.after.schema).flatMap((finding) => {
    const change = judge(finding, pair);
    return change === null ? [] : [{ site: finding.site, change }];
  });
  const changes = seen.map(({ change }) => change);
  const told = {
    types: new Map(
      changes.filter(({ code }) => TYPE_CHANGES.has(code)).map(({ path, severity }) => [path, severity]),
    ),
    directives: new Set(seen.flatMap(({ site: { directive } }) => directive ?? [])),
  };
  return reportOf([...changes, ...unseenChanges(pair, told)], major);
}

import {
  BreakingChangeType,
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLSchema,
} from 'graphql';

import type { Severity } from '../terms';
import type { Site } from './site';

export type FoundCode = BreakingChangeType | DangerousChangeType;

/** What one of graphql's change finders tells, taken apart. */
export interface Found {
  readonly severity: Severity;
  readonly code: FoundCode;
  readonly site: Site;
  readonly message: string;
}

/**
 * graphql tells the place of a change in its description alone. Every code has a pattern, and the tests provoke
 * every one: a release of graphql that says it in other words is seen there.
 */
export const SITES: Readonly<Record<FoundCode, RegExp>> = {
  [BreakingChangeType.TYPE_REMOVED]: /^(?:Standard scalar )?(?<type>\w+) was removed\b/,
  [BreakingChangeType.TYPE_CHANGED_KIND]: /^(?<type>\w+) changed from /,
  [BreakingChangeType.TYPE_REMOVED_FROM_UNION]: /^(?<member>\w+) was removed from union type (?<type>\w+)\.$/,
  [BreakingChangeType.VALUE_REMOVED_FROM_ENUM]: /^(?<member>\w+) was removed from enum type (?<type>\w+)\.$/,
  [BreakingChangeType.REQUIRED_INPUT_FIELD_ADDED]:
    /^A required field (?<field>\w+) on input type (?<type>\w+) was added\.$/,
  [BreakingChangeType.IMPLEMENTED_INTERFACE_REMOVED]:
    /^(?<type>\w+) no longer implements interface (?<implemented>\w+)\.$/,
  [BreakingChangeType.FIELD_REMOVED]: /^(?<type>\w+)\.(?<field>\w+) was removed\.$/,
  [BreakingChangeType.FIELD_CHANGED_KIND]: /^(?<type>\w+)\.(?<field>\w+) changed type from /,
  [BreakingChangeType.REQUIRED_ARG_ADDED]:
    /^A required arg (?<arg>\w+) on (?<type>\w+)\.(?<field>\w+) was added\.$/,
  [BreakingChangeType.ARG_REMOVED]: /^(?<type>\w+)\.(?<field>\w+) arg (?<arg>\w+) was removed\.$/,
  [BreakingChangeType.ARG_CHANGED_KIND]:
    /^(?<type>\w+)\.(?<field>\w+) arg (?<arg>\w+) has changed type from /,
  [BreakingChangeType.DIRECTIVE_REMOVED]: /^(?<directive>\w+) was removed\.$/,
  [BreakingChangeType.DIRECTIVE_ARG_REMOVED]: /^(?<arg>\w+) was removed from (?<directive>\w+)\.$/,
  [BreakingChangeType.REQUIRED_DIRECTIVE_ARG_ADDED]:
    /^A required arg (?<arg>\w+) on directive (?<directive>\w+) was added\.$/,
  [BreakingChangeType.DIRECTIVE_REPEATABLE_REMOVED]: /^Repeatable flag was removed from (?<directive>\w+)\.$/,
  [BreakingChangeType.DIRECTIVE_LOCATION_REMOVED]: /^\w+ was removed from (?<directive>\w+)\.$/,
  [DangerousChangeType.VALUE_ADDED_TO_ENUM]: /^(?<member>\w+) was added to enum type (?<type>\w+)\.$/,
  [DangerousChangeType.TYPE_ADDED_TO_UNION]: /^(?<member>\w+) was added to union type (?<type>\w+)\.$/,
  [DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED]:
    /^An optional field (?<field>\w+) on input type (?<type>\w+) was added\.$/,
  [DangerousChangeType.OPTIONAL_ARG_ADDED]:
    /^An optional arg (?<arg>\w+) on (?<type>\w+)\.(?<field>\w+) was added\.$/,
  [DangerousChangeType.IMPLEMENTED_INTERFACE_ADDED]:
    /^(?<implemented>\w+) added to interfaces implemented by (?<type>\w+)\.$/,
  [DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE]: /^(?<type>\w+)\.(?<field>\w+) arg (?<arg>\w+) /,
};

/** All that graphql's own change finders tell of two schemas, types that are not in use included. */
export function findChanges(before: GraphQLSchema, after: GraphQLSchema): readonly Found[] {
  const breaking = findBreakingChanges(before, after).map((change) => found('BREAKING', change));
  const dangerous = findDangerousChanges(before, after).map((change) => found('DANGEROUS', change));
  return [...breaking, ...dangerous];
}

function found(
  severity: Severity,
  change: { readonly type: FoundCode; readonly description: string },
): Found {
  const { type: code, description: message } = change;
  return { severity, code, site: SITES[code].exec(message)?.groups ?? {}, message };
}

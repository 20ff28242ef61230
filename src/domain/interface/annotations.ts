import type { ConstDirectiveNode, GraphQLDirective } from 'graphql';
import { print } from 'graphql';

import type { Defaults } from './defaults';
import type { Pair } from './judge';
import type { InterfaceChange } from './report';

/** What of a schema, a type, a field, an input or a value can carry directives. */
interface Annotated {
  readonly deprecationReason?: string | null | undefined;
  readonly astNode?: Carrier | null | undefined;
  readonly extensionASTNodes?: readonly Carrier[] | null | undefined;
}

interface Carrier {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

/** These have rules of their own. */
const JUDGED_BY_MEANING: ReadonlySet<string> = new Set(['deprecated', 'oneOf']);

/**
 * What a thing says about itself: whether it is deprecated, and by other directives, such as `@specifiedBy`. The
 * reason of a deprecation is a description.
 */
export function annotationChanges(path: string, was: Annotated, is: Annotated): readonly InterfaceChange[] {
  const changes: InterfaceChange[] = [];
  const [wasDeprecated, isDeprecated] = [was, is].map(({ deprecationReason }) => deprecationReason != null);
  if (isDeprecated === true && wasDeprecated !== true) {
    changes.push({ severity: 'SAFE', code: 'DEPRECATION_ADDED', path, message: `${path} is deprecated.` });
  }
  if (wasDeprecated === true && isDeprecated !== true) {
    const message = `${path} is no longer deprecated.`;
    changes.push({ severity: 'SAFE', code: 'DEPRECATION_REMOVED', path, message });
  }
  if (directivesOf(was) !== directivesOf(is)) {
    const message = `${path} has other directives.`;
    changes.push({ severity: 'SAFE', code: 'APPLIED_DIRECTIVES_CHANGED', path, message });
  }
  return changes;
}

/**
 * Directives that were defined, or defined otherwise in a way that graphql has nothing against.
 * @param told the names of those that the finders told of
 */
export function definitionChanges(
  { before, after, defaults }: Pair,
  told: ReadonlySet<string>,
): readonly InterfaceChange[] {
  return after.schema.getDirectives().flatMap((is): InterfaceChange[] => {
    const path = `@${is.name}`;
    const was = before.schema.getDirective(is.name);
    if (was == null) {
      return [{ severity: 'SAFE', code: 'DIRECTIVE_ADDED', path, message: `${path} was added.` }];
    }
    if (told.has(is.name) || signature(was, defaults) === signature(is, defaults)) return [];
    return [{ severity: 'SAFE', code: 'DIRECTIVE_CHANGED', path, message: `${path} is defined otherwise.` }];
  });
}

/** In an order of their own: how the document sorts them says nothing. */
function directivesOf({ astNode, extensionASTNodes }: Annotated): string {
  return [astNode, ...(extensionASTNodes ?? [])]
    .flatMap((node) => node?.directives ?? [])
    .filter(({ name }) => !JUDGED_BY_MEANING.has(name.value))
    .map(({ name, arguments: given = [] }) =>
      [name.value, ...given.map((arg) => print(arg)).sort()].join('\0'),
    )
    .sort()
    .join('\n');
}

function signature({ args, locations, isRepeatable }: GraphQLDirective, defaults: Defaults): string {
  const taken = args.map((arg) => `${arg.name}: ${String(arg.type)} = ${defaults.meaningOf(arg) ?? ''}`);
  return [String(isRepeatable), ...locations.toSorted(), ...taken.sort()].join('\n');
}

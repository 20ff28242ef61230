import { Kind, type ConstDirectiveNode, type ConstValueNode, type DocumentNode } from 'graphql';
import { directiveNames } from '../links';
import { both, NOTHING, type Alternatives, type Requirement } from './requirement';

/** What the three directives are called in a schema. */
export interface AuthorizationNames {
  readonly authenticated: string;
  readonly requiresScopes: string;
  readonly policy: string;
}

/** In a supergraph each is a specification of its own; without a link they are called what they are. */
export function namesInSupergraph(supergraph: DocumentNode): AuthorizationNames {
  const name = (spec: string): string => directiveNames(supergraph, spec)?.(spec) ?? spec;
  return {
    authenticated: name('authenticated'),
    requiresScopes: name('requiresScopes'),
    policy: name('policy'),
  };
}

/** In a subgraph they are of the specification of Federation. */
export function namesInSubgraph(subgraph: DocumentNode): AuthorizationNames {
  const nameOf = directiveNames(subgraph, 'federation') ?? ((name: string) => name);
  return {
    authenticated: nameOf('authenticated'),
    requiresScopes: nameOf('requiresScopes'),
    policy: nameOf('policy'),
  };
}

/** What the directives of one definition ask, all together. */
export function requirementOf(
  directives: readonly ConstDirectiveNode[] | undefined,
  names: AuthorizationNames,
): Requirement {
  let requirement = NOTHING;
  for (const directive of directives ?? []) {
    const name = directive.name.value;
    if (name === names.authenticated) requirement = both(requirement, { ...NOTHING, authenticated: true });
    if (name === names.requiresScopes)
      requirement = both(requirement, { ...NOTHING, scopes: alternativesOf(directive, 'scopes') });
    if (name === names.policy)
      requirement = both(requirement, { ...NOTHING, policies: alternativesOf(directive, 'policies') });
  }
  return requirement;
}

/** A value that stands alone is a list of one (GraphQL specification, 3.11, input coercion). */
function alternativesOf(directive: ConstDirectiveNode, argument: string): Alternatives {
  const value = directive.arguments?.find(({ name }) => name.value === argument)?.value;
  if (value === undefined) return [];
  return listOf(value).map((group) =>
    listOf(group).flatMap((name) => (name.kind === Kind.STRING ? [name.value] : [])),
  );
}

function listOf(value: ConstValueNode): readonly ConstValueNode[] {
  return value.kind === Kind.LIST ? value.values : [value];
}

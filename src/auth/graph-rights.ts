import type { Principal } from '../domain/principal';
import { hasScope } from '../domain/scopes';

/** What the gateway holds against `@authenticated`, `@requiresScopes` and `@policy` of a subgraph. */
export interface GraphRights {
  readonly authenticated: boolean;
  readonly scopes: { readonly has: (scope: string) => boolean };
  readonly policies: (names: readonly string[]) => ReadonlySet<string> | Promise<ReadonlySet<string>>;
}

/** Decides which of `names` hold for a principal. */
export type Policies = (
  principal: Principal,
  names: readonly string[],
) => ReadonlySet<string> | Promise<ReadonlySet<string>>;

const NONE: ReadonlySet<string> = new Set();

/** No policy is defined, so that none holds. */
export const NO_POLICIES: Policies = () => NONE;

/**
 * The rights of a principal in the graph. Scopes are those of its API key, as they are written: a key without scopes
 * has all that there are, and somebody without a credential none. They narrow what a key is for, and say nothing of
 * whether its owner may: that is for the subgraph to look up.
 */
export function graphRightsOf(principal: Principal, policies: Policies = NO_POLICIES): GraphRights {
  return {
    authenticated: principal.kind !== 'anonymous',
    scopes: { has: (scope) => hasScope(principal, scope) },
    policies: (names) => policies(principal, names),
  };
}

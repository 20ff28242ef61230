import type { Rights } from '../../../src/gateway';
import { World, type Part, type Resolvers } from '../world';

/** A caller of tests, as the context value of its requests. */
export interface Caller {
  readonly authenticated?: boolean;
  readonly scopes?: readonly string[];
  readonly policies?: readonly string[];
}

/** What a caller has; its policies are told later, as by a service. */
export function rightsOf(context: unknown): Rights {
  const { authenticated = false, scopes = [], policies = [] } = (context ?? {}) as Caller;
  return {
    authenticated,
    scopes: new Set(scopes),
    policies: (names) => Promise.resolve(new Set(names.filter((name) => policies.includes(name)))),
  };
}

export const NOBODY: Caller = {};
export const SOMEBODY: Caller = { authenticated: true };
export const EVERYTHING: Caller = {
  authenticated: true,
  scopes: ['read', 'write', 'staff'],
  policies: ['paid', 'trusted'],
};

export function guarded(subgraphs: Record<string, Part>, whole?: Resolvers): World {
  return new World({ subgraphs, ...(whole && { whole }) }, { rightsOf });
}

/**
 * Who is calling. A principal is found by `auth` from a credential and only read afterwards; its rights are those
 * of the moment it was looked up (at most one second old), never those of the moment its key was made.
 * Source: chapter 7, "Identity".
 */
export type OwnerId = number;

export const ROLES = ['MEMBER', 'MAINTAINER', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

export interface OwnerRef {
  readonly id: OwnerId;
  /** As it was created; compared without regard to case. */
  readonly handle: string;
}

export const SCOPE_ACTIONS = ['read', 'call', 'release', 'publish', 'admin'] as const;
export type ScopeAction = (typeof SCOPE_ACTIONS)[number];

/** One scope of an API key: an action, for everything, for `owner/*`, or for `owner/name` (lower case). */
export interface Scope {
  readonly action: ScopeAction;
  readonly owner: string | null;
  readonly algorithm: string | null;
}

/** The API key that a principal came with. An empty list of scopes narrows nothing. */
export interface KeyFacts {
  readonly id: number;
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  /** Issuer, repository and workflow, in words, where a pipeline got it for its token. */
  readonly publisher?: string;
}

/**
 * How a user came who brought a token of an issuer. It narrows what the user may do, as the scopes of a key do, and
 * gives nothing: the user and its roles are the registry's. Source: chapter 7, "OIDC / JWT".
 */
export interface SignIn {
  /** The link of issuer and subject to the user, by its row. */
  readonly identityId: number;
  /** The same by what finds it: see `identityOf`. */
  readonly identity: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** By organisations, in lower case: the highest role that the token leaves there; null: none. */
  readonly caps: ReadonlyMap<string, Role | null>;
  /** Whether it may make API keys, which outlive it. */
  readonly apiKeys: boolean;
}

/**
 * That an algorithm calls for the principal, which it was called by: it has of the principal's rights only what anybody
 * has, so that no public algorithm reaches its callers' private ones. Source: chapter 4.
 */
export interface Delegation {
  /** Full versions of the calls that this one is within, the first at the top: `Owner/Name/1.2.3`. */
  readonly chain: readonly string[];
  /** The request id of the innermost of them. */
  readonly parent: string;
  /** When that call ends, in epoch milliseconds. */
  readonly until: number;
}

export type Principal = AnonymousPrincipal | OperatorPrincipal | UserPrincipal | OrganizationPrincipal;

export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
}

/** The operator of the platform, by its root key. */
export interface OperatorPrincipal {
  readonly kind: 'operator';
}

export interface UserPrincipal {
  readonly kind: 'user';
  readonly owner: OwnerRef;
  /** Its roles in organisations; it is ADMIN of itself besides. */
  readonly roles: ReadonlyMap<OwnerId, Role>;
  readonly key: KeyFacts | null;
  readonly delegation?: Delegation;
  /** Where it came by a token of an issuer, and not by a key. */
  readonly signIn?: SignIn;
}

/** A key of an organisation acts as an ADMIN of it. */
export interface OrganizationPrincipal {
  readonly kind: 'organization';
  readonly owner: OwnerRef;
  readonly key: KeyFacts;
  readonly delegation?: Delegation;
}

export const ANONYMOUS: AnonymousPrincipal = { kind: 'anonymous' };
export const OPERATOR: OperatorPrincipal = { kind: 'operator' };

/** One string per principal, for maps and pseudonyms: stable, and never shown to anyone. */
export function principalId(principal: Principal): string {
  switch (principal.kind) {
    case 'anonymous':
    case 'operator':
      return principal.kind;
    case 'user':
    case 'organization':
      return `owner:${principal.owner.id}`;
  }
}

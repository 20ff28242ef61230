import { AlgogateError } from './errors';
import {
  type KeyFacts,
  type Principal,
  type Role,
  SCOPE_ACTIONS,
  type Scope,
  type ScopeAction,
} from './principal';

/** What a key may do for one target, after its scopes. Source: chapter 7, "API keys". */
export interface ScopedRights {
  /** List and read what the principal may see. */
  readonly read: boolean;
  /** Resolve what it names. */
  readonly resolve: boolean;
  readonly call: boolean;
  /** Register builds and publish versions, where the principal may. */
  readonly release: boolean;
  /** The highest role that it may act in; null: none. */
  readonly roleCap: Role | null;
}

const ALL: ScopedRights = { read: true, resolve: true, call: true, release: true, roleCap: 'ADMIN' };
const NONE: ScopedRights = { read: false, resolve: false, call: false, release: false, roleCap: null };

/** `read`, `call:acme/*`, `publish:acme/detect`: an action, for everything, an owner's, or one algorithm. */
const SCOPE = /^([a-z]+)(?::([A-Za-z][A-Za-z0-9_-]{0,62})\/(\*|[A-Za-z][A-Za-z0-9_-]{0,62}))?$/;

/** @throws AlgogateError INVALID_INPUT, saying what a scope looks like */
export function parseScope(text: string): Scope {
  const match = SCOPE.exec(text);
  const action = match?.[1];
  if (match === null || !isScopeAction(action)) {
    throw new AlgogateError(
      'INVALID_INPUT',
      `${JSON.stringify(text)} is not a scope: expected ${SCOPE_ACTIONS.join(', ')}, alone or followed by :owner/* or :owner/name`,
      ['scopes'],
    );
  }
  const algorithm = match[3] === undefined || match[3] === '*' ? null : match[3].toLowerCase();
  return { action, owner: match[2]?.toLowerCase() ?? null, algorithm };
}

export function formatScope({ action, owner, algorithm }: Scope): string {
  return owner === null ? action : `${action}:${owner}/${algorithm ?? '*'}`;
}

/**
 * What the scopes of `key` leave for an owner (`nameKey` null) or one of its algorithms. No key, or a key without
 * scopes, narrows nothing.
 */
export function scopedRights(key: KeyFacts | null, ownerKey: string, nameKey: string | null): ScopedRights {
  if (key === null || key.scopes.length === 0) return ALL;
  let rights = NONE;
  for (const scope of key.scopes) {
    if (covers(scope, ownerKey, nameKey)) rights = widen(rights, scope.action);
  }
  return rights;
}

/**
 * Whether a key with the scopes `asked` could do nothing that one with the scopes `held` cannot. An empty list is
 * all that the principal has, which of the scopes only an `admin` for everything is.
 */
export function includesScopes(held: readonly Scope[], asked: readonly Scope[]): boolean {
  if (held.length === 0) return true;
  const wanted: readonly Scope[] = asked.length === 0 ? [EVERYTHING] : asked;
  return wanted.every((scope) => held.some((own) => includesScope(own, scope)));
}

/** What scopes leave of calling: `call` for each that includes it; null where that is nothing. */
export function callScopes(scopes: readonly Scope[]): readonly Scope[] | null {
  if (scopes.length === 0) return [{ ...EVERYTHING, action: 'call' }];
  const calling = scopes.filter(({ action }) => IMPLIED[action].includes('call'));
  return calling.length === 0 ? null : calling.map((scope) => ({ ...scope, action: 'call' }));
}

const EVERYTHING: Scope = { action: 'admin', owner: null, algorithm: null };

/**
 * Whether the credential of a principal has the scope that is written as `text`: a key without scopes has every one, a
 * key with some has those that they include, and nobody has what is no scope.
 */
export function hasScope(principal: Principal, text: string): boolean {
  if (principal.kind === 'anonymous' || !isScope(text)) return false;
  const key = principal.kind === 'operator' ? null : principal.key;
  return includesScopes(key?.scopes ?? [], [parseScope(text)]);
}

function isScope(text: string): boolean {
  return isScopeAction(SCOPE.exec(text)?.[1]);
}

/** What an action allows besides itself. */
const IMPLIED: Readonly<Record<ScopeAction, readonly ScopeAction[]>> = {
  read: ['read'],
  call: ['call'],
  release: ['read', 'release'],
  publish: ['read', 'call', 'release', 'publish'],
  admin: SCOPE_ACTIONS,
};

function includesScope(own: Scope, asked: Scope): boolean {
  if (!IMPLIED[own.action].includes(asked.action)) return false;
  if (own.owner === null) return true;
  return own.owner === asked.owner && (own.algorithm === null || own.algorithm === asked.algorithm);
}

function covers(scope: Scope, ownerKey: string, nameKey: string | null): boolean {
  if (scope.owner === null) return true;
  return scope.owner === ownerKey && (scope.algorithm === null || scope.algorithm === nameKey);
}

function widen(rights: ScopedRights, action: ScopeAction): ScopedRights {
  switch (action) {
    case 'admin':
      return ALL;
    case 'publish':
      return { ...ALL, roleCap: rights.roleCap === 'ADMIN' ? 'ADMIN' : 'MAINTAINER' };
    case 'release':
      return { ...widen(rights, 'read'), release: true };
    case 'read':
      return { ...rights, read: true, resolve: true, roleCap: rights.roleCap ?? 'MEMBER' };
    case 'call':
      return { ...rights, resolve: true, call: true, roleCap: rights.roleCap ?? 'MEMBER' };
  }
}

function isScopeAction(text: string | undefined): text is ScopeAction {
  return SCOPE_ACTIONS.some((action) => action === text);
}

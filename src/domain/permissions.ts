import type { VersionFacts } from './facts';
import { type KeyFacts, type OwnerId, type Principal, type Role, ROLES } from './principal';
import { scopedRights } from './scopes';
import type { Callers, GrantLevel, NetworkAccess, SourceVisibility, Visibility } from './terms';

/**
 * Who may see and call what was found. Nothing here is asked before resolution has answered: permissions decide
 * whether a caller may have a version, never which version a reference names. Source: chapter 2.
 */

/** The permission record of one major. */
export interface MajorPermissions {
  readonly visibility: Visibility;
  readonly callers: Callers;
  readonly sourceVisibility: SourceVisibility;
  readonly networkAccess: NetworkAccess;
  readonly callsAlgorithms: boolean;
}

export const DEFAULT_PERMISSIONS: MajorPermissions = {
  visibility: 'PRIVATE',
  callers: 'EVERYONE',
  sourceVisibility: 'CLOSED',
  networkAccess: 'FULL',
  callsAlgorithms: false,
};

/** The permissions in something that has them among other things. */
export function permissionsOf(record: MajorPermissions): MajorPermissions {
  const { visibility, callers, sourceVisibility, networkAccess, callsAlgorithms } = record;
  return { visibility, callers, sourceVisibility, networkAccess, callsAlgorithms };
}

/** Who was granted what in one major. */
export type Grants = ReadonlyMap<OwnerId, GrantLevel>;
export const NO_GRANTS: Grants = new Map();

/** What access is asked for: an owner, or one of its algorithms. Keys are lower case. */
export interface Target {
  readonly ownerId: OwnerId;
  readonly ownerKey: string;
  readonly nameKey: string | null;
}

/** What a principal may do at a target, its key's scopes applied. */
export interface Rights {
  /** The role that it acts in there; null: none. */
  readonly role: Role | null;
  readonly read: boolean;
  readonly resolve: boolean;
  readonly call: boolean;
  /** Register builds and publish versions: a MAINTAINER's, which a key may have without the rest. */
  readonly release: boolean;
  readonly operator: boolean;
}

const ALL = { read: true, resolve: true, call: true, release: true } as const;
const NOTHING = { read: false, resolve: false, call: false, release: false } as const;
const OPERATOR_RIGHTS: Rights = { role: 'ADMIN', ...ALL, operator: true };
const ANONYMOUS_RIGHTS: Rights = { role: null, ...NOTHING, operator: false };

export function rightsOn(principal: Principal, target: Target): Rights {
  switch (principal.kind) {
    case 'anonymous':
      return ANONYMOUS_RIGHTS;
    case 'operator':
      return OPERATOR_RIGHTS;
    case 'user':
    case 'organization': {
      const { roleCap, ...scoped } = scopedRights(principal.key, target.ownerKey, target.nameKey);
      const held = roleIn(principal, target.ownerId);
      const release = scoped.release && isAtLeast(held, 'MAINTAINER');
      return { role: lowerRole(held, roleCap), ...scoped, release, operator: false };
    }
  }
}

/** The role of a principal in an owner, before any key narrows it. */
export function roleIn(principal: Principal, ownerId: OwnerId): Role | null {
  if (isDelegated(principal)) return null;
  switch (principal.kind) {
    case 'anonymous':
      return null;
    case 'operator':
      return 'ADMIN';
    case 'organization':
      return principal.owner.id === ownerId ? 'ADMIN' : null;
    case 'user':
      return principal.owner.id === ownerId ? 'ADMIN' : (principal.roles.get(ownerId) ?? null);
  }
}

/** An algorithm that calls for its caller has nothing of what only the caller has. */
function isDelegated(principal: Principal): boolean {
  return 'delegation' in principal;
}

export function hasRole({ role }: Rights, atLeast: Role): boolean {
  return isAtLeast(role, atLeast);
}

function isAtLeast(role: Role | null, other: Role): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(other);
}

/** The lower of both; null where either is none. */
export function lowerRole(role: Role | null, cap: Role | null): Role | null {
  if (role === null || cap === null) return null;
  return ROLES.indexOf(role) <= ROLES.indexOf(cap) ? role : cap;
}

/** The highest level that was granted to the principal itself or to an organisation that it belongs to. */
export function grantOf(principal: Principal, grants: Grants): GrantLevel | null {
  if (grants.size === 0 || isDelegated(principal)) return null;
  switch (principal.kind) {
    case 'anonymous':
    case 'operator':
      return null;
    case 'organization':
      return grants.get(principal.owner.id) ?? null;
    case 'user': {
      let level = grants.get(principal.owner.id) ?? null;
      for (const organization of principal.roles.keys()) {
        if (level === 'CALL_AND_SOURCE') break;
        level = grants.get(organization) ?? level;
      }
      return level;
    }
  }
}

/** A version as authorisation sees it, with the permissions of its major. */
export interface GuardedVersion {
  readonly version: Pick<VersionFacts, 'visibility' | 'state'>;
  readonly permissions: MajorPermissions;
  readonly grants: Grants;
}

/** For what a version is looked at: `read` lists it, `resolve` names it. A key may have the one and not the other. */
export type Purpose = 'read' | 'resolve';

/**
 * Whether `principal` may know of the version. What is public is for all, whatever a key is scoped to, since it is
 * for the anonymous as well.
 */
export function maySee(
  principal: Principal,
  rights: Rights,
  { version, grants }: GuardedVersion,
  purpose: Purpose,
): boolean {
  const settled = version.state === 'PUBLISHED' || version.state === 'TAKEN_DOWN';
  if (settled && version.visibility === 'PUBLIC') return true;
  if (!rights[purpose]) return false;
  if (rights.role !== null) return true;
  return settled && grantOf(principal, grants) !== null;
}

/** Whether `principal`, who may see the version, may call it too. */
export function mayCall(principal: Principal, rights: Rights, guarded: GuardedVersion): boolean {
  if (!rights.call) return false;
  if (rights.role !== null) return true;
  const everyone = guarded.version.visibility === 'PUBLIC' && guarded.permissions.callers === 'EVERYONE';
  return everyone || grantOf(principal, guarded.grants) !== null;
}

/**
 * Whether `principal`, who may see the version for `purpose`, may read its source, artifact addresses and stack
 * traces. What its role or a grant gives it is narrowed by the scopes of its key, as everywhere.
 */
export function maySeeSource(
  principal: Principal,
  rights: Rights,
  guarded: Pick<GuardedVersion, 'permissions' | 'grants'>,
  purpose: Purpose,
): boolean {
  if (guarded.permissions.sourceVisibility === 'OPEN') return true;
  if (!rights[purpose]) return false;
  return rights.role !== null || grantOf(principal, guarded.grants) === 'CALL_AND_SOURCE';
}

/** The key that a principal came with, if with any. */
export function keyOf(principal: Principal): KeyFacts | null {
  return principal.kind === 'user' || principal.kind === 'organization' ? principal.key : null;
}

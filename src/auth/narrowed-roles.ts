import type { Tx } from '../database';
import { lowerRole } from '../domain/permissions';
import type { OwnerId, Role, SignIn } from '../domain/principal';
import { handleKeysOf } from './identity-store';

type Roles = ReadonlyMap<OwnerId, Role>;

/**
 * What a token leaves of the roles that its user has at this moment. It is asked of the names of the organisations, and
 * not of their ids: one that is made after the token was looked at is narrowed as well.
 */
export async function narrowedRoles(tx: Tx, { caps }: Pick<SignIn, 'caps'>, roles: Roles): Promise<Roles> {
  if (caps.size === 0 || roles.size === 0) return roles;
  const handles = await handleKeysOf(tx, [...roles.keys()]);
  const left = new Map<OwnerId, Role>();
  for (const [id, role] of roles) {
    const cap = caps.get(handles.get(id) ?? '');
    const narrowed = cap === undefined ? role : lowerRole(role, cap);
    if (narrowed !== null) left.set(id, narrowed);
  }
  return left;
}

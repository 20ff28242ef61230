import { AlgogateError } from '../../domain/errors';
import { nameKey } from '../../domain/name';
import { hasRole, type Rights, rightsOn } from '../../domain/permissions';
import type { OwnerRef, Principal } from '../../domain/principal';

/** What a principal may do with an owner itself, as against with one of its algorithms. */
export function rightsOnOwner(principal: Principal, { id, handle }: OwnerRef): Rights {
  return rightsOn(principal, { ownerId: id, ownerKey: nameKey(handle), nameKey: null });
}

/** Owners are known to all, so whoever lacks the role is told so. @throws AlgogateError FORBIDDEN */
export function assertAdmin(rights: Rights): void {
  if (!hasRole(rights, 'ADMIN')) throw new AlgogateError('FORBIDDEN', 'this needs the role ADMIN');
}

/** @throws AlgogateError FORBIDDEN */
export function assertOperator(principal: Principal): void {
  if (principal.kind !== 'operator') throw new AlgogateError('FORBIDDEN', 'this is for the operator alone');
}

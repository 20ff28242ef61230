import { readIdentity } from '../../auth/identity-store';
import { narrowedRoles } from '../../auth/narrowed-roles';
import { readKey, readStanding } from '../../auth/store';
import type { Tx } from '../../database';
import { AlgogateError } from '../../domain/errors';
import { keyOf } from '../../domain/permissions';
import type { OwnerId, Principal, SignIn } from '../../domain/principal';

/**
 * The principal with the rights that it has at this moment, read in the transaction of a mutation. What
 * authentication remembers may be a second old: used to plant a key, a member or a grant, a right that was taken
 * away in that second would live on. Read it under the lock of the owner that is changed, which the owner's
 * memberships change under as well. Source: chapter 7, "Removal, demotion and suspension leave no stale right behind".
 * @throws AlgogateError UNAUTHENTICATED when the key was revoked or has expired, the
 * identity is linked no more, or its user is suspended
 */
export async function currentPrincipal(tx: Tx, principal: Principal): Promise<Principal> {
  const key = keyOf(principal);
  if (key !== null) {
    const stored = await readKey(tx, key.prefix);
    const expired = stored?.expiresAt != null && stored.expiresAt <= Date.now();
    if (stored === null || stored.revoked || expired) throw gone();
  }
  if (principal.kind !== 'user') return principal;
  const { roles, suspended } = await readStanding(tx, principal.owner.id);
  if (suspended) throw gone();
  const { signIn } = principal;
  if (signIn === undefined) return { ...principal, roles };
  await assertLinked(tx, principal.owner.id, signIn);
  return { ...principal, roles: await narrowedRoles(tx, signIn, roles) };
}

async function assertLinked(
  tx: Tx,
  userId: OwnerId,
  { identity, identityId, expiresAt }: SignIn,
): Promise<void> {
  const linked = await readIdentity(tx, identity);
  if (linked?.id !== identityId || linked.owner.id !== userId || expiresAt <= Date.now()) throw gone();
}

function gone(): AlgogateError {
  return new AlgogateError('UNAUTHENTICATED', 'the credential is not valid');
}

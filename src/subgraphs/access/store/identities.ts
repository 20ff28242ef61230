import { IdentityRow, OwnerRow } from '../../../../entities';
import type { Tx } from '../../../database';
import type { OwnerId } from '../../../domain/principal';
import type { IdentityRecord } from '../records';

/** @param digest see `identityOf` */
export async function identityByDigest(tx: Tx, digest: string): Promise<IdentityRecord | null> {
  const row = await tx.findOneBy(IdentityRow, { digest });
  if (row === null) return null;
  const { handle } = await tx.findOneByOrFail(OwnerRow, { id: row.userId });
  return recordOf(row, handle);
}

/** The identities of a user, oldest first. */
export async function identitiesOfUser(tx: Tx, userId: OwnerId, handle: string): Promise<IdentityRecord[]> {
  const rows = await tx.find(IdentityRow, { where: { userId }, order: { id: 'ASC' } });
  return rows.map((row) => recordOf(row, handle));
}

export async function deleteIdentity(tx: Tx, id: number): Promise<void> {
  await tx.delete(IdentityRow, { id });
}

function recordOf({ id, userId, issuer, subject, createdAt }: IdentityRow, handle: string): IdentityRecord {
  return { id, userId, handle, issuer, subject, linkedAt: Number(createdAt) };
}

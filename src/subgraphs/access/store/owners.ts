import { In, IsNull } from 'typeorm';

import { OwnerRow } from '../../../../entities';
import type { Tx } from '../../../database';
import { nameKey } from '../../../domain/name';
import type { OwnerId } from '../../../domain/principal';
import type { OwnerKind } from '../../../domain/terms';
import type { OwnerRecord } from '../records';

/** @param handleKeys lower case */
export async function ownersByKey(tx: Tx, handleKeys: readonly string[]): Promise<OwnerRecord[]> {
  return (await tx.findBy(OwnerRow, { handleKey: In([...handleKeys]) })).map(recordOf);
}

export async function ownersById(tx: Tx, ids: readonly OwnerId[]): Promise<OwnerRecord[]> {
  return (await tx.findBy(OwnerRow, { id: In([...ids]) })).map(recordOf);
}

/** Throws what `isDuplicate` recognises where the handle is taken. */
export async function insertOwner(
  tx: Tx,
  owner: { readonly handle: string; readonly kind: OwnerKind; readonly displayName: string | null },
): Promise<OwnerId> {
  const result = await tx.insert(OwnerRow, {
    ...owner,
    handleKey: nameKey(owner.handle),
    suspendedAt: null,
    createdAt: Date.now(),
  });
  return Number(result.identifiers[0]?.['id']);
}

export async function suspend(tx: Tx, userId: OwnerId): Promise<void> {
  await tx.update(OwnerRow, { id: userId, suspendedAt: IsNull() }, { suspendedAt: Date.now() });
}

function recordOf({ id, handle, kind, suspendedAt }: OwnerRow): OwnerRecord {
  return { id, handle, kind, suspended: suspendedAt !== null };
}

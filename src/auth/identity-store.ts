import { In } from 'typeorm';

import { IdentityRow, OwnerRow } from '../../entities';
import type { Tx } from '../database';
import { nameKey } from '../domain/name';
import type { OwnerId, OwnerRef } from '../domain/principal';

/** A subject of an issuer that is a user here. */
export interface StoredIdentity {
  readonly id: number;
  readonly owner: OwnerRef;
}

/** @param digest see `identityOf` */
export async function readIdentity(tx: Tx, digest: string): Promise<StoredIdentity | null> {
  const row = await tx.findOneBy(IdentityRow, { digest });
  if (row === null) return null;
  const { id, handle } = await tx.findOneByOrFail(OwnerRow, { id: row.userId });
  return { id: row.id, owner: { id, handle } };
}

/** Throws what `isDuplicate` recognises where it is somebody's already. */
export async function insertIdentity(
  tx: Tx,
  identity: {
    readonly userId: OwnerId;
    readonly digest: string;
    readonly issuer: string;
    readonly subject: string;
  },
): Promise<number> {
  const result = await tx.insert(IdentityRow, { ...identity, createdAt: Date.now() });
  return Number(result.identifiers[0]?.['id']);
}

/** A new user. Throws what `isDuplicate` recognises where the handle is taken. */
export async function insertUser(tx: Tx, handle: string): Promise<OwnerId> {
  const result = await tx.insert(OwnerRow, {
    handle,
    handleKey: nameKey(handle),
    kind: 'USER',
    displayName: null,
    suspendedAt: null,
    createdAt: Date.now(),
  });
  return Number(result.identifiers[0]?.['id']);
}

/** The handles of owners in lower case, by their ids. */
export async function handleKeysOf(tx: Tx, ids: readonly OwnerId[]): Promise<ReadonlyMap<OwnerId, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.findBy(OwnerRow, { id: In([...ids]) });
  return new Map(rows.map(({ id, handleKey }) => [id, handleKey]));
}

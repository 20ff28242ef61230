import { In } from 'typeorm';

import { AttestationKeyRow } from '../../../../entities';
import type { Tx } from '../../../database';
import type { OwnerId } from '../../../domain/principal';
import type { SigningAlgorithm } from '../../../domain/terms';
import type { Stamp } from '../stamp';

/** A public key of an owner. Times are milliseconds since the epoch. */
export interface SigningKeyRecord {
  readonly id: number;
  readonly ownerId: OwnerId;
  readonly keyId: string;
  readonly algorithm: SigningAlgorithm;
  readonly pem: string;
  readonly label: string | null;
  readonly at: number;
  /** Null: it holds. */
  readonly revokedAt: number | null;
}

/** What is said of a key that is registered. */
export type NewSigningKey = Pick<SigningKeyRecord, 'ownerId' | 'keyId' | 'algorithm' | 'pem' | 'label'>;

/** The keys of some owners, revoked ones included, oldest first. */
export async function signingKeysOf(tx: Tx, ownerIds: readonly OwnerId[]): Promise<SigningKeyRecord[]> {
  const rows = await tx.find(AttestationKeyRow, {
    where: { ownerId: In([...ownerIds]) },
    order: { id: 'ASC' },
  });
  return rows.map(recordOf);
}

/** Keys by the ids of their rows. */
export async function signingKeysById(tx: Tx, ids: readonly number[]): Promise<SigningKeyRecord[]> {
  return (await tx.findBy(AttestationKeyRow, { id: In([...ids]) })).map(recordOf);
}

export async function insertSigningKey(
  tx: Tx,
  key: NewSigningKey,
  { at, byId }: Stamp,
): Promise<SigningKeyRecord> {
  const result = await tx.insert(AttestationKeyRow, { ...key, at, byId, revokedAt: null });
  return { ...key, id: Number(result.identifiers[0]?.['id']), at, revokedAt: null };
}

/** For good: the database takes no other time for it. */
export async function revokeSigningKey(tx: Tx, id: number, revokedAt: number): Promise<void> {
  await tx.update(AttestationKeyRow, { id }, { revokedAt });
}

function recordOf({ at, revokedAt, ...row }: AttestationKeyRow): SigningKeyRecord {
  const { id, ownerId, keyId, algorithm, pem, label } = row;
  return {
    id,
    ownerId,
    keyId,
    algorithm,
    pem,
    label,
    at: Number(at),
    revokedAt: revokedAt === null ? null : Number(revokedAt),
  };
}

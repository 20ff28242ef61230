import { SharedKeyRow, SigningKeyRow } from '../../entities';
import type { Tx } from '../database';

export async function readWrappedKey(tx: Tx, name: string): Promise<string | null> {
  return (await tx.findOneBy(SharedKeyRow, { name }))?.wrapped ?? null;
}

export async function insertWrappedKey(
  tx: Tx,
  name: string,
  wrapped: string,
  createdAt: number,
): Promise<void> {
  await tx.insert(SharedKeyRow, { name, wrapped, createdAt });
}

/** A pair of keys that signs, or did. */
export interface StoredSigningKey {
  readonly kid: string;
  /** JSON of the public key (RFC 7517, RFC 8037). */
  readonly publicJwk: string;
  /** Null when it signs no more: nobody can any more. */
  readonly wrapped: string | null;
  readonly createdAt: number;
  readonly retiredAt: number | null;
}

/** All of them, the oldest first. */
export async function readSigningKeys(tx: Tx): Promise<StoredSigningKey[]> {
  const rows = await tx.find(SigningKeyRow, { order: { createdAt: 'ASC', kid: 'ASC' } });
  return rows.map(({ kid, publicJwk, wrapped, createdAt, retiredAt }) => ({
    ...{ kid, publicJwk, wrapped },
    createdAt: Number(createdAt),
    retiredAt: retiredAt === null ? null : Number(retiredAt),
  }));
}

/** Of those that are inserted at once, one holds: @throws where another signs; see `isDuplicate` */
export async function insertSigningKey(
  tx: Tx,
  key: Pick<StoredSigningKey, 'kid' | 'publicJwk' | 'wrapped' | 'createdAt'>,
): Promise<void> {
  await tx.insert(SigningKeyRow, { ...key, active: 1, retiredAt: null });
}

/** What signs now signs no more, and its private half is forgotten. */
export async function retireSigningKey(tx: Tx, at: number): Promise<void> {
  await tx.update(SigningKeyRow, { active: 1 }, { active: null, wrapped: null, retiredAt: at });
}

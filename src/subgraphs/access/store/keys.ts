import { IsNull } from 'typeorm';

import { ApiKeyRow, LimitRow } from '../../../../entities';
import { numberOrNull, type Tx } from '../../../database';
import { NO_LIMITS, sameLimits } from '../../../domain/limits/limit';
import { limitSubject } from '../../../domain/limits/subject';
import type { OwnerId } from '../../../domain/principal';
import type { KeyRecord } from '../records';

/** What is stored of a key that is made. */
export interface NewKey extends Pick<KeyRecord, 'ownerId' | 'prefix' | 'label' | 'scopes' | 'expiresAt'> {
  /** SHA-256 in lower-case hex. */
  readonly hash: string;
  /** The user who makes it; null for the operator. */
  readonly createdBy: OwnerId | null;
  /** The trusted publisher whose pipeline gets it; missing: nobody's. */
  readonly publisherId?: number;
}

export async function keyByPrefix(tx: Tx, prefix: string): Promise<KeyRecord | null> {
  const row = await tx.findOneBy(ApiKeyRow, { prefix });
  return row === null ? null : recordOf(row);
}

/** The user who made a key; null where it was the operator. */
export async function creatorOfKey(tx: Tx, id: number): Promise<OwnerId | null> {
  return (await tx.findOneBy(ApiKeyRow, { id }))?.createdBy ?? null;
}

/** Whether rates or quotas were set for a key itself. */
export async function isLimited(tx: Tx, id: number): Promise<boolean> {
  const limits = await tx.findOneBy(LimitRow, {
    subject: limitSubject({ keyId: id, consumerId: null, algorithmId: null }),
  });
  return limits !== null && !sameLimits(limits, NO_LIMITS);
}

/** The keys of an owner that are not revoked, oldest first, without those that pipelines have for minutes. */
export async function keysOfOwner(tx: Tx, ownerId: OwnerId): Promise<KeyRecord[]> {
  const where = { ownerId, revokedAt: IsNull(), publisherId: IsNull() };
  const rows = await tx.find(ApiKeyRow, { where, order: { id: 'ASC' } });
  return rows.map(recordOf);
}

/** Throws what `isDuplicate` recognises where the prefix is taken. */
export async function insertKey(tx: Tx, key: NewKey): Promise<KeyRecord> {
  const { ownerId, prefix, label, scopes, expiresAt, createdBy } = key;
  const row = {
    ownerId,
    prefix,
    secretHash: key.hash,
    label,
    scopes: JSON.stringify(scopes),
    createdAt: Date.now(),
    expiresAt,
    revokedAt: null,
    lastUsedAt: null,
    createdBy,
    publisherId: key.publisherId ?? null,
  };
  const result = await tx.insert(ApiKeyRow, row);
  return recordOf({ ...row, id: Number(result.identifiers[0]?.['id']) });
}

export async function revokeKey(tx: Tx, id: number, at: number): Promise<void> {
  await tx.update(ApiKeyRow, { id }, { revokedAt: at });
}

function recordOf(row: ApiKeyRow): KeyRecord {
  const { id, ownerId, prefix, label } = row;
  return {
    id,
    ownerId,
    prefix,
    label,
    scopes: JSON.parse(row.scopes) as string[],
    createdAt: Number(row.createdAt),
    expiresAt: numberOrNull(row.expiresAt),
    revokedAt: numberOrNull(row.revokedAt),
    lastUsedAt: numberOrNull(row.lastUsedAt),
  };
}

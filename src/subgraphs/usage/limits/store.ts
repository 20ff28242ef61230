import { In, IsNull } from 'typeorm';

import { ApiKeyRow, LimitRow, OwnerRow } from '../../../../entities';
import { numberOrNull, placesFor, type Tx } from '../../../database';
import type { DatedLimits } from '../../../domain/limits/dated';
import { type Limits, NO_LIMITS, sameLimits } from '../../../domain/limits/limit';
import { limitSubject, type LimitSubject } from '../../../domain/limits/subject';
import type { OwnerId, OwnerRef } from '../../../domain/principal';

export interface KeyRef {
  readonly id: number;
  /** Public. */
  readonly prefix: string;
  readonly owner: OwnerRef;
}

/** The limits of an owner, and of those of its keys that have some, by their prefixes. */
export interface OwnerLimitsRecord {
  readonly own: Limits;
  readonly keys: readonly (Limits & { readonly prefix: string })[];
}

/** Quotas of a consumer of an algorithm by its handle; null: of all others. */
export interface ConsumerLimitsRecord extends Limits {
  readonly consumer: string | null;
}

/** A page of the consumers of an algorithm that have quotas; `after` is a handle in lower case. */
export interface ConsumersOf {
  readonly algorithmId: number;
  readonly limit: number;
  readonly after: string | null;
}

export async function keyNamed(tx: Tx, prefix: string): Promise<KeyRef | null> {
  const key = await tx.findOneBy(ApiKeyRow, { prefix });
  const owner = key && (await tx.findOneBy(OwnerRow, { id: key.ownerId }));
  return key && owner && { id: key.id, prefix, owner: { id: owner.id, handle: owner.handle } };
}

/** @param handleKey lower case */
export async function ownerOfKey(tx: Tx, handleKey: string): Promise<OwnerRef | null> {
  const owner = await tx.findOneBy(OwnerRow, { handleKey });
  return owner && { id: owner.id, handle: owner.handle };
}

/** Null where none were ever set. */
export async function readLimits(tx: Tx, subject: LimitSubject): Promise<DatedLimits | null> {
  const row = await tx.findOneBy(LimitRow, { subject: limitSubject(subject) });
  if (row === null) return null;
  return {
    ...limitsOf(row),
    daySince: numberOrNull(row.daySince),
    monthSince: numberOrNull(row.monthSince),
  };
}

/**
 * Keeps the limits of a subject. A row stays when its last limit goes: it knows since when there is none.
 * @param previous as they were read, under the same lock
 */
export async function writeLimits(
  tx: Tx,
  subject: LimitSubject,
  previous: DatedLimits | null,
  limits: DatedLimits,
): Promise<void> {
  const named = { subject: limitSubject(subject) };
  if (previous === null) await tx.insert(LimitRow, { ...named, ...subject, ...limits });
  else await tx.update(LimitRow, named, limits);
}

export async function readLimitsOfOwners(
  tx: Tx,
  ownerIds: readonly OwnerId[],
): Promise<Map<OwnerId, OwnerLimitsRecord>> {
  const rows = await tx.find(LimitRow, {
    where: { consumerId: In([...ownerIds]), algorithmId: IsNull() },
    order: { keyId: 'ASC' },
  });
  const keyIds = rows.flatMap(({ keyId }) => keyId ?? []);
  const keys = await tx.findBy(ApiKeyRow, { id: In(keyIds), revokedAt: IsNull() });
  const prefixes = new Map(keys.map(({ id, prefix }) => [id, prefix]));
  return new Map(
    ownerIds.map((ownerId) => {
      const own = rows.find(({ consumerId, keyId }) => consumerId === ownerId && keyId === null);
      const limited = rows.flatMap((row) => {
        const prefix = row.consumerId === ownerId ? prefixes.get(row.keyId ?? 0) : undefined;
        const limits = limitsOf(row);
        return prefix === undefined || sameLimits(limits, NO_LIMITS) ? [] : [{ prefix, ...limits }];
      });
      return [ownerId, { own: own === undefined ? NO_LIMITS : limitsOf(own), keys: limited }];
    }),
  );
}

/** In the order of the handles; the default comes first. */
export async function readConsumerLimits(
  tx: Tx,
  { algorithmId, limit, after }: ConsumersOf,
): Promise<ConsumerLimitsRecord[]> {
  const rows = await tx.query<RawConsumer[]>(
    `SELECT o.handle AS consumer, l.per_day AS perDay, l.per_month AS perMonth
       FROM limits l LEFT JOIN owners o ON o.id = l.consumer_id
      WHERE l.algorithm_id = ? AND (l.per_day IS NOT NULL OR l.per_month IS NOT NULL)
        ${after === null ? '' : 'AND o.handle_key > ?'}
      ORDER BY COALESCE(o.handle_key, '') LIMIT ${limit}`,
    [algorithmId, ...(after === null ? [] : [after])],
  );
  return rows.map(({ consumer, perDay, perMonth }) => ({
    ...NO_LIMITS,
    consumer,
    perDay: numberOrNull(perDay),
    perMonth: numberOrNull(perMonth),
  }));
}

/**
 * The algorithms with quotas for a consumer: those that have one for it and are listed or were called by it since
 * `month` began, and of those that have one for everyone, the ones that it called; the called ones first. Of those that
 * are not listed, the ones of its owners and those granted to one of these: nothing is read of what it may not know of.
 * At most `most`.
 */
export async function algorithmsWithQuotas(
  tx: Tx,
  { consumerId, owners, month, most }: WhoseQuotas,
): Promise<NamedAlgorithm[]> {
  const own = placesFor(owners);
  const rows = await tx.query<RawAlgorithm[]>(
    `SELECT a.id AS id, o.handle AS handle, o.id AS ownerId, a.name AS name, a.listed_at AS listedAt
       FROM algorithms a JOIN owners o ON o.id = a.owner_id
       LEFT JOIN (SELECT DISTINCT p.algorithm_id AS id FROM usage_pairs p
                   WHERE p.caller_id = ? AND p.granularity = 'MONTH' AND p.bucket = ?) called ON called.id = a.id
      WHERE a.id IN (
          SELECT l.algorithm_id FROM limits l
           WHERE l.consumer_id = ? AND (l.per_day IS NOT NULL OR l.per_month IS NOT NULL)
           UNION
          SELECT l.algorithm_id FROM usage_pairs p JOIN limits l ON l.algorithm_id = p.algorithm_id
           WHERE p.caller_id = ? AND p.granularity = 'MONTH' AND p.bucket = ?
             AND l.consumer_id IS NULL AND (l.per_day IS NOT NULL OR l.per_month IS NOT NULL))
        AND (a.listed_at IS NOT NULL OR (called.id IS NOT NULL AND (a.owner_id IN (${own}) OR EXISTS (
          SELECT 1 FROM grants g JOIN versions v ON v.algorithm_id = g.algorithm_id AND v.major = g.major
           WHERE g.algorithm_id = a.id AND g.grantee_id IN (${own})
             AND v.state IN ('PUBLISHED', 'TAKEN_DOWN')))))
      ORDER BY CASE WHEN called.id IS NULL THEN 1 ELSE 0 END, a.id LIMIT ${most}`,
    [consumerId, month, consumerId, consumerId, month, ...owners, ...owners],
  );
  return rows.map(({ listedAt, ...row }) => ({ ...row, listed: listedAt !== null }));
}

/** A consumer, and since when its calls count. */
export interface WhoseQuotas {
  readonly consumerId: OwnerId;
  /** Itself, and its organisations. */
  readonly owners: readonly OwnerId[];
  readonly month: number;
  readonly most: number;
}

export interface NamedAlgorithm {
  readonly id: number;
  readonly ownerId: OwnerId;
  readonly handle: string;
  readonly name: string;
  readonly listed: boolean;
}

type RawAlgorithm = Omit<NamedAlgorithm, 'listed'> & { readonly listedAt: number | null };

interface RawConsumer {
  readonly consumer: string | null;
  readonly perDay: number | null;
  readonly perMonth: number | null;
}

function limitsOf({ perSecond, burst, perDay, perMonth }: LimitRow): Limits {
  return { perSecond, burst, perDay: numberOrNull(perDay), perMonth: numberOrNull(perMonth) };
}

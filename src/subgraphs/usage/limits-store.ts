import { In, IsNull } from 'typeorm';

import { ApiKeyRow, LimitRow, OwnerRow } from '../../../entities';
import type { Tx } from '../../database';
import { type Limits, NO_LIMITS, sameLimits } from '../../domain/limits/limit';
import type { OwnerId, OwnerRef } from '../../domain/principal';

/** What limits are set of; null for what has no part in it. No consumer of an algorithm stands for all others. */
export interface LimitSubject {
  readonly keyId: number | null;
  readonly consumerId: OwnerId | null;
  readonly algorithmId: number | null;
}

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

export async function readLimits(tx: Tx, subject: LimitSubject): Promise<Limits> {
  const row = await tx.findOneBy(LimitRow, { subject: nameOf(subject) });
  return row === null ? NO_LIMITS : limitsOf(row);
}

/**
 * Keeps the limits of a subject. A row stays when its last limit goes: it knows since when there is none, which tells
 * counts of before from those of after.
 * @param now epoch milliseconds
 */
export async function writeLimits(tx: Tx, subject: LimitSubject, limits: Limits, now: number): Promise<void> {
  const named = { subject: nameOf(subject) };
  const row = await tx.findOneBy(LimitRow, named);
  const { daySince = now, monthSince = now } = row ?? {};
  const values = {
    ...limits,
    daySince: ((row?.perDay ?? null) === null) === (limits.perDay === null) ? daySince : now,
    monthSince: ((row?.perMonth ?? null) === null) === (limits.perMonth === null) ? monthSince : now,
  };
  if (row === null) await tx.insert(LimitRow, { ...named, ...subject, ...values });
  else await tx.update(LimitRow, named, values);
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
 * The algorithms with quotas for a consumer: those that have one for it, and of those that have one for everyone, the
 * ones that it called since `month` began. At most `most`.
 */
export async function algorithmsWithQuotas(
  tx: Tx,
  consumerId: OwnerId,
  month: number,
  most: number,
): Promise<number[]> {
  const rows = await tx.query<{ id: number }[]>(
    `SELECT algorithm_id AS id FROM limits
      WHERE algorithm_id IS NOT NULL AND (per_day IS NOT NULL OR per_month IS NOT NULL)
        AND (consumer_id = ? OR (consumer_id IS NULL AND algorithm_id IN (
          SELECT p.algorithm_id FROM usage_pairs p
           WHERE p.caller_id = ? AND p.granularity = 'MONTH' AND p.bucket = ?)))
      GROUP BY algorithm_id ORDER BY algorithm_id LIMIT ${most}`,
    [consumerId, consumerId, month],
  );
  return rows.map(({ id }) => id);
}

interface RawConsumer {
  readonly consumer: string | null;
  readonly perDay: number | null;
  readonly perMonth: number | null;
}

/** `key:4`, `owner:9`, `owner:9/algorithm:12`, `algorithm:12` */
function nameOf({ keyId, consumerId, algorithmId }: LimitSubject): string {
  if (keyId !== null) return `key:${keyId}`;
  const owner = consumerId === null ? [] : [`owner:${consumerId}`];
  const algorithm = algorithmId === null ? [] : [`algorithm:${algorithmId}`];
  return [...owner, ...algorithm].join('/');
}

function limitsOf({ perSecond, burst, perDay, perMonth }: LimitRow): Limits {
  return { perSecond, burst, perDay: numberOrNull(perDay), perMonth: numberOrNull(perMonth) };
}

/** A driver gives a 64-bit integer as a number or as its digits. */
function numberOrNull(value: number | null): number | null {
  return value === null ? null : Number(value);
}

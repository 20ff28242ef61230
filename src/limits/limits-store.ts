import { IsNull } from 'typeorm';

import { LimitRow, UsagePairRow, UsageRollupRow } from '../../entities';
import type { Tx } from '../database';
import { type Limits, NO_LIMITS, sameLimits } from '../domain/limits/limit';
import type { OwnerId } from '../domain/principal';
import type { CountedCalls, QuotaPeriod } from './counter';

/** Limits, and since when each quota has been there, or has been gone, without a break. Epoch milliseconds. */
export interface DatedLimits extends Limits {
  readonly daySince: number | null;
  readonly monthSince: number | null;
}

/** All limits that bound the calls of one consumer, but for those that an algorithm has for everyone. */
export interface ConsumerLimits {
  readonly own: DatedLimits | null;
  /** By id of the key. */
  readonly keys: ReadonlyMap<number, DatedLimits>;
  /** By id of the algorithm. */
  readonly algorithms: ReadonlyMap<number, DatedLimits>;
}

/** Of most consumers. One object, so that it is told by its identity. */
export const UNLIMITED: ConsumerLimits = { own: null, keys: new Map(), algorithms: new Map() };

export async function readConsumerLimits(tx: Tx, consumerId: OwnerId): Promise<ConsumerLimits> {
  const rows = await tx.findBy(LimitRow, { consumerId });
  const keys = new Map<number, DatedLimits>();
  const algorithms = new Map<number, DatedLimits>();
  let own: DatedLimits | null = null;
  for (const row of rows) {
    const limits = limitsOf(row);
    if (row.algorithmId !== null) algorithms.set(row.algorithmId, limits);
    else if (!sameLimits(limits, NO_LIMITS)) {
      if (row.keyId === null) own = limits;
      else keys.set(row.keyId, limits);
    }
  }
  const bounds = own !== null || keys.size > 0 || algorithms.size > 0;
  return bounds ? { own, keys, algorithms } : UNLIMITED;
}

/** Those of every consumer of an algorithm that has none of its own there; null: there are none. */
export async function readDefaultLimits(tx: Tx, algorithmId: number): Promise<DatedLimits | null> {
  const row = await tx.findOneBy(LimitRow, { algorithmId, consumerId: IsNull() });
  const limits = row && limitsOf(row);
  return limits === null || sameLimits(limits, NO_LIMITS) ? null : limits;
}

/** How many calls the rollups have. */
export async function readCalls(
  tx: Tx,
  counted: CountedCalls,
  granularity: QuotaPeriod,
  bucket: number,
): Promise<number> {
  const sum =
    'subject' in counted
      ? await tx.sum(UsageRollupRow, 'calls', { subject: counted.subject, granularity, bucket })
      : await tx.sum(UsagePairRow, 'calls', { ...counted, granularity, bucket });
  return Number(sum ?? 0);
}

function limitsOf(row: LimitRow): DatedLimits {
  return {
    perSecond: row.perSecond,
    burst: row.burst,
    perDay: numberOrNull(row.perDay),
    perMonth: numberOrNull(row.perMonth),
    daySince: numberOrNull(row.daySince),
    monthSince: numberOrNull(row.monthSince),
  };
}

/** A driver gives a 64-bit integer as a number or as its digits. */
function numberOrNull(value: number | null): number | null {
  return value === null ? null : Number(value);
}

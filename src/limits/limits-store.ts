import { IsNull, Not } from 'typeorm';

import { LimitRow, UsagePairRow, UsageRollupRow } from '../../entities';
import { numberOrNull, type Tx } from '../database';
import {
  type AlgorithmLimits,
  type ConsumerLimits,
  type CountedCalls,
  UNLIMITED,
  UNRATIONED,
} from '../domain/limits/bounds';
import type { QuotaPeriod } from '../domain/limits/counter';
import type { DatedLimits } from '../domain/limits/dated';
import { NO_LIMITS, sameLimits } from '../domain/limits/limit';
import { limitSubject, type LimitSubjectKey } from '../domain/limits/subject';
import type { OwnerId } from '../domain/principal';

/** Never what algorithms have for it: of those there may be as many as others please. */
export async function readConsumerLimits(tx: Tx, consumerId: OwnerId): Promise<ConsumerLimits> {
  const rows = await tx.findBy(LimitRow, { consumerId, algorithmId: IsNull() });
  const keys = new Map<number, DatedLimits>();
  let own: DatedLimits | null = null;
  for (const row of rows) {
    const limits = limitsOf(row);
    if (sameLimits(limits, NO_LIMITS)) continue;
    if (row.keyId === null) own = limits;
    else keys.set(row.keyId, limits);
  }
  return own !== null || keys.size > 0 ? { own, keys } : UNLIMITED;
}

export async function readAlgorithmLimits(tx: Tx, algorithmId: number): Promise<AlgorithmLimits> {
  const subject = limitSubject({ keyId: null, consumerId: null, algorithmId });
  const { limits } = await readSubjectLimits(tx, subject);
  const others = limits === null || sameLimits(limits, NO_LIMITS) ? null : limits;
  const hasOwn = await tx.existsBy(LimitRow, { algorithmId, consumerId: Not(IsNull()) });
  return others !== null || hasOwn ? { others, hasOwn } : UNRATIONED;
}

/** What was set for one subject, also where nothing of it is left; null: nothing ever was. */
export interface SubjectLimits {
  readonly limits: DatedLimits | null;
}

export async function readSubjectLimits(tx: Tx, subject: LimitSubjectKey): Promise<SubjectLimits> {
  const row = await tx.findOneBy(LimitRow, { subject });
  return { limits: row && limitsOf(row) };
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

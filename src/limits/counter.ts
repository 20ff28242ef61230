import type { LimitScope } from '../domain/limits/standing';
import type { OwnerId } from '../domain/principal';
import { bucketOf, nextBucket } from '../domain/usage/granularity';
import { consumerSubject, keySubject } from '../domain/usage/subject';
import type { DatedLimits } from './limits-store';

export type QuotaPeriod = 'DAY' | 'MONTH';

/** The calls that a quota counts, as the rollups know them. */
export type CountedCalls =
  { readonly subject: string } | { readonly callerId: OwnerId; readonly algorithmId: number };

/** One quota of one caller in one bucket of time, and how many calls it lets through. */
export interface Counter {
  /** Names the count, here and in Redis: another quota, bucket, or beginning of the quota is another count. */
  readonly id: string;
  readonly scope: LimitScope;
  readonly period: QuotaPeriod;
  readonly limit: number;
  /** When the bucket begins and ends; epoch milliseconds. */
  readonly bucket: number;
  readonly end: number;
  /** Since when there has been a quota: what was called before has to come from the rollups. */
  readonly since: number;
  readonly counted: CountedCalls;
}

/** Limits, with whose calls they count. */
export interface Bounded {
  readonly scope: LimitScope;
  /** `key:4`, `owner:9`, `owner:9/algorithm:12` */
  readonly subject: string;
  readonly limits: DatedLimits;
  readonly counted: CountedCalls;
}

export function boundKey(keyId: number, limits: DatedLimits): Bounded {
  return { scope: 'KEY', subject: `key:${keyId}`, limits, counted: { subject: keySubject(keyId) } };
}

export function boundOwner(ownerId: OwnerId, limits: DatedLimits): Bounded {
  const counted = { subject: consumerSubject(ownerId) };
  return { scope: 'OWNER', subject: `owner:${ownerId}`, limits, counted };
}

export function boundPair(callerId: OwnerId, algorithmId: number, limits: DatedLimits): Bounded {
  const subject = `owner:${callerId}/algorithm:${algorithmId}`;
  return { scope: 'ALGORITHM', subject, limits, counted: { callerId, algorithmId } };
}

/** The quotas of `bounded` that a call counts against which began at `at`, in epoch milliseconds. */
export function countersOf(bounded: readonly Bounded[], at: number): Counter[] {
  const counters: Counter[] = [];
  for (const one of bounded) {
    const { perDay, daySince, perMonth, monthSince } = one.limits;
    if (perDay !== null) counters.push(counterOf(one, 'DAY', perDay, daySince ?? 0, at));
    if (perMonth !== null) counters.push(counterOf(one, 'MONTH', perMonth, monthSince ?? 0, at));
  }
  return counters;
}

function counterOf(
  { scope, subject, counted }: Bounded,
  period: QuotaPeriod,
  limit: number,
  since: number,
  at: number,
): Counter {
  const bucket = bucketOf(period, at);
  const id = `${subject}/${period}/${bucket}/${since}`;
  return { id, scope, period, limit, bucket, end: nextBucket(period, bucket), since, counted };
}

import { bucketOf, nextBucket } from '../usage/granularity';
import type { Bounded, CountedCalls } from './bounds';
import type { LimitScope } from './standing';

export type QuotaPeriod = 'DAY' | 'MONTH';

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

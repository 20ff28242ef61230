/** Lengths of buckets, the shortest first. Buckets are of UTC, and half-open. Source: chapter 6, "What can be asked". */
export const GRANULARITIES = ['MINUTE', 'HOUR', 'DAY', 'MONTH'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** What a series of usage can be split by (chapter 6). */
export const GROUPINGS = ['VERSION', 'MAJOR', 'CALLER', 'SELECTOR', 'OUTCOME', 'ALGORITHM'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Epoch time has no leap seconds, and UTC no daylight saving: only months differ in length. */
const LENGTH_MS = { MINUTE: MINUTE_MS, HOUR: HOUR_MS, DAY: DAY_MS } as const;

/** The start of the bucket that holds `at`, both in epoch milliseconds. */
export function bucketOf(granularity: Granularity, at: number): number {
  if (granularity === 'MONTH') return startOfMonth(at, 0);
  const length = LENGTH_MS[granularity];
  return Math.floor(at / length) * length;
}

/** The start of the bucket after the one that starts at `bucket`, which is that one's end. */
export function nextBucket(granularity: Granularity, bucket: number): number {
  return granularity === 'MONTH' ? startOfMonth(bucket, 1) : bucket + LENGTH_MS[granularity];
}

/** The first start of a bucket at `at` or after it. */
export function firstBucketFrom(granularity: Granularity, at: number): number {
  const bucket = bucketOf(granularity, at);
  return bucket === at ? at : nextBucket(granularity, bucket);
}

/** The starts of all buckets that share a moment with [from, to), in order; none for an empty range. */
export function bucketsBetween(granularity: Granularity, from: number, to: number): number[] {
  const buckets: number[] = [];
  if (from >= to) return buckets;
  for (let at = bucketOf(granularity, from); at < to; at = nextBucket(granularity, at)) buckets.push(at);
  return buckets;
}

/** How many `bucketsBetween` gives, without making them: a range may be of all time. */
export function countBuckets(granularity: Granularity, from: number, to: number): number {
  if (from >= to) return 0;
  const [start, end] = [bucketOf(granularity, from), firstBucketFrom(granularity, to)];
  return granularity === 'MONTH' ? monthsTo(end) - monthsTo(start) : (end - start) / LENGTH_MS[granularity];
}

function monthsTo(at: number): number {
  const date = new Date(at);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** By setters: `Date.UTC` takes the years 0 to 99 for those of 1900. */
function startOfMonth(at: number, after: number): number {
  const date = new Date(at);
  date.setUTCMonth(date.getUTCMonth() + after, 1);
  return date.setUTCHours(0, 0, 0, 0);
}

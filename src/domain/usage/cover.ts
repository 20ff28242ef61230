import { type AskedRange, assertAskable, invalid } from './asked-range';
import { bucketOf, firstBucketFrom, GRANULARITIES, type Granularity, nextBucket } from './granularity';

/** Where the calls of a span are read: rollups of a granularity, or the records one by one. */
export type Source = Granularity | 'RECORDS';

/** Half-open, in epoch milliseconds. Of rollups it is whole buckets. */
export interface Span {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
}

/**
 * Covers [from, to) exactly, in order and without overlap: by whole buckets of the granularity, towards the edges by
 * shorter ones, and at the very edges by records, of less than an hour each. A span of shorter buckets or of records
 * stays within one bucket of the next longer. A `to` that is not past stands for the end of its bucket: nothing has
 * happened after now. Source: chapter 6, "What can be asked".
 * @returns no spans for an empty range
 * @throws AlgogateError INVALID_INPUT, of `from` or `to`, for what may not be asked, or is not kept that exactly
 */
export function coverOf(asked: AskedRange): Span[] {
  assertAskable(asked);
  if (asked.from === asked.to) return [];
  const { granularity, from, to, now } = asked;
  const end = to < now ? to : firstBucketFrom(granularity, to);
  const spans = fill(GRANULARITIES.indexOf(granularity), from, end, asked.minutesFrom);
  for (const span of spans) assertKept(span, asked);
  return spans;
}

/** @param level of the longest buckets to take, in GRANULARITIES; below all of them there are records */
function fill(level: number, from: number, to: number, minutesFrom: number): Span[] {
  if (from >= to) return [];
  const source = GRANULARITIES[level];
  if (source === undefined) return [{ source: 'RECORDS', from, to }];
  const first = firstBucketFrom(source, source === 'MINUTE' ? Math.max(from, minutesFrom) : from);
  const last = bucketOf(source, to);
  if (first > last) return fill(level - 1, from, to, minutesFrom);
  return [
    ...fill(level - 1, from, first, minutesFrom),
    ...(first < last ? [{ source, from: first, to: last }] : []),
    ...fill(level - 1, last, to, minutesFrom),
  ];
}

function assertKept(span: Span, { from, to, recordsFrom }: AskedRange): void {
  if (span.source !== 'RECORDS' || span.from >= recordsFrom) return;
  const [field, at] =
    span.to <= firstBucketFrom('HOUR', from) ? (['from', from] as const) : (['to', to] as const);
  const hour = bucketOf('HOUR', at);
  const hours = [hour, nextBucket('HOUR', hour)].map((one) => new Date(one).toISOString());
  throw invalid(field, `only whole hours are kept of that time: the nearest are ${hours.join(' and ')}`);
}

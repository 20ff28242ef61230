import fc from 'fast-check';

import {
  bucketOf,
  bucketsBetween,
  countBuckets,
  firstBucketFrom,
  GRANULARITIES,
  type Granularity,
  nextBucket,
} from '../../../src/domain/usage/granularity';
import { time } from '../release/support';

const CASES: readonly (readonly [why: string, Granularity, at: string, bucket: string, next: string])[] = [
  ['a minute', 'MINUTE', '2026-03-15T12:34:56.789Z', '2026-03-15T12:34:00Z', '2026-03-15T12:35:00Z'],
  [
    'the last of a minute',
    'MINUTE',
    '2026-12-31T23:59:59.999Z',
    '2026-12-31T23:59:00Z',
    '2027-01-01T00:00:00Z',
  ],
  ['the start of an hour', 'HOUR', '2026-03-15T12:00:00Z', '2026-03-15T12:00:00Z', '2026-03-15T13:00:00Z'],
  [
    'an hour that clocks in Berlin skip',
    'HOUR',
    '2026-03-29T01:30:00Z',
    '2026-03-29T01:00:00Z',
    '2026-03-29T02:00:00Z',
  ],
  [
    'an hour that clocks in Berlin repeat',
    'HOUR',
    '2026-10-25T01:30:00Z',
    '2026-10-25T01:00:00Z',
    '2026-10-25T02:00:00Z',
  ],
  [
    'a day that is 23 hours in Berlin',
    'DAY',
    '2026-03-29T23:30:00Z',
    '2026-03-29T00:00:00Z',
    '2026-03-30T00:00:00Z',
  ],
  ['a leap day', 'DAY', '2028-02-29T12:00:00Z', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z'],
  ['a month of 31 days', 'MONTH', '2026-01-31T23:59:59.999Z', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'],
  ['a February', 'MONTH', '2026-02-28T23:00:00Z', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
  ['a February of 29 days', 'MONTH', '2028-02-29T23:00:00Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
  [
    'a February that only the rule of 100 shortens',
    'MONTH',
    '2100-02-28T23:00:00Z',
    '2100-02-01T00:00:00Z',
    '2100-03-01T00:00:00Z',
  ],
  ['a December', 'MONTH', '2026-12-31T00:00:00Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ['a moment before 1970', 'DAY', '1969-12-31T23:59:59.999Z', '1969-12-31T00:00:00Z', '1970-01-01T00:00:00Z'],
  [
    'a month of a year of two digits',
    'MONTH',
    '0050-12-05T00:00:00Z',
    '0050-12-01T00:00:00Z',
    '0051-01-01T00:00:00Z',
  ],
];
test.each(CASES)('%s', (_why, granularity, at, bucket, next) => {
  expect(bucketOf(granularity, time(at))).toBe(time(bucket));
  expect(nextBucket(granularity, time(bucket))).toBe(time(next));
});

const moment = fc.integer({ min: time('1960-01-01T00:00:00Z'), max: time('2150-01-01T00:00:00Z') });

test.each(GRANULARITIES)(
  'a moment is in its %s, and the first from it on is not before it',
  (granularity) => {
    fc.assert(
      fc.property(moment, (at) => {
        const bucket = bucketOf(granularity, at);
        const next = nextBucket(granularity, bucket);
        expect(bucket <= at && at < next).toBe(true);
        expect(bucketOf(granularity, next - 1)).toBe(bucket);
        expect(firstBucketFrom(granularity, at)).toBe(at === bucket ? at : next);
        expect(firstBucketFrom(granularity, bucket)).toBe(bucket);
      }),
    );
  },
);

const RANGES: readonly (readonly [Granularity, from: string, to: string, buckets: readonly string[]])[] = [
  ['MONTH', '2027-12-31T23:59:59Z', '2028-03-01T00:00:00Z', ['2027-12-01', '2028-01-01', '2028-02-01']],
  ['DAY', '2028-02-28T10:00:00Z', '2028-03-01T00:00:00.001Z', ['2028-02-28', '2028-02-29', '2028-03-01']],
  ['DAY', '2026-03-15T10:00:00Z', '2026-03-15T10:00:01Z', ['2026-03-15']],
  ['DAY', '2026-03-15T00:00:00Z', '2026-03-15T00:00:00Z', []],
  ['DAY', '2026-03-15T10:00:00Z', '2026-03-15T10:00:00Z', []],
  ['DAY', '2026-03-16T00:00:00Z', '2026-03-15T00:00:00Z', []],
];
test.each(RANGES)('the buckets of a %s from %s to %s', (granularity, from, to, buckets) => {
  expect(bucketsBetween(granularity, time(from), time(to))).toEqual(buckets.map(time));
  expect(countBuckets(granularity, time(from), time(to))).toBe(buckets.length);
});

test('buckets are counted without being made', () => {
  const from = fc.integer({ min: time('2023-01-01T00:00:00Z'), max: time('2033-01-01T00:00:00Z') });
  const length = fc.integer({ min: 0, max: 60 * 86_400_000 });
  fc.assert(
    fc.property(fc.constantFrom(...GRANULARITIES.slice(1)), from, length, (granularity, start, ms) => {
      const buckets = bucketsBetween(granularity, start, start + ms);
      expect(countBuckets(granularity, start, start + ms)).toBe(buckets.length);
    }),
  );
  expect(countBuckets('MINUTE', -8.64e15, 8.64e15)).toBe(288e9);
});

import fc from 'fast-check';

import { type AskedRange, MAX_BUCKETS } from '../../../src/domain/usage/asked-range';
import { coverOf, type Source, type Span } from '../../../src/domain/usage/cover';
import {
  bucketOf,
  countBuckets,
  DAY_MS,
  firstBucketFrom,
  GRANULARITIES,
  HOUR_MS,
  MINUTE_MS,
  nextBucket,
} from '../../../src/domain/usage/granularity';
import { refusalOf, time } from '../release/support';

const NOW = time('2028-03-15T12:34:56.789Z');

/** Asked at NOW, where minutes are kept for 49 hours and records for 30 days. */
function asked(granularity: AskedRange['granularity'], from: string, to: string): AskedRange {
  return {
    ...{ granularity, from: time(from), to: time(to), now: NOW },
    ...{ minutesFrom: NOW - 49 * HOUR_MS, recordsFrom: NOW - 30 * DAY_MS },
  };
}

type Told = readonly [Source, from: string, to: string];

function told(spans: readonly Span[]): Told[] {
  return spans.map(({ source, from, to }) => [source, short(from), short(to)]);
}

/** Without what is zero at its end. */
function short(at: number): string {
  return new Date(at)
    .toISOString()
    .replace(/(\.000)?Z$/, '')
    .replace(/:00$/, '');
}

const CASES: readonly (readonly [
  why: string,
  granularity: AskedRange['granularity'],
  from: string,
  to: string,
  spans: readonly Told[],
])[] = [
  ['an empty range', 'DAY', '2028-03-01T05:06:07Z', '2028-03-01T05:06:07Z', []],
  ['an empty range of minutes long ago', 'MINUTE', '1999-03-01T05:06:07Z', '1999-03-01T05:06:07Z', []],
  ['an empty range to come', 'DAY', '2030-03-01T05:06:07Z', '2030-03-01T05:06:07Z', []],
  [
    ...(['whole days', 'DAY', '2028-02-01T00:00:00Z', '2028-03-02T00:00:00Z'] as const),
    [['DAY', '2028-02-01T00:00', '2028-03-02T00:00']],
  ],
  [
    ...([
      'a year of months, with a leap day',
      'MONTH',
      '2027-04-01T00:00:00Z',
      '2028-03-01T00:00:00Z',
    ] as const),
    [['MONTH', '2027-04-01T00:00', '2028-03-01T00:00']],
  ],
  [
    ...(['whole hours of one day, long ago', 'DAY', '2024-02-29T03:00:00Z', '2024-02-29T05:00:00Z'] as const),
    [['HOUR', '2024-02-29T03:00', '2024-02-29T05:00']],
  ],
  [
    ...(['hours on both sides of a month', 'MONTH', '2024-02-29T23:00:00Z', '2024-03-01T02:00:00Z'] as const),
    [
      ['HOUR', '2024-02-29T23:00', '2024-03-01T00:00'],
      ['HOUR', '2024-03-01T00:00', '2024-03-01T02:00'],
    ],
  ],
  [
    ...(['days on both sides of a month', 'MONTH', '2027-12-30T00:00:00Z', '2028-02-02T00:00:00Z'] as const),
    [
      ['DAY', '2027-12-30T00:00', '2028-01-01T00:00'],
      ['MONTH', '2028-01-01T00:00', '2028-02-01T00:00'],
      ['DAY', '2028-02-01T00:00', '2028-02-02T00:00'],
    ],
  ],
  [
    ...([
      'edges of which minutes are kept',
      'HOUR',
      '2028-03-14T10:58:59.5Z',
      '2028-03-14T13:02:00.001Z',
    ] as const),
    [
      ['RECORDS', '2028-03-14T10:58:59.500', '2028-03-14T10:59'],
      ['MINUTE', '2028-03-14T10:59', '2028-03-14T11:00'],
      ['HOUR', '2028-03-14T11:00', '2028-03-14T13:00'],
      ['MINUTE', '2028-03-14T13:00', '2028-03-14T13:02'],
      ['RECORDS', '2028-03-14T13:02', '2028-03-14T13:02:00.001'],
    ],
  ],
  [
    ...([
      'edges of which only records are kept',
      'HOUR',
      '2028-03-01T10:58:59.5Z',
      '2028-03-01T13:02:00Z',
    ] as const),
    [
      ['RECORDS', '2028-03-01T10:58:59.500', '2028-03-01T11:00'],
      ['HOUR', '2028-03-01T11:00', '2028-03-01T13:00'],
      ['RECORDS', '2028-03-01T13:00', '2028-03-01T13:02'],
    ],
  ],
  [
    ...([
      'clocks that Berlin turns are no matter',
      'DAY',
      '2026-03-28T23:00:00Z',
      '2026-03-29T22:00:00Z',
    ] as const),
    [
      ['HOUR', '2026-03-28T23:00', '2026-03-29T00:00'],
      ['HOUR', '2026-03-29T00:00', '2026-03-29T22:00'],
    ],
  ],
  [
    ...([
      'an hour in which the minutes begin',
      'HOUR',
      '2028-03-13T11:05:30Z',
      '2028-03-13T11:50:00Z',
    ] as const),
    [
      ['RECORDS', '2028-03-13T11:05:30', '2028-03-13T11:35'],
      ['MINUTE', '2028-03-13T11:35', '2028-03-13T11:50'],
    ],
  ],
  [
    ...(['within one minute', 'MONTH', '2028-03-15T12:10:10Z', '2028-03-15T12:10:20Z'] as const),
    [['RECORDS', '2028-03-15T12:10:10', '2028-03-15T12:10:20']],
  ],
  [
    ...([
      'within one minute, of records alone',
      'MINUTE',
      '2028-03-15T12:10:10Z',
      '2028-03-15T12:10:20Z',
    ] as const),
    [['RECORDS', '2028-03-15T12:10:10', '2028-03-15T12:10:20']],
  ],
  [
    ...(['minutes and their edges', 'MINUTE', '2028-03-15T12:10:10Z', '2028-03-15T12:12:20Z'] as const),
    [
      ['RECORDS', '2028-03-15T12:10:10', '2028-03-15T12:11'],
      ['MINUTE', '2028-03-15T12:11', '2028-03-15T12:12'],
      ['RECORDS', '2028-03-15T12:12', '2028-03-15T12:12:20'],
    ],
  ],
  [
    ...(['up to now', 'DAY', '2028-03-14T00:00:00Z', '2028-03-15T12:34:56.789Z'] as const),
    [['DAY', '2028-03-14T00:00', '2028-03-16T00:00']],
  ],
  [
    ...(['up to the millisecond before', 'DAY', '2028-03-14T00:00:00Z', '2028-03-15T12:34:56.788Z'] as const),
    [
      ['DAY', '2028-03-14T00:00', '2028-03-15T00:00'],
      ['HOUR', '2028-03-15T00:00', '2028-03-15T12:00'],
      ['MINUTE', '2028-03-15T12:00', '2028-03-15T12:34'],
      ['RECORDS', '2028-03-15T12:34', '2028-03-15T12:34:56.788'],
    ],
  ],
  [
    ...([
      'up to the end of a bucket to come',
      'MONTH',
      '2028-03-01T00:00:00Z',
      '2028-05-01T00:00:00Z',
    ] as const),
    [['MONTH', '2028-03-01T00:00', '2028-05-01T00:00']],
  ],
  [
    ...(['of what is to come alone', 'HOUR', '2028-03-16T01:30:00Z', '2028-03-16T02:10:00Z'] as const),
    [
      ['MINUTE', '2028-03-16T01:30', '2028-03-16T02:00'],
      ['HOUR', '2028-03-16T02:00', '2028-03-16T03:00'],
    ],
  ],
  [
    ...(['all of the edges', 'MONTH', '2028-02-14T12:34:56.789Z', '2028-03-15T12:33:30Z'] as const),
    [
      ['RECORDS', '2028-02-14T12:34:56.789', '2028-02-14T13:00'],
      ['HOUR', '2028-02-14T13:00', '2028-02-15T00:00'],
      ['DAY', '2028-02-15T00:00', '2028-03-01T00:00'],
      ['DAY', '2028-03-01T00:00', '2028-03-15T00:00'],
      ['HOUR', '2028-03-15T00:00', '2028-03-15T12:00'],
      ['MINUTE', '2028-03-15T12:00', '2028-03-15T12:33'],
      ['RECORDS', '2028-03-15T12:33', '2028-03-15T12:33:30'],
    ],
  ],
];
test.each(CASES)('%s', (_why, granularity, from, to, spans) => {
  expect(told(coverOf(asked(granularity, from, to)))).toEqual(spans);
});

const MINUTES_ARE_RECENT = 'minutes are told of the last 24 hours; what is older has hours, days and months';

const REFUSED: readonly (readonly [
  why: string,
  granularity: AskedRange['granularity'],
  from: string,
  to: string,
  field: string,
  message: string,
])[] = [
  [
    ...(['a reversed range', 'DAY', '2028-03-02T00:00:00Z', '2028-03-01T00:00:00Z'] as const),
    ...(['to', 'the range ends before it begins'] as const),
  ],
  [
    ...(['minutes that are too old', 'MINUTE', '2028-03-14T12:33:56.788Z', '2028-03-15T00:00:00Z'] as const),
    ...(['from', MINUTES_ARE_RECENT] as const),
  ],
  [
    ...(['too many hours', 'HOUR', '2028-01-01T00:00:00Z', '2028-04-05T20:00:00.001Z'] as const),
    ...(['from', 'the range has 2301 buckets of the granularity HOUR, of at most 2300'] as const),
  ],
  [
    ...(['all of time', 'MONTH', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'] as const),
    ...(['from', 'the range has 119988 buckets of the granularity MONTH, of at most 1200'] as const),
  ],
  [
    ...([
      'a beginning of which nothing is kept',
      'DAY',
      '2028-02-14T12:34:56.788Z',
      '2028-03-01T00:00:00Z',
    ] as const),
    'from',
    'only whole hours are kept of that time: the nearest are 2028-02-14T12:00:00.000Z and 2028-02-14T13:00:00.000Z',
  ],
  [
    ...([
      'an end of which nothing is kept',
      'MONTH',
      '2028-01-01T01:00:00Z',
      '2028-01-31T23:59:59.999Z',
    ] as const),
    'to',
    'only whole hours are kept of that time: the nearest are 2028-01-31T23:00:00.000Z and 2028-02-01T00:00:00.000Z',
  ],
  [
    ...(['an end within the first hour', 'DAY', '2028-01-01T01:00:00Z', '2028-01-01T01:10:00Z'] as const),
    'to',
    'only whole hours are kept of that time: the nearest are 2028-01-01T01:00:00.000Z and 2028-01-01T02:00:00.000Z',
  ],
  [
    ...(['both ends within one hour', 'DAY', '2028-01-01T01:05:00Z', '2028-01-01T01:10:00Z'] as const),
    'from',
    'only whole hours are kept of that time: the nearest are 2028-01-01T01:00:00.000Z and 2028-01-01T02:00:00.000Z',
  ],
];
test.each(REFUSED)('%s is refused', (_why, granularity, from, to, field, message) => {
  const refusal = refusalOf(() => coverOf(asked(granularity, from, to)));
  expect(refusal).toEqual({ code: 'INVALID_INPUT', message, field: [field] });
});

test('minutes are told of 24 hours and a minute, and of what is kept', () => {
  const day = asked('MINUTE', '2028-03-14T12:33:56.789Z', '2028-03-15T12:34:56.789Z');
  expect(told(coverOf(day))).toEqual([
    ['RECORDS', '2028-03-14T12:33:56.789', '2028-03-14T12:34'],
    ['MINUTE', '2028-03-14T12:34', '2028-03-15T12:35'],
  ]);
  const minutesFrom = day.from + 1;
  const refusal = { code: 'INVALID_INPUT', message: MINUTES_ARE_RECENT, field: ['from'] };
  expect(refusalOf(() => coverOf({ ...day, minutesFrom }))).toEqual(refusal);
});

test.each(GRANULARITIES)('as many %s buckets as may be, and one more', (granularity) => {
  const start = granularity === 'MINUTE' ? bucketOf('MINUTE', NOW) - DAY_MS : 0;
  let end = start;
  for (let count = 0; count < MAX_BUCKETS[granularity]; count++) end = nextBucket(granularity, end);
  const range = { ...asked(granularity, '2028-03-15T00:00:00Z', '2028-03-15T00:00:00Z'), from: start };
  expect(coverOf({ ...range, to: end })).toEqual([{ source: granularity, from: start, to: end }]);
  expect(refusalOf(() => coverOf({ ...range, to: end + 1 })).message).toMatch(/^the range has \d+ buckets/);
});

const LONGEST_MS = { MINUTE: DAY_MS, HOUR: 95 * DAY_MS, DAY: 3_600 * DAY_MS, MONTH: 20_000 * DAY_MS };

/** Ranges that may be asked, at any moment, with an edge anywhere: near now, long ago, on and beside boundaries. */
const ranges = fc
  .record({
    granularity: fc.constantFrom(...GRANULARITIES),
    now: fc.integer({ min: time('2023-01-01T00:00:00Z'), max: time('2033-01-01T00:00:00Z') }),
    ages: fc.tuple(age(), age()),
    minutesKept: fc.integer({ min: 25 * HOUR_MS, max: 49 * HOUR_MS }),
    snap: fc.constantFrom(null, ...GRANULARITIES),
  })
  .map(({ granularity, now, ages, minutesKept, snap }): AskedRange => {
    const longest = LONGEST_MS[granularity];
    const [a, b] = ages.map((share) => Math.floor(now - share * longest)).sort((x, y) => x - y);
    const from = snap === null ? (a ?? now) : Math.max(now - longest, bucketOf(snap, a ?? now));
    const kept = { minutesFrom: now - minutesKept, recordsFrom: now - longest - HOUR_MS };
    return { granularity, from, to: Math.max(from, b ?? now), now, ...kept };
  });

/** As a share of the longest range: mostly past, often small, sometimes to come. */
function age(): fc.Arbitrary<number> {
  const share = fc.double({ min: -0.001, max: 1, noNaN: true });
  return fc.oneof(
    share,
    share.map((one) => one ** 3),
    share.map((one) => one / 1_000),
  );
}

/** What a span of rollups stays in, where it is shorter than the granularity. */
const OUTER = { MINUTE: 'HOUR', HOUR: 'DAY', DAY: 'MONTH' } as const;

test('a cover is exact, in order, of whole buckets, and of few spans', () => {
  fc.assert(
    fc.property(ranges, (range) => {
      const { granularity, from, to, now, minutesFrom } = range;
      const spans = coverOf(range);
      const end = to >= now ? firstBucketFrom(granularity, to) : to;
      let at = from;
      for (const span of spans) {
        expect(span.from).toBe(at);
        expect(span.to).toBeGreaterThan(span.from);
        at = span.to;
      }
      expect(at).toBe(from === to ? to : end);
      expect(spans.length).toBeLessThanOrEqual(11);
      for (const { source, from: start, to: stop } of spans) {
        if (source === 'RECORDS') continue;
        expect([bucketOf(source, start), bucketOf(source, stop)]).toEqual([start, stop]);
        if (source === 'MINUTE') expect(start).toBeGreaterThanOrEqual(minutesFrom);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a span that is shorter than the granularity stays in one bucket of it, and of the next longer', () => {
  fc.assert(
    fc.property(ranges, (range) => {
      for (const { source, from, to } of coverOf(range)) {
        if (source === range.granularity) continue;
        expect(bucketOf(range.granularity, to - 1)).toBe(bucketOf(range.granularity, from));
        const outer = source === 'RECORDS' ? 'HOUR' : source === 'MONTH' ? null : OUTER[source];
        if (outer !== null) expect(bucketOf(outer, to - 1)).toBe(bucketOf(outer, from));
      }
    }),
    { numRuns: 2_000 },
  );
});

test('records are few, and none where minutes would do', () => {
  fc.assert(
    fc.property(ranges, (range) => {
      const records = coverOf(range).filter(({ source }) => source === 'RECORDS');
      const length = records.reduce((sum, { from, to }) => sum + to - from, 0);
      expect(length).toBeLessThan(2 * HOUR_MS);
      for (const { from, to } of records) {
        const first = firstBucketFrom('MINUTE', Math.max(from, range.minutesFrom));
        expect(bucketOf('MINUTE', to)).toBeLessThan(first + MINUTE_MS);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a range whose hours are whole needs no records, however old', () => {
  fc.assert(
    fc.property(ranges, (range) => {
      if (range.granularity === 'MINUTE') return;
      const [from, to] = [bucketOf('HOUR', range.from), bucketOf('HOUR', range.to)];
      const spans = coverOf({ ...range, from, to, recordsFrom: range.now, minutesFrom: range.now });
      expect(spans.map(({ source }) => source)).not.toContain('RECORDS');
      const buckets = spans.map((span) => countBuckets(range.granularity, span.from, span.to));
      expect(buckets.every((count) => count > 0)).toBe(true);
    }),
  );
});

import fc from 'fast-check';

import { Latencies, LATENCY_ERROR } from '../../../src/domain/usage/latencies';
import { nearestRank, randoms } from './support';

const PERCENTS = [0, 1, 10, 50, 90, 95, 99, 99.9, 100];
const HOURS = 24;
const tenths = (ms: number): number => Math.round(ms * 10) / 10;

const DISTRIBUTIONS: readonly (readonly [name: string, draw: (random: () => number) => number])[] = [
  ['constant', () => 12.3],
  ['uniform', (random) => 1 + random() * 999],
  ['bimodal', (random) => (random() < 0.7 ? 5 + random() : 2000 + 500 * random())],
  ['heavy tail (Pareto)', (random) => 3 / (1 - random()) ** (1 / 1.1)],
  ['very short, and zeros', (random) => random() * 0.6],
  ['very long', (random) => 10 ** (3 + 9 * random())],
];

function histogramOf(values: readonly number[]): Latencies {
  const latencies = new Latencies();
  for (const value of values) latencies.add(value);
  return latencies;
}

function expectQuantiles(latencies: Latencies, values: readonly number[]): void {
  for (const percent of PERCENTS) {
    const exact = nearestRank(values, percent);
    const told = latencies.quantile(percent / 100) ?? NaN;
    const error = Math.abs(told - exact);
    // the least of what a bin's ends lose to rounding, far below the error that is stated
    expect({ percent, exact, told, within: error <= exact * LATENCY_ERROR * (1 + 1e-9) }).toEqual({
      ...{ percent, exact, told },
      within: true,
    });
  }
}

describe.each(DISTRIBUTIONS)('%s', (_name, draw) => {
  const random = randoms(1);
  const hours = Array.from({ length: HOURS }, (_, hour) =>
    Array.from({ length: 200 + 37 * hour }, () => tenths(draw(random))),
  );
  const all = hours.flat();

  test('quantiles are within the error of those by nearest rank', () => {
    for (const values of hours) expectQuantiles(histogramOf(values), values);
  });

  test('and so they are after 24 hours are stored and merged', () => {
    const day = new Latencies();
    for (const values of hours) day.merge(Latencies.decode(histogramOf(values).encode()));
    expectQuantiles(day, all);
    expect(day.encode()).toEqual(histogramOf(all).encode());
    expectQuantiles(Latencies.decode(day.encode()), all);
  });

  test('what was merged in can be taken out, to the count', () => {
    const [first = [], ...rest] = hours;
    const left = histogramOf(all);
    for (const values of rest) left.subtract(histogramOf(values));
    expect(left.encode()).toEqual(histogramOf(first).encode());
    left.subtract(histogramOf(first));
    expect([left.encode(), left.quantile(0.5)]).toEqual([new Latencies().encode(), null]);
  });
});

test('any values, in any parts', () => {
  const value = fc.oneof(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.integer({ min: 0, max: 3 }));
  const positive = value.filter((ms) => ms === 0 || ms >= 0.1);
  fc.assert(
    fc.property(fc.array(positive, { minLength: 1 }), fc.array(positive), (some, more) => {
      const merged = histogramOf(some);
      merged.merge(histogramOf(more));
      expectQuantiles(merged, [...some, ...more]);
      merged.subtract(histogramOf(more));
      expect(merged.encode()).toEqual(histogramOf(some).encode());
    }),
  );
});

test.each([7, 14, 28, 55, 99])('the rank is not moved by how %d hundredths are in binary', (hundredths) => {
  for (let hundreds = 1; hundreds <= 300; hundreds++) {
    const latencies = new Latencies();
    latencies.add(1, hundredths * hundreds);
    latencies.add(1000, (100 - hundredths) * hundreds);
    expect(latencies.quantile(hundredths / 100)).toBeLessThan(2);
    expect(latencies.quantile(hundredths / 100 + 1e-6)).toBeGreaterThan(900);
  }
});

test('a count beyond 32 bits is kept', () => {
  const latencies = new Latencies();
  latencies.add(10, 2 ** 40);
  latencies.add(20, 2 ** 33 + 5);
  const decoded = Latencies.decode(latencies.encode());
  expect(decoded).toEqual(latencies);
  // the rank of the first of the longer ones
  const share = 2 ** 40 / (2 ** 40 + 2 ** 33 + 5);
  expect([share, share + 1e-6].map((q) => Math.round(decoded.quantile(q) ?? -1))).toEqual([10, 20]);
});

const EXTREMES: readonly (readonly [ms: number, told: number])[] = [
  [0, 0],
  [0.0999, 0],
  [-1, 0],
  [NaN, 0],
];
test.each(EXTREMES)('%d ms counts as %d', (ms, told) => {
  expect(histogramOf([ms]).quantile(0.5)).toBe(told);
});

test.each([1e15, Infinity])('%d ms is counted, and can be stored', (ms) => {
  const latencies = Latencies.decode(histogramOf([ms]).encode());
  const longest = Math.min(ms, Number.MAX_SAFE_INTEGER);
  expect(Math.abs((latencies.quantile(1) ?? 0) / longest - 1)).toBeLessThanOrEqual(LATENCY_ERROR);
});

test('no calls have no quantile, and a quantile is a share', () => {
  expect(new Latencies().quantile(0.5)).toBeNull();
  expect(() => histogramOf([1]).quantile(1.5)).toThrow('1.5 is not a share of 0 to 1');
});

test('what was never in cannot be taken out', () => {
  expect(() => histogramOf([1, 1]).subtract(histogramOf([1, 1, 1]))).toThrow('never in');
  expect(() => histogramOf([1]).subtract(histogramOf([500]))).toThrow('never in');
});

test('the bytes are few', () => {
  expect(new Latencies().encode()).toEqual(Uint8Array.of(1));
  expect(histogramOf([0, 0, 0]).encode()).toEqual(Uint8Array.of(1, 1, 3));
  expect(histogramOf([0, 0.1, 12.3]).encode()).toHaveLength(1 + 3 * 2 + 1);
});

const GARBAGE: readonly (readonly [why: string, bytes: readonly number[], message: string])[] = [
  ['nothing', [], 'it ends too early'],
  ['another version', [2], 'its version is unknown'],
  ['no version', [0], 'its version is unknown'],
  ['a bin without a count', [1, 5], 'it ends too early'],
  ['a varint cut short', [1, 0x85], 'it ends too early'],
  ['a bin twice', [1, 5, 1, 0, 1], 'a bin is out of order'],
  ['a bin beyond the last', [1, 0xff, 0xff, 0x7f, 1], 'a bin is out of order'],
  ['an empty bin', [1, 5, 0], 'a bin is empty'],
  ['a number with a zero on top', [1, 0x85, 0, 1], 'a number is longer than it needs'],
  ['a number beyond the safe', [1, 5, ...Array<number>(7).fill(0xff), 0x7f], 'a number is too great'],
  ['a number without an end', [1, 5, ...Array<number>(200).fill(0x80)], 'it ends too early'],
];
test.each(GARBAGE)('%s is refused', (_why, bytes, message) => {
  expect(() => Latencies.decode(Uint8Array.from(bytes))).toThrow(
    new Error(`not the bytes of latencies: ${message}`),
  );
});

test('any bytes are refused, or are what they decode to', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (tail) => {
      const bytes = Uint8Array.of(1, ...tail);
      let decoded: Latencies;
      try {
        decoded = Latencies.decode(bytes);
      } catch (error) {
        expect((error as Error).message).toMatch(/^not the bytes of latencies: /);
        return;
      }
      expect(decoded.encode()).toEqual(bytes);
    }),
    { numRuns: 1000 },
  );
});

import fc from 'fast-check';

import { difference } from '../../../src/domain/release/decimal';

const TABLE: readonly (readonly [a: number, b: number, difference: number])[] = [
  [0.91, 0.92, -0.01],
  [0.3, 0.2, 0.1],
  [0.92, 0.92, 0],
  [1, 0.9, 0.1],
  [-0.5, -0.5, 0],
  [-0, 0, 0],
  [1e21, 1, 999_999_999_999_999_999_999],
  [1e-7, 1e-7, 0],
  [1e-7, 2e-7, -1e-7],
  [5e-324, 1, -1],
  [Number.MAX_VALUE, Number.MAX_VALUE, 0],
  [Number.MAX_VALUE, 5e-324, Number.MAX_VALUE],
  [Number.MAX_VALUE, -Number.MAX_VALUE, Infinity],
  [-Number.MAX_VALUE, Number.MAX_VALUE, -Infinity],
];
test.each(TABLE)('%d - %d is %d', (a, b, expected) => {
  expect(difference(a, b)).toBe(expected);
});

test('hundredths and thousandths are subtracted as a person would', () => {
  const thousandths = fc.integer({ min: -100_000, max: 100_000 });
  fc.assert(
    fc.property(thousandths, thousandths, (a, b) => {
      expect(difference(a / 1000, b / 1000)).toBe((a - b) / 1000 + 0);
    }),
  );
});

test('it is the difference in binary, but for its last digits, and 0 for equals alone', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 });
  fc.assert(
    fc.property(number, number, (a, b) => {
      const error = Math.abs(difference(a, b) - (a - b));
      expect(error).toBeLessThanOrEqual((Math.abs(a) + Math.abs(b)) * 2 ** -51);
      expect(difference(a, b)).toBe(-difference(b, a) + 0);
      expect(difference(a, b) === 0).toBe(a === b);
    }),
  );
});

import fc from 'fast-check';

import { CallError } from '../../examples/algorithm';
import { VERSIONS } from '../../examples/biomarker-discovery-spatial/biomarkers';
import { moransI } from '../../examples/biomarker-discovery-spatial/morans-i';
import { neighboursWithin } from '../../examples/biomarker-discovery-spatial/neighbours';
import { randomFrom, shuffled } from '../../examples/biomarker-discovery-spatial/random';
import { handlerOf, json, run } from './run';

/** A row of cells at distance 1: each has those beside it as neighbours. */
const row = (...values: number[]) => values.map((value, x) => ({ x, y: 0, markers: { CD8: value } }));

/** A square of cells, of which the left half has the marker. */
const halves = Array.from({ length: 36 }, (_, index) => {
  const x = index % 6;
  return { x, y: Math.floor(index / 6), markers: { CD8: x < 3 ? 1 : 0, CD3: (index * 7) % 5 } };
});

test.each([
  [[1, 1, 0, 0], 1 / 3],
  [[1, 0, 1, 0], -1],
  [[0, 1, 2, 3], 1 / 3],
  [[2, 2, 2, 2], null],
  [[0.1, 0.1, 0.1], null],
])('Moran’s I of %j in a row is %f', (values, expected) => {
  expect(run(VERSIONS, '2.0.0', json({ cells: row(...values), radius: 1 }))).toEqual({
    cells: values.length,
    pairs: values.length - 1,
    markers: {
      CD8: {
        moransI: expected === null ? null : expect.closeTo(expected, 12),
        expected: -1 / (values.length - 1),
      },
    },
  });
});

test('without neighbours it is not defined', () => {
  expect(run(VERSIONS, '3.0.0-beta.1', json({ cells: row(1, 0), radius: 0.5 }))).toEqual({
    cells: 2,
    pairs: 0,
    markers: { CD8: { moransI: null, expected: -1, pValue: null } },
  });
});

test('the beta tells gathering from chance, and the same seed says the same', () => {
  const input = json({ cells: halves, radius: 1, permutations: 499, seed: 7 });
  const answer = run(VERSIONS, '3.0.0-beta.1', input) as { markers: Record<string, { pValue: number }> };
  expect(answer).toEqual({
    cells: 36,
    pairs: 60,
    markers: {
      CD3: { moransI: expect.any(Number), expected: -1 / 35, pValue: expect.any(Number) },
      CD8: { moransI: expect.closeTo(0.8, 12), expected: -1 / 35, pValue: 1 / 500 },
    },
  });
  expect(answer.markers['CD3']?.pValue).toBeGreaterThan(0.05);
  expect(run(VERSIONS, '3.0.0-beta.1', input)).toEqual(answer);
});

test('the beta agrees with the release on what both say', () => {
  const release = run(VERSIONS, '2.0.0', json({ cells: halves, radius: 1.5 })) as { markers: object };
  expect(run(VERSIONS, '3.0.0-beta.1', json({ cells: halves, radius: 1.5 }))).toMatchObject(release);
});

test('the beta stops at the deadline', () => {
  let asked = 0;
  const checkDeadline = () => {
    asked++;
    if (asked > 10) throw new CallError('TimeoutError', 408, 'late');
  };
  const handler = handlerOf(VERSIONS, '3.0.0-beta.1');
  expect(() => handler(json({ cells: halves, radius: 1 }), { checkDeadline })).toThrow('late');
  expect(asked).toBe(11);
});

test.each([
  [{ cells: row(1), radius: 1 }, /^cells: /],
  [{ cells: row(1, 2), radius: 0 }, /^radius: /],
  [{ cells: row(1, 2) }, /^radius: /],
  [{ cells: row(1, 2), radius: 1, permutations: 5 }, /^input: /],
  [{ cells: [{ x: 0, y: 'up', markers: {} }, ...row(1)], radius: 1 }, /^cells\[0\]\.y: /],
  [
    { cells: [...row(1), { x: 1, y: 1, markers: { CD4: 1 } }], radius: 1 },
    /^cells\[1\]\.markers: expected the markers of the first cell, CD8$/,
  ],
  [
    { cells: Array.from({ length: 2100 }, () => ({ x: 0, y: 0, markers: { CD8: 1 } })), radius: 1 },
    /^radius: expected one that makes at most 2000000 pairs$/,
  ],
])('input %# is refused', (input, message) => {
  expect(run(VERSIONS, '2.0.0', json(input))).toEqual(['InputError', expect.stringMatching(message)]);
});

const points = fc.array(
  fc.record({ x: fc.integer({ min: -20, max: 20 }), y: fc.integer({ min: -20, max: 20 }) }),
  { maxLength: 40 },
);

test('the neighbours are those that comparing all with all finds', () => {
  fc.assert(
    fc.property(points, fc.integer({ min: 1, max: 15 }), (given, radius) => {
      const found = neighboursWithin(given, radius, Infinity);
      const expected = given.map((a, i) =>
        given.flatMap((b, j) => (i !== j && Math.hypot(a.x - b.x, a.y - b.y) <= radius ? [j] : [])),
      );
      expect(found?.map((near) => [...near].sort((a, b) => a - b))).toEqual(expected);
    }),
  );
});

test('Moran’s I does not depend on the unit or the zero of the marker', () => {
  const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 3, maxLength: 30 });
  fc.assert(
    fc.property(
      values,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: -9, max: 9 }),
      (given, scale, shift) => {
        const cells = given.map((_, x) => ({ x, y: 0 }));
        const neighbours = neighboursWithin(cells, 1, Infinity) ?? [];
        const before = moransI(given, neighbours);
        const after = moransI(
          given.map((value) => value * scale + shift),
          neighbours,
        );
        expect(after).toEqual(before === null ? null : expect.closeTo(before, 9));
      },
    ),
  );
});

test('a shuffle loses nothing, and a seed fixes it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.nat(), (values, seed) => {
      const once = shuffled(values, randomFrom(seed));
      expect([...once].sort()).toEqual([...values].sort());
      expect(shuffled(values, randomFrom(seed))).toEqual(once);
    }),
  );
});

import fc from 'fast-check';

import {
  csvStatistics,
  csvStatisticsWithCorrelations,
  VERSIONS,
} from '../../examples/csv-statistics/csv-statistics';
import { json, run, text } from './run';

const PATIENTS = 'name,age,dose\nAda,36,1.5\nBob,,2.5\n"Cid, Jr.",44,NA\nDee,40,4.5\nEve,48,5.5\n';

const AGE = {
  name: 'age',
  type: 'numeric',
  count: 4,
  missing: 1,
  mean: 42,
  standardDeviation: Math.sqrt((36 + 4 + 4 + 36) / 3),
  minimum: 36,
  firstQuartile: 39,
  median: 42,
  thirdQuartile: 45,
  maximum: 48,
};
const DOSE = {
  name: 'dose',
  type: 'numeric',
  count: 4,
  missing: 1,
  mean: 3.5,
  standardDeviation: Math.sqrt((4 + 1 + 1 + 4) / 3),
  minimum: 1.5,
  firstQuartile: 2.25,
  median: 3.5,
  thirdQuartile: 4.75,
  maximum: 5.5,
};
const NAME = { name: 'name', type: 'text', count: 5, missing: 0, distinct: 5 };

test('1.0.0 describes each column', () => {
  expect(run(VERSIONS, '1.0.0', text(PATIENTS))).toEqual({ rows: 5, columns: [NAME, AGE, DOSE] });
});

test('1.1.0 correlates the numeric columns over the rows that have both', () => {
  expect(run(VERSIONS, '1.1.0', text(PATIENTS))).toEqual({
    rows: 5,
    columns: [NAME, AGE, DOSE],
    correlations: [{ columns: ['age', 'dose'], rows: 3, r: expect.closeTo(68 / Math.sqrt(224 * 26), 12) }],
  });
});

test.each([
  ['a,b\n1,2\n2,4\n', 1],
  ['a,b\n1,4\n2,2\n', -1],
  ['a,b\n1,4\n2,4\n', null],
  ['a,b\n0.1,1\n0.1,2\n0.1,3\n', null],
  ['a,b\n1,4\n', null],
  ['a,b\n1,\n,4\n', null],
])('the correlation in %j is %p', (csv, r) => {
  const [found] = csvStatisticsWithCorrelations(csv).correlations;
  expect(found?.r).toEqual(r === null ? null : expect.closeTo(r, 12));
});

test('a single value has no standard deviation, and a column without values is text', () => {
  expect(csvStatistics('a,b\n7,\n').columns).toEqual([
    {
      name: 'a',
      type: 'numeric',
      count: 1,
      missing: 0,
      mean: 7,
      standardDeviation: null,
      minimum: 7,
      firstQuartile: 7,
      median: 7,
      thirdQuartile: 7,
      maximum: 7,
    },
    { name: 'b', type: 'text', count: 0, missing: 1, distinct: 0 },
  ]);
});

test.each([
  ['', 'expected a header line and at least one row'],
  ['a,b\n', 'expected a header line and at least one row'],
  ['a,a\n1,2\n', 'expected a different name for each column'],
  [
    `${Array.from({ length: 101 }, (_, n) => `c${n}`).join()}\n${'1,'.repeat(100)}1\n`,
    'expected at most 100 columns',
  ],
  ['a,b\n1\n', expect.stringMatching(/^the CSV does not parse: Invalid Record Length.*line 2/)],
  ['a\n"b\n', expect.stringMatching(/^the CSV does not parse: Quote Not Closed/)],
])('%j is refused', (csv, message) => {
  expect(run(VERSIONS, '1.1.0', text(csv))).toEqual(['InputError', message]);
});

test('JSON is refused', () => {
  expect(run(VERSIONS, '1.0.0', json({}))).toEqual(['InputError', 'expected text/plain']);
});

test('the statistics of any numbers are in order and within their bounds', () => {
  const numbers = fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(numbers, (values) => {
      const [column] = csvStatistics(`v\n${values.join('\n')}\n`).columns;
      if (column?.type !== 'numeric') throw new Error('expected a numeric column');
      const { minimum, firstQuartile, median, thirdQuartile, maximum, mean } = column;
      const inOrder = [minimum, firstQuartile, median, thirdQuartile, maximum];
      expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
      expect([minimum, maximum]).toEqual([Math.min(...values), Math.max(...values)]);
      expect(mean).toBeGreaterThanOrEqual(minimum - 1e-6);
      expect(mean).toBeLessThanOrEqual(maximum + 1e-6);
    }),
  );
});

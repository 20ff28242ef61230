import fc from 'fast-check';

import { judgeGates, parseGates, parseReportValues, type ReportedValue } from '../../../src/domain/release';
import { refusalOf } from './support';

test('whatever JSON writes without nesting is kept, fit for a gate or not', () => {
  const reported: ReportedValue[] = [
    { name: 'recall', value: 0.92 },
    { name: 'device_tier', value: 'edge' },
    { name: 'ok', value: true },
    { name: 'nothing', value: null },
    { name: 'silent' },
    { name: 'constructor', value: 'NaN' },
    { name: 'long', value: 'x'.repeat(200) },
  ];
  const values = parseReportValues(reported);
  expect(values).toEqual({
    recall: 0.92,
    device_tier: 'edge',
    ok: true,
    nothing: null,
    silent: null,
    constructor: 'NaN',
    long: 'x'.repeat(200),
  });
  expect(JSON.parse(JSON.stringify(values))).toEqual(values);
  expect(parseReportValues([])).toEqual({});
});

test('a number that JSON does not have is kept as null: the report stays, and fails', () => {
  const values = parseReportValues(
    [NaN, Infinity, -Infinity].map((value, index) => ({ name: `n${index}`, value })),
  );
  expect(values).toEqual({ n0: null, n1: null, n2: null });
  const gates = parseGates(['n0 != "x"', 'n1 >= 0', 'n2 <= 0']);
  const judged = judgeGates(
    { id: 1, gates },
    [
      { policyId: 1, values: { n0: 'y', n1: 1, n2: 0 } },
      { policyId: 1, values },
    ],
    null,
  );
  expect(judged.map(({ passed }) => passed)).toEqual([false, false, false]);
});

const NESTED = 'a value in a report is a number, a string, true, false or null';
const REFUSED: readonly (readonly [why: string, value: ReportedValue, message: string, at: string])[] = [
  ['a name in upper case', { name: 'Recall', value: 1 }, '"Recall" is not the name of a gate', 'name'],
  ['no name', { name: '', value: 1 }, '"" is not the name of a gate', 'name'],
  ['a name with a line after it', { name: 'a\n', value: 1 }, '"a\\n" is not the name of a gate', 'name'],
  ['__proto__', { name: '__proto__', value: 1 }, '"__proto__" is not the name of a gate', 'name'],
  [
    'a long name',
    { name: 'a'.repeat(64), value: 1 },
    `"${'a'.repeat(64)}" is not the name of a gate`,
    'name',
  ],
  ['a name twice', { name: 'first', value: 1 }, 'first is there already', 'name'],
  [
    'a long string',
    { name: 'b', value: 'x'.repeat(201) },
    'a string in a report has at most 200 characters',
    'value',
  ],
  ['an object', { name: 'b', value: {} }, NESTED, 'value'],
  ['a list', { name: 'b', value: [1] }, NESTED, 'value'],
  ['a bigint', { name: 'b', value: 1n }, NESTED, 'value'],
];
test.each(REFUSED)('%s is refused', (_why, value, message, at) => {
  expect(refusalOf(() => parseReportValues([{ name: 'first', value: 0 }, value]))).toEqual({
    code: 'INVALID_INPUT',
    message,
    field: ['gates', '1', at],
  });
});

test('a report is bounded, in values and altogether', () => {
  const many = (count: number, value: unknown) =>
    Array.from({ length: count }, (_, index) => ({ name: `v${index}`, value }));
  expect(Object.keys(parseReportValues(many(200, 1)))).toHaveLength(200);
  expect(refusalOf(() => parseReportValues(many(201, 1)))).toEqual({
    code: 'INVALID_INPUT',
    message: 'a report has at most 200 values',
    field: ['gates'],
  });
  expect(refusalOf(() => parseReportValues(many(100, 'x'.repeat(200)), ['report']))).toEqual({
    code: 'INVALID_INPUT',
    message: 'a report has at most 16000 bytes as JSON',
    field: ['report'],
  });
  // in bytes, as it is kept
  const wide = many(26, '語'.repeat(200));
  const room = 16_000 - Buffer.byteLength(JSON.stringify(parseReportValues(wide))) - ',"last":""'.length;
  const filled = (length: number): ReportedValue[] => [...wide, { name: 'last', value: 'x'.repeat(length) }];
  expect(Object.keys(parseReportValues(filled(room)))).toHaveLength(27);
  expect(refusalOf(() => parseReportValues(filled(room + 1))).message).toBe(
    'a report has at most 16000 bytes as JSON',
  );
});

test('what is kept is what was reported, and survives being written as JSON', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,62}$/);
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.record({ name, value }), { selector: (one) => one.name, maxLength: 20 }),
      (reported) => {
        const kept: unknown = JSON.parse(JSON.stringify(parseReportValues(reported)));
        expect(Object.entries(kept as object).sort()).toEqual(
          reported.map((one) => [one.name, one.value]).sort(),
        );
      },
    ),
  );
});

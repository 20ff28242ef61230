import fc from 'fast-check';

import {
  type GateJudgement,
  type GateReport,
  gatesNotPassed,
  judgeGates,
  newestValues,
  parseGates,
} from '../../../src/domain/release';

const POLICY = 7;

function report(values: Readonly<Record<string, unknown>>, policyId = POLICY): GateReport {
  return { policyId, values };
}

/** The judgement of one gate. `baseline`: what the version on the channel measured; null: nothing is on it. */
function judge(
  gate: string,
  reports: readonly GateReport[],
  baseline: Readonly<Record<string, unknown>> | null = null,
): GateJudgement {
  const before = baseline === null ? null : newestValues([{ values: baseline }]);
  const [judgement] = judgeGates({ id: POLICY, gates: parseGates([gate]) }, reports, before);
  return judgement!;
}

const COMPARED: readonly (readonly [gate: string, value: unknown, why: string])[] = [
  ['a >= 0.92', 0.92, 'passed'],
  ['a >= 0.92', 1, 'passed'],
  ['a >= 0.92', 0.9199999, 'below the threshold'],
  ['a > 0.92', 0.93, 'passed'],
  ['a > 0.92', 0.92, 'not above the threshold'],
  ['a <= 3', 3, 'passed'],
  ['a <= 3', -1e300, 'passed'],
  ['a <= 3', 3.1, 'above the threshold'],
  ['a < 3', 2, 'passed'],
  ['a < 3', 3, 'not below the threshold'],
  ['a == 0', 0, 'passed'],
  ['a == 0', -0, 'passed'],
  ['a == 0', 1e-300, 'not equal to the threshold'],
  ['a != 0', 1, 'passed'],
  ['a != 0', 0, 'equal to the threshold'],
  ['a == x', 'x', 'passed'],
  ['a == x', 'X', 'not equal to the threshold'],
  ['a == "0"', '0', 'passed'],
  ['a != x', 'y', 'passed'],
  ['a != x', 'x', 'equal to the threshold'],
  ['a in edge, phone', 'phone', 'passed'],
  ['a in edge, phone', 'desk', 'not in the list'],
  ['a in edge, phone', 'edge, phone', 'not in the list'],
  ['a in 1, 2', 2, 'passed'],
  ['a in 1, 2', 3, 'not in the list'],
];

test.each(COMPARED)('%s: %j is judged: %s', (gate, value, why) => {
  expect(judge(gate, [report({ a: value })])).toEqual({
    gate: judge(gate, []).gate,
    passed: why === 'passed',
    value,
    threshold:
      gate.includes('==') || gate.includes('!=') ? expect.any(String) : gate.split(' ').slice(2).join(' '),
    why,
  });
});

const NUMERIC = ['a >= 0', 'a > -1', 'a <= 2', 'a < 2', 'a == 1', 'a != 7', 'a in 0, 1'];
const TEXTUAL = ['a == x', 'a != y', 'a in x, "1"'];
const NO_NUMBERS = [
  '1',
  '0.95',
  'NaN',
  'x',
  '',
  true,
  false,
  null,
  undefined,
  NaN,
  Infinity,
  -Infinity,
  {},
  [],
  [1],
  { a: 1 },
  1n,
];
const NO_STRINGS = [1, 0, true, false, null, undefined, NaN, Infinity, {}, [], ['x'], { a: 'x' }];

describe('gates fail closed', () => {
  test.each(NUMERIC)('%s is passed by a number, and by nothing else', (gate) => {
    expect(judge(gate, [report({ a: 1 })]).passed).toBe(true);
    for (const value of NO_NUMBERS) {
      const scalar = typeof value === 'string' || typeof value === 'boolean';
      expect(judge(gate, [report({ a: value })])).toMatchObject({
        passed: false,
        value: scalar ? value : null,
        why: 'not a number',
      });
    }
  });

  test.each(TEXTUAL)('%s is passed by a string, and by nothing else', (gate) => {
    expect(judge(gate, [report({ a: 'x' })]).passed).toBe(true);
    for (const value of NO_STRINGS) {
      expect(judge(gate, [report({ a: value })])).toMatchObject({ passed: false, why: 'not a string' });
    }
  });

  test.each([...NUMERIC, ...TEXTUAL, 'a_delta >= -100', 'a_delta != 7'])(
    '%s is not passed by silence',
    (gate) => {
      for (const baseline of [null, {}, { a: 1 }]) {
        for (const reports of [[], [report({})], [report({ b: 1, a_delta: 1, A: 1 })]]) {
          expect(judge(gate, reports, baseline)).toMatchObject({
            passed: false,
            value: null,
            why: 'missing',
          });
        }
      }
    },
  );

  test('names that objects have anyway are missing like any other', () => {
    for (const name of ['constructor', 'has', 'size']) {
      expect(judge(`${name} != 7`, [report({})]).why).toBe('missing');
      expect(judge(`${name}_delta >= 0`, [report({ [name]: 1 })], {}).passed).toBe(false);
    }
  });

  test('no JSON passes a gate that its type and value do not pass', () => {
    const passes: Readonly<Record<string, (value: unknown) => boolean>> = {
      'a >= 0.5': (value) => typeof value === 'number' && value >= 0.5,
      'a < 0.5': (value) => typeof value === 'number' && value < 0.5,
      'a == 0': (value) => value === 0 || Object.is(value, -0),
      'a != 0': (value) => typeof value === 'number' && value !== 0,
      'a == ""': (value) => value === '',
      'a != ""': (value) => typeof value === 'string' && value !== '',
      'a in 0, 1': (value) => value === 0 || value === 1,
      'a in a, ""': (value) => value === 'a' || value === '',
      'a_delta >= -0.5': (value) => typeof value === 'number' && value >= 0.5,
    };
    const edge = fc.constantFrom<fc.JsonValue[]>(0, 1, 0.5, -0, '', 'a', '0', '1', 'NaN', null, true, [], {});
    fc.assert(
      fc.property(fc.oneof(edge, fc.jsonValue()), (value) => {
        for (const [gate, isGood] of Object.entries(passes)) {
          const { passed, why } = judge(gate, [report({ a: value })], { a: 1 });
          expect([gate, passed]).toEqual([gate, isGood(value)]);
          expect(why === 'passed').toBe(passed);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('which report decides', () => {
  const older = { gate: 'a >= 1', passed: false, value: 1, threshold: '1', why: 'older than the policy' };

  test('one from before the policy does not count, however good', () => {
    expect(judge('a >= 1', [report({ a: 1 }, POLICY - 1)])).toEqual(older);
    expect(judge('a >= 1', [report({ a: 1 }, 0), report({ b: 1 }, POLICY)])).toEqual(older);
    expect(judge('a >= 1', [report({ a: 1 }, POLICY)]).passed).toBe(true);
    expect(judge('a >= 1', [report({ a: 1 }, POLICY + 1)]).passed).toBe(true);
  });

  test('of those that count, the newest that names the value, be it good or bad', () => {
    const good = report({ a: 1 });
    for (const bad of [0, null, '1', NaN]) {
      expect(judge('a >= 1', [good, report({ a: bad })]).passed).toBe(false);
      expect(judge('a >= 1', [report({ a: bad }), good]).passed).toBe(true);
      expect(judge('a >= 1', [good, report({ a: bad }, POLICY - 1)]).passed).toBe(true);
    }
    expect(judge('a >= 1', [good, report({ b: 0 })]).passed).toBe(true);
  });

  test('gates of one policy are judged each by itself, in their order', () => {
    const gates = parseGates(['a >= 1', 'b >= 1', 'c_delta >= 0', 'd == x']);
    const reports = [report({ a: 2, b: 2, d: 'x' }, 1), report({ a: 1, c: 3 }), report({ d: 'y' })];
    expect(judgeGates({ id: POLICY, gates }, reports, newestValues([{ values: { c: 1 } }]))).toEqual([
      { gate: 'a >= 1', passed: true, value: 1, threshold: '1', why: 'passed' },
      { gate: 'b >= 1', passed: false, value: 2, threshold: '1', why: 'older than the policy' },
      { gate: 'c_delta >= 0', passed: true, value: 2, threshold: '0', why: 'passed' },
      { gate: 'd == "x"', passed: false, value: 'y', threshold: '"x"', why: 'not equal to the threshold' },
    ]);
  });

  test('it is the same as looking through them from the newest on', () => {
    const values = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom<unknown[]>(0, 1, 2, null, '2'));
    const reports = fc.array(fc.record({ policyId: fc.integer({ min: 5, max: 9 }), values }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(reports, (all) => {
        const deciding = all.findLast(({ policyId, values: { a } }) => policyId >= POLICY && a !== undefined);
        const value = deciding?.values['a'];
        expect(judge('a >= 1', all).passed).toBe(typeof value === 'number' && value >= 1);
      }),
    );
  });
});

describe('a gate on a delta', () => {
  const DELTAS: readonly (readonly [
    gate: string,
    value: unknown,
    before: unknown,
    delta: unknown,
    why: string,
  ])[] = [
    ['a_delta >= -0.01', 0.92, 0.92, 0, 'passed'],
    ['a_delta >= -0.01', 0.95, 0.92, 0.03, 'passed'],
    // in binary the difference is below -0.01
    ['a_delta >= -0.01', 0.91, 0.92, -0.01, 'passed'],
    ['a_delta >= -0.01', 0.909, 0.92, -0.011, 'below the threshold'],
    ['a_delta > 0', 0.3, 0.3, 0, 'not above the threshold'],
    ['a_delta <= 5', 10, 4, 6, 'above the threshold'],
    ['a_delta == 0.1', 0.3, 0.2, 0.1, 'passed'],
    ['a_delta in 0, 0.1', 0.3, 0.2, 0.1, 'passed'],
    ['a_delta >= 0', 1e308, -1e308, null, 'not a number'],
    ['a_delta >= -9', '0.92', 0.92, '0.92', 'not a number'],
    ['a_delta >= -9', null, 0.92, null, 'not a number'],
    ['a_delta >= -9', NaN, 0.92, null, 'not a number'],
    ['a_delta >= -9', 0.92, '0.92', null, 'no number of the version on the channel'],
    ['a_delta >= -9', 0.92, null, null, 'no number of the version on the channel'],
    ['a_delta >= -9', 0.92, NaN, null, 'no number of the version on the channel'],
    ['a_delta >= -9', 0.92, undefined, null, 'no number of the version on the channel'],
  ];
  test.each(DELTAS)('%s: %j after %j makes %j: %s', (gate, value, before, delta, why) => {
    const judged = judge(gate, [report({ a: value })], { a: before });
    expect(judged).toMatchObject({ gate, passed: why === 'passed', value: delta, why });
  });

  test('is passed where nothing is on the channel, by a number', () => {
    expect(judge('a_delta >= 1', [report({ a: -5 })], null)).toEqual({
      gate: 'a_delta >= 1',
      passed: true,
      value: null,
      threshold: '1',
      why: 'nothing on the channel to compare with',
    });
    expect(judge('a_delta >= 1', [report({ a: 'much' })], null).why).toBe('not a number');
    expect(judge('a_delta >= 1', [], null).why).toBe('missing');
  });

  test('is not passed by a version that the channel knows nothing to compare with', () => {
    expect(judge('a_delta >= -9', [report({ a: 1 })], {}).why).toBe(
      'no number of the version on the channel',
    );
  });

  test('counts what the version on the channel measured last, and of its own what the policy lets count', () => {
    const before = newestValues([{ values: { a: 9, b: 1 } }, { values: { a: 1 } }, { values: { c: 1 } }]);
    const gates = parseGates(['a_delta >= 0']);
    const judged = (...reports: GateReport[]) => judgeGates({ id: POLICY, gates }, reports, before)[0];
    expect(judged(report({ a: 1 }))).toMatchObject({ passed: true, value: 0 });
    expect(judged(report({ a: 1 }, POLICY - 1))).toMatchObject({
      passed: false,
      value: null,
      why: 'older than the policy',
    });
  });
});

test('the refusal names each gate that is not passed, with its value and threshold', () => {
  const gates = parseGates([
    'recall >= 0.92',
    'leak == 0',
    'tier in edge, phone',
    'recall_delta >= -0.01',
    'ok == 1',
  ]);
  const reports = [report({ recall: 0.9, tier: 'desk', ok: 1 })];
  const judgements = judgeGates({ id: POLICY, gates }, reports, newestValues([{ values: { recall: 0.95 } }]));
  expect(gatesNotPassed('stable', '1.2.0', judgements)).toMatchObject({
    code: 'GATES_NOT_PASSED',
    message:
      '1.2.0 does not pass the gates of stable: ' +
      'recall >= 0.92: value 0.9, threshold 0.92 (below the threshold); ' +
      'leak == 0: no value, threshold 0 (missing); ' +
      'tier in edge, phone: value "desk", threshold edge, phone (not in the list); ' +
      'recall_delta >= -0.01: value -0.05, threshold -0.01 (below the threshold)',
  });
});

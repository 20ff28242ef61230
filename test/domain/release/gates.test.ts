import fc from 'fast-check';

import { formatGate, type Gate, MAX_GATE_LENGTH, parseGate, parseGates } from '../../../src/domain/release';
import { refusalOf } from './support';

const READ: readonly (readonly [text: string, gate: Gate, canonical: string])[] = [
  ['recall >= 0.92', { name: 'recall', comparator: '>=', threshold: 0.92 }, 'recall >= 0.92'],
  [
    'critical_leakage == 0',
    { name: 'critical_leakage', comparator: '==', threshold: 0 },
    'critical_leakage == 0',
  ],
  [
    'device_tier in edge, phone',
    { name: 'device_tier', comparator: 'in', threshold: ['edge', 'phone'] },
    'device_tier in edge, phone',
  ],
  ['model != "x"', { name: 'model', comparator: '!=', threshold: 'x' }, 'model != "x"'],
  [
    'recall_delta >= -0.01',
    { name: 'recall_delta', comparator: '>=', threshold: -0.01 },
    'recall_delta >= -0.01',
  ],
  ['recall>=0.92e0', { name: 'recall', comparator: '>=', threshold: 0.92 }, 'recall >= 0.92'],
  [' \trecall\t<  1E3 ', { name: 'recall', comparator: '<', threshold: 1000 }, 'recall < 1000'],
  ['a<=1e-7', { name: 'a', comparator: '<=', threshold: 1e-7 }, 'a <= 1e-7'],
  ['a > 1e+21', { name: 'a', comparator: '>', threshold: 1e21 }, 'a > 1e+21'],
  ['a == -0', { name: 'a', comparator: '==', threshold: 0 }, 'a == 0'],
  ['a == 007.50', { name: 'a', comparator: '==', threshold: 7.5 }, 'a == 7.5'],
  ['a==edge', { name: 'a', comparator: '==', threshold: 'edge' }, 'a == "edge"'],
  ['a == "0"', { name: 'a', comparator: '==', threshold: '0' }, 'a == "0"'],
  ['a == "true"', { name: 'a', comparator: '==', threshold: 'true' }, 'a == "true"'],
  ['a == ""', { name: 'a', comparator: '==', threshold: '' }, 'a == ""'],
  ['a == "\\u0041\\"\\\\"', { name: 'a', comparator: '==', threshold: 'A"\\' }, 'a == "A\\"\\\\"'],
  ['in in in', { name: 'in', comparator: 'in', threshold: ['in'] }, 'in in in'],
  [
    'tier in [ edge,"big phone" ,v1.2-b_c]',
    { name: 'tier', comparator: 'in', threshold: ['edge', 'big phone', 'v1.2-b_c'] },
    'tier in edge, "big phone", v1.2-b_c',
  ],
  ['tier in"NaN"', { name: 'tier', comparator: 'in', threshold: ['NaN'] }, 'tier in "NaN"'],
  ['n in[1,-2.0]', { name: 'n', comparator: 'in', threshold: [1, -2] }, 'n in 1, -2'],
  ['a_delta != 0', { name: 'a_delta', comparator: '!=', threshold: 0 }, 'a_delta != 0'],
  [`${'a'.repeat(63)} > 1`, { name: 'a'.repeat(63), comparator: '>', threshold: 1 }, `${'a'.repeat(63)} > 1`],
];

const NAME = 'a name: a lower-case letter, and up to 62 lower-case letters, digits and "_"';
const COMPARATOR = '">=", ">", "<=", "<", "==", "!=" or "in"';
const STRING = 'a word, or a string in double quotes';
const QUOTED = 'a string as JSON writes it';
const END = 'the end of the gate';
const TOO_LONG = 'the end: a gate has at most 300 characters, written out';

const REFUSED: readonly (readonly [text: string, column: number, expected: string])[] = [
  ['', 1, NAME],
  ['   ', 4, NAME],
  ['>= 1', 1, NAME],
  ['Recall >= 1', 1, NAME],
  ['reCall >= 1', 1, NAME],
  ['_delta >= 1', 1, NAME],
  ['1st >= 1', 1, NAME],
  [`${'a'.repeat(64)} > 1`, 1, NAME],
  ['récall >= 1', 2, COMPARATOR],
  ['recall', 7, COMPARATOR],
  ['recall 0.92', 8, COMPARATOR],
  ['recall = 0.92', 8, COMPARATOR],
  ['recall => 0.92', 8, COMPARATOR],
  ['recall === 1', 10, `a number, ${STRING}`],
  ['recall ≥ 0.92', 8, COMPARATOR],
  ['tier inside edge', 6, COMPARATOR],
  ['tier in5', 6, COMPARATOR],
  ['recall >=', 10, 'a number'],
  ['recall >= high', 11, 'a number'],
  ['recall >= "0.92"', 11, 'a number'],
  ['recall >= NaN', 11, 'a number'],
  ['recall >= Infinity', 11, 'a number'],
  ['recall >= -Infinity', 11, 'a number'],
  ['recall >= +1', 11, 'a number'],
  ['recall >= .5', 11, 'a number'],
  ['recall >= 5.', 11, 'a number'],
  ['recall >= 5e', 11, 'a number'],
  ['recall >= 5e+', 11, 'a number'],
  ['recall >= 1e999', 11, `a number of at most ${Number.MAX_VALUE}`],
  ['recall >= 0.92x', 15, END],
  ['recall >= 0.92, 0.93', 15, END],
  ['recall >= 0.92 and 1', 16, END],
  ['recall >= 0x10', 12, END],
  ['passed == true', 11, `${STRING}: true is neither`],
  ['passed != NULL', 11, `${STRING}: NULL is neither`],
  ['passed in NaN', 11, `${STRING}: NaN is neither`],
  ['a ==', 5, `a number, ${STRING}`],
  ['a == -', 6, `a number, ${STRING}`],
  ['a == _b', 6, `a number, ${STRING}`],
  ["a == 'b'", 6, `a number, ${STRING}`],
  ['a == "b', 6, QUOTED],
  ['a == "b\\', 6, QUOTED],
  ['a == "\\x"', 6, QUOTED],
  ['a == "b\n"', 6, QUOTED],
  ['a == "b"c', 9, END],
  ['a in', 5, `a number, ${STRING}`],
  ['a in []', 7, `a number, ${STRING}`],
  ['a in [b', 8, '"," or "]"'],
  ['a in [b c]', 9, '"," or "]"'],
  ['a in b]', 7, END],
  ['a in b,', 8, STRING],
  ['a in b,,c', 8, STRING],
  ['a in b, 1', 9, STRING],
  ['a in 1, b', 9, 'a number'],
  ['a_delta == "b"', 12, 'a number'],
  ['a_delta in b', 12, 'a number'],
  ['a >= 1\n', 7, END],
  [`a == "${'b'.repeat(MAX_GATE_LENGTH)}"`, 301, TOO_LONG],
  // 280 characters, which written out are 420
  [`a in ${'b,'.repeat(137)}b`, 301, TOO_LONG],
  [`a in ${'9e20,'.repeat(50)}1`, 301, TOO_LONG],
];

test.each(READ)('%j is read, and written as it always is', (text, gate, canonical) => {
  expect(parseGate(text)).toEqual(gate);
  expect(formatGate(gate)).toBe(canonical);
});

test.each(REFUSED)('%j is refused at column %d', (text, column, expected) => {
  expect(refusalOf(() => parseGate(text, ['policies', 'gates', '3']))).toEqual({
    code: 'INVALID_INPUT',
    message: `column ${column}: expected ${expected}`,
    field: ['policies', 'gates', '3'],
  });
});

const names = fc.constantFrom('a', 'in', 'recall', 'constructor', 'recall_at_10', `n${'0'.repeat(62)}`);
const deltas = names.filter((name) => name.length < 57).map((name) => `${name}_delta`);
const numbers = fc
  .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())
  .map((number) => (number === 0 ? 0 : number));
const strings = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('edge', 'true', 'NaN', '1', '1e5', '[', ',', '', 'a-b.c', '-', '\ud800', '__proto__'),
);
const gates: fc.Arbitrary<Gate> = fc.oneof(
  fc.record({
    name: fc.oneof(names, deltas),
    comparator: fc.constantFrom('>=' as const, '<=' as const, '>' as const, '<' as const),
    threshold: numbers,
  }),
  fc.record({
    name: names,
    comparator: fc.constantFrom('==' as const, '!=' as const),
    threshold: fc.oneof(numbers, strings),
  }),
  fc.record({
    name: names,
    comparator: fc.constant('in' as const),
    threshold: fc.oneof(
      fc.array(numbers, { minLength: 1, maxLength: 5 }),
      fc.array(strings, { minLength: 1, maxLength: 3 }),
    ),
  }),
  fc.record({ name: deltas, comparator: fc.constant('in' as const), threshold: fc.tuple(numbers, numbers) }),
);

test('what is written is read as it was', () => {
  fc.assert(
    fc.property(gates, (gate) => {
      const text = formatGate(gate);
      fc.pre(text.length <= MAX_GATE_LENGTH);
      expect(parseGate(text)).toEqual(gate);
      expect(formatGate(parseGate(text))).toBe(text);
    }),
  );
});

test('any text is a gate that can be written and read again, or is refused with a column in it', () => {
  const piece = fc.constantFrom(
    'recall',
    '_delta',
    ' ',
    '>=',
    '==',
    'in',
    '"',
    '\\',
    '[',
    ']',
    ',',
    '1',
    '.',
    'e',
    '-',
    'x',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        let gate: Gate;
        try {
          gate = parseGate(text);
        } catch {
          const { code, message } = refusalOf(() => parseGate(text));
          expect(code).toBe('INVALID_INPUT');
          const column = Number(/^column (\d+): expected /.exec(message)?.[1]);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual(text.length + 1);
          return;
        }
        expect(parseGate(formatGate(gate))).toEqual(gate);
      },
    ),
    { numRuns: 1000 },
  );
});

describe('the gates of a policy', () => {
  test('are read in their order, and may bound one name from both sides', () => {
    expect(parseGates(['b > 1', 'b < 2', 'a == 1', 'b_delta > 0']).map(formatGate)).toEqual([
      'b > 1',
      'b < 2',
      'a == 1',
      'b_delta > 0',
    ]);
    expect(parseGates([])).toEqual([]);
  });

  test('name no value twice with one comparator', () => {
    expect(refusalOf(() => parseGates(['a > 1', 'a >= 1', 'a>2'], ['policies', 'gates']))).toEqual({
      code: 'INVALID_INPUT',
      message: 'a gate "a >" is there already',
      field: ['policies', 'gates', '2'],
    });
  });

  test('are refused by the one that is at fault', () => {
    expect(refusalOf(() => parseGates(['a > 1', 'b']))).toEqual({
      code: 'INVALID_INPUT',
      message: `column 2: expected ${COMPARATOR}`,
      field: ['gates', '1'],
    });
  });

  test('are fifty at most', () => {
    const many = Array.from({ length: 51 }, (_, index) => `g${index} > 0`);
    expect(parseGates(many.slice(1))).toHaveLength(50);
    expect(refusalOf(() => parseGates(many))).toEqual({
      code: 'INVALID_INPUT',
      message: 'a policy has at most 50 gates',
      field: ['gates'],
    });
  });

  test('are bounded altogether, in bytes', () => {
    const wide = (count: number): string[] =>
      Array.from({ length: count }, (_, index) => `g${index} == "${'語'.repeat(200)}"`);
    expect(parseGates(wide(13))).toHaveLength(13);
    expect(refusalOf(() => parseGates(wide(14)))).toEqual({
      code: 'INVALID_INPUT',
      message: 'a policy has at most 8000 bytes as JSON',
      field: ['gates'],
    });
  });
});

import fc from 'fast-check';

import { AlgogateError } from '../../../src/domain/errors';
import { assertInterface } from '../../../src/domain/interface';
import { errorOf } from '../support';

test.each([
  'type Query { detect(image: String!): Result } type Result { score: Float! }',
  '"""Documented.""" type Query { "One." f(n: Int = 3, kind: Kind): [Int!]! } enum Kind { A B }',
  'type Query { f(input: Shape): Answer } input Shape { w: Int } union Answer = A | B type A { a: ID } type B { b: ID }',
  'schema { query: Functions } type Functions { f: Int }',
  'type Query { f: Int } extend type Query { g: Int }',
  'type Query { f(a: Int = null, b: Any = {c: [1, "two"]}, c: [Int!] = 1, d: I = {e: X}): Int } scalar Any input I { e: E! } enum E { X }',
  `type Query { ${'f'.repeat(255)}: ${'['.repeat(63)}Int${']'.repeat(63)} }`,
])('%s is an interface', (sdl) => {
  expect(() => assertInterface(sdl)).not.toThrow();
});

const BAD: readonly (readonly [sdl: string, what: string])[] = [
  ['', 'Syntax Error: Unexpected <EOF>. (line 1, column 1)'],
  ['type Query {\n  f: }', 'Syntax Error: Expected Name, found "}". (line 2, column 6)'],
  ['type Query { f: Missing }', 'Unknown type "Missing". (line 1, column 17)'],
  [
    'type Query { f: Int } type Query { g: Int }',
    'There can be only one type named "Query". (line 1, column 6)',
  ],
  ['type Answer { f: Int }', 'it has no type Query, whose fields are the functions'],
  ['type Query { f: Int } query { f }', 'it has an operation or a fragment, and may have types alone'],
  [
    'type Query { f(of: A): Int } type A { b: Int }',
    'The type of Query.f(of:) must be Input Type but got: A. (line 1, column 20)',
  ],
  ['type Query { f: A } type A', 'Type A must define one or more fields. (line 1, column 21)'],
  ['type Query { f: Int @unknown }', 'Unknown directive "@unknown". (line 1, column 21)'],
  ['type Query { f(a: Int! = "3"): Int }', 'the default of Query.f(a:) is no Int!'],
  ['type Query { f(a: Int! = null): Int }', 'the default of Query.f(a:) is no Int!'],
  ['type Query { f(a: I): Int } input I { b: E = Y } enum E { X }', 'the default of I.b is no E'],
  ['type Query { f(a: I = {}): Int } input I { b: Int! }', 'the default of Query.f(a:) is no I'],
  ['type Query { f(a: I): Int } input I { b: I = {} }', 'nested too deeply'],
  [`type Query { f: ${'['.repeat(64)}Int${']'.repeat(64)} }`, 'nested too deeply'],
  [`type Query { ${'f'.repeat(256)}: Int }`, 'a name has at most 255 characters'],
];
test.each(BAD)('%j is none', (sdl, what) => {
  const { code, message } = errorOf(() => assertInterface(sdl));
  expect([code, message]).toEqual(['INVALID_INPUT', `the interface is not valid SDL: ${what}`]);
});

test('what is large, deep or random is refused as an input, and nothing else happens', () => {
  const deep = `type Query { f: ${'['.repeat(9000)}Int${']'.repeat(9000)} }`;
  const large = `type Query { ${'f: Int '.repeat(20_000)} }`;
  expect(errorOf(() => assertInterface(large)).message).toContain('20000 tokens');
  const parts = fc.constantFrom(
    'type',
    'Query',
    'A',
    '{',
    '}',
    'f',
    ':',
    'Int',
    '(',
    ')',
    '!',
    '[',
    ']',
    '@a',
    '&',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(parts).map((all) => all.join(' ')),
  );
  fc.assert(
    fc.property(text, (sdl) => {
      try {
        assertInterface(sdl);
      } catch (error) {
        expect(error).toBeInstanceOf(AlgogateError);
        expect(error).toMatchObject({ code: 'INVALID_INPUT', field: ['interface'] });
      }
    }),
    { examples: [[deep]] },
  );
});

describe('faults by the thousand', () => {
  const names = (first: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${first.repeat(24)}${at}`);

  test.each([
    [
      'arguments of a directive',
      `type Query { f: Int } directive @d(${names('a', 900).join(': Int ')}: Int) on OBJECT
       type Z @d(${names('b', 900).join(': 1 ')}: 1) { x: Int }`,
      /^the interface is not valid SDL: Unknown argument "b{24}0" on directive "@d"/,
    ],
    [
      'types',
      `type Query { ${names('f', 900)
        .map((name) => `${name}: T${name}`)
        .join(' ')} } ${names('s', 900)
        .map((name) => `scalar ${name}`)
        .join(' ')}`,
      /^the interface is not valid SDL: Unknown type "Tf{24}0"/,
    ],
  ])('of %s are told by the first, and no more is looked for', (_what, sdl, message) => {
    const { code, message: told } = errorOf(() => {
      assertInterface(sdl);
    });
    expect({ code, told: message.test(told), short: told.length < 1000 }).toEqual({
      code: 'INVALID_INPUT',
      told: true,
      short: true,
    });
  });
});

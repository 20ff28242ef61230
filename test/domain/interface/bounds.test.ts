import { assertInterface, compareInterfaces } from '../../../src/domain/interface';

const many = (count: number, text: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => text(at)).join(' ');

/** As much as the bound of tokens and the 65,535 bytes of a column allow, in shapes that something may take badly. */
const SHAPES: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'many functions, all renamed': [
    `type Query { ${many(6000, (at) => `f${at}: Int`)} }`,
    `type Query { ${many(6000, (at) => `g${at}: Int`)} }`,
  ],
  'many args, all of another type': [
    `type Query { f(${many(6000, (at) => `a${at}: Int`)}): Int }`,
    `type Query { f(${many(6000, (at) => `a${at}: ID`)}): Int }`,
  ],
  'many args, half of them new': [
    `type Query { f(${many(3000, (at) => `a${at}: Int`)}): Int }`,
    `type Query { f(${many(3000, (at) => `b${at}: Int a${at}: Int`)}): Int }`,
  ],
  'many args, the other way round': [
    `type Query { f(${many(6000, (at) => `a${at}: Int`)}): Int }`,
    `type Query { f(${many(6000, (at) => `a${5999 - at}: Int`)}): Int }`,
  ],
  'many values': [
    `type Query { f(a: E): E } enum E { ${many(9000, (at) => `V${at}`)} }`,
    `type Query { f(a: E): E } enum E { ${many(9000, (at) => `W${at}`)} }`,
  ],
  'many types, each reached through the one before': [
    `type Query { f: A0 } ${many(2300, (at) => `type A${at} { a: A${at + 1} }`)} type A2300 { a: Int }`,
    `type Query { f: A0 } ${many(2300, (at) => `type A${at} { a: A${at + 1} }`)} type A2300 { a: ID }`,
  ],
  'many required inputs, each within the one before': [
    `type Query { f(a: A0): Int } ${many(2000, (at) => `input A${at} { a: A${at + 1}! }`)} input A2000 { a: Int }`,
    `type Query { f(a: A0): Int } ${many(2000, (at) => `input A${at} { a: A${at + 1}! }`)} input A2000 { a: Float }`,
  ],
  'defaults that are twice as large with every type': [
    `type Query { f(a: A0 = {}): Int } ${many(60, (at) => `input A${at} { a: A${at + 1} = {} b: A${at + 1} = {} }`)} input A60 { a: Int = 1 }`,
    `type Query { f(a: A0 = {}): Int } ${many(60, (at) => `input A${at} { b: A${at + 1} = {} a: A${at + 1} = {} }`)} input A60 { a: Int = 2 }`,
  ],
  'defaults of a type with many fields': [
    `type Query { f(${many(1000, (at) => `a${at}: A = {}`)}): Int } input A { ${many(1500, (at) => `b${at}: Int = 1`)} }`,
    `type Query { f(${many(1000, (at) => `a${at}: A = {}`)}): Int } input A { ${many(1500, (at) => `b${at}: Int = 2`)} }`,
  ],
  'a directive with many locations': [
    `type Query { f: Int } directive @a on ${many(4000, () => '| FIELD')}`,
    `type Query { f: Int } directive @a on ${many(4000, () => '| QUERY')}`,
  ],
  'many directives on one thing': [
    `type Query { f: Int ${many(2500, (at) => `@a(b: ${at})`)} } directive @a(b: Int) repeatable on FIELD_DEFINITION`,
    `type Query { f: Int ${many(2500, (at) => `@a(b: ${2499 - at})`)} } directive @a(b: Int) repeatable on FIELD_DEFINITION`,
  ],
  'many implementations of many interfaces': [
    `type Query { f: N0 } ${many(40, (at) => `interface N${at} { a: Int }`)} ${many(150, (at) => `type A${at} implements ${many(40, (of) => `& N${of}`)} { a: Int }`)}`,
    `type Query { f: N0 } ${many(40, (at) => `interface N${at} { a: Int }`)} ${many(150, (at) => `type A${at} implements ${many(39, (of) => `& N${of}`)} { a: Int b: Int }`)}`,
  ],
  'long names': [
    `type Query { f: ${'A'.repeat(255)} } type ${'A'.repeat(255)} { ${many(4000, (at) => `f${at}: Int!`)} }`,
    `type Query { f: ${'A'.repeat(255)} } type ${'A'.repeat(255)} { g: Int }`,
  ],
  'brackets within brackets': [
    `type Query { f(a: ${'['.repeat(60)}Int${']'.repeat(60)} = ${'['.repeat(60)}1${']'.repeat(60)}): Int }`,
    `type Query { f(a: ${'['.repeat(60)}Float${']'.repeat(60)} = ${'['.repeat(60)}2${']'.repeat(60)}): Int }`,
  ],
};

/** A message names at most two things, and tells a default in short. */
const MAX_MESSAGE = 1000;
/** Of the names in an SDL each is changed at most once. */
const namesIn = (sdl: string): number => sdl.match(/\w+/g)?.length ?? 0;

test.each(Object.entries(SHAPES))(
  '%s: the comparison ends, and its report is bounded',
  (_name, [before, after]) => {
    for (const sdl of [before, after]) assertInterface(sdl);
    const most = namesIn(before) + namesIn(after);
    const reports = [
      compareInterfaces(before, after, 1),
      compareInterfaces(after, before, 1),
      compareInterfaces(before, null, 1),
      compareInterfaces(null, after, 1),
    ];
    for (const { changes } of reports) {
      expect(changes.length).toBeLessThanOrEqual(most);
      expect(Math.max(0, ...changes.map(({ message }) => message.length))).toBeLessThanOrEqual(MAX_MESSAGE);
    }
  },
);

test('what graphql itself throws at is compared all the same', () => {
  const sdl = (of: string, infinite: string) =>
    `scalar Any type Query { f(a: Any = {b: [${of}]}, c: Float = ${infinite}, d: Any = ${of}): Int }`;
  for (const each of [sdl('1', '1e999'), sdl('2', '-1e999')]) assertInterface(each);
  const { changes } = compareInterfaces(sdl('1', '1e999'), sdl('2', '-1e999'), 1);
  expect(changes.map(({ code, path }) => [code, path])).toEqual([
    ['ARG_DEFAULT_VALUE_CHANGE', 'Query.f(a:)'],
    ['ARG_DEFAULT_VALUE_CHANGE', 'Query.f(c:)'],
    ['ARG_DEFAULT_VALUE_CHANGE', 'Query.f(d:)'],
  ]);
});

test('a default is told in short', () => {
  const sdl = (text: string) => `type Query { f(a: String = "${text}"): Int }`;
  const [change] = compareInterfaces(sdl('a'.repeat(5000)), sdl('b'), 1).changes;
  expect(change?.message).toBe(`The default of Query.f(a:) changed from "${'a'.repeat(39)}… to "b".`);
});

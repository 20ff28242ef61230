import { buildSchema, getIntrospectionQuery, parse, specifiedRules, validate } from 'graphql';
import { checkLimits, DEFAULT_LIMITS, type Limits, limitRules, tokenLimitError } from '../../src/gateway';

const schema = buildSchema(`
  type Query { checkInterface: Int  node: Node  list(first: Int = 20, after: String): Connection  all(first: Int): Connection }
  type Node { id: ID! next: Node items(first: Int = 20): Connection }
  type Connection { nodes: [Node!]! total: Int }
`);
const limits: Limits = { ...DEFAULT_LIMITS, heavyFields: new Set(['Query.checkInterface']) };

const messages = (query: string, variables?: Record<string, unknown>): string[] =>
  checkLimits(schema, parse(query), limits, variables).map(({ message, extensions }) => {
    expect(extensions).toEqual({ code: 'QUERY_TOO_COMPLEX' });
    return message;
  });

const nested = (depth: number): string =>
  `{ node { ${'next { '.repeat(depth - 2)} id ${'}'.repeat(depth - 2)} } }`;
const repeated = (count: number, each: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => each(index)).join(' ');
const bomb = (levels: number): string =>
  `{ node { ...F0 } } ${repeated(levels, (at) => `fragment F${at} on Node { a${at}: next { ...F${at + 1} } b${at}: next { ...F${at + 1} } }`)} fragment F${levels} on Node { id }`;
const inline = (levels: number): string => `{ ${'... { '.repeat(levels)} node { id } ${'}'.repeat(levels)} }`;
const chain = (levels: number): string =>
  `{ ...F0 } ${repeated(levels, (at) => `fragment F${at} on Query { ...F${at + 1} }`)} fragment F${levels} on Query { node { id } }`;
const spreads = (levels: number): string =>
  `{ node { ...F0 } } ${repeated(levels, (at) => `fragment F${at} on Node { ...F${at + 1} ...F${at + 1} }`)} fragment F${levels} on Node { x: id }`;

const DEPTH = `The depth of this query may be at most ${limits.maxDepth}.`;
const NESTING = `The nesting of this query may be at most ${limits.maxNesting}.`;
const ALIASES = `The number of aliases of this query may be at most ${limits.maxAliases}.`;
const FIELDS = `The number of fields of this query may be at most ${limits.maxFields}.`;
const NODES = `The number of nodes of this query may be at most ${limits.maxNodes}.`;

describe('what is over a limit', () => {
  test.each<[string, string, string[]]>([
    ['one level too many', nested(16), [DEPTH]],
    ['depth 1,000', nested(1000), [DEPTH]],
    ['10,000 aliases', `{ node { ${repeated(10_000, (at) => `a${at}: id`)} } }`, [FIELDS, ALIASES]],
    ['51 aliases', `{ node { ${repeated(51, (at) => `a${at}: id`)} } }`, [ALIASES]],
    [
      'aliases in a fragment that is spread often',
      `{ node { ${repeated(26, (at) => `n${at}: next { ...A }`)} } } fragment A on Node { x: id }`,
      [ALIASES],
    ],
    ['a fragment bomb', bomb(40), [DEPTH, NESTING, FIELDS, ALIASES]],
    ['a bomb of nothing but spreads, 2^40 long', spreads(40), [FIELDS, ALIASES]],
    ['the same without an alias', spreads(40).replace('x: id', 'id'), [FIELDS]],
    ['another, 2^100 long', spreads(100), [NESTING, FIELDS, ALIASES]],
    ['inline fragments, one level too many', inline(49), [NESTING]],
    ['inline fragments, 1,000 levels', inline(1000), [NESTING]],
    ['a chain of fragments, one level too many', chain(48), [NESTING]],
    ['a chain of fragments, 500 levels', chain(500), [NESTING]],
    ['5,001 fields', `{ node { ${repeated(5000, () => 'id')} } }`, [FIELDS]],
    [
      '51 directives',
      `{ node { ${repeated(51, () => 'id @skip(if: false)')} } }`,
      ['The number of directives of this query may be at most 50.'],
    ],
    [
      '21 root fields',
      `{ ${repeated(21, () => 'node { id }')} }`,
      ['The number of root fields of this query may be at most 20.'],
    ],
    [
      'root fields in a fragment',
      `{ ...A ...A ...A } fragment A on Query { ${repeated(7, () => 'node { id }')} }`,
      ['The number of root fields of this query may be at most 20.'],
    ],
    [
      '3 comparisons, by aliases and fragments',
      '{ a: checkInterface ... { b: checkInterface } ...C } fragment C on Query { c: checkInterface }',
      ['The number of Query.checkInterface of this query may be at most 2.'],
    ],
    [
      'first: 1000000',
      '{ list(first: 1000000) { total } }',
      ['"first" may be at most 100; it is 1000000.', NODES],
    ],
    ['first: 101', '{ list(first: 101) { total } }', ['"first" may be at most 100; it is 101.']],
    [
      '100 * 100 * 100',
      '{ list(first: 100) { nodes { items(first: 100) { nodes { items(first: 100) { total } } } } } }',
      [NODES],
    ],
    [
      'unbounded lists of lists',
      '{ all { nodes { items(first: 100) { nodes { items(first: 100) { total } } } } } }',
      [NODES],
    ],
    [
      'variables of unknown value',
      'query ($n: Int) { list(first: $n) { nodes { items(first: $n) { nodes { items(first: $n) { total } } } } } }',
      [NODES],
    ],
    ['each operation', `query A { node { id } } query B ${nested(17)}`, [DEPTH]],
  ])('%s', (_, query, expected) => expect(messages(query)).toEqual(expected));

  test('a variable counts as its value when it is known', () => {
    const query =
      'query ($n: Int) { list(first: $n) { nodes { items(first: $n) { nodes { items(first: $n) { total } } } } } }';
    expect(messages(query, { n: 10 })).toEqual([]);
    expect(messages(query, { n: 1000 })).toEqual([
      ...Array<string>(3).fill('"first" may be at most 100; it is 1000.'),
      NODES,
    ]);
  });
});

describe('what is within the limits', () => {
  test.each([
    ['exactly as deep as allowed', nested(15)],
    ['inline fragments, exactly as deep as allowed', inline(48)],
    ['a chain of fragments, exactly as deep as allowed', chain(47)],
    ['50 aliases', `{ node { ${repeated(50, (at) => `a${at}: id`)} } }`],
    ['5,000 fields', `{ node { ${repeated(4999, () => 'id')} } }`],
    ['lists by their defaults', '{ list { nodes { items { nodes { items { total } } } } } }'],
    [
      'nothing below an empty list',
      '{ list(first: 0) { nodes { items(first: 100) { nodes { items(first: 100) { total } } } } } }',
    ],
    ['100 of 100', '{ list(first: 100) { nodes { items(first: 100) { total } } } }'],
    [
      'fragments that contain each other',
      '{ node { ...A } } fragment A on Node { id ...B } fragment B on Node { id ...A }',
    ],
    ['fields that are not there', '{ nope { nope(first: 5) } }'],
    ['introspection as tools do it', getIntrospectionQuery()],
  ])('%s', (_, query) => expect(messages(query)).toEqual([]));
});

test('as a validation rule, beside those of the specification', () => {
  const rules = [...specifiedRules, ...limitRules(limits)];
  expect(validate(schema, parse(nested(1000)), rules).map(({ message }) => message)).toEqual([DEPTH]);
  expect(validate(schema, parse(nested(15)), rules)).toEqual([]);
});

test('too many tokens are an error with the same code', () => {
  const query = `{ node { ${repeated(10_000, (at) => `a${at}: id`)} } }`;
  let thrown: unknown;
  try {
    parse(query, { maxTokens: limits.maxTokens });
  } catch (error) {
    thrown = error;
  }
  expect(tokenLimitError(thrown)).toMatchObject({
    message: 'The query has too many tokens.',
    extensions: { code: 'QUERY_TOO_COMPLEX' },
  });
  expect(tokenLimitError(new Error('something else'))).toBeNull();
  expect(() => parse(nested(15), { maxTokens: limits.maxTokens })).not.toThrow();
});

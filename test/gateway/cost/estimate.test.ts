import { GraphQLError, parse, validate } from 'graphql';

import { compose, Graph } from '../../../src/gateway';

/** Costs computed by hand, from the examples of the specification and of Apollo Router's documentation. */

function graphOf(sdl: string): Graph {
  const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
    import: ["@key", "@shareable", { name: "@cost", as: "@weighs" }, "@listSize"])`;
  // fields of input objects slice too: the composer knows none, but supergraphs composed elsewhere may have them
  const supergraph = compose([{ name: 'one', sdl: `${link} ${sdl}` }]).replace(
    'assumedSize: 4',
    'assumedSize: 4, slicingArguments: ["filter.max"]',
  );
  return new Graph(supergraph, {}, 1000);
}

const graph = graphOf(`
  type Query {
    book(id: ID): Book
    bestsellers: [Book] @listSize(assumedSize: 5)
    newest(max: Int, first: Int = 3): [Book] @listSize(slicingArguments: ["first"])
    either(a: Int, b: Int): [Int] @listSize(slicingArguments: ["a", "b"], requireOneSlicingArgument: false) @weighs(weight: 1)
    exactly(a: Int, b: Int): [Book] @listSize(slicingArguments: ["a", "b"])
    filtered(filter: Filter): [Book!]! @listSize(requireOneSlicingArgument: false, assumedSize: 4)
    page(first: Int = 20): Page! @listSize(slicingArguments: ["first"], sizedFields: ["nodes", "edges"])
    shelf: [[Book]]
    heavy: Int @weighs(weight: 7)
    search(text: String @weighs(weight: 3), filter: Filter): Hit
    any: [Any] @listSize(assumedSize: 2)
    mood: Mood
    named(input: Filter @weighs(weight: 9)): Int
  }
  type Mutation { touch(filter: Filter): Book  rename(names: [Filter!]): Int }
  type Book { title: String author: Author publisher: Address reviews: [Review] price: Money }
  type Author { name: String address: Address @weighs(weight: 5) }
  type Address @weighs(weight: 3) { zip: Int }
  type Review { stars: Int }
  type Page { nodes: [Book!]! edges: [Edge!]! total: Int }
  type Edge { node: Book cursor: String }
  union Any = Book | Author
  interface Hit { title: String }
  type Match implements Hit { title: String more: [Review] }
  scalar Money @weighs(weight: 2)
  enum Mood @weighs(weight: 4) { GOOD }
  input Filter { max: Int  tag: String @weighs(weight: 6)  inner: Filter }`);

function costOf(query: string, variables: Record<string, unknown> = {}, on = graph): number {
  const document = parse(query);
  const errors = validate(on.schema, document);
  if (errors.length > 0) throw new Error(errors.map(String).join('\n'));
  return on.costOf({ document, variables });
}

test.each<[string, number]>([
  // an object 1, a leaf nothing
  ['{ __typename }', 0],
  ['{ book { title } }', 1],
  ['{ book { title author { name } } }', 2],
  ['{ a: book { title } b: book { title } }', 2],
  ['{ heavy }', 7],
  ['{ mood }', 4],
  ['{ book { price } }', 3],
  // the weight of a field wins over that of its type
  ['{ book { publisher { zip } } }', 4],
  ['{ book { author { address { zip } } } }', 7],
  // lists: 10 where nothing is said
  ['{ bestsellers { title } }', 5],
  ['{ bestsellers { title author { name } } }', 10],
  ['{ bestsellers { reviews { stars } } }', 55],
  ['{ book { reviews { stars } } }', 11],
  ['{ shelf { title } }', 10],
  // slicing arguments, their defaults, input objects
  ['{ newest { title } }', 3],
  ['{ newest(first: 8) { title author { name } } }', 16],
  ['{ newest(first: 0) { reviews { stars } } }', 0],
  ['{ either(a: 4) }', 4],
  ['{ either(a: 4, b: 9) }', 9],
  ['{ either }', 10],
  ['{ exactly(a: 2) { title } }', 2],
  ['{ filtered { title } }', 4],
  ['{ filtered(filter: { max: 7 }) { title } }', 8],
  ['{ filtered(filter: { tag: "x" }) { title } }', 11],
  // connections: the size is that of the lists in the page, and of no list further down
  ['{ page { total } }', 1],
  ['{ page { nodes { title } } }', 21],
  ['{ page(first: 3) { nodes { author { name } } edges { cursor node { title } } } }', 1 + 6 + 6],
  ['{ page(first: 2) { nodes { reviews { stars } } } }', 1 + 2 * 11],
  ['{ page(first: 3) { ...P ... { edges { cursor } } } } fragment P on Page { nodes { title } total }', 7],
  // arguments
  ['{ search { title } }', 1],
  ['{ search(text: "x") { title } }', 4],
  ['{ search(filter: {}) { title } }', 2],
  ['{ search(text: null, filter: { tag: "t", inner: { tag: "u" } }) { title } }', 1 + 1 + 6 + 1 + 6],
  ['{ named(input: { max: 1 }) }', 9],
  // fragments of abstract types add up
  ['{ any { ... on Book { author { name } } ... on Author { address { zip } } } }', 2 * (1 + 1 + 5)],
  ['{ search { ... on Match { more { stars } } } }', 11],
  // operations
  ['mutation { touch { title } }', 11],
  ['mutation { a: touch { title } b: touch(filter: {}) { title } }', 13],
  ['mutation { rename(names: [{}, { tag: "x" }]) }', 10 + 1 + 7],
  ['{ __schema { types { name fields { name } } } }', 10],
  // conditions that are known
  ['{ book @skip(if: true) { title } heavy @include(if: true) }', 7],
])('%s costs %d', (query, cost) => {
  expect(costOf(query)).toBe(cost);
});

test.each<[string, Record<string, unknown>, number]>([
  ['query ($n: Int) { newest(first: $n) { title } }', { n: 6 }, 6],
  ['query ($n: Int) { newest(first: $n) { title } }', {}, 3],
  ['query ($n: Int = 4) { newest(first: $n) { title } }', {}, 4],
  ['query ($n: Int = 4) { newest(first: $n) { title } }', { n: 5 }, 5],
  ['query ($f: Filter) { filtered(filter: $f) { title } }', { f: { max: 2, tag: 'x' } }, 2 + 7],
  [
    'query ($n: Int!) { page(first: $n) { ...P } other: page(first: 1) { ...P } } fragment P on Page { nodes { title } }',
    { n: 9 },
    12,
  ],
  ['query ($x: Boolean!) { heavy @include(if: $x) book @skip(if: $x) { title } }', { x: true }, 7],
  ['query ($x: Boolean!) { heavy @include(if: $x) book @skip(if: $x) { title } }', { x: false }, 1],
  ['mutation ($n: [Filter!]) { rename(names: $n) }', { n: [{}, {}, {}] }, 13],
  ['query ($n: Int) { newest(first: $n) { title } }', { n: -5 }, 0],
])('%s with %j costs %d', (query, variables, cost) => {
  expect(costOf(query, variables)).toBe(cost);
  expect(costOf(query, variables)).toBe(cost);
});

test.each(['{ exactly { title } }', '{ exactly(a: 1, b: 2) { title } }'])('%s is refused', (query) => {
  expect(() => costOf(query)).toThrow(GraphQLError);
  expect(() => costOf(query)).toThrow('"Query.exactly" needs exactly one of its arguments "a", "b".');
});

test('a document is compiled once, and its fragments once, however often they are spread', () => {
  const levels = 25;
  const fragments = Array.from({ length: levels }, (_, at) =>
    at === 0
      ? 'fragment F0 on Book { author { name } }'
      : `fragment F${at} on Book { ...F${at - 1} ... on Book { ...F${at - 1} } }`,
  );
  const document = parse(
    `query ($n: Int) { newest(first: $n) { ...F${levels - 1} } } ${fragments.join(' ')}`,
  );
  expect(graph.costOf({ document, variables: { n: 2 } })).toBe(2 * (1 + 2 ** (levels - 1)));
  expect(graph.costOf({ document, variables: { n: 1 } })).toBe(1 + 2 ** (levels - 1));
});

test('of several subgraphs the highest weight counts, as the composer writes it', () => {
  const sdl = (weight: number): string =>
    `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@shareable", "@cost"])
     type Query { shared: Int @shareable @cost(weight: ${weight}) }`;
  const both = new Graph(
    compose([
      { name: 'a', sdl: sdl(2) },
      { name: 'b', sdl: sdl(8) },
    ]),
    {},
    1000,
  );
  expect(costOf('{ shared }', {}, both)).toBe(8);
});

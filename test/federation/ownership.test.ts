import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { compose, GatewayError } from '../../src/gateway';
import { Assembler } from '../../src/federation/assemble';

/** What a subgraph of somebody else may do to a graph that has ours, and what it may not. */

const OWN = ['access', 'registry', 'usage'].map((name) => ({
  name,
  sdl: readFileSync(join(__dirname, `../../schema/${name}.graphql`), 'utf8'),
}));
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@authenticated", "@context", "@external", "@inaccessible", "@interfaceObject", "@key", "@override", "@provides",
  "@requires", "@shareable", "@tag"])`;
const URL = 'http://127.0.0.1:4101/graphql';

const assembler = new Assembler(OWN);
const remote = {
  name: 'reviews',
  url: URL,
  propagateHeaders: [],
  timeoutMs: 1000,
  retries: 0,
  schema: null,
};

async function problemsOf(work: Promise<unknown>): Promise<readonly string[]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GatewayError) return error.details;
    throw error;
  }
  return [];
}

const joined = (sdl: string): Promise<readonly string[]> =>
  problemsOf(assembler.compose([{ remote, sdl: `${LINK}\n${sdl}` }]));

test.each([
  [
    'fields of our entities, root fields, and types of its own',
    `type Algorithm @key(fields: "ref") { ref: String! reviews(first: Int = 5): [Review!] }
     type Review @key(fields: "id") { id: ID! text: String! algorithm: Algorithm! }
     type Query { topReviews: [Review!] } type Mutation { addReview(text: String!): Review }`,
  ],
  ['our value types, as they are', 'type PageInfo @shareable { hasNextPage: Boolean! endCursor: String }'],
  [
    'what it requires of ours',
    `type Algorithm @key(fields: "ref") { ref: String! description: String @external
       length: Int @requires(fields: "description") }`,
  ],
  [
    'our interfaces on types of its own',
    'interface Node { id: ID! } type Review implements Node { id: ID! }',
  ],
  [
    'keys that lead nowhere',
    'type Version @key(fields: "ref", resolvable: false) { ref: String! } type Query { v: Version }',
  ],
])('it may have %s', async (_what, sdl) => {
  expect(await joined(sdl)).toEqual([]);
});

const ALGORITHM = 'type Algorithm @key(fields: "ref")';
const OTHER_TYPE = 'is incompatible across subgraphs';

test.each([
  [
    'override a field of ours',
    `${ALGORITHM} { ref: String! description: String @override(from: "registry") }`,
    'OVERRIDE: [reviews] Algorithm.description is ours.',
  ],
  [
    'override it for some',
    `${ALGORITHM} { ref: String! description: String @override(from: "registry", label: "percent(5)") }`,
    'OVERRIDE: [reviews] Algorithm.description is ours.',
  ],
  ['have a mutation of ours', 'type Mutation { createUser: Boolean }', `Mutation.createUser" ${OTHER_TYPE}`],
  ['have a root field of ours', 'type Query { viewer: String @shareable }', `Query.viewer" ${OTHER_TYPE}`],
  [
    'share a field of ours',
    `${ALGORITHM} { ref: String! description: String @shareable }`,
    'INVALID_FIELD_SHARING: Non-shareable field "Algorithm.description"',
  ],
  [
    'make a key of it',
    'type Algorithm @key(fields: "description") { description: String x: Int }',
    'INVALID_FIELD_SHARING: Non-shareable field "Algorithm.description"',
  ],
  [
    'provide it',
    `type Query { review: Review } type Review { algorithm: Algorithm @provides(fields: "description") }
     ${ALGORITHM} { ref: String! description: String @external }`,
    'PROVIDES: [reviews] Review.algorithm provides Algorithm.description, which is ours to answer.',
  ],
  [
    'hide what is ours',
    `${ALGORITHM} { ref: String! @inaccessible x: Int }`,
    'CHANGED: [reviews] Algorithm.ref is ours, and not @inaccessible.',
  ],
  [
    'close what is ours',
    `${ALGORITHM} { ref: String! @authenticated x: Int }`,
    'CHANGED: [reviews] Algorithm.ref is ours, and not @authenticated.',
  ],
  [
    'tag what is ours',
    `${ALGORITHM} @tag(name: "x") { ref: String! x: Int }`,
    'CHANGED: [reviews] Algorithm is ours, and not @tag(name: "x").',
  ],
  [
    'deprecate what is ours',
    `${ALGORITHM} { ref: String! @deprecated x: Int }`,
    'CHANGED: [reviews] Algorithm.ref is ours, and not @deprecated.',
  ],
  [
    'weaken the type of ours',
    `${ALGORITHM} { ref: String x: Int }`,
    'CHANGED: [reviews] Algorithm.ref is ours: String!, and not String.',
  ],
  [
    'be what takes an entity with it',
    `${ALGORITHM} { ref: String! x: Int! }`,
    'NON_NULL: [reviews] Algorithm.x must be nullable: its outage would take what is ours with it.',
  ],
  [
    'be what takes an answer with it',
    'type Query { x: [Int]! }',
    'NON_NULL: [reviews] Query.x must be nullable: its outage would take what is ours with it.',
  ],
  [
    'add to value types',
    'type PageInfo @shareable { hasNextPage: Boolean! extra: Int }',
    'SATISFIABILITY_ERROR',
  ],
  [
    'take fields out of inputs',
    'input CreateApiKeyInput { owner: String! } type Query { x(input: CreateApiKeyInput): Int }',
    'CHANGED: [reviews] CreateApiKeyInput.label is ours, and not in the supergraph.',
  ],
  [
    'add to interfaces',
    'type Node @key(fields: "id") @interfaceObject { id: ID! x: Int }',
    'INTERFACE_OBJECT: [reviews] Node is an interface of ours.',
  ],
  [
    'have more than one selection for a key',
    'type Algorithm @key(fields: "ref } query { x") { ref: String! x: Int }',
    'is more than one selection',
  ],
  ['be no SDL', 'type Query {', 'Syntax Error'],
] as const)('it may not %s', async (_what, sdl, said) => {
  expect(await joined(sdl)).toContainEqual(expect.stringContaining(said));
});

test.each([
  [
    'in the place of a field',
    'description: String @override(from: "registry")',
    'INTERFACE_OBJECT: [stars] Thing is an',
  ],
  ['beside our fields', 'stars: Int', 'INTERFACE_OBJECT: [stars] Thing is an'],
  ['with nothing of its own', '', 'interface of Algorithm, which is ours.'],
])(
  'two of them may not stand in for what is ours by an interface of theirs: %s',
  async (_how, field, said) => {
    const thing = `interface Thing @key(fields: "ref") { ref: String! }
    type Algorithm implements Thing @key(fields: "ref") { ref: String! }`;
    const stars = `type Thing @key(fields: "ref") @interfaceObject { ref: String! ${field} }`;
    const problems = await problemsOf(
      assembler.compose([
        { remote, sdl: `${LINK}\n${thing}` },
        { remote: { ...remote, name: 'stars' }, sdl: `${LINK}\n${stars}` },
      ]),
    );
    expect(problems).toContainEqual(expect.stringContaining(said));
  },
);

test('an override of ours is refused where we have no such field', async () => {
  const thing =
    'interface Thing @key(fields: "id") { id: ID! } type Star implements Thing @key(fields: "id") { id: ID! }';
  const stars =
    'type Thing @key(fields: "id") @interfaceObject { id: ID! size: Int @override(from: "registry") }';
  const problems = await problemsOf(
    assembler.compose([
      { remote, sdl: `${LINK}\n${thing}` },
      { remote: { ...remote, name: 'stars' }, sdl: `${LINK}\n${stars}` },
    ]),
  );
  expect(problems).toEqual(['OVERRIDE: [stars] Thing.size is nothing of "registry", which is ours.']);
});

describe('a supergraph that was composed elsewhere', () => {
  const theirs = { name: 'reviews', url: URL, sdl: `${LINK}\n${ALGORITHM} { ref: String! x: Int }` };
  const good = compose([...OWN, theirs]);

  test('says where the others are', async () => {
    expect(await assembler.takeOver(good)).toEqual({
      supergraphSdl: good,
      remotes: [{ ...remote, timeoutMs: 5000, retries: 1 }],
    });
  });

  test.each([
    ['without one of ours', compose([...OWN.slice(1), theirs]), '[access] It is missing.'],
    [
      'with an older one of ours',
      compose([
        ...OWN.map((own) => ({
          ...own,
          sdl: own.sdl.replace('viewerCanPublish: Boolean', 'viewerMayPublish: Boolean'),
        })),
        theirs,
      ]),
      'CHANGED: [reviews] Algorithm.viewerCanPublish is ours, and not in the supergraph.',
    ],
    [
      'with a newer one of ours',
      compose([
        ...OWN.map((own) => ({
          ...own,
          sdl: own.sdl.replace(
            'viewerCanPublish: Boolean',
            'viewerCanPublish: Boolean viewerCanNot: Boolean',
          ),
        })),
        theirs,
      ]),
      'STRANGE: Algorithm.viewerCanNot is said to be ours, and is not.',
    ],
    [
      "in which a field of ours is another one's",
      good.replace(/(viewerCanPublish: Boolean @join__field\(graph: )ACCESS/, '$1REVIEWS'),
      'COLLISION: [reviews] Algorithm.viewerCanPublish is ours to answer.',
    ],
    [
      'that does not say where they are',
      compose([...OWN, { ...theirs, url: '' }]),
      '[reviews] Its url is no URL of http or https',
    ],
    [
      'with a key that is none',
      good.replace('graph: REVIEWS, key: "ref"', 'graph: REVIEWS, key: "..."'),
      'FIELD_SET: Algorithm has @key',
    ],
    ['that is none', 'type Query { a: Int }', '[access] It is missing.'],
    ['that is no SDL', 'type', 'Syntax Error'],
  ])('is refused %s', async (_how, sdl, said) => {
    expect(await problemsOf(assembler.takeOver(sdl))).toContainEqual(expect.stringContaining(said));
  });
});

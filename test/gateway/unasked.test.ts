import type { Data, SubgraphResult } from '../../src/gateway';
import { World } from './world';

/**
 * A subgraph that says what it was not asked for, or less than it was, or of something else. What others have said
 * stays as it is: a subgraph that adds a field to an entity has no word in the rest of it.
 */

const VERSIONS = [
  { ref: 'a', number: '1.0.1', secret: null },
  { ref: 'b', number: '9.9.9', secret: 'of b' },
];
const found = (ref: unknown) => VERSIONS.find((version) => version.ref === ref) ?? null;

function worldIn(which: SubgraphResult): World {
  const world = new World({
    subgraphs: {
      ours: {
        sdl: `type Query { version(ref: String!): Version node: Node me: String }
              interface Node { ref: String! }
              type Version implements Node @key(fields: "ref") { ref: String! number: String secret: String }
              type Major implements Node @key(fields: "ref") { ref: String! }`,
        resolvers: {
          Query: {
            version: (_, { ref }: Record<string, unknown>) => found(ref),
            node: () => ({ __typename: 'Version', ...found('a') }),
            me: () => 'me',
          },
        },
        loaders: { Version: ({ ref }) => found(ref), Major: ({ ref }) => ({ ref }) },
      },
      theirs: {
        sdl: `type Query { best: Version all: [Version] }
              type Version @key(fields: "ref") { ref: String! score: Int }`,
        loaders: { Version: ({ ref }) => ({ ref, score: 5 }) },
      },
    },
  });
  world.instead['theirs'] = () => which;
  return world;
}

const OF_A = '{ version(ref: "a") { ref number score } }';

test.each([
  ['fields of ours', { number: '6.6.6', secret: 'made up' }],
  ['the key of another entity', { ref: 'b' }],
  ['the name of another type', { __typename: 'Major' }],
])('it has no word in an entity of ours: %s', async (_what, more) => {
  const world = worldIn({ data: { _entities: [{ score: 1, ...more }] } });
  expect(await world.ask(OF_A)).toEqual({ data: { version: { ref: 'a', number: '1.0.1', score: 1 } } });
  expect(await world.ask('{ node { __typename ref ... on Version { score number } } }')).toEqual({
    data: { node: { __typename: 'Version', ref: 'a', score: 1, number: '1.0.1' } },
  });
});

test('it has no word in root fields of ours', async () => {
  const best = { __typename: 'Version', ref: 'a' };
  const world = worldIn({ data: { best, me: 'them', _alias0_version: { ref: 'b' }, version: { ref: 'b' } } });
  expect(await world.ask('{ best { ref number } me version(ref: "a") { ref } }')).toEqual({
    data: { best: { ref: 'a', number: '1.0.1' }, me: 'me', version: { ref: 'a' } },
  });
});

const LESS = {
  message: 'The subgraph "theirs" did not answer for what it was asked.',
  path: ['version'],
  extensions: { code: 'UNAVAILABLE', subgraph: 'theirs' },
};

test.each<[string, Data]>([
  ['fewer entities', { _entities: [] }],
  ['more entities', { _entities: [{ score: 1 }, { score: 2 }] }],
  ['no list of entities', { _entities: { 0: { score: 1 } } }],
  ['no entities at all', {}],
])('%s than it was asked for are nobody’s, and an error', async (_what, data) => {
  expect(await worldIn({ data }).ask(OF_A)).toEqual({
    errors: [LESS],
    data: { version: { ref: 'a', number: '1.0.1', score: null } },
  });
});

test('its errors are told for each place of an entity, and not without end', async () => {
  const path = ['all'];
  const world = worldIn({
    data: { all: null },
    errors: Array.from({ length: 20_000 }, () => ({ message: 'no', path })),
  });
  const { errors, data } = await world.ask('{ all { ref } me }');
  expect(data).toEqual({ all: null, me: 'me' });
  expect(errors).toHaveLength(10_000);
});

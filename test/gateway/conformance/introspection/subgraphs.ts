import { World, type Row } from '../../world';
import { loadedBy } from '../rows';

const things: Row[] = [
  { __typename: 'Rock', id: 'h1' },
  { __typename: 'Plant', id: 'h2' },
];

/** What callers see of a graph: one schema, with descriptions, deprecations and nothing of federation. */
export function world(): World {
  return new World({
    subgraphs: {
      things: {
        sdl: `
          "All there is to ask."
          type Query { "All things." things(first: Int = 2 @deprecated(reason: "take all")): [Thing!]!  any: [Any!]! }
          "A thing."
          interface Thing { id: ID! }
          union Any = Rock | Plant
          type Rock implements Thing @key(fields: "id") { id: ID! hard: Boolean @deprecated(reason: "always") }
          type Plant implements Thing @key(fields: "id") { id: ID! }
          directive @lang(code: Code = EN) on FIELD
          enum Code { EN DE }`,
        resolvers: { Query: { things: () => things, any: () => things } },
        loaders: { Rock: loadedBy(things, 'id'), Plant: loadedBy(things, 'id') },
      },
      colours: {
        sdl: `
          type Rock @key(fields: "id") { id: ID! colour: String }
          type Mutation { paint(id: ID!): Rock }`,
        resolvers: { Rock: { colour: () => 'grey' } },
        loaders: { Rock: ({ id }) => ({ id }) },
      },
    },
    whole: { Query: { things: () => things, any: () => things }, Rock: { colour: () => 'grey' } },
  });
}

import { World, type Row } from '../../world';
import { loadedBy } from '../rows';

const people: Row[] = [
  { __typename: 'User', id: 'u1', tag: 'tu', name: 'Ann', likes: 3 },
  { __typename: 'Admin', id: 'm1', tag: null, name: 'Max', likes: 9 },
];
const loads = { User: loadedBy(people, 'id'), Admin: loadedBy(people, 'id') };
const common: Row = { __typename: 'Common', label: 'both' };
const left: Row = { __typename: 'Left', l: 'l' };
const right: Row = { __typename: 'Right', r: 'r' };
const box: Row = { id: 'x1' };

/**
 * A union that two subgraphs know with other members each, below fields that both have and below fields that one has; and
 * a union of entities whose fields of one name have other types.
 */
export function world(): World {
  const similar = () => people;
  return new World({
    subgraphs: {
      a: {
        sdl: `
          type Query { accounts: [Account!]!  leftBox: Box }
          union Account = User | Admin
          type User @key(fields: "id") { id: ID! tag: String @shareable name: String! similar: [Account!]! }
          type Admin @key(fields: "id") { id: ID! name: String similar: [Account!]! }
          type Box @key(fields: "id") { id: ID! wrap: Wrap @shareable leftWrap: Wrap }
          type Wrap @shareable { content: [Content!]! }
          union Content = Common | Left
          type Common @shareable { label: String }
          type Left { l: String }`,
        resolvers: {
          Query: { accounts: () => people, leftBox: () => box },
          User: { similar },
          Admin: { similar },
          Box: { wrap: () => ({ content: [common] }), leftWrap: () => ({ content: [common, left] }) },
        },
        loaders: { ...loads, Box: ({ id }) => ({ id }) },
      },
      b: {
        sdl: `
          type Query { rightBox: Box  liked: [Liked]! }
          union Liked = User | Admin
          type User @key(fields: "id") { id: ID! tag: String! @shareable likes: Int }
          type Admin @key(fields: "id") { id: ID! tag: String likes: Int! }
          type Box @key(fields: "id") { id: ID! wrap: Wrap @shareable rightWrap: Wrap }
          type Wrap @shareable { content: [Content!]! }
          union Content = Common | Right
          type Common @shareable { label: String }
          type Right { r: String }`,
        resolvers: {
          Query: { rightBox: () => box, liked: () => [people[1], null, people[0]] },
          Box: { wrap: () => ({ content: [common] }), rightWrap: () => ({ content: [right, common] }) },
        },
        loaders: { ...loads, Box: ({ id }) => ({ id }) },
      },
    },
    whole: {
      Query: {
        accounts: () => people,
        leftBox: () => box,
        rightBox: () => box,
        liked: () => [people[1], null, people[0]],
      },
      User: { similar },
      Admin: { similar },
      Box: {
        wrap: () => ({ content: [common] }),
        leftWrap: () => ({ content: [common, left] }),
        rightWrap: () => ({ content: [right, common] }),
      },
    },
  });
}

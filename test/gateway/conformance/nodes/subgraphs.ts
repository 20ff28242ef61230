import { World, type Row } from '../../world';
import { find, loadedBy } from '../rows';

const rows: Row[] = [
  { __typename: 'Oven', id: 'o1', watts: 900, warranty: 2 },
  { __typename: 'Toaster', id: 't1', slots: 4, warranty: 3 },
  { __typename: 'Chat', id: 'c1', text: 'Hi' },
];
const node = (id: unknown) => find(rows, 'id', id);
const machines = rows.slice(0, 2);

/** Each subgraph implements the interface with types of its own and finds only those; one finds nodes of all. */
export function world(): World {
  const nodeRoot = (_: Row, { id }: Row) => node(id);
  return new World({
    subgraphs: {
      nodes: {
        sdl: `
          type Query { node(id: ID!): Node  nodes(ids: [ID!]!): [Node]! }
          interface Node { id: ID! }
          type Oven implements Node @key(fields: "id", resolvable: false) { id: ID! }
          type Toaster implements Node @key(fields: "id", resolvable: false) { id: ID! }
          type Chat implements Node @key(fields: "id", resolvable: false) { id: ID! }`,
        resolvers: { Query: { node: nodeRoot, nodes: (_, { ids }) => (ids as string[]).map(node) } },
      },
      machines: {
        sdl: `
          type Query { machines: [Machine!]! }
          union Machine = Oven | Toaster
          interface Node { id: ID! }
          interface Warranted { warranty: Int }
          type Oven implements Node @key(fields: "id") { id: ID! watts: Int warranty: Int }
          type Toaster implements Node & Warranted @key(fields: "id") { id: ID! slots: Int warranty: Int }`,
        resolvers: { Query: { machines: () => machines } },
        loaders: { Oven: loadedBy(rows, 'id'), Toaster: loadedBy(rows, 'id') },
      },
      chats: {
        sdl: `
          interface Node { id: ID! }
          type Chat implements Node @key(fields: "id") { id: ID! text: String about: Node }
          type Oven implements Node @key(fields: "id", resolvable: false) { id: ID! }`,
        resolvers: { Chat: { about: () => ({ __typename: 'Oven', id: 'o1' }) } },
        loaders: { Chat: loadedBy(rows, 'id') },
      },
    },
    whole: {
      Query: { node: nodeRoot, nodes: (_, { ids }) => (ids as string[]).map(node), machines: () => machines },
      Chat: { about: () => node('o1') },
    },
  });
}

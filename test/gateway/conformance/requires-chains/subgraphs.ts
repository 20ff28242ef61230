import { World, type Row } from '../../world';
import { asGiven, find, loadedBy } from '../rows';

const posts: Row[] = [
  { id: 'p1', writer: { id: 'w1' } },
  { id: 'p2', writer: { id: 'w2' } },
];
const writers: Row[] = [
  { id: 'w1', name: 'Ann', years: 1 },
  { id: 'w2', name: 'Bob', years: 9 },
];
const writerOf = (row: Row) => find(writers, 'id', (find(posts, 'id', row['id'])?.['writer'] as Row)['id']);
const byNovice = (row: Row) => Number((row['writer'] as Row)['years']) < 5;
const byExpert = (row: Row) => row['byNovice'] !== true;
const orders = (row: Row) => [{ id: `${String(row['name'])}1` }, { id: `${String(row['name'])}2` }];
const total = (row: Row) => (row['orders'] as Row[]).reduce((sum, { price }) => sum + Number(price), 0);
const priceOf = ({ id }: Row) => String(id).length * 10;

/**
 * A field that requires a field of another subgraph, which requires one of the first; one that requires a list of entities
 * that itself requires a name, with the price of each from a third subgraph.
 */
export function world(): World {
  return new World({
    subgraphs: {
      posts: {
        sdl: `
          type Query { posts: [Post!]! }
          type Post @key(fields: "id") { id: ID! byNovice: Boolean @external byExpert: Boolean @requires(fields: "byNovice") }
          type Writer @key(fields: "id") { id: ID! name: String years: Int }`,
        resolvers: { Query: { posts: () => posts }, Post: { byExpert } },
        loaders: { Post: asGiven, Writer: loadedBy(writers, 'id') },
      },
      bylines: {
        sdl: `
          type Query { byline: Post }
          type Post @key(fields: "id") { id: ID! writer: Writer byNovice: Boolean @requires(fields: "writer { years }") }
          type Writer @key(fields: "id") { id: ID! years: Int @external }`,
        resolvers: {
          Query: { byline: () => ({ id: 'p2' }) },
          Post: { writer: (row) => row['writer'] ?? { id: writerOf(row)?.['id'] }, byNovice },
        },
        loaders: { Post: asGiven, Writer: asGiven },
      },
      orders: {
        sdl: `
          type Writer @key(fields: "id") { id: ID! name: String @external orders: [Order!] @requires(fields: "name") }
          type Order @key(fields: "id") { id: ID! }`,
        resolvers: { Writer: { orders } },
        loaders: { Writer: asGiven, Order: asGiven },
      },
      prices: {
        sdl: `type Order @key(fields: "id") { id: ID! price: Int }`,
        resolvers: { Order: { price: priceOf } },
        loaders: { Order: ({ id }) => ({ id }) },
      },
      totals: {
        sdl: `
          type Query { writer: Writer }
          type Writer @key(fields: "id") {
            id: ID! orders: [Order!] @external total: Int @requires(fields: "orders { price }") ordered: Int @requires(fields: "orders { id }")
          }
          type Order @key(fields: "id") { id: ID! @external price: Int @external }`,
        resolvers: {
          Query: { writer: () => ({ id: 'w1' }) },
          Writer: { total, ordered: (row) => (row['orders'] as Row[]).length },
        },
        loaders: { Writer: asGiven, Order: asGiven },
      },
    },
    whole: {
      Query: { posts: () => posts, byline: () => posts[1], writer: () => writers[0] },
      Post: {
        writer: writerOf,
        byNovice: (row) => byNovice({ writer: writerOf(row) }),
        byExpert: (row) => !byNovice({ writer: writerOf(row) }),
      },
      Writer: {
        orders,
        ordered: (row) => orders(row).length,
        total: (row) => total({ orders: orders(row).map((order) => ({ price: priceOf(order) })) }),
      },
      Order: { price: priceOf },
    },
  });
}

import { World, type Row } from '../../world';
import { find, loadedBy } from '../rows';

const users: Row[] = [
  { id: 'u1', name: 'Ann', friends: ['u2', 'u3', 'u2'], bestFriend: 'u2' },
  { id: 'u2', name: 'Bob', friends: [], bestFriend: 'u1' },
  { id: 'u3', name: 'Cat', friends: ['u1'], bestFriend: null },
];
const reviews: Row[] = [
  { id: 'r1', stars: 5, author: 'u1', product: 'p1' },
  { id: 'r2', stars: 3, author: 'u2', product: 'p1' },
  { id: 'r3', stars: 1, author: 'u1', product: 'p2' },
];
const products: Row[] = [
  { id: 'p1', title: 'Chair', seller: 'u3' },
  { id: 'p2', title: 'Table', seller: 'u3' },
  { id: 'p3', title: 'Lost', seller: 'u9' },
];
const user = (id: unknown) => find(users, 'id', id);
const friends = (row: Row) => (row['friends'] as string[]).map(user);
const bestFriend = (row: Row) => user(row['bestFriend']);
const reviewsOf = (key: string) => (row: Row) => reviews.filter((review) => review[key] === row['id']);

/** Users, their reviews and the products reviewed, each in a subgraph of its own; they refer to each other by key. */
export function world(): World {
  return new World({
    subgraphs: {
      users: {
        sdl: `
          type Query { user(id: ID!): User  users: [User!]! }
          type User @key(fields: "id") { id: ID! name: String friends: [User!]! bestFriend: User }`,
        resolvers: {
          Query: { user: (_, { id }) => user(id), users: () => users },
          User: { friends, bestFriend },
        },
        loaders: { User: loadedBy(users, 'id') },
      },
      reviews: {
        sdl: `
          type Query { reviews: [Review!]! }
          type Review @key(fields: "id") { id: ID! stars: Int author: User product: Product }
          type User @key(fields: "id") { id: ID! reviews: [Review!]! }
          type Product @key(fields: "id") { id: ID! reviews: [Review!]! }`,
        resolvers: {
          Query: { reviews: () => reviews },
          Review: { author: (row) => ({ id: row['author'] }), product: (row) => ({ id: row['product'] }) },
          User: { reviews: reviewsOf('author') },
          Product: { reviews: reviewsOf('product') },
        },
        loaders: {
          Review: loadedBy(reviews, 'id'),
          User: ({ id }) => ({ id }),
          Product: ({ id }) => ({ id }),
        },
      },
      products: {
        sdl: `
          type Query { products: [Product!]!  product(id: ID!): Product }
          type Product @key(fields: "id") { id: ID! title: String seller: User }
          type User @key(fields: "id", resolvable: false) { id: ID! }`,
        resolvers: {
          Query: { products: () => products, product: (_, { id }) => find(products, 'id', id) },
          Product: { seller: (row) => ({ id: row['seller'] }) },
        },
        loaders: { Product: loadedBy(products, 'id') },
      },
    },
    whole: {
      Query: {
        user: (_, { id }) => user(id),
        users: () => users,
        reviews: () => reviews,
        products: () => products,
        product: (_, { id }) => find(products, 'id', id),
      },
      User: { friends, bestFriend, reviews: reviewsOf('author') },
      Review: {
        author: (row) => user(row['author']),
        product: (row) => find(products, 'id', row['product']),
      },
      Product: {
        seller: (row) => user(row['seller']) ?? { id: row['seller'] },
        reviews: reviewsOf('product'),
      },
    },
  });
}

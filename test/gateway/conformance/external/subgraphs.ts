import { World, type Row } from '../../world';
import { loadedBy } from '../rows';

const products: Row[] = [
  { id: 'p1', name: 'Pen', upc: 'u1', price: 3, stock: 7, rating: 4, maker: { code: 'm1' } },
  { id: 'p2', name: 'Ink', upc: 'u2', price: 8, stock: 0, rating: 5, maker: { code: 'm2' } },
];
const cheapest = () => products[0];
const rated = () => [products[1], products[0]];
const stocked = () => [products[0]];
const score = (row: Row) => Number(row['rating']) * Number(row['price']);

/**
 * Four ways to say that an entity is another's: a key that is @external, `@extends`, Federation 1's `extend type`, whose
 * key fields are @external and whose value types are shared, and a key that is not resolvable.
 */
export function world(): World {
  return new World({
    subgraphs: {
      products: {
        sdl: `
          type Query { products: [Product!]! }
          type Product @key(fields: "id") @key(fields: "upc") { id: ID! upc: String! name: String price: Int }`,
        resolvers: { Query: { products: () => products } },
        loaders: { Product: loadedBy(products, 'id', 'upc') },
      },
      prices: {
        sdl: `
          type Query { cheapest: Product }
          type Product @key(fields: "id") @extends { id: ID! @external stock: Int }`,
        resolvers: { Query: { cheapest } },
        loaders: { Product: loadedBy(products, 'id') },
      },
      ratings: {
        sdl: `
          type Query { rated: [Product!]! }
          type Product @key(fields: "upc") { upc: String! rating: Int maker: Maker price: Int score: Int }
          type Maker { code: String }`,
        published: `
          extend type Query { rated: [Product!]! }
          extend type Product @key(fields: "upc") {
            upc: String! @external price: Int @external rating: Int maker: Maker score: Int @requires(fields: "price")
          }
          type Maker { code: String }`,
        resolvers: { Query: { rated }, Product: { score } },
        loaders: {
          Product: (reference) => ({ ...loadedBy(products, 'upc')(reference), price: reference['price'] }),
        },
      },
      stock: {
        sdl: `
          type Query { stocked: [Product!]! }
          type Product @key(fields: "upc", resolvable: false) { upc: String! }`,
        resolvers: { Query: { stocked } },
      },
    },
    whole: {
      Query: { products: () => products, cheapest, rated, stocked },
      Product: { score },
    },
  });
}

import { World, type Row } from '../../world';
import { find, loadedBy } from '../rows';

const sizes = { small: { size: 'S', grams: 10 }, large: { size: 'L', grams: 90 } };
const products: Row[] = [
  { __typename: 'Book', id: 'p1', sku: 'k1', dimensions: sizes.small, pages: 12, maker: 'n1', price: 5 },
  { __typename: 'Magazine', id: 'p2', sku: 'k2', dimensions: sizes.large, issue: 7, maker: 'n2', price: 6 },
  { __typename: 'Book', id: 'p3', sku: 'k3', dimensions: null, pages: 99, maker: null, price: null },
];
const makers: Row[] = [
  { __typename: 'Agency', id: 'n1', label: 'Big', email: 'big@x' },
  { __typename: 'Self', id: 'n2', label: 'Own', email: 'own@x', mail: 'own' },
];
const product = (id: unknown) => find(products, 'id', id);
const similar = (row: Row) =>
  products.filter((other) => other['__typename'] === row['__typename'] && other !== row);
const reviews = (row: Row) =>
  row['id'] === 'p3' ? [] : [{ stars: Number(row['pages'] ?? row['issue'] ?? 4) % 5, of: row }];

/** Types of one interface whose fields are spread over subgraphs, one of which has an interface of its own for them. */
export function world(): World {
  const productsRoot = () => products;
  const maker = (row: Row) => find(makers, 'id', row['maker']);
  return new World({
    subgraphs: {
      products: {
        sdl: `
          type Query { products: [Product!]!  product(id: ID!): Product }
          interface Product { id: ID! sku: String dimensions: Dimensions maker: Maker }
          type Dimensions @shareable { size: String grams: Int }
          type Book implements Product @key(fields: "id") { id: ID! sku: String dimensions: Dimensions @shareable maker: Maker pages: Int }
          type Magazine implements Product @key(fields: "id") { id: ID! sku: String dimensions: Dimensions @shareable maker: Maker issue: Int }
          interface Maker { id: ID! label: String }
          type Agency implements Maker @key(fields: "id") { id: ID! label: String }
          type Self implements Maker @key(fields: "id") { id: ID! label: String mail: String }`,
        resolvers: {
          Query: { products: productsRoot, product: (_, { id }) => product(id) },
          Book: { maker },
          Magazine: { maker },
        },
        loaders: {
          Book: loadedBy(products, 'id'),
          Magazine: loadedBy(products, 'id'),
          Agency: loadedBy(makers, 'id'),
          Self: loadedBy(makers, 'id'),
        },
      },
      shop: {
        sdl: `
          type Query { goods: [Priced!]! }
          interface Priced { price: Int }
          type Book implements Priced & Reviewed @key(fields: "id") { id: ID! price: Int similar: [Book!]! reviews: [Review!]! }
          type Magazine implements Priced & Reviewed @key(fields: "id") { id: ID! price: Int similar: [Magazine!]! reviews: [Review!]! }
          type Review { stars: Int of: Reviewed }
          interface Reviewed { id: ID! reviews: [Review!]! }
          type Agency @key(fields: "id") { id: ID! email: String }
          type Self @key(fields: "id") { id: ID! email: String }`,
        resolvers: {
          Query: { goods: productsRoot },
          Book: { similar, reviews },
          Magazine: { similar, reviews },
        },
        loaders: {
          Book: loadedBy(products, 'id'),
          Magazine: loadedBy(products, 'id'),
          Agency: loadedBy(makers, 'id'),
          Self: loadedBy(makers, 'id'),
        },
      },
    },
    whole: {
      Query: { products: productsRoot, product: (_, { id }) => product(id), goods: productsRoot },
      Book: { maker, similar, reviews },
      Magazine: { maker, similar, reviews },
    },
  });
}

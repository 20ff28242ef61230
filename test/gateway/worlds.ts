import type { GraphOptions } from '../../src/gateway';
import { World, type Row, type WorldSource } from './world';

const by = (rows: readonly Row[], key: string) => (value: unknown) =>
  rows.find((row) => row[key] === value) ?? null;

/** Users, their posts and the score of a post: two hops, a compound key, two keys, a cycle, `@requires`. */
export function blog(options: GraphOptions = {}): World {
  const users: Row[] = [
    { id: '1', handle: 'ann', name: 'Ann', size: 3, width: 2, nick: null },
    { id: '2', handle: 'bob', name: 'Bob', size: 5, width: 1, nick: 'bo' },
    { id: '3', handle: 'cat', name: 'Cat', size: null, width: 4, nick: 'kit' },
  ];
  const user = by(users, 'id');
  const handle = by(users, 'handle');
  const posts: Row[] = [
    { id: 'p1', blog: { slug: 'x' }, number: 1, title: 'One', author: users[0], score: 10, tags: ['a', 'b'] },
    { id: 'p2', blog: { slug: 'x' }, number: 2, title: 'Two', author: users[1], score: 20, tags: [] },
    { id: 'p3', blog: { slug: 'y' }, number: 1, title: 'Three', author: users[0], score: null, tags: ['a'] },
  ];
  const post = by(posts, 'id');
  const postsOf = (row: Row) => posts.filter(({ author }) => (author as Row)['id'] === row['id']);
  const weight = (row: Row, args: Row) =>
    typeof row['size'] === 'number' ? row['size'] * Number(row['width']) * Number(args['factor']) : -1;
  const numbered = (reference: Row) =>
    posts.find(
      ({ blog, number }) =>
        (blog as Row)['slug'] === (reference['blog'] as Row | undefined)?.['slug'] &&
        number === reference['number'],
    ) ?? null;
  const source: WorldSource = {
    subgraphs: {
      users: {
        sdl: `
          type Query { user(id: ID = "1"): User  users(ids: [ID!]): [User!]!  matrix: [[User]!]! }
          type User @key(fields: "id") @key(fields: "handle") {
            id: ID! handle: String! name: String! size(unit: Unit = CM): Int width: Int nick: String
          }
          enum Unit { CM MM }`,
        resolvers: {
          Query: {
            user: (_, { id }) => user(id),
            users: (_, { ids }) => (Array.isArray(ids) ? ids.map(user) : users),
            matrix: () => [[users[0], null], [], [users[1], users[0]]],
          },
          User: { size: (row, { unit }) => (unit === 'MM' ? Number(row['size']) * 10 : row['size']) },
        },
        loaders: { User: ({ id, handle: name }) => (id === undefined ? handle(name) : user(id)) },
      },
      posts: {
        sdl: `
          type Query { post(id: ID!): Post  posts(first: Int = 10): [Post!]! }
          type User @key(fields: "id") {
            id: ID! size(unit: Unit = CM): Int @external width: Int @external
            weight(factor: Int = 1): Int @requires(fields: "size width") posts: [Post!]! latest: Post
          }
          type Post @key(fields: "id") @key(fields: "blog { slug } number") {
            id: ID! blog: Blog! number: Int! title: String author: User! tags: [String!]!
          }
          type Blog { slug: String! }
          enum Unit { CM MM }`,
        resolvers: {
          Query: { post: (_, { id }) => post(id), posts: (_, { first }) => posts.slice(0, Number(first)) },
          User: {
            weight: (row, args) => weight(row, args),
            posts: postsOf,
            latest: (row) => postsOf(row).at(-1) ?? null,
          },
        },
        loaders: { User: (reference) => reference, Post: ({ id }) => post(id) },
      },
      scores: {
        sdl: `
          type Post @key(fields: "blog { slug } number") { blog: Blog! @shareable number: Int! @shareable score: Int ranked: [User!] }
          type Blog { slug: String! @shareable }
          type User @key(fields: "handle") { handle: String! karma: Int! }`,
        resolvers: {
          Post: { ranked: (row) => [row['author'], { handle: 'cat' }] },
          User: { karma: (row) => String(row['handle']).length * 7 },
        },
        loaders: { Post: numbered, User: ({ handle: name }) => handle(name) },
      },
    },
    whole: {
      Query: {
        user: (_, { id }) => user(id),
        users: (_, { ids }) => (Array.isArray(ids) ? ids.map(user) : users),
        matrix: () => [[users[0], null], [], [users[1], users[0]]],
        post: (_, { id }) => post(id),
        posts: (_, { first }) => posts.slice(0, Number(first)),
      },
      User: {
        size: (row, { unit }) => (unit === 'MM' ? Number(row['size']) * 10 : row['size']),
        weight: (row, args) => weight(row, args),
        posts: postsOf,
        latest: (row) => postsOf(row).at(-1) ?? null,
        karma: (row) => String(row['handle']).length * 7,
      },
      Post: { ranked: (row) => [row['author'], users[2]] },
    },
  };
  return new World(source, options);
}

/** Interfaces and unions whose members' fields live in two subgraphs, with response keys of different types. */
export function library(): World {
  const books: Row[] = [
    { __typename: 'Book', id: 'b1', title: 'Sea', pages: 100, stock: 3, price: 'ten', kind: 'PAPER' },
    { __typename: 'Book', id: 'b2', title: 'Sky', pages: 50, stock: 0, price: null, kind: 'DIGITAL' },
  ];
  const films: Row[] = [{ __typename: 'Film', id: 'f1', title: 'Sun', minutes: 90, stock: 7, price: 12 }];
  const notes: Row[] = [{ __typename: 'Note', text: 'remember', about: books[1] }];
  const things = [books[0], films[0], notes[0], null, books[1]];
  const items = [...books, ...films];
  const find = ({ __typename: type, id }: Row) =>
    items.find((item) => item['id'] === id && item['__typename'] === type) ?? null;
  const roots = {
    items: () => items,
    things: () => things,
    item: (_: Row, { id }: Row) => by(items, 'id')(id),
  };
  return new World({
    subgraphs: {
      catalogue: {
        sdl: `
          type Query { items: [Item!]!  things: [Thing]  item(id: ID!): Item }
          interface Item { id: ID! title: String }
          union Thing = Book | Film | Note
          type Book implements Item @key(fields: "id") { id: ID! title: String pages: Int kind: Kind }
          type Film implements Item @key(fields: "id") { id: ID! title: String minutes: Int }
          type Note { text: String! about: Item }
          enum Kind { PAPER DIGITAL }`,
        resolvers: { Query: roots },
        loaders: { Book: find, Film: find },
      },
      shop: {
        sdl: `
          type Query { stocked: [Stocked!]! }
          interface Stocked { stock: Int }
          type Book implements Stocked @key(fields: "id") { id: ID! stock: Int price: String related: [Goods!]! }
          type Film implements Stocked @key(fields: "id") { id: ID! stock: Int price: Int }
          union Goods = Book | Film`,
        resolvers: {
          Query: { stocked: () => items.filter(({ stock }) => Number(stock) > 0) },
          Book: { related: () => [films[0], books[1]] },
        },
        loaders: { Book: find, Film: find },
      },
    },
    whole: {
      Query: { ...roots, stocked: () => items.filter(({ stock }) => Number(stock) > 0) },
      Book: { related: () => [films[0], books[1]] },
    },
  });
}

/** `@shareable`, `@provides`, `@external`, `@override` and `@inaccessible`. */
export function store(colour = 'BLUE'): World {
  const products: Row[] = [
    { upc: 'u1', name: 'Chair', price: 10, size: { w: 1, h: 2, secret: 's' }, colour: 'RED', shade: 'red' },
    {
      upc: 'u2',
      name: 'Table',
      price: 20,
      size: { w: 3, h: 4, secret: 't' },
      colour,
      shade: 'blue',
    },
  ];
  const product = by(products, 'upc');
  const reviews: Row[] = [
    { id: 'r1', body: 'good', product: products[0] },
    { id: 'r2', body: 'bad', product: products[1] },
    { id: 'r3', body: 'meh', product: products[0] },
  ];
  const load = ({ upc }: Row) => product(upc);
  const average = () => 4;
  return new World({
    subgraphs: {
      catalogue: {
        sdl: `
          type Query { product(upc: ID!): Product  products: [Product!]  version: String! @shareable }
          type Product @key(fields: "upc") {
            upc: ID! name: String @shareable price: Int size: Size @shareable colour: Colour cost: Int @inaccessible
            shade: String
          }
          type Size { w: Int @shareable h: Int @shareable secret: String @inaccessible }
          enum Colour { RED BLUE INFRARED @inaccessible }`,
        resolvers: {
          Query: { product: (_, { upc }) => product(upc), products: () => products, version: () => '1' },
        },
        loaders: { Product: load },
      },
      reviews: {
        sdl: `
          type Query { reviews: [Review!]!  version: String! @shareable }
          type Review @key(fields: "id") { id: ID! body: String product: Product @provides(fields: "name") }
          type Product @key(fields: "upc") {
            upc: ID! name: String @external average: Float reviews: [Review!]! shade: String @override(from: "catalogue")
            size: Size @shareable
          }
          type Size { w: Int @shareable h: Int @shareable }`,
        resolvers: {
          Query: { reviews: () => reviews, version: () => '1' },
          Product: {
            average,
            reviews: (row) => reviews.filter(({ product: of }) => (of as Row)['upc'] === row['upc']),
            shade: (row) => `new ${String(row['shade'])}`,
          },
        },
        loaders: { Product: load, Review: ({ id }) => by(reviews, 'id')(id) },
      },
    },
    whole: {
      Query: {
        product: (_, { upc }) => product(upc),
        products: () => products,
        version: () => '1',
        reviews: () => reviews,
      },
      Product: {
        average,
        reviews: (row) => reviews.filter(({ product: of }) => (of as Row)['upc'] === row['upc']),
        shade: (row) => `new ${String(row['shade'])}`,
      },
    },
  });
}

/** `@interfaceObject`: one subgraph knows the implementations, the other only that there is an interface. */
export function media(): World {
  const rows: Row[] = [
    { __typename: 'Song', id: 'm1', title: 'La', seconds: 100 },
    { __typename: 'Clip', id: 'm2', title: 'Lo', frames: 9 },
  ];
  const find = by(rows, 'id');
  const likes = (row: Row) => Number(String(row['id']).slice(1)) * 100;
  return new World({
    subgraphs: {
      files: {
        sdl: `
          type Query { files: [Media!]! }
          interface Media @key(fields: "id") { id: ID! title: String }
          type Song implements Media @key(fields: "id") { id: ID! title: String seconds: Int }
          type Clip implements Media @key(fields: "id") { id: ID! title: String frames: Int }`,
        resolvers: { Query: { files: () => rows } },
        loaders: { Media: ({ id }) => find(id), Song: ({ id }) => find(id), Clip: ({ id }) => find(id) },
      },
      fans: {
        sdl: `
          type Query { top: [Media!]!  best: Media }
          type Media @key(fields: "id") @interfaceObject { id: ID! likes: Int! fan: Fan }
          type Fan { name: String! favourite: Media }`,
        resolvers: {
          Query: { top: () => [{ id: 'm2' }, { id: 'm1' }], best: () => ({ id: 'm1' }) },
          Media: { likes, fan: (row) => ({ name: `fan of ${String(row['id'])}`, favourite: { id: 'm2' } }) },
        },
        loaders: { Media: ({ id }) => ({ id }) },
      },
    },
    whole: {
      Query: { files: () => rows, top: () => [rows[1], rows[0]], best: () => rows[0] },
      Song: { likes, fan: (row) => ({ name: `fan of ${String(row['id'])}`, favourite: rows[1] }) },
      Clip: { likes, fan: (row) => ({ name: `fan of ${String(row['id'])}`, favourite: rows[1] }) },
    },
  });
}

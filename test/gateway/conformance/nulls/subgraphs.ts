import { World, type Row } from '../../world';
import { asGiven, loadedBy } from '../rows';

const authors: Row[] = [
  { id: 'a1', email: 'ann@x', name: 'Ann' },
  { id: 'a3', email: null, name: 'Cat' },
];
const books: Row[] = [
  { id: 'b1', author: { id: 'a1' }, editor: { email: 'ann@x' }, pages: [1, null, 3] },
  { id: 'b2', author: null, editor: { email: null }, pages: null },
  { id: 'b3', author: { id: 'a9' }, editor: null, pages: [] },
];
const grid = [[books[0], null], null, [], [books[2]]];
const known = (rows: readonly Row[], key: string) => (row: Row | null) =>
  row === null ? null : (rows.find((each) => each[key] !== null && each[key] === row[key]) ?? null);

/** Entities that are null, keys that are null, entities that are not found, and lists with all of these. */
export function world(): World {
  const shelf = () => [books[1], null, books[0]];
  return new World({
    subgraphs: {
      books: {
        sdl: `
          type Query { books: [Book]!  shelf: [Book]  grid: [[Book]]!  strict: [Book!] }
          type Book @key(fields: "id") { id: ID! author: Author editor: Editor pages: [Int] }
          type Author @key(fields: "id") { id: ID! }
          type Editor @key(fields: "email") { email: String }`,
        resolvers: { Query: { books: () => books, shelf, grid: () => grid, strict: () => books } },
        loaders: { Book: loadedBy(books, 'id'), Author: asGiven, Editor: asGiven },
      },
      people: {
        sdl: `
          type Author @key(fields: "id") { id: ID! name: String }
          type Editor @key(fields: "email") { email: String desk: String }`,
        resolvers: { Editor: { desk: (row) => `desk of ${String(row['email'])}` } },
        loaders: { Author: known(authors, 'id'), Editor: asGiven },
      },
      stamps: {
        sdl: `
          type Book @key(fields: "id") { id: ID! stamp: Stamp signed: Boolean! }
          type Stamp { year: Int! }`,
        resolvers: {
          Book: {
            stamp: (row) =>
              row['id'] === 'b1' ? { year: 1999 } : row['id'] === 'b2' ? null : { year: null },
            signed: ({ id }) => (id === 'b2' ? null : true),
          },
        },
        loaders: { Book: ({ id }) => ({ id }) },
      },
    },
    whole: {
      Query: { books: () => books, shelf, grid: () => grid, strict: () => books },
      Book: {
        stamp: (row) => (row['id'] === 'b1' ? { year: 1999 } : row['id'] === 'b2' ? null : { year: null }),
        signed: ({ id }) => (id === 'b2' ? null : true),
      },
      Author: { name: ({ id }) => authors.find((row) => row['id'] === id)?.['name'] ?? null },
      Editor: { desk: ({ email }) => (typeof email === 'string' ? `desk of ${email}` : null) },
    },
  });
}

import { World, type Row } from '../../world';
import { find, loadedBy } from '../rows';

const books: Row[] = [
  {
    id: 'b1',
    isbn: '978-1',
    shelf: { room: 'A', place: { row: 1, column: 2 } },
    copy: 1,
    title: 'Sea',
    price: 10,
  },
  {
    id: 'b2',
    isbn: '978-2',
    shelf: { room: 'A', place: { row: 1, column: 3 } },
    copy: 1,
    title: 'Sky',
    price: 20,
  },
  {
    id: 'b3',
    isbn: '978-3',
    shelf: { room: 'B', place: { row: 9, column: 2 } },
    copy: 2,
    title: 'Sun',
    price: 30,
  },
];
const lent = [books[0], books[2]];
const onShelf = ({ shelf, copy }: Row) =>
  books.find((row) => JSON.stringify([row['shelf'], row['copy']]) === JSON.stringify([shelf, copy])) ?? null;
const dust = (row: Row) => Number((row['shelf'] as { place: { row: number } }).place.row) * 10;
const loans = (row: Row) => (lent.includes(row) ? 1 : 0);
const tags = [
  { book: { id: 'b1', owner: { name: 'ann' } }, label: 'old' },
  { book: { id: 'b2', owner: { name: 'bob' } }, label: 'new' },
];

/**
 * A book is known by its id to one subgraph, by its ISBN to the next, and by where it stands to the last: the one in the
 * middle of such a chain knows two of its keys. A tag is known by the keys of the book that it is on.
 */
export function world(): World {
  const booksRoot = () => books;
  const book = (_: Row, { id }: Row) => find(books, 'id', id);
  const tagsRoot = () => tags;
  const colour = (row: Row) => `colour of ${String((row['book'] as Row)['id'])}`;
  return new World({
    subgraphs: {
      catalogue: {
        sdl: `
          type Query { books: [Book!]!  book(id: ID!): Book }
          type Book @key(fields: "id") @key(fields: "isbn") { id: ID! isbn: String! title: String }`,
        resolvers: { Query: { books: booksRoot, book } },
        loaders: { Book: loadedBy(books, 'id', 'isbn') },
      },
      shop: {
        sdl: `
          type Query { lent: [Book!]! }
          type Book @key(fields: "isbn") @key(fields: "shelf { room place { row column } } copy") {
            isbn: String! shelf: Shelf! copy: Int! price: Int
          }
          type Shelf { room: String! @shareable place: Place! @shareable }
          type Place @shareable { row: Int! column: Int! }`,
        resolvers: { Query: { lent: () => lent } },
        loaders: { Book: (reference) => loadedBy(books, 'isbn')(reference) ?? onShelf(reference) },
      },
      stacks: {
        sdl: `
          type Query { tags: [Tag!]! }
          type Book @key(fields: "shelf { room place { row column } } copy") { shelf: Shelf! copy: Int! dust: Int loans: Int }
          type Shelf @shareable { room: String! place: Place! }
          type Place @shareable { row: Int! column: Int! }
          type Tag @key(fields: "book { id owner { name } }") { book: Tagged! label: String }
          type Tagged @shareable { id: ID! owner: Owner }
          type Owner @shareable { name: String }`,
        resolvers: { Query: { tags: tagsRoot }, Book: { dust, loans } },
        loaders: {
          Book: onShelf,
          Tag: ({ book: on }) => find(tags, 'book', on),
        },
      },
      paint: {
        sdl: `
          type Tag @key(fields: "book { id owner { name } }") { book: Tagged! colour: String }
          type Tagged @shareable { id: ID! owner: Owner }
          type Owner @shareable { name: String }`,
        resolvers: { Tag: { colour } },
        loaders: { Tag: (reference) => reference },
      },
    },
    whole: {
      Query: { books: booksRoot, book, lent: () => lent, tags: tagsRoot },
      Book: { dust, loans },
      Tag: { colour },
    },
  });
}

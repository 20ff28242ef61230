import type { Feature } from '../suite';
import { world } from './subgraphs';

export const keys: Feature = {
  feature: 'multiple, compound and nested keys',
  world,
  cases: [
    {
      name: 'by the key that both have',
      query: '{ books { title price } }',
      expected: {
        data: {
          books: [
            { title: 'Sea', price: 10 },
            { title: 'Sky', price: 20 },
            { title: 'Sun', price: 30 },
          ],
        },
      },
      fetches: { catalogue: 1, shop: 1 },
      representations: {
        shop: [
          [
            { __typename: 'Book', isbn: '978-1' },
            { __typename: 'Book', isbn: '978-2' },
            { __typename: 'Book', isbn: '978-3' },
          ],
        ],
      },
    },
    {
      name: 'by the other key, from the other side',
      query: '{ lent { title } }',
      expected: {
        data: { lent: [{ title: 'Sea' }, { title: 'Sun' }] },
      },
      fetches: { shop: 1, catalogue: 1 },
      representations: {
        catalogue: [
          [
            { __typename: 'Book', isbn: '978-1' },
            { __typename: 'Book', isbn: '978-3' },
          ],
        ],
      },
    },
    {
      name: 'over a subgraph in the middle, which trades one key for another',
      query: '{ books { title dust } }',
      expected: {
        data: {
          books: [
            { title: 'Sea', dust: 10 },
            { title: 'Sky', dust: 10 },
            { title: 'Sun', dust: 90 },
          ],
        },
      },
      fetches: { catalogue: 1, shop: 1, stacks: 1 },
      representations: {
        shop: [
          [
            { __typename: 'Book', isbn: '978-1' },
            { __typename: 'Book', isbn: '978-2' },
            { __typename: 'Book', isbn: '978-3' },
          ],
        ],
        stacks: [
          [
            { __typename: 'Book', shelf: { room: 'A', place: { row: 1, column: 2 } }, copy: 1 },
            { __typename: 'Book', shelf: { room: 'A', place: { row: 1, column: 3 } }, copy: 1 },
            { __typename: 'Book', shelf: { room: 'B', place: { row: 9, column: 2 } }, copy: 2 },
          ],
        ],
      },
    },
    {
      name: 'a key that is compound and nested in two levels',
      query: '{ lent { dust loans } }',
      expected: {
        data: {
          lent: [
            { dust: 10, loans: 1 },
            { dust: 90, loans: 1 },
          ],
        },
      },
      fetches: { shop: 1, stacks: 1 },
      representations: {
        stacks: [
          [
            { __typename: 'Book', shelf: { room: 'A', place: { row: 1, column: 2 } }, copy: 1 },
            { __typename: 'Book', shelf: { room: 'B', place: { row: 9, column: 2 } }, copy: 2 },
          ],
        ],
      },
    },
    {
      name: 'the middle is asked once, for its key and for its field',
      query: '{ book(id: "b2") { price loans title } }',
      expected: { data: { book: { price: 20, loans: 0, title: 'Sky' } } },
      fetches: { catalogue: 1, shop: 1, stacks: 1 },
    },
    {
      name: 'the keys themselves are of all subgraphs',
      query: '{ book(id: "b3") { id isbn copy shelf { room place { column } } } }',
      expected: {
        data: {
          book: { id: 'b3', isbn: '978-3', copy: 2, shelf: { room: 'B', place: { column: 2 } } },
        },
      },
      fetches: { catalogue: 1, shop: 1 },
    },
    {
      name: 'parts of a nested key under other names',
      query: '{ lent { shelf { place { r: row row: column } } c: copy copy: price dust } }',
      expected: {
        data: {
          lent: [
            { shelf: { place: { r: 1, row: 2 } }, c: 1, copy: 10, dust: 10 },
            { shelf: { place: { r: 9, row: 2 } }, c: 2, copy: 30, dust: 90 },
          ],
        },
      },
      fetches: { shop: 1, stacks: 1 },
    },
    {
      name: 'a key of nested objects that are no entities',
      query: '{ tags { label colour book { owner { name } } } }',
      expected: {
        data: {
          tags: [
            { label: 'old', colour: 'colour of b1', book: { owner: { name: 'ann' } } },
            { label: 'new', colour: 'colour of b2', book: { owner: { name: 'bob' } } },
          ],
        },
      },
      fetches: { stacks: 1, paint: 1 },
      representations: {
        paint: [
          [
            { __typename: 'Tag', book: { id: 'b1', owner: { name: 'ann' } } },
            { __typename: 'Tag', book: { id: 'b2', owner: { name: 'bob' } } },
          ],
        ],
      },
    },
    {
      name: 'all that there is of a book',
      query: '{ books { id isbn title price copy dust loans shelf { room place { row column } } } }',
      expected: {
        data: {
          books: [
            {
              id: 'b1',
              isbn: '978-1',
              title: 'Sea',
              price: 10,
              copy: 1,
              dust: 10,
              loans: 1,
              shelf: { room: 'A', place: { row: 1, column: 2 } },
            },
            {
              id: 'b2',
              isbn: '978-2',
              title: 'Sky',
              price: 20,
              copy: 1,
              dust: 10,
              loans: 0,
              shelf: { room: 'A', place: { row: 1, column: 3 } },
            },
            {
              id: 'b3',
              isbn: '978-3',
              title: 'Sun',
              price: 30,
              copy: 2,
              dust: 90,
              loans: 1,
              shelf: { room: 'B', place: { row: 9, column: 2 } },
            },
          ],
        },
      },
      fetches: { catalogue: 1, shop: 1, stacks: 1 },
    },
  ],
};

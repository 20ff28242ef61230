import type { Feature } from '../suite';
import { world } from './subgraphs';

export const nulls: Feature = {
  feature: 'nulls',
  world,
  cases: [
    {
      name: 'nulls in lists keep their places',
      query: '{ shelf { id author { name } } }',
      expected: {
        data: {
          shelf: [{ id: 'b2', author: null }, null, { id: 'b1', author: { name: 'Ann' } }],
        },
      },
      fetches: { books: 1, people: 1 },
      representations: {
        people: [[{ __typename: 'Author', id: 'a1' }]],
      },
    },
    {
      name: 'lists within lists',
      query: '{ grid { id author { id name } } }',
      expected: {
        data: {
          grid: [
            [{ id: 'b1', author: { id: 'a1', name: 'Ann' } }, null],
            null,
            [],
            [{ id: 'b3', author: { id: 'a9', name: null } }],
          ],
        },
      },
      fetches: { books: 1, people: 1 },
      representations: {
        people: [
          [
            { __typename: 'Author', id: 'a1' },
            { __typename: 'Author', id: 'a9' },
          ],
        ],
      },
    },
    {
      name: 'a list of values with nulls',
      query: '{ books { pages } }',
      expected: {
        data: { books: [{ pages: [1, null, 3] }, { pages: null }, { pages: [] }] },
      },
      fetches: { books: 1 },
    },
    {
      name: 'an entity without its key is not asked for',
      query: '{ books { editor { email desk } } }',
      expected: {
        data: {
          books: [
            { editor: { email: 'ann@x', desk: 'desk of ann@x' } },
            { editor: { email: null, desk: null } },
            { editor: null },
          ],
        },
      },
      fetches: { books: 1, people: 1 },
      representations: {
        people: [[{ __typename: 'Editor', email: 'ann@x' }]],
      },
    },
    {
      name: 'an entity that is not found has nulls',
      query: '{ books { author { id name } } }',
      expected: {
        data: {
          books: [
            { author: { id: 'a1', name: 'Ann' } },
            { author: null },
            { author: { id: 'a9', name: null } },
          ],
        },
      },
      fetches: { books: 1, people: 1 },
    },
    {
      name: 'null where the subgraph may give none takes the nearest that may be null',
      query: '{ books { id stamp { year } } }',
      expected: {
        errors: [
          {
            message: 'Cannot return null for non-nullable field Stamp.year.',
            path: ['books', 2, 'stamp', 'year'],
          },
        ],
        data: {
          books: [
            { id: 'b1', stamp: { year: 1999 } },
            { id: 'b2', stamp: null },
            { id: 'b3', stamp: null },
          ],
        },
      },
      fetches: { books: 1, stamps: 1 },
    },
    {
      name: 'of an entity in a list, the entity',
      query: '{ books { id signed } }',
      expected: {
        errors: [
          { message: 'Cannot return null for non-nullable field Book.signed.', path: ['books', 1, 'signed'] },
        ],
        data: { books: [{ id: 'b1', signed: true }, null, { id: 'b3', signed: true }] },
      },
      fetches: { books: 1, stamps: 1 },
    },
    {
      name: 'of an entity that may not be null, the list',
      query: '{ strict { id signed } shelf { id } }',
      expected: {
        errors: [
          {
            message: 'Cannot return null for non-nullable field Book.signed.',
            path: ['strict', 1, 'signed'],
          },
        ],
        data: { strict: null, shelf: [{ id: 'b2' }, null, { id: 'b1' }] },
      },
      fetches: { books: 1, stamps: 1 },
    },
    {
      name: 'of a field that is called otherwise',
      query: '{ grid { s: signed } }',
      expected: {
        data: {
          grid: [[{ s: true }, null], null, [], [{ s: true }]],
        },
      },
      fetches: { books: 1, stamps: 1 },
    },
  ],
};

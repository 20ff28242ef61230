import type { Feature } from '../suite';
import { world } from './subgraphs';

export const provides: Feature = {
  feature: '@provides',
  world,
  cases: [
    {
      name: 'what is provided is not fetched',
      query: '{ works { author { id name } } }',
      expected: {
        data: {
          works: [{ author: { id: 'a1', name: 'Ann' } }, { author: { id: 'a2', name: 'Bob' } }],
        },
      },
      fetches: { works: 1 },
    },
    {
      name: 'nor what is provided within it',
      query: '{ works { author { home { town } } } }',
      expected: {
        data: {
          works: [{ author: { home: { town: 'Ulm' } } }, { author: { home: { town: 'Bonn' } } }],
        },
      },
      fetches: { works: 1 },
    },
    {
      name: 'what is not provided is',
      query: '{ works { author { name bio } } }',
      expected: {
        data: {
          works: [{ author: { name: 'Ann', bio: 'writes' } }, { author: { name: 'Bob', bio: 'reads' } }],
        },
      },
      fetches: { works: 1, makers: 1 },
    },
    {
      name: 'nor more than asked for of what is provided',
      query: '{ work(id: "w1") { author { home { zip } } } }',
      expected: {
        data: {
          work: { author: { home: { zip: '89' } } },
        },
      },
      fetches: { works: 1, makers: 1 },
    },
    {
      name: 'both, side by side',
      query: '{ work(id: "w1") { author { home { town zip } name } } }',
      expected: {
        data: {
          work: { author: { home: { town: 'Ulm', zip: '89' }, name: 'Ann' } },
        },
      },
      fetches: { works: 1, makers: 1 },
    },
    {
      name: 'under another name, in a fragment',
      query: '{ work(id: "w1") { author { called: name ...H } } } fragment H on Author { home { t: town } }',
      expected: {
        data: {
          work: { author: { called: 'Ann', home: { t: 'Ulm' } } },
        },
      },
      fetches: { works: 1 },
    },
    {
      name: 'by another field of the same type it is not provided',
      query: '{ plain { name } }',
      expected: {
        data: { plain: [{ name: 'Ann' }, { name: 'Bob' }] },
      },
      fetches: { works: 1, makers: 1 },
    },
    {
      name: 'on an interface',
      query: '{ works { maker { id ... on Author { name } ... on Robot { name } } } }',
      expected: {
        data: {
          works: [{ maker: { id: 'a1', name: 'Ann' } }, { maker: { id: 'o1', name: 'R2' } }],
        },
      },
      fetches: { works: 1 },
    },
    {
      name: 'on an interface, of one of its types',
      query: '{ works { maker { __typename ... on Robot { name model } ... on Author { name bio } } } }',
      expected: {
        data: {
          works: [
            { maker: { __typename: 'Author', name: 'Ann', bio: 'writes' } },
            { maker: { __typename: 'Robot', name: 'R2', model: 'D2' } },
          ],
        },
      },
      fetches: { works: 1, makers: 1 },
    },
    {
      name: 'on a union',
      query: '{ works { creators { ... on Author { name } ... on Robot { model } } } }',
      expected: {
        data: { works: [{ creators: [{ name: 'Ann' }, { model: 'D2' }] }, { creators: [] }] },
      },
      fetches: { works: 1 },
    },
    {
      name: 'on a union, of what only another type provides',
      query: '{ works { creators { ... on Author { bio } ... on Robot { name } } } }',
      expected: {
        data: { works: [{ creators: [{ bio: 'writes' }, { name: 'R2' }] }, { creators: [] }] },
      },
      fetches: { works: 1, makers: 1 },
    },
    {
      name: 'from a root field down',
      query: '{ works { people { name } } }',
      expected: {
        data: { works: [{ people: [{ name: 'Ann' }, { name: 'Bob' }] }, { people: [] }] },
      },
      fetches: { works: 1 },
    },
    {
      name: 'by the same field from elsewhere it is not',
      query: '{ work(id: "w1") { people { name } } }',
      expected: {
        data: {
          work: { people: [{ name: 'Ann' }, { name: 'Bob' }] },
        },
      },
      fetches: { works: 1, makers: 1 },
    },
    {
      name: 'a condition is kept',
      query:
        'query ($no: Boolean = false) { work(id: "w1") { author { id name @include(if: $no) ... @skip(if: $no) { home { town } } } } }',
      expected: {
        data: {
          work: { author: { id: 'a1', home: { town: 'Ulm' } } },
        },
      },
      fetches: { works: 1 },
    },
  ],
};

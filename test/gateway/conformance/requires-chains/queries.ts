import type { Feature } from '../suite';
import { world } from './subgraphs';

export const requiresChains: Feature = {
  feature: '@requires, @provides and keys that depend on each other',
  world,
  cases: [
    {
      name: 'what is required is below an entity of the first subgraph',
      query: '{ posts { byNovice } }',
      expected: {
        data: { posts: [{ byNovice: true }, { byNovice: false }] },
      },
      fetches: { posts: 2, bylines: 2 },
      representations: {
        bylines: [
          [
            { __typename: 'Post', id: 'p1' },
            { __typename: 'Post', id: 'p2' },
          ],
          [
            { __typename: 'Post', writer: { years: 1 }, id: 'p1' },
            { __typename: 'Post', writer: { years: 9 }, id: 'p2' },
          ],
        ],
      },
    },
    {
      name: 'and again back to the first subgraph',
      query: '{ posts { byExpert } }',
      expected: {
        data: { posts: [{ byExpert: false }, { byExpert: true }] },
      },
      fetches: { posts: 3, bylines: 2 },
    },
    {
      name: 'both, with what they require',
      query: '{ posts { byExpert byNovice writer { years name } } }',
      expected: {
        data: {
          posts: [
            { byExpert: false, byNovice: true, writer: { years: 1, name: 'Ann' } },
            { byExpert: true, byNovice: false, writer: { years: 9, name: 'Bob' } },
          ],
        },
      },
      fetches: { posts: 3, bylines: 2 },
    },
    {
      name: 'from the subgraph in the middle',
      query: '{ byline { byExpert writer { name } } }',
      expected: {
        data: { byline: { byExpert: true, writer: { name: 'Bob' } } },
      },
      fetches: { bylines: 2, posts: 2 },
    },
    {
      name: 'a list that requires',
      query: '{ writer { orders { id price } } }',
      expected: {
        data: {
          writer: {
            orders: [
              { id: 'Ann1', price: 40 },
              { id: 'Ann2', price: 40 },
            ],
          },
        },
      },
      fetches: { totals: 1, posts: 1, orders: 1, prices: 1 },
    },
    {
      name: 'a field that requires such a list',
      query: '{ writer { ordered } }',
      expected: { data: { writer: { ordered: 2 } } },
      fetches: { totals: 2, posts: 1, orders: 1 },
      representations: {
        totals: [[], [{ __typename: 'Writer', orders: [{ id: 'Ann1' }, { id: 'Ann2' }], id: 'w1' }]],
      },
    },
    {
      name: 'and of each of the list a field of a third subgraph',
      query: '{ writer { total } }',
      expected: { data: { writer: { total: 80 } } },
      fetches: { totals: 2, posts: 1, orders: 1, prices: 1 },
      representations: {
        totals: [[], [{ __typename: 'Writer', orders: [{ price: 40 }, { price: 40 }], id: 'w1' }]],
      },
    },
    {
      name: 'all, through the posts',
      query: '{ posts { writer { name total ordered } } }',
      expected: {
        data: {
          posts: [
            { writer: { name: 'Ann', total: 80, ordered: 2 } },
            { writer: { name: 'Bob', total: 80, ordered: 2 } },
          ],
        },
      },
      fetches: { posts: 2, bylines: 1, orders: 1, prices: 1, totals: 1 },
    },
  ],
};

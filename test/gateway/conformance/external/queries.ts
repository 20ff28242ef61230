import type { Feature } from '../suite';
import { world } from './subgraphs';

export const external: Feature = {
  feature: '@external keys, @extends and Federation 1',
  world,
  cases: [
    {
      name: 'from the owner to one that extends',
      query: '{ products { name stock } }',
      expected: {
        data: {
          products: [
            { name: 'Pen', stock: 7 },
            { name: 'Ink', stock: 0 },
          ],
        },
      },
      fetches: { products: 1, prices: 1 },
    },
    {
      name: 'from one that extends to the owner',
      query: '{ cheapest { stock name } }',
      expected: { data: { cheapest: { stock: 7, name: 'Pen' } } },
      fetches: { prices: 1, products: 1 },
    },
    {
      name: 'the key of an extension',
      query: '{ cheapest { id } }',
      expected: { data: { cheapest: { id: 'p1' } } },
      fetches: { prices: 1 },
    },
    {
      name: 'a Federation 1 subgraph, from the owner',
      query: '{ products { rating maker { code } } }',
      expected: {
        data: {
          products: [
            { rating: 4, maker: { code: 'm1' } },
            { rating: 5, maker: { code: 'm2' } },
          ],
        },
      },
      fetches: { products: 1, ratings: 1 },
    },
    {
      name: 'a Federation 1 subgraph, to the owner',
      query: '{ rated { upc rating name } }',
      expected: {
        data: {
          rated: [
            { upc: 'u2', rating: 5, name: 'Ink' },
            { upc: 'u1', rating: 4, name: 'Pen' },
          ],
        },
      },
      fetches: { ratings: 1, products: 1 },
    },
    {
      name: 'a Federation 1 field with @requires',
      query: '{ rated { score } }',
      expected: {
        data: { rated: [{ score: 40 }, { score: 12 }] },
      },
      fetches: { ratings: 2, products: 1 },
      representations: {
        ratings: [
          [],
          [
            { __typename: 'Product', price: 8, upc: 'u2' },
            { __typename: 'Product', price: 3, upc: 'u1' },
          ],
        ],
      },
    },
    {
      name: 'between two that extend by different keys',
      query: '{ cheapest { rating score } }',
      refusal:
        'Failed to plan query: failed to build fetch graph: Expected a single parent, but the FetchStep [2] has many',
    },
    {
      name: 'and back',
      query: '{ rated { stock } }',
      expected: {
        data: { rated: [{ stock: 0 }, { stock: 7 }] },
      },
      fetches: { ratings: 1, products: 1, prices: 1 },
    },
    {
      name: 'from one that has nothing but the key',
      query: '{ stocked { upc } }',
      expected: {
        data: { stocked: [{ upc: 'u1' }] },
      },
      fetches: { stock: 1 },
    },
    {
      name: 'from there to all others',
      query: '{ stocked { name stock rating } }',
      expected: {
        data: { stocked: [{ name: 'Pen', stock: 7, rating: 4 }] },
      },
      fetches: { stock: 1, ratings: 1, products: 1, prices: 1 },
    },
  ],
};

import type { Feature } from '../suite';
import { world } from './subgraphs';

export const interfaces: Feature = {
  feature: 'interfaces across subgraphs',
  world,
  cases: [
    {
      name: 'fields of the interface alone',
      query: '{ products { id dimensions { size grams } } }',
      expected: {
        data: {
          products: [
            { id: 'p1', dimensions: { size: 'S', grams: 10 } },
            { id: 'p2', dimensions: { size: 'L', grams: 90 } },
            { id: 'p3', dimensions: null },
          ],
        },
      },
      fetches: { products: 1 },
    },
    {
      name: 'fields of its types in another subgraph, on both',
      query: '{ products { sku ... on Book { price } ... on Magazine { price } } }',
      expected: {
        data: {
          products: [
            { sku: 'k1', price: 5 },
            { sku: 'k2', price: 6 },
            { sku: 'k3', price: null },
          ],
        },
      },
      fetches: { products: 1, shop: 1 },
      representations: {
        shop: [
          [
            { __typename: 'Book', id: 'p1' },
            { __typename: 'Magazine', id: 'p2' },
            { __typename: 'Book', id: 'p3' },
          ],
        ],
      },
    },
    {
      name: 'on one of them',
      query: '{ products { sku ... on Magazine { price issue } } }',
      expected: {
        data: { products: [{ sku: 'k1' }, { sku: 'k2', price: 6, issue: 7 }, { sku: 'k3' }] },
      },
      fetches: { products: 1, shop: 1 },
      representations: {
        shop: [[{ __typename: 'Magazine', id: 'p2' }]],
      },
    },
    {
      name: 'by an interface of the other subgraph',
      query: '{ products { ... on Priced { price } } }',
      expected: {
        data: { products: [{ price: 5 }, { price: 6 }, { price: null }] },
      },
      fetches: { products: 1, shop: 1 },
    },
    {
      name: 'from the other subgraph by its interface',
      query: '{ goods { price ... on Product { sku } } }',
      expected: {
        data: {
          goods: [
            { price: 5, sku: 'k1' },
            { price: 6, sku: 'k2' },
            { price: null, sku: 'k3' },
          ],
        },
      },
      fetches: { shop: 1, products: 1 },
    },
    {
      name: 'lists of the type itself',
      query: '{ products { ... on Book { similar { pages similar { sku } } } } }',
      expected: {
        data: {
          products: [
            {
              similar: [{ pages: 99, similar: [{ sku: 'k1' }] }],
            },
            {},
            {
              similar: [{ pages: 12, similar: [{ sku: 'k3' }] }],
            },
          ],
        },
      },
      fetches: { products: 2, shop: 1 },
    },
    {
      name: 'a circle through two interfaces',
      query:
        '{ goods { ... on Book { reviews { stars of { id reviews { of { ... on Book { pages } } } } } } } }',
      expected: {
        data: {
          goods: [
            {
              reviews: [
                {
                  stars: 2,
                  of: {
                    id: 'p1',
                    reviews: [{ of: { pages: 12 } }],
                  },
                },
              ],
            },
            {},
            { reviews: [] },
          ],
        },
      },
      fetches: { shop: 1, products: 1 },
    },
    {
      name: 'an interface within an interface, in two subgraphs',
      query: '{ products { maker { label ... on Agency { email } ... on Self { email mail } } } }',
      expected: {
        data: {
          products: [
            { maker: { label: 'Big', email: 'big@x' } },
            { maker: { label: 'Own', email: 'own@x', mail: 'own' } },
            { maker: null },
          ],
        },
      },
      fetches: { products: 1, shop: 1 },
    },
    {
      name: 'one name for two fields of two types',
      query: '{ products { ... on Book { n: pages } ... on Magazine { n: issue } } }',
      expected: {
        data: { products: [{ n: 12 }, { n: 7 }, { n: 99 }] },
      },
      fetches: { products: 1 },
    },
    {
      name: 'one name for one field with two subselections',
      query: '{ products { ... on Book { similar { sku } } ... on Magazine { similar { issue price } } } }',
      expected: {
        data: {
          products: [{ similar: [{ sku: 'k3' }] }, { similar: [] }, { similar: [{ sku: 'k1' }] }],
        },
      },
      fetches: { products: 2, shop: 1 },
    },
    {
      name: 'names of types',
      query:
        '{ products { __typename kind: __typename ... on Product { __typename } maker { __typename } } }',
      expected: {
        data: {
          products: [
            { __typename: 'Book', kind: 'Book', maker: { __typename: 'Agency' } },
            { __typename: 'Magazine', kind: 'Magazine', maker: { __typename: 'Self' } },
            { __typename: 'Book', kind: 'Book', maker: null },
          ],
        },
      },
      fetches: { products: 1 },
    },
    {
      name: 'a fragment that no object matches',
      query: '{ product(id: "p1") { id ... on Magazine { price issue } } }',
      expected: { data: { product: { id: 'p1' } } },
      fetches: { products: 1 },
    },
    {
      name: 'nested fragments that narrow',
      query:
        '{ products { ... on Product { ... on Reviewed { ... on Book { pages reviews { stars } } } } } }',
      expected: {
        data: { products: [{ pages: 12, reviews: [{ stars: 2 }] }, {}, { pages: 99, reviews: [] }] },
      },
      fetches: { products: 1, shop: 1 },
    },
  ],
};

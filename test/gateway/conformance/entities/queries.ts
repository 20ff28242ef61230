import type { Feature } from '../suite';
import { world } from './subgraphs';

export const entities: Feature = {
  feature: 'entities by key',
  world,
  cases: [
    {
      name: 'a field of another subgraph',
      query: '{ user(id: "u1") { name reviews { stars } } }',
      expected: {
        data: {
          user: { name: 'Ann', reviews: [{ stars: 5 }, { stars: 1 }] },
        },
      },
      fetches: { users: 1, reviews: 1 },
    },
    {
      name: 'a hop there and a hop back',
      query: '{ reviews { stars author { name } } }',
      expected: {
        data: {
          reviews: [
            { stars: 5, author: { name: 'Ann' } },
            { stars: 3, author: { name: 'Bob' } },
            { stars: 1, author: { name: 'Ann' } },
          ],
        },
      },
      fetches: { reviews: 1, users: 1 },
      representations: {
        users: [
          [
            { __typename: 'User', id: 'u1' },
            { __typename: 'User', id: 'u2' },
          ],
        ],
      },
    },
    {
      name: 'three subgraphs in a chain',
      query: '{ products { title reviews { stars author { name } } } }',
      expected: {
        data: {
          products: [
            {
              title: 'Chair',
              reviews: [
                { stars: 5, author: { name: 'Ann' } },
                { stars: 3, author: { name: 'Bob' } },
              ],
            },
            {
              title: 'Table',
              reviews: [{ stars: 1, author: { name: 'Ann' } }],
            },
            { title: 'Lost', reviews: [] },
          ],
        },
      },
      fetches: { products: 1, reviews: 1, users: 1 },
    },
    {
      name: 'an entity that nobody resolves by reference in the middle',
      query: '{ products { title seller { name } } }',
      expected: {
        data: {
          products: [
            { title: 'Chair', seller: { name: 'Cat' } },
            { title: 'Table', seller: { name: 'Cat' } },
            { title: 'Lost', seller: { name: null } },
          ],
        },
      },
      fetches: { products: 1, users: 1 },
      representations: {
        users: [
          [
            { __typename: 'User', id: 'u3' },
            { __typename: 'User', id: 'u9' },
          ],
        ],
      },
    },
    {
      name: 'a key alone is not fetched',
      query: '{ products { id seller { id } } }',
      expected: {
        data: {
          products: [
            { id: 'p1', seller: { id: 'u3' } },
            { id: 'p2', seller: { id: 'u3' } },
            { id: 'p3', seller: { id: 'u9' } },
          ],
        },
      },
      fetches: { products: 1 },
    },
    {
      name: 'an entity that occurs often is asked for once',
      query: '{ user(id: "u1") { friends { name reviews { id } } } }',
      expected: {
        data: {
          user: {
            friends: [
              { name: 'Bob', reviews: [{ id: 'r2' }] },
              { name: 'Cat', reviews: [] },
              { name: 'Bob', reviews: [{ id: 'r2' }] },
            ],
          },
        },
      },
      fetches: { users: 1, reviews: 1 },
      representations: {
        reviews: [
          [
            { __typename: 'User', id: 'u2' },
            { __typename: 'User', id: 'u3' },
          ],
        ],
      },
    },
    {
      name: 'the same entities by two ways of different length',
      query: '{ reviews { author { name } product { seller { name } } } }',
      expected: {
        data: {
          reviews: [
            { author: { name: 'Ann' }, product: { seller: { name: 'Cat' } } },
            { author: { name: 'Bob' }, product: { seller: { name: 'Cat' } } },
            { author: { name: 'Ann' }, product: { seller: { name: 'Cat' } } },
          ],
        },
      },
      fetches: { reviews: 1, products: 1, users: 2 },
    },
    {
      name: 'a cycle ends where the query does',
      query: '{ user(id: "u1") { reviews { product { reviews { author { reviews { id } } } } } } }',
      expected: {
        data: {
          user: {
            reviews: [
              {
                product: {
                  reviews: [
                    {
                      author: { reviews: [{ id: 'r1' }, { id: 'r3' }] },
                    },
                    {
                      author: { reviews: [{ id: 'r2' }] },
                    },
                  ],
                },
              },
              {
                product: {
                  reviews: [
                    {
                      author: { reviews: [{ id: 'r1' }, { id: 'r3' }] },
                    },
                  ],
                },
              },
            ],
          },
        },
      },
      fetches: { users: 1, reviews: 1 },
    },
    {
      name: 'within an entity of the same type',
      query: '{ users { bestFriend { bestFriend { name reviews { stars } } } } }',
      expected: {
        data: {
          users: [
            {
              bestFriend: {
                bestFriend: { name: 'Ann', reviews: [{ stars: 5 }, { stars: 1 }] },
              },
            },
            {
              bestFriend: {
                bestFriend: { name: 'Bob', reviews: [{ stars: 3 }] },
              },
            },
            { bestFriend: null },
          ],
        },
      },
      fetches: { users: 1, reviews: 1 },
    },
    {
      name: 'an entity that is not there is null, and nobody is asked',
      query: '{ user(id: "u9") { reviews { id } } }',
      expected: { data: { user: null } },
      fetches: { users: 1 },
    },
    {
      name: 'an entity that its owner does not know keeps its key',
      query: '{ product(id: "p3") { seller { id name } } }',
      expected: {
        data: { product: { seller: { id: 'u9', name: null } } },
      },
      fetches: { products: 1, users: 1 },
    },
    {
      name: 'the root fields of three subgraphs',
      query: '{ users { id } reviews { id } products { id } }',
      expected: {
        data: {
          users: [{ id: 'u1' }, { id: 'u2' }, { id: 'u3' }],
          reviews: [{ id: 'r1' }, { id: 'r2' }, { id: 'r3' }],
          products: [{ id: 'p1' }, { id: 'p2' }, { id: 'p3' }],
        },
      },
      fetches: { products: 1, reviews: 1, users: 1 },
    },
    {
      name: 'of one root field twice, each with its own',
      query:
        '{ a: user(id: "u1") { reviews { stars } } b: user(id: "u2") { name reviews { product { title } } } }',
      expected: {
        data: {
          a: { reviews: [{ stars: 5 }, { stars: 1 }] },
          b: {
            name: 'Bob',
            reviews: [{ product: { title: 'Chair' } }],
          },
        },
      },
      fetches: { users: 1, reviews: 1, products: 1 },
    },
  ],
};

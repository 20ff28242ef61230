import type { Feature } from '../suite';
import { world } from './subgraphs';

export const unions: Feature = {
  feature: 'unions across subgraphs',
  world,
  cases: [
    {
      name: 'members are told by their names',
      query: '{ accounts { __typename ... on User { id } ... on Admin { id } } }',
      expected: {
        data: {
          accounts: [
            { __typename: 'User', id: 'u1' },
            { __typename: 'Admin', id: 'm1' },
          ],
        },
      },
      fetches: { a: 1 },
    },
    {
      name: 'fields of the members in another subgraph',
      query: '{ accounts { ... on User { likes } ... on Admin { l: likes } } }',
      expected: {
        data: { accounts: [{ likes: 3 }, { l: 9 }] },
      },
      fetches: { a: 1, b: 1 },
    },
    {
      name: 'within one another, three deep',
      query:
        '{ accounts { ... on User { n: name similar { ... on Admin { name similar { ... on User { likes } } } } } } }',
      expected: {
        data: {
          accounts: [
            {
              n: 'Ann',
              similar: [{}, { name: 'Max', similar: [{ likes: 3 }, {}] }],
            },
            {},
          ],
        },
      },
      fetches: { a: 1, b: 1 },
    },
    {
      name: 'from the other subgraph, with a null among them',
      query: '{ liked { ... on User { likes name } ... on Admin { n: name } } }',
      expected: {
        data: { liked: [{ n: 'Max' }, null, { likes: 3, name: 'Ann' }] },
      },
      fetches: { b: 1, a: 1 },
    },
    {
      name: 'a union of two subgraphs below a field of the one',
      query:
        '{ leftBox { leftWrap { content { __typename ... on Common { label } ... on Left { l } ... on Right { r } } } } }',
      expected: {
        data: {
          leftBox: {
            leftWrap: {
              content: [
                { __typename: 'Common', label: 'both' },
                { __typename: 'Left', l: 'l' },
              ],
            },
          },
        },
      },
      fetches: { a: 1 },
    },
    {
      name: 'below a field of the other',
      query:
        '{ rightBox { rightWrap { content { ... on Common { label } ... on Left { l } ... on Right { r } } } } }',
      expected: {
        data: {
          rightBox: {
            rightWrap: { content: [{ r: 'r' }, { label: 'both' }] },
          },
        },
      },
      fetches: { b: 1 },
    },
    {
      name: 'below a field of the other, from the one',
      query:
        '{ leftBox { rightWrap { content { ... on Common { label } ... on Left { l } ... on Right { r } } } } }',
      expected: {
        data: {
          leftBox: {
            rightWrap: { content: [{ r: 'r' }, { label: 'both' }] },
          },
        },
      },
      fetches: { a: 1, b: 1 },
    },
    {
      name: 'below a field of both, only what both know comes',
      query:
        '{ leftBox { wrap { content { __typename ... on Common { label } ... on Left { l } ... on Right { r } } } } }',
      expected: {
        data: {
          leftBox: {
            wrap: { content: [{ __typename: 'Common', label: 'both' }] },
          },
        },
      },
      fetches: { a: 1 },
    },
    {
      name: 'a member that the subgraph does not know',
      query: '{ leftBox { leftWrap { content { ... on Right { r } } } } }',
      expected: {
        data: {
          leftBox: { leftWrap: { content: [{}, {}] } },
        },
      },
      fetches: { a: 1 },
    },
    {
      name: 'a field that may be null in one subgraph and not in the other',
      query:
        '{ liked { ... on User { tag } ... on Admin { tag } } accounts { ... on User { tag } ... on Admin { tag } } }',
      expected: {
        data: { liked: [{ tag: null }, null, { tag: 'tu' }], accounts: [{ tag: 'tu' }, { tag: null }] },
      },
      fetches: { a: 1, b: 2 },
    },
    {
      name: 'both ways at once',
      query:
        '{ leftBox { leftWrap { content { ... on Left { l } } } rightWrap { content { ... on Right { r } } } wrap { content { ... on Common { label } } } } }',
      expected: {
        data: {
          leftBox: {
            leftWrap: { content: [{}, { l: 'l' }] },
            rightWrap: { content: [{ r: 'r' }, {}] },
            wrap: { content: [{ label: 'both' }] },
          },
        },
      },
      fetches: { a: 1, b: 1 },
    },
  ],
};

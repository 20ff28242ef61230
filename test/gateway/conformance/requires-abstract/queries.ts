import type { Feature } from '../suite';
import { world } from './subgraphs';

export const requiresAbstract: Feature = {
  feature: '@requires through interfaces, unions and fragments',
  world,
  cases: [
    {
      name: 'a field of an interface',
      query: '{ posts { bytes } }',
      expected: {
        data: { posts: [{ bytes: 12288 }, { bytes: 921600 }, { bytes: 0 }] },
      },
      fetches: { posts: 1, facts: 1 },
      representations: {
        facts: [
          [
            { __typename: 'Post', media: { __typename: 'Image', kb: 12 }, id: 't1' },
            { __typename: 'Post', media: { __typename: 'Video', kb: 900 }, id: 't2' },
            { __typename: 'Post', media: null, id: 't3' },
          ],
        ],
      },
    },
    {
      name: 'fields of the types of an interface',
      query: '{ posts { caption } }',
      expected: {
        data: { posts: [{ caption: 'Image A tree' }, { caption: 'Video 30' }, { caption: 'nothing' }] },
      },
      fetches: { posts: 1, facts: 1 },
      representations: {
        facts: [
          [
            { __typename: 'Post', media: { __typename: 'Image', alt: 'A tree' }, id: 't1' },
            { __typename: 'Post', media: { __typename: 'Video', seconds: 30 }, id: 't2' },
            { __typename: 'Post', media: null, id: 't3' },
          ],
        ],
      },
    },
    {
      name: 'fields of the members of a union, in a list',
      query: '{ posts { outline } }',
      expected: {
        data: { posts: [{ outline: 'Text:40 Quote:Kant' }, { outline: 'Quote:Hume' }, { outline: '' }] },
      },
      fetches: { posts: 1, facts: 1 },
      representations: {
        facts: [
          [
            {
              __typename: 'Post',
              blocks: [
                { __typename: 'Text', words: 40 },
                { __typename: 'Quote', by: 'Kant' },
              ],
              id: 't1',
            },
            { __typename: 'Post', blocks: [{ __typename: 'Quote', by: 'Hume' }], id: 't2' },
            { __typename: 'Post', blocks: [], id: 't3' },
          ],
        ],
      },
    },
    {
      name: 'beside what the caller selects of the same objects',
      query:
        '{ posts { media { url ... on Image { a: alt } } caption blocks { ... on Quote { by } } outline } }',
      expected: {
        data: {
          posts: [
            {
              media: { url: 'i.png', a: 'A tree' },
              caption: 'Image A tree',
              blocks: [{}, { by: 'Kant' }],
              outline: 'Text:40 Quote:Kant',
            },
            { media: { url: 'v.mp4' }, caption: 'Video 30', blocks: [{ by: 'Hume' }], outline: 'Quote:Hume' },
            { media: null, caption: 'nothing', blocks: [], outline: '' },
          ],
        },
      },
      fetches: { posts: 1, facts: 1 },
    },
    {
      name: 'the caller uses the names of one type for another',
      query:
        '{ posts { media { ... on Image { seconds: alt } ... on Video { alt: seconds } } caption bytes } }',
      expected: {
        data: {
          posts: [
            { media: { seconds: 'A tree' }, caption: 'Image A tree', bytes: 12288 },
            { media: { alt: 30 }, caption: 'Video 30', bytes: 921600 },
            { media: null, caption: 'nothing', bytes: 0 },
          ],
        },
      },
      fetches: { posts: 1, facts: 1 },
    },
    {
      name: 'under a condition that does not hold',
      query: 'query ($no: Boolean!) { posts { caption @include(if: $no) bytes } }',
      variables: { no: false },
      expected: {
        data: { posts: [{ bytes: 12288 }, { bytes: 921600 }, { bytes: 0 }] },
      },
      fetches: { posts: 1, facts: 1 },
    },
    {
      name: 'all three',
      query: '{ post(id: "t1") { bytes caption outline } }',
      expected: { data: { post: { bytes: 12288, caption: 'Image A tree', outline: 'Text:40 Quote:Kant' } } },
      fetches: { posts: 1, facts: 1 },
    },
  ],
};

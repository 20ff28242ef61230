import type { Feature } from '../suite';
import { world } from './subgraphs';

export const interfaceObject: Feature = {
  feature: '@interfaceObject',
  world,
  cases: [
    {
      name: 'its field, from where the types are known',
      query: '{ media { title rating } }',
      expected: {
        data: {
          media: [
            { title: 'Sea', rating: 2 },
            { title: 'Sky', rating: 4 },
            { title: 'Sun', rating: 6 },
          ],
        },
      },
      fetches: { library: 1, opinions: 1 },
      representations: {
        opinions: [
          [
            { __typename: 'Media', id: 'd1' },
            { __typename: 'Media', id: 'd2' },
            { __typename: 'Media', id: 'd3' },
          ],
        ],
      },
    },
    {
      name: 'its field, under one of the types',
      query: '{ media { ... on Video { rating seconds } } }',
      expected: {
        data: { media: [{ rating: 2, seconds: 60 }, {}, { rating: 6, seconds: 90 }] },
      },
      fetches: { library: 1, opinions: 1 },
      representations: {
        opinions: [
          [
            { __typename: 'Media', id: 'd1' },
            { __typename: 'Media', id: 'd3' },
          ],
        ],
      },
    },
    {
      name: 'from there, nothing of the types is needed',
      query: '{ topRated { id rating } }',
      expected: {
        data: {
          topRated: [
            { id: 'd3', rating: 6 },
            { id: 'd2', rating: 4 },
          ],
        },
      },
      fetches: { opinions: 1 },
    },
    {
      name: 'from there, the name of the type is fetched',
      query: '{ topRated { __typename rating } }',
      expected: {
        data: {
          topRated: [
            { __typename: 'Video', rating: 6 },
            { __typename: 'Article', rating: 4 },
          ],
        },
      },
      fetches: { opinions: 1, library: 1 },
    },
    {
      name: 'from there, a field of the interface',
      query: '{ topRated { title } }',
      expected: {
        data: { topRated: [{ title: 'Sun' }, { title: 'Sky' }] },
      },
      fetches: { opinions: 1, library: 1 },
      representations: {
        library: [
          [
            { __typename: 'Media', id: 'd3' },
            { __typename: 'Media', id: 'd2' },
          ],
        ],
      },
    },
    {
      name: 'from there, a field of one of the types',
      query: '{ topRated { id ... on Article { words } } }',
      expected: {
        data: { topRated: [{ id: 'd3' }, { id: 'd2', words: 900 }] },
      },
      fetches: { opinions: 1, library: 1 },
    },
    {
      name: 'from there, a field that one type has in a third subgraph',
      query: '{ topRated { ... on Video { director } rating } }',
      expected: {
        data: { topRated: [{ director: 'Lee', rating: 6 }, { rating: 4 }] },
      },
      fetches: { opinions: 1, library: 1, films: 1 },
    },
    {
      name: 'of two subgraphs that know no types',
      query: '{ playlists { name media { views rating } } }',
      expected: {
        data: {
          playlists: [
            {
              name: 'Best',
              media: [
                { views: 3000, rating: 6 },
                { views: 1000, rating: 2 },
                { views: 2000, rating: 4 },
              ],
            },
          ],
        },
      },
      fetches: { playlists: 1, opinions: 1 },
    },
    {
      name: 'and on to the types',
      query: '{ playlists { media { views rating title ... on Video { seconds director } } } }',
      expected: {
        data: {
          playlists: [
            {
              media: [
                { views: 3000, rating: 6, title: 'Sun', seconds: 90, director: 'Lee' },
                { views: 1000, rating: 2, title: 'Sea', seconds: 60, director: 'Kim' },
                { views: 2000, rating: 4, title: 'Sky' },
              ],
            },
          ],
        },
      },
      fetches: { playlists: 1, library: 1, opinions: 1, films: 1 },
    },
    {
      name: 'back and forth',
      query: '{ latest { about { title comments { about { views __typename } } } } }',
      expected: {
        data: {
          latest: {
            about: {
              title: 'Sky',
              comments: [{ about: { views: 2000, __typename: 'Article' } }],
            },
          },
        },
      },
      fetches: { opinions: 1, library: 1, playlists: 1 },
    },
    {
      name: 'its field within a fragment on the interface',
      query: '{ medium(id: "d1") { ...M } } fragment M on Media { id rating views comments { text } }',
      expected: {
        data: {
          medium: { id: 'd1', rating: 2, views: 1000, comments: [{ text: 'on d1' }] },
        },
      },
      fetches: { library: 1, playlists: 1, opinions: 1 },
    },
    {
      name: 'its fields under a condition',
      query:
        'query ($yes: Boolean!, $no: Boolean!) { media { id rating @include(if: $yes) views @include(if: $no) ... on Video @skip(if: $no) { director comments @skip(if: $yes) { text } } } }',
      variables: { yes: true, no: false },
      expected: {
        data: {
          media: [
            { id: 'd1', rating: 2, director: 'Kim' },
            { id: 'd2', rating: 4 },
            { id: 'd3', rating: 6, director: 'Lee' },
          ],
        },
      },
      fetches: { library: 1, films: 1, opinions: 1 },
    },
    {
      name: 'nothing is there',
      query: '{ medium(id: "d9") { rating } }',
      expected: { data: { medium: null } },
      fetches: { library: 1 },
    },
  ],
};

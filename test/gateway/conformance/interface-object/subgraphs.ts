import { World, type Row } from '../../world';
import { find, loadedBy } from '../rows';

const media: Row[] = [
  { __typename: 'Video', id: 'd1', title: 'Sea', seconds: 60, director: 'Kim' },
  { __typename: 'Article', id: 'd2', title: 'Sky', words: 900 },
  { __typename: 'Video', id: 'd3', title: 'Sun', seconds: 90, director: 'Lee' },
];
const one = (id: unknown) => find(media, 'id', id);
const rating = (row: Row) => Number(String(row['id']).slice(1)) * 2;
const comments = (row: Row) => [{ text: `on ${String(row['id'])}`, about: row }];
const views = (row: Row) => Number(String(row['id']).slice(1)) * 1000;
const lists = [{ id: 'l1', name: 'Best', media: ['d3', 'd1', 'd2'] }];

/**
 * One subgraph knows what kinds of media there are; two others know only that there are media, and add to all of them;
 * the last knows one of the kinds, and nothing of the interface.
 */
export function world(): World {
  const mediaRoot = () => media;
  const medium = (_: Row, { id }: Row) => one(id);
  return new World({
    subgraphs: {
      library: {
        sdl: `
          type Query { media: [Media!]!  medium(id: ID!): Media }
          interface Media @key(fields: "id") { id: ID! title: String }
          type Video implements Media @key(fields: "id") { id: ID! title: String seconds: Int }
          type Article implements Media @key(fields: "id") { id: ID! title: String words: Int }`,
        resolvers: { Query: { media: mediaRoot, medium } },
        loaders: {
          Media: loadedBy(media, 'id'),
          Video: loadedBy(media, 'id'),
          Article: loadedBy(media, 'id'),
        },
      },
      opinions: {
        sdl: `
          type Query { topRated: [Media!]!  latest: Comment }
          type Media @key(fields: "id") @interfaceObject { id: ID! rating: Int! comments: [Comment!]! }
          type Comment { text: String! about: Media! }`,
        resolvers: {
          Query: { topRated: () => [{ id: 'd3' }, { id: 'd2' }], latest: () => comments({ id: 'd2' })[0] },
          Media: { rating, comments },
        },
        loaders: { Media: ({ id }) => ({ id }) },
      },
      playlists: {
        sdl: `
          type Query { playlists: [Playlist!]! }
          type Playlist @key(fields: "id") { id: ID! name: String media: [Media!]! }
          type Media @key(fields: "id") @interfaceObject { id: ID! views: Int }`,
        resolvers: {
          Query: { playlists: () => lists },
          Playlist: { media: (row) => (row['media'] as string[]).map((id) => ({ id })) },
          Media: { views },
        },
        loaders: { Playlist: loadedBy(lists, 'id'), Media: ({ id }) => ({ id }) },
      },
      films: {
        sdl: `type Video @key(fields: "id") { id: ID! director: String }`,
        loaders: { Video: loadedBy(media, 'id') },
      },
    },
    whole: {
      Query: {
        media: mediaRoot,
        medium,
        topRated: () => [one('d3'), one('d2')],
        latest: () => comments(one('d2') ?? {})[0],
        playlists: () => lists,
      },
      Video: { rating, comments, views },
      Article: { rating, comments, views },
      Playlist: { media: (row) => (row['media'] as string[]).map(one) },
    },
  });
}

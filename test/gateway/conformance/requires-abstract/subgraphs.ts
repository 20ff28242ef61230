import { World, type Row } from '../../world';
import { asGiven, find, loadedBy } from '../rows';

const posts: Row[] = [
  {
    id: 't1',
    media: { __typename: 'Image', url: 'i.png', kb: 12, alt: 'A tree' },
    blocks: [
      { __typename: 'Text', words: 40 },
      { __typename: 'Quote', by: 'Kant' },
    ],
  },
  {
    id: 't2',
    media: { __typename: 'Video', url: 'v.mp4', kb: 900, seconds: 30 },
    blocks: [{ __typename: 'Quote', by: 'Hume' }],
  },
  { id: 't3', media: null, blocks: [] },
];
const find1 = (_: Row, { id }: Row) => find(posts, 'id', id);
const bytes = (row: Row) => ((row['media'] as { kb: number } | null)?.kb ?? 0) * 1024;
const caption = (row: Row) => {
  const media = row['media'] as Row | null;
  return media === null
    ? 'nothing'
    : `${String(media['__typename'])} ${String(media['alt'] ?? media['seconds'])}`;
};
const outline = (row: Row) =>
  (row['blocks'] as Row[])
    .map((block) => `${String(block['__typename'])}:${String(block['words'] ?? block['by'])}`)
    .join(' ');

/** What is required lies behind an interface or a union: in its own fields, or in those of some of its types. */
export function world(): World {
  const postsRoot = () => posts;
  return new World({
    subgraphs: {
      posts: {
        sdl: `
          type Query { posts: [Post!]!  post(id: ID!): Post }
          type Post @key(fields: "id") { id: ID! media: Media blocks: [Block!]! }
          interface Media { url: String! kb: Int }
          type Image implements Media { url: String! kb: Int alt: String }
          type Video implements Media { url: String! kb: Int seconds: Int }
          union Block = Text | Quote
          type Text { words: Int }
          type Quote { by: String }`,
        resolvers: { Query: { posts: postsRoot, post: find1 } },
        loaders: { Post: loadedBy(posts, 'id') },
      },
      facts: {
        sdl: `
          type Post @key(fields: "id") {
            id: ID! media: Media @external blocks: [Block!]! @external
            bytes: Int @requires(fields: "media { kb }")
            caption: String @requires(fields: "media { ... on Image { alt } ... on Video { seconds } }")
            outline: String @requires(fields: "blocks { ... on Text { words } ... on Quote { by } }")
          }
          interface Media { kb: Int }
          type Image implements Media { kb: Int @external alt: String @external }
          type Video implements Media { kb: Int @external seconds: Int @external }
          union Block = Text | Quote
          type Text { words: Int @external }
          type Quote { by: String @external }`,
        resolvers: { Post: { bytes, caption, outline } },
        loaders: { Post: asGiven },
      },
    },
    whole: { Query: { posts: postsRoot, post: find1 }, Post: { bytes, caption, outline } },
  });
}

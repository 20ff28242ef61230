import { World, type Row } from '../../world';
import { find, loadedBy } from '../rows';

const authors: Row[] = [
  { __typename: 'Author', id: 'a1', name: 'Ann', home: { town: 'Ulm', zip: '89' }, bio: 'writes' },
  { __typename: 'Author', id: 'a2', name: 'Bob', home: { town: 'Bonn', zip: '53' }, bio: 'reads' },
];
const robots: Row[] = [{ __typename: 'Robot', id: 'o1', name: 'R2', model: 'D2' }];
const makers = [...authors, ...robots];
const works: Row[] = [
  { id: 'w1', author: authors[0], maker: authors[0], creators: [authors[0], robots[0]], people: authors },
  { id: 'w2', author: authors[1], maker: robots[0], creators: [], people: [] },
];
const work = (_: Row, { id }: Row) => find(works, 'id', id);

/** One subgraph has some fields of another's entities, but only below certain fields of its own. */
export function world(): World {
  const worksRoot = () => works;
  return new World({
    subgraphs: {
      works: {
        sdl: `
          type Query { works: [Work!]! @provides(fields: "people { name }")  work(id: ID!): Work  plain: [Author!]! }
          type Work @key(fields: "id") {
            id: ID!
            author: Author @provides(fields: "name home { town }")
            maker: Maker @provides(fields: "... on Author { name } ... on Robot { name }")
            creators: [Creator!]! @provides(fields: "... on Author { name } ... on Robot { model }")
            people: [Author!]!
          }
          interface Maker { id: ID! }
          union Creator = Author | Robot
          type Author implements Maker @key(fields: "id") { id: ID! name: String @external home: Home @external }
          type Home { town: String @external }
          type Robot implements Maker @key(fields: "id") { id: ID! name: String @external model: String @external }`,
        resolvers: { Query: { works: worksRoot, work, plain: () => authors } },
        loaders: {
          Work: loadedBy(works, 'id'),
          Author: loadedBy(authors, 'id'),
          Robot: loadedBy(robots, 'id'),
        },
      },
      makers: {
        sdl: `
          type Query { makers: [Author!]! }
          type Author @key(fields: "id") { id: ID! name: String @shareable home: Home @shareable bio: String }
          type Home { town: String @shareable zip: String @shareable }
          type Robot @key(fields: "id") { id: ID! name: String @shareable model: String @shareable }`,
        resolvers: { Query: { makers: () => authors } },
        loaders: { Author: loadedBy(makers, 'id'), Robot: loadedBy(makers, 'id') },
      },
    },
    whole: { Query: { works: worksRoot, work, plain: () => authors, makers: () => authors } },
  });
}

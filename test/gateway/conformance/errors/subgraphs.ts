import { GraphQLError } from 'graphql';
import { World, type Row } from '../../world';

const ids = ['1', '2', '3'];
const fail = (message: string, code?: string): never => {
  throw new GraphQLError(message, code === undefined ? {} : { extensions: { code } });
};
const score = ({ id }: Row) => (id === '2' ? fail('no score', 'NO_SCORE') : Number(id) * 10);
const badges = ({ id }: Row) => [
  { name: `b${String(id)}` },
  new GraphQLError('lost badge'),
  { name: () => (id === '3' ? fail('no name') : 'x') },
];
const strict = ({ id }: Row) => (id === '2' ? fail('strict') : 1);

/** A subgraph in which some fields of some entities fail, one that cannot load some of them, and one that is down. */
export function world(): World {
  const made = new World({
    subgraphs: {
      users: {
        sdl: `
          type Query { users: [User!]!  maybe: [User]  user(id: ID!): User  broken: String  worse: String! }
          type User @key(fields: "id") { id: ID! name: String boss: User }`,
        resolvers: {
          Query: {
            users: () => ids.map((id) => ({ id, name: `n${id}` })),
            maybe: () => [{ id: '2' }, new GraphQLError('no user here'), { id: '3' }],
            user: (_, { id }) => ({ id, name: `n${String(id)}` }),
            broken: () => fail('broken', 'BROKEN'),
            worse: () => fail('worse'),
          },
          User: { boss: ({ id }) => (id === '1' ? null : { id: '2', name: 'n2' }) },
        },
        loaders: { User: ({ id }) => ({ id, name: `n${String(id)}` }) },
      },
      scores: {
        sdl: `
          type User @key(fields: "id") { id: ID! score: Int badges: [Badge] strict: Int! }
          type Badge { name: String! }`,
        resolvers: { User: { score, badges, strict } },
        loaders: { User: ({ id }) => ({ id }) },
      },
      access: {
        sdl: `type User @key(fields: "id") { id: ID! role: String }`,
        resolvers: { User: { role: ({ id }) => `role ${String(id)}` } },
        loaders: {
          User: ({ id }) =>
            id === '2'
              ? new GraphQLError('forbidden', { extensions: { code: 'FORBIDDEN', who: id } })
              : { id },
        },
      },
      down: {
        sdl: `type Query { far: String } type User @key(fields: "id") { id: ID! away: String }`,
        loaders: { User: ({ id }) => ({ id }) },
      },
    },
    whole: {
      Query: {
        users: () => ids.map((id) => ({ id, name: `n${id}` })),
        maybe: () => [{ id: '2' }, new GraphQLError('no user here'), { id: '3' }],
        user: (_, { id }) => ({ id, name: `n${String(id)}` }),
        broken: () => fail('broken', 'BROKEN'),
        worse: () => fail('worse'),
      },
      User: { score, badges, strict, boss: ({ id }) => (id === '1' ? null : { id: '2', name: 'n2' }) },
    },
  });
  made.instead['down'] = () => Promise.reject(new Error('connect ECONNREFUSED'));
  return made;
}

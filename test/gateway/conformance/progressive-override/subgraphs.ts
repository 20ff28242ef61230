import { World, type Row } from '../../world';
import { find, loadedBy } from '../rows';

const users: Row[] = [{ id: 'u1' }, { id: 'u2' }];

/** Two fields that are on the move: the one for those with a label, the other for a quarter of all requests. */
export function world(): World {
  return new World({
    subgraphs: {
      old: {
        sdl: `
          type Query { users: [User!]!  user(id: ID!): User }
          type User @key(fields: "id") { id: ID! email: String plan: String }`,
        resolvers: {
          Query: { users: () => users, user: (_, { id }) => find(users, 'id', id) },
          User: { email: () => 'old email', plan: () => 'old plan' },
        },
        loaders: { User: loadedBy(users, 'id') },
      },
      new: {
        sdl: `
          type Query { newest: User }
          type User @key(fields: "id") {
            id: ID! email: String @override(from: "old", label: "beta") plan: String @override(from: "old", label: "percent(25)")
          }`,
        resolvers: {
          Query: { newest: () => users[1] },
          User: { email: () => 'new email', plan: () => 'new plan' },
        },
        loaders: { User: loadedBy(users, 'id') },
      },
    },
  });
}

export const beta = { labels: new Set(['beta']), percentage: 100 };
export const quarter = { labels: new Set<string>(), percentage: 10 };
export const rest = { labels: new Set(['other']), percentage: 25 };

import { World, type Row } from '../../world';
import { loadedBy } from '../rows';

const users: Row[] = [
  { id: 'u1', role: 'GUEST', since: 1 },
  { id: 'u2', role: 'SECRET', since: 2 },
  { id: 'u3', role: 'OWNER', since: 3 },
];
const byRole = (_: Row, { role }: Row) => users.filter((user) => user['role'] === role);
const search = (_: Row, { filter }: Row) => {
  const { since, role, ids, nested } = filter as {
    since?: number;
    role?: string;
    ids?: string[];
    nested?: { deep?: number[] };
  };
  return users.filter(
    (user) =>
      (since === undefined || Number(user['since']) >= since) &&
      (role === undefined || user['role'] === role) &&
      (ids?.includes(String(user['id'])) ?? true) &&
      (nested?.deep?.includes(Number(user['since'])) ?? true),
  );
};
const mood = (row: Row, { as }: Row) => `${String(row['id'])} as ${String(as)}`;

/**
 * An enum that one subgraph only gives has the values of all; one that is also taken has those that all know. An input type
 * has the fields that all subgraphs know.
 */
export function world(): World {
  return new World({
    subgraphs: {
      a: {
        sdl: `
          type Query { users: [User!]!  byRole(role: Role!): [User!]!  search(filter: Filter!): [User!]! }
          type User @key(fields: "id") { id: ID! role: Role colour: Colour @shareable }
          enum Role { GUEST OWNER SECRET @inaccessible }
          enum Colour { RED GREEN }
          input Filter { since: Int = 2 role: Role ids: [ID!] nested: Nested onlyInA: Int }
          input Nested { deep: [Int!] }`,
        resolvers: { Query: { users: () => users, byRole, search }, User: { colour: () => 'GREEN' } },
        loaders: { User: loadedBy(users, 'id') },
      },
      b: {
        sdl: `
          type Query { found(filter: Filter!): [User!]! }
          type User @key(fields: "id") { id: ID! mood(as: Role = OWNER): String best: Colour colour: Colour @shareable }
          enum Role { GUEST OWNER SECRET @inaccessible }
          enum Colour { RED BLUE }
          input Filter { since: Int = 2 role: Role ids: [ID!] nested: Nested }
          input Nested { deep: [Int!] }`,
        resolvers: { Query: { found: search }, User: { mood, best: () => 'BLUE', colour: () => 'RED' } },
        loaders: { User: loadedBy(users, 'id') },
      },
    },
    whole: {
      Query: { users: () => users, byRole, search, found: search },
      User: { mood, best: () => 'BLUE', colour: () => 'GREEN' },
    },
  });
}

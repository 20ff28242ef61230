import { buildSchema, type GraphQLSchema } from 'graphql';

import { compose, type ResolveReferences, type Subgraph, toSubgraph } from '../../src/gateway';

/** A shop of three subgraphs, in memory, so that a query over all of them costs what its gateway costs. */
const PRODUCTS = 20;
const REVIEWS_EACH = 3;
const USERS = 15;

/** Twenty products, three reviews of each from another subgraph, their authors from a third. */
export const JOIN = '{ products { id name reviews { id body author { id name } } } }';

interface Keyed {
  readonly id: string;
}

type Resolvers = Readonly<Record<string, Readonly<Record<string, (source: Keyed) => unknown>>>>;

const products = Array.from({ length: PRODUCTS }, (_, at) => ({ id: `p${at}`, name: `Product ${at}` }));
const users = Array.from({ length: USERS }, (_, at) => ({ id: `u${at}`, name: `User ${at}` }));
const reviews = new Map(
  products.map(({ id }, at) => [
    id,
    Array.from({ length: REVIEWS_EACH }, (_, nth) => ({
      id: `${id}-r${nth}`,
      body: `Review ${nth} of ${id}`,
      author: { id: `u${(at * REVIEWS_EACH + nth) % USERS}` },
    })),
  ]),
);
const userOf = new Map(users.map((user) => [user.id, user]));

/** The three subgraphs, executable, with their supergraph. */
export function shop(): { readonly subgraphs: readonly Subgraph[]; readonly supergraphSdl: string } {
  const subgraphs = [
    toSubgraph({
      name: 'products',
      schema: executable(
        `type Query { products: [Product!]! } type Product @key(fields: "id") { id: ID! name: String! }`,
        { Query: { products: () => products } },
      ),
      references: { Product: loaded((id) => products.find((one) => one.id === id)) },
    }),
    toSubgraph({
      name: 'reviews',
      schema: executable(
        `type Product @key(fields: "id") { id: ID! reviews: [Review!]! }
         type Review { id: ID! body: String! author: User! } type User @key(fields: "id") { id: ID! }
         type Query { newestReview: Review }`,
        { Product: { reviews: ({ id }) => reviews.get(id) ?? [] } },
      ),
      references: { Product: loaded((id) => ({ id })), User: loaded((id) => ({ id })) },
    }),
    toSubgraph({
      name: 'users',
      schema: executable(
        `type User @key(fields: "id") { id: ID! name: String! } type Query { users: [User!]! }`,
        { Query: { users: () => users } },
      ),
      references: { User: loaded((id) => userOf.get(id)) },
    }),
  ];
  return { subgraphs, supergraphSdl: compose(subgraphs) };
}

function loaded(find: (id: string) => object | undefined): ResolveReferences<unknown> {
  return (references) => Promise.resolve(references.map(({ id }) => find(String(id)) ?? null));
}

function executable(sdl: string, resolvers: Resolvers): GraphQLSchema {
  const schema = buildSchema(`${sdl} directive @key(fields: String!) repeatable on OBJECT`);
  for (const [name, fields] of Object.entries(resolvers)) {
    const type = schema.getType(name);
    if (type === undefined || !('getFields' in type)) throw new Error(`there is no type ${name}`);
    for (const [field, resolve] of Object.entries(fields)) {
      const definition = type.getFields()[field];
      if (definition !== undefined && 'resolve' in definition) definition.resolve = resolve;
    }
  }
  return schema;
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createSchema, createYoga } from 'graphql-yoga';

/**
 * A subgraph of somebody else, with nothing of ours in it: GraphQL Yoga, and Federation by hand. It adds reviews to
 * algorithms. It runs as a process of its own, and does as its parent's messages say.
 */

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])`;

const TYPES = `
  type Query { reviewsHeaders: [String!] }
  type Mutation { addReview(algorithm: String!, text: String!): Review }
  type Review @key(fields: "id") { id: ID! text: String! algorithm: Algorithm }
  type Algorithm @key(fields: "ref") { ref: String! reviews: [Review!] failing: String }
`;

const FEDERATION = `
  scalar _Any
  union _Entity = Algorithm | Review
  type _Service { sdl: String! }
  extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
`;

interface Sent {
  readonly sdl?: string;
  readonly hold?: boolean;
}

let told = `${LINK}\n${TYPES}`;
/** Null: nothing is held. */
let held: (() => void)[] | null = null;

process.on('message', ({ sdl, hold }: Sent) => {
  if (sdl !== undefined) told = sdl === '' ? `${LINK}\n${TYPES}` : `${LINK}\n${sdl}`;
  if (hold === true) held = [];
  if (hold === false) {
    for (const release of held ?? []) release();
    held = null;
  }
  process.send?.('done');
});

const reviewOf = (ref: string) => ({ id: `${ref}#1`, text: `of ${ref}`, algorithm: { ref } });

const schema = createSchema<{ request: Request }>({
  typeDefs: TYPES.replace(/@key\(fields: "\w+"\)/g, '') + FEDERATION,
  resolvers: {
    Query: {
      _service: () => ({ sdl: told }),
      _entities: (_root: unknown, { representations }: { representations: object[] }) => representations,
      reviewsHeaders: (_root: unknown, _arguments: unknown, { request }: { request: Request }) =>
        [...request.headers.entries()].map(([name, value]) => `${name}: ${value}`),
    },
    Mutation: { addReview: (_root: unknown, { algorithm }: { algorithm: string }) => reviewOf(algorithm) },
    Algorithm: {
      reviews: async ({ ref }: { ref: string }) => {
        if (held !== null) await new Promise<void>((resolve) => held?.push(resolve));
        return [reviewOf(ref)];
      },
      failing: () => {
        throw new Error('a secret of the reviews');
      },
    },
    _Entity: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
  },
});

const yoga = createYoga({ schema, logging: false, landingPage: false });
const server = createServer((request, response) => void yoga(request, response));
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});

import 'reflect-metadata';

import type { AddressInfo } from 'node:net';

import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify from 'fastify';

import { Authenticator } from '../../src/auth';
import { BackendAddressGuard } from '../../src/calls';
import { readConfig } from '../../src/config';
import { Database } from '../../src/database';
import { Follower, Ledger } from '../../src/ledger';
import { PastResolution, ResolutionIndex } from '../../src/resolution';
import { buildRegistrySubgraph } from '../../src/subgraphs/registry';
import type { GraphContext } from '../../src/subgraphs/shared/context';
import { serve } from '../tools/serve';

/**
 * A plain Apollo Server on the schema of the registry subgraph: the same resolvers over the same parts, behind the
 * same Fastify integration, without a gateway, limits or error translation. Source: chapter 5, "Speed".
 */
async function start(variables: Readonly<Record<string, string>>): Promise<number> {
  const config = readConfig(variables);
  const database = await Database.open(config.database);
  const ledger = new Ledger(database);
  const follower = new Follower(database, ledger, { maxStalenessMs: config.maxStalenessMs });
  const index = new ResolutionIndex(database, follower, { maxEntries: 1_000_000 });
  const authenticator = new Authenticator(database, follower, config.rootKey);
  await follower.start();
  const addresses = new BackendAddressGuard(config.backendAllow);
  const past = new PastResolution(database, index, { maxEvents: 1, maxEntries: 1 });
  const receipts = { signAll: () => Promise.reject(new Error('nothing is signed here')) };
  const { schema } = buildRegistrySubgraph({ database, ledger, index, past, receipts, addresses });

  const apollo = new ApolloServer<GraphContext>({
    schema,
    stopOnTerminationSignals: false,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
  await apollo.start();
  const server = Fastify({ logger: false });
  const handler = fastifyApolloHandler(apollo, {
    context: async (request) => ({
      principal: await authenticator.authenticate(request.headers.authorization),
      requestId: request.id,
    }),
  });
  server.route({ method: ['GET', 'POST'], url: '/graphql', handler });
  await server.listen({ host: '127.0.0.1', port: 0 });
  return (server.server.address() as AddressInfo).port;
}

serve({ start });

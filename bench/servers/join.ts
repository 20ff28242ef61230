import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify from 'fastify';
import type { GraphQLSchema } from 'graphql';

import { createGateway, inProcess } from '../../src/gateway';
import { serve } from '../tools/serve';
import { shop } from '../tools/shop';

/** What is used of the package `@apollo/gateway`, which is never a dependency: its licence is Elastic's. */
interface ApolloGatewayPackage {
  readonly ApolloGateway: new (options: {
    readonly supergraphSdl: string;
    readonly buildService: (definition: { readonly name: string }) => unknown;
  }) => GatewayInterface;
  readonly LocalGraphQLDataSource: new (schema: GraphQLSchema) => unknown;
}

/**
 * The shop behind Apollo Server and a gateway.
 * @param folder that `@apollo/gateway` is installed in; null: our own
 * @returns the port
 */
async function start(folder: string | null): Promise<number> {
  const apollo = new ApolloServer({
    gateway: folder === null ? ours() : theirs(folder),
    stopOnTerminationSignals: false,
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
  await apollo.start();
  const server = Fastify({ logger: false });
  server.route({ method: ['GET', 'POST'], url: '/graphql', handler: fastifyApolloHandler(apollo) });
  await server.listen({ host: '127.0.0.1', port: 0 });
  return (server.server.address() as AddressInfo).port;
}

function ours(): GatewayInterface {
  const { subgraphs, supergraphSdl } = shop();
  const runners = Object.fromEntries(subgraphs.map(({ name, schema }) => [name, inProcess(schema)]));
  return createGateway({ supergraphSdl, runners });
}

function theirs(folder: string): GatewayInterface {
  const { subgraphs, supergraphSdl } = shop();
  const installed = createRequire(join(folder, 'package.json'));
  const { ApolloGateway, LocalGraphQLDataSource } = installed('@apollo/gateway') as ApolloGatewayPackage;
  const sources = new Map(subgraphs.map(({ name, schema }) => [name, new LocalGraphQLDataSource(schema)]));
  return new ApolloGateway({ supergraphSdl, buildService: ({ name }) => sources.get(name) });
}

serve({ start });

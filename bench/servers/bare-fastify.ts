import type { AddressInfo } from 'node:net';

import Fastify from 'fastify';

import { serve } from '../tools/serve';

/** A Fastify server with one route, which answers with the same JSON text each time. */
async function start({ path, body }: { readonly path: string; readonly body: string }): Promise<number> {
  const server = Fastify({ logger: false });
  server.get(path, (_request, reply) => reply.type('application/json; charset=utf-8').send(body));
  await server.listen({ host: '127.0.0.1', port: 0 });
  return (server.server.address() as AddressInfo).port;
}

serve({ start });

import type { FastifyInstance } from 'fastify';

import type { SubgraphTokens } from '../auth';

/** In seconds. The keys do not change while a replica runs. */
const MAX_AGE = 300;

/** `GET /.well-known/jwks.json`: the keys by which subgraphs of operators verify tokens of ours (RFC 7517, 8.5.1). */
export function jwksRoute(server: FastifyInstance, tokens: Pick<SubgraphTokens, 'jwks'>): void {
  const body = JSON.stringify(tokens.jwks);
  server.get('/.well-known/jwks.json', (_request, reply) =>
    reply
      .header('cache-control', `public, max-age=${MAX_AGE}`)
      .header('access-control-allow-origin', '*')
      .type('application/jwk-set+json')
      .send(body),
  );
}

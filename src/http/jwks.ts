import type { FastifyInstance } from 'fastify';

import type { SigningKeys } from '../keys';

/** In seconds. Whoever meets a key that it does not know asks again. */
const MAX_AGE = 300;

/**
 * `GET /.well-known/jwks.json`: the keys that sign, or did, by which tokens and receipts of ours are verified
 * (RFC 7517, 8.5.1).
 */
export function jwksRoute(server: FastifyInstance, keys: Pick<SigningKeys, 'jwks'>): void {
  server.get('/.well-known/jwks.json', (_request, reply) =>
    reply
      .header('cache-control', `public, max-age=${MAX_AGE}`)
      .header('access-control-allow-origin', '*')
      .type('application/jwk-set+json')
      .send(JSON.stringify(keys.jwks)),
  );
}

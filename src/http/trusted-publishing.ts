import type { FastifyInstance } from 'fastify';

import { credentialOf } from '../auth/credential';
import { AlgogateError } from '../domain/errors';
import type { TokenExchangeService } from '../subgraphs/access';

const MAX_BODY_BYTES = 4096;

/**
 * `POST /v1/trusted-publishing/token`: a pipeline brings its identity token as `Authorization: Bearer`, names the
 * algorithm in `{"algorithm": "owner/name"}`, and gets a key of minutes for it. Source: chapter 7.
 */
export function trustedPublishingRoute(
  server: FastifyInstance,
  exchange: Pick<TokenExchangeService, 'exchange'>,
): void {
  server.post('/v1/trusted-publishing/token', { bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
    const token = credentialOf(request.headers.authorization);
    if (token === null) throw new AlgogateError('UNAUTHENTICATED', 'a credential is needed');
    const key = await exchange.exchange(token, algorithmIn(request.body));
    return reply.header('cache-control', 'private, no-store').send({
      token: key.secret,
      algorithm: key.algorithm,
      expires_at: new Date(key.expiresAt).toISOString(),
    });
  });
}

function algorithmIn(body: unknown): string {
  const algorithm = (body as { algorithm?: unknown } | null)?.algorithm;
  if (typeof algorithm === 'string') return algorithm;
  throw new AlgogateError('INVALID_INPUT', 'the body is {"algorithm": "owner/name"}', ['algorithm']);
}

import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

import { AlgogateError } from '../../domain/errors';
import type { Principal } from '../../domain/principal';

export interface MetricsParts {
  readonly registry: Registry;
  readonly authenticate: (authorization: string | undefined) => Principal | Promise<Principal>;
}

/**
 * `/metrics`, for the operator's credential alone: its counters move with what tenants do in private.
 * Source: chapter 6.
 */
export function metricsRoute(server: FastifyInstance, { registry, authenticate }: MetricsParts): void {
  server.get('/metrics', async (request, reply) => {
    const principal = await authenticate(request.headers.authorization);
    if (principal.kind !== 'operator') {
      const code = principal.kind === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
      throw new AlgogateError(code, "the metrics are for the operator's credential");
    }
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

import type { FastifyInstance } from 'fastify';

/** Each part that a replica needs, and whether it is there. */
export interface Readiness {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, string>>;
}

/** `/healthz`: the process lives. `/readyz`: it can serve, or which part cannot. Source: chapter 9, "Health". */
export function healthRoutes(server: FastifyInstance, readiness: () => Promise<Readiness>): void {
  server.get('/healthz', (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );
  server.get('/readyz', async (_request, reply) => {
    const { ready, parts } = await readiness();
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'not ready', ...parts });
  });
}

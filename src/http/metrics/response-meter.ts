import type { FastifyInstance } from 'fastify';

import type { Sample } from './families';

/** Answers by the first digit of their status: index 2 is 2xx. */
export type StatusClasses = Float64Array;

/** Where no route is: what was asked for is no label, since anybody can make up paths without end. */
const NO_ROUTE = '(none)';

const CLASSES = [2, 3, 4, 5] as const;

/** Counts answers by route template and class of status: as many series as there are routes, whatever is asked for. */
export class ResponseMeter {
  private readonly routes = new Map<string, StatusClasses>([[NO_ROUTE, newClasses()]]);

  /** Counts what `server` answers, on the routes that it gets from now on. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ url }) => {
      if (!this.routes.has(url)) this.routes.set(url, newClasses());
    });
    server.addHook('onResponse', (request, reply, done) => {
      const counts = this.routes.get(request.routeOptions.url ?? NO_ROUTE);
      const at = Math.trunc(reply.statusCode / 100);
      if (counts !== undefined) counts[at] = (counts[at] ?? 0) + 1;
      done();
    });
  }

  /** @param others counted elsewhere, by route template */
  samples(others: ReadonlyMap<string, StatusClasses>): Sample[] {
    return [...this.routes, ...others].flatMap(([route, counts]) =>
      CLASSES.map((digit) => ({ labels: { route, status: `${digit}xx` }, value: counts[digit] ?? 0 })),
    );
  }
}

function newClasses(): StatusClasses {
  return new Float64Array(6);
}

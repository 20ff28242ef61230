import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { outwardError } from './errors';
import type { GraphContext } from '../subgraphs/shared/context';
import type { TraceSpan, Tracing } from '../tracing';

/** Asked every few seconds by machines, and no part of what anybody waits for. */
const UNTRACED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** The spans of requests that Fastify answers. The call path, which stands before it, makes its own. */
export class RequestSpans {
  private readonly spans = new WeakMap<FastifyRequest, TraceSpan>();

  constructor(private readonly tracing: Tracing) {}

  /** Traces what `server` answers on the routes that it gets from now on. */
  watch(server: FastifyInstance): void {
    server.addHook('onRequest', (request, _reply, done) => {
      this.begin(request);
      done();
    });
    server.addHook('onError', (request, _reply, error, done) => {
      const { code } = outwardError(error);
      this.of(request)?.set('algogate.error_code', code).failOpen(code);
      done();
    });
    server.addHook('onResponse', (request, reply, done) => {
      const span = this.of(request);
      span?.set('http.response.status_code', reply.statusCode);
      if (reply.statusCode >= 500) span?.fail(String(reply.statusCode));
      span?.end();
      done();
    });
  }

  /** Null for a request that is not traced. */
  of(request: FastifyRequest): TraceSpan | null {
    return this.spans.get(request) ?? null;
  }

  private begin(request: FastifyRequest): void {
    const { method, routeOptions, id, headers } = request;
    const route = routeOptions.url ?? null;
    if (route !== null && UNTRACED.has(route)) return;
    const span = this.tracing.begin(route === null ? method : `${method} ${route}`, id, headers);
    if (span === null) return;
    this.spans.set(request, span.set('http.request.method', method).set('http.route', route));
  }
}

/** Says on the span of a request to the graph which operation it was, and the code of its first error. */
export function tracedOperations(): ApolloServerPlugin<GraphContext> {
  return {
    requestDidStart: ({ contextValue: { span } }) =>
      Promise.resolve({
        didResolveOperation: ({ operation, operationName }) => {
          span
            ?.set('graphql.operation.type', operation?.operation ?? null)
            .set('graphql.operation.name', operationName ?? null);
          return Promise.resolve();
        },
        willSendResponse: ({ response: { body } }) => {
          const [error] = (body.kind === 'single' && body.singleResult.errors) || [];
          const code = error?.extensions?.['code'];
          if (typeof code === 'string') span?.set('algogate.error_code', code);
          return Promise.resolve();
        },
      }),
  };
}

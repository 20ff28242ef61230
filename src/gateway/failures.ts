import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { responseKeyOf } from './aliases';
import { GatewayError } from './errors';
import { QUERY_TOO_COMPLEX } from './limits';

export type ResponsePath = readonly (string | number)[];

/** The code of an error that is the gateway's or a subgraph's own fault, not the caller's. */
export const UNAVAILABLE = 'UNAVAILABLE';

/**
 * A subgraph's error as an error of the caller's document. It is always built anew: one that came over HTTP is a
 * plain object, and one from this process points into a document that the caller never saw. `extensions` stay, and
 * so does the error that was thrown in this process, for the server's `formatError`.
 */
export function relocated(
  error: GraphQLError | GraphQLFormattedError,
  path: ResponsePath | undefined,
): GraphQLError {
  const originalError = error instanceof GraphQLError ? error.originalError : undefined;
  return new GraphQLError(error.message, {
    ...(path === undefined
      ? {}
      : { path: path.map((key) => (typeof key === 'string' ? responseKeyOf(key) : key)) }),
    ...(error.extensions === undefined ? {} : { extensions: error.extensions }),
    ...(originalError === undefined ? {} : { originalError }),
  });
}

/** The error of a subgraph that could not be asked, or that answered with neither data nor errors. */
export function unreachable(service: string, cause: unknown): GraphQLError {
  if (cause instanceof GraphQLError) return cause;
  return new GraphQLError(`The subgraph "${service}" did not answer.`, {
    extensions: { code: UNAVAILABLE, subgraph: service },
    originalError: cause instanceof Error ? cause : new Error(String(cause)),
  });
}

/** The error of entities for which a subgraph answered with none, or with more or fewer: whose they are nobody knows. */
export function unanswered(service: string): GraphQLError {
  return new GraphQLError(`The subgraph "${service}" did not answer for what it was asked.`, {
    extensions: { code: UNAVAILABLE, subgraph: service },
  });
}

/** The error of a request whose caller is gone or whose time is up. */
export function aborted(signal: AbortSignal): GraphQLError {
  const reason: unknown = signal.reason;
  if (reason instanceof GraphQLError) return reason;
  return new GraphQLError('The request was aborted.', {
    extensions: { code: UNAVAILABLE },
    originalError: reason instanceof Error ? reason : new Error(String(reason)),
  });
}

/**
 * The error of a query that the planner has no plan for: a fault of the graph, so its reason stays inside. That it takes
 * too long to plan is its own.
 */
export function unplannable(cause: unknown): GraphQLError {
  const code = cause instanceof GatewayError ? cause.code : null;
  if (code === 'PLANNING_TOO_LONG') {
    const extensions = { code: QUERY_TOO_COMPLEX, http: { status: 400 } };
    return new GraphQLError('The query takes too long to plan.', {
      extensions,
      originalError: cause as Error,
    });
  }
  const message =
    code === 'PLANNER_UNAVAILABLE'
      ? 'The gateway cannot plan this operation now.'
      : 'The gateway has no plan for this operation.';
  return new GraphQLError(message, {
    extensions: { code: UNAVAILABLE },
    originalError: cause instanceof Error ? cause : new Error(String(cause)),
  });
}

import { GraphQLError } from 'graphql';

/**
 * Behind every error that a subgraph elsewhere gave, as its `originalError`: what such an error says is the word of
 * whoever runs that subgraph, and no fault of this process.
 */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';

  constructor(
    readonly subgraph: string,
    message: string,
  ) {
    super(message);
  }
}

/** Whether a subgraph elsewhere gave this error. It goes by who made the error, never by what it says of itself. */
export function isRemote(error: unknown): boolean {
  return error instanceof GraphQLError && error.originalError instanceof RemoteError;
}

/**
 * Extensions that stay behind: `http` would set the status and the headers of the server's own answer, and the
 * others tell callers how a subgraph is built.
 */
const KEPT_BACK: ReadonlySet<string> = new Set(['http', 'stacktrace', 'exception']);

/** An error of the subgraph `subgraph`, which it names; `extensions` otherwise as the subgraph gave them. */
export function remoteError(
  subgraph: string,
  message: string,
  path: readonly (string | number)[] | undefined,
  extensions: Readonly<Record<string, unknown>>,
): GraphQLError {
  const told = Object.entries(extensions).filter(([key]) => !KEPT_BACK.has(key));
  return new GraphQLError(message, {
    ...(path === undefined ? {} : { path }),
    extensions: { ...Object.fromEntries(told), subgraph },
    originalError: new RemoteError(subgraph, message),
  });
}

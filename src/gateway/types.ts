import type { DocumentNode, GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Observation } from './observer';

/** An object of a subgraph's answer, keyed by response key. */
export type Data = Record<string, unknown>;

/** One request of the executor to one subgraph. */
export interface SubgraphRequest {
  /** The operation, parsed once per plan: the same object for every execution of the plan. */
  readonly document: DocumentNode;
  /** The operation as text, for runners that send it. */
  readonly query: string;
  readonly operationKind: 'query' | 'mutation';
  readonly operationName: string | undefined;
  /** As the caller sent them, with `representations` where entities are asked for. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The caller's context value, as the server made it for this request. */
  readonly context: unknown;
  readonly signal: AbortSignal | undefined;
  /** What looks on at this request, so that a runner can tell whom it asks of its trace. */
  readonly observation?: Observation | undefined;
}

export interface SubgraphResult {
  readonly data?: Data | null | undefined;
  readonly errors?: readonly (GraphQLError | GraphQLFormattedError)[] | undefined;
}

/**
 * Runs one operation on one subgraph. A rejection means that the subgraph could not be asked at all; it costs the
 * fields of that request and no others. A rejection with a `GraphQLError` is shown as it is.
 * The containers of `data` (objects and lists, not the leaves) belong to the executor afterwards.
 */
export type Runner = (request: SubgraphRequest) => Promise<SubgraphResult> | SubgraphResult;

export type Runners = Readonly<Record<string, Runner>>;

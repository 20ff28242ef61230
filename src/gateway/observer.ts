import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { HttpFailure } from './http-failure';

/**
 * How a fetch from a subgraph ended: with all that was asked for; with data and errors; with errors alone; without an
 * answer; or unheard, since the caller was gone.
 */
export const FETCH_OUTCOMES = ['OK', 'PARTIAL', 'FAILED', 'UNAVAILABLE', 'ABORTED'] as const;
export type FetchOutcome = (typeof FETCH_OUTCOMES)[number];

/**
 * Where the plan of a request came from: it was kept; another request was having it made already, which this one
 * waits for; or it was made.
 */
export const PLAN_LOOKUPS = ['hit', 'shared', 'miss'] as const;
export type PlanLookup = (typeof PLAN_LOOKUPS)[number];

/** A fetch that is run. Nothing in it is from the caller: neither its text nor its variables. */
export interface FetchPart {
  readonly kind: 'fetch';
  readonly subgraph: string;
  readonly operationKind: 'query' | 'mutation';
  /** Null for a fetch of root fields. */
  readonly entities: {
    /** The types by which they are asked for. */
    readonly types: readonly string[];
    /** Places in the data that want one. */
    readonly asked: number;
    /** Representations that are sent for them: each once, however many places want it. */
    readonly sent: number;
  } | null;
}

/**
 * What a request is made of: the planning that it waits for, and the nodes of the plan as `explain` has them. A node
 * with nothing to do is none, and one of a single node is that node.
 */
export type RequestPart = { readonly kind: 'plan' | 'sequence' | 'parallel' } | FetchPart;

/** How a part of a request ended. */
export interface Ending {
  /** Of a planning `OK` or `FAILED`; of a sequence `OK`, or `ABORTED` where the request was given up. */
  readonly outcome: FetchOutcome;
  /** Errors in the answer of a subgraph. */
  readonly errors: number;
  /** Why a subgraph gave no answer, or a planning no plan. */
  readonly cause: unknown;
}

/** Looks on at one part of a request. None of its methods may throw. */
export interface Observation {
  /** A part within it begins. */
  begin(part: RequestPart): Observation;
  /** It is over, which is told once. What is still open within it when a request is given up may end after it. */
  end(ending: Ending): void;
}

/** Looks on at one request, for a trace. None of its methods may throw. */
export interface Observer extends Pick<Observation, 'begin'> {
  /** Told once, before anything is planned or run. */
  planLookedUp(lookup: PlanLookup): void;
}

/**
 * Counts what all requests have done, for metrics. It outlives the graphs of a gateway, is called on every request,
 * and must not throw.
 */
export interface Meter {
  /** Graphs with these subgraphs are served from now on. */
  serves(subgraphs: readonly string[]): void;
  planLookedUp(lookup: PlanLookup): void;
  /** A planning took so long, and gave a plan or did not. */
  planned(ms: number, isPlan: boolean): void;
  /** @param asked and `sent` as `FetchPart` has them; 0 for a fetch of root fields */
  fetched(subgraph: string, outcome: FetchOutcome, ms: number, asked: number, sent: number): void;
}

const OVER: Ending = { outcome: 'OK', errors: 0, cause: null };

/** Runs `work` as a part of what `within` looks on at. */
export async function observed<T>(
  within: Pick<Observation, 'begin'>,
  part: RequestPart,
  work: (own: Observation) => Promise<T>,
): Promise<T> {
  const own = within.begin(part);
  let ending = OVER;
  try {
    return await work(own);
  } catch (cause) {
    ending = { outcome: part.kind === 'plan' ? 'FAILED' : 'ABORTED', errors: 0, cause };
    throw cause;
  } finally {
    own.end(ending);
  }
}

/** How a fetch ended that was answered. */
export function outcomeOfAnswer(
  data: unknown,
  errors: readonly (GraphQLError | GraphQLFormattedError)[] | undefined,
): FetchOutcome {
  if (errors === undefined || errors.length === 0) return 'OK';
  return data === null || data === undefined ? 'FAILED' : 'PARTIAL';
}

/** How a fetch ended that was not. */
export function outcomeOfFault(cause: unknown): FetchOutcome {
  return cause instanceof HttpFailure && cause.kind === 'aborted' ? 'ABORTED' : 'UNAVAILABLE';
}

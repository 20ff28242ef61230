import { GraphQLError, type GraphQLFormattedError } from 'graphql';

import type { Runner, SubgraphRequest, SubgraphResult } from '../gateway';
import { spanOf } from './graph-spans';
import { MAX_STALENESS, TRACEPARENT } from './subgraph-headers';
import type { Identity } from './subgraph-identity';

/** What is older than this every process has heard of by itself. */
const HEARD_MS = 5_000;

/**
 * The mutations of this gateway, so that what comes after one sees it, whichever processes run the subgraphs: the
 * others are told how long ago it ended, and look at the ledger anew. Source: chapter 9, "Growing".
 */
export class GraphWrites {
  private endedAt = -Infinity;

  /** @param heard waits until this process itself has heard of all that is written by now */
  constructor(private readonly heard: () => Promise<void>) {}

  /** Milliseconds since the last mutation ended; null where it is so long ago that it does not matter. */
  get age(): number | null {
    const age = performance.now() - this.endedAt;
    return age < HEARD_MS ? Math.floor(age) : null;
  }

  /** `run`, of whose mutations everyone is told. What failed may have been written all the same. */
  watch(run: Runner): Runner {
    return (request) => (request.operationKind === 'mutation' ? this.write(run, request) : run(request));
  }

  private async write(run: Runner, request: SubgraphRequest): Promise<SubgraphResult> {
    try {
      return await run(request);
    } finally {
      this.endedAt = performance.now();
      // a database that is away by now shows in what is asked next
      await this.heard().catch(() => undefined);
    }
  }
}

/** The headers of a request to the subgraph `name` of ours, in another process. */
export function headersFor(
  name: string,
  identity: Identity,
  writes: GraphWrites,
): (request: SubgraphRequest) => Promise<Record<string, string>> {
  return async (request) => {
    const { age } = writes;
    const span = spanOf(request);
    return {
      authorization: `Bearer ${await identity(request.context, name)}`,
      ...(age === null ? {} : { [MAX_STALENESS]: String(age) }),
      ...(span === undefined ? {} : { [TRACEPARENT]: span.traceparent }),
    };
  };
}

/**
 * `run`, whose errors are ours like those of a subgraph in this process: where the subgraph runs is nothing that callers
 * are told, nor a reason to distrust what it says.
 */
export function asOurs(run: Runner): Runner {
  return async (request) => {
    const { data, errors } = await run(request);
    return errors === undefined ? { data } : { data, errors: errors.map(ours) };
  };
}

function ours({ message, path, extensions }: GraphQLError | GraphQLFormattedError): GraphQLError {
  const told = Object.entries(extensions ?? {}).filter(([name]) => name !== 'subgraph');
  return new GraphQLError(message, { path: path ?? null, extensions: Object.fromEntries(told) });
}

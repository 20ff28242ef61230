import type { Travelling } from '../federation';
import type { Runner, SubgraphRequest } from '../gateway';
import type { GraphContext } from '../subgraphs/shared/context';
import { parseTraceparent } from '../tracing';
import { spanOf } from './graph-spans';

/** What subgraphs of operators are told of the request that a fetch is made for. */
export function travellingOf(request: SubgraphRequest): Travelling {
  const { requestId, headers = {} } = request.context as GraphContext;
  return { requestId, headers, traceparent: spanOf(request)?.traceparent ?? callersTrace(headers) };
}

/** `run`, given up when the caller leaves. For subgraphs elsewhere: what runs in this process ends soon, or must. */
export function leavingWithCaller(run: Runner): Runner {
  return (request) => {
    const { signal } = request.context as GraphContext;
    return run(signal === undefined ? request : { ...request, signal });
  };
}

/** Where nothing is traced here, whoever is asked next may still belong to the caller's trace. */
function callersTrace(headers: Readonly<Record<string, string>>): string | undefined {
  const traceparent = headers['traceparent'];
  return parseTraceparent(traceparent) === null ? undefined : traceparent;
}

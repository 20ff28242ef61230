import type { Principal } from '../../domain/principal';
import type { TraceSpan } from '../../tracing';

/** What travels with one request through the graph. Per-request batches hang on its identity. */
export interface GraphContext {
  readonly principal: Principal;
  readonly requestId: string;
  /** Where it came from; missing for requests of this process. */
  readonly address?: string;
  /** Of the request, where it is traced. */
  readonly span?: TraceSpan;
  /** Fires when the caller leaves before the answer. */
  readonly signal?: AbortSignal;
  /** The headers that are sent on to subgraphs of operators, in small letters; none carries a credential. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One value per request: the loaders of a slice, which must not outlive it. */
export function perRequest<T>(make: (context: GraphContext) => T): (context: GraphContext) => T {
  const made = new WeakMap<GraphContext, T>();
  return (context) => {
    const known = made.get(context);
    if (known !== undefined) return known;
    const value = make(context);
    made.set(context, value);
    return value;
  };
}

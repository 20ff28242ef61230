import {
  type Ending,
  type FetchPart,
  HttpFailure,
  type Observation,
  type Observer,
  type PlanLookup,
  type RequestPart,
  type SubgraphRequest,
} from '../gateway';
import type { GraphContext } from '../subgraphs/shared/context';
import type { TraceSpan } from '../tracing';

/** The span of a request to the graph, or of a part of it, as the gateway looks on: a trace reads like its plan. */
class GraphSpan implements Observer, Observation {
  constructor(readonly span: TraceSpan) {}

  planLookedUp(lookup: PlanLookup): void {
    this.span.set('algogate.plan.lookup', lookup);
  }

  begin(part: RequestPart): GraphSpan {
    const span = this.span.child(nameOf(part), 'internal');
    if (part.kind === 'fetch') describe(span, part);
    return new GraphSpan(span);
  }

  end({ outcome, errors, cause }: Ending): void {
    const { span } = this;
    if (errors > 0) span.set('algogate.errors', errors);
    if (cause instanceof HttpFailure) span.set('algogate.subgraph.failure', cause.kind);
    // what a subgraph says in errors may be what was asked for: that alone is no failure of it
    if (cause !== null) span.fail(outcome === 'ABORTED' ? 'ABORTED' : 'UNAVAILABLE');
    span.end();
  }
}

/** What looks on at a request to the graph, by its context; null for one that is not traced. */
export function graphSpanOf(context: unknown): Observer | null {
  const span = requestSpanOf(context);
  return span === undefined ? null : new GraphSpan(span);
}

/** The span of a request to a subgraph; that of the caller's request where it has none, and none where that has none. */
export function spanOf({ observation, context }: SubgraphRequest): TraceSpan | undefined {
  return observation instanceof GraphSpan ? observation.span : requestSpanOf(context);
}

function requestSpanOf(context: unknown): TraceSpan | undefined {
  return (context as Partial<GraphContext> | undefined)?.span;
}

/** As `algogate explain` writes it. The names of subgraphs are the operator's, and not many. */
function nameOf(part: RequestPart): string {
  return part.kind === 'fetch' ? `fetch from ${part.subgraph}` : part.kind;
}

function describe(span: TraceSpan, { subgraph, operationKind, entities }: FetchPart): void {
  span.set('subgraph.name', subgraph).set('graphql.operation.type', operationKind);
  if (entities === null) return;
  span
    .set('algogate.entities.types', [...entities.types])
    .set('algogate.entities.asked', entities.asked)
    .set('algogate.entities.sent', entities.sent);
}

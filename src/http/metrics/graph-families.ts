import { HTTP_FAILURE_KINDS, type HttpRunnerStats } from '../../gateway';
import type { Families, Sample } from './families';
import type { GraphMeter } from './graph-meter';

/** What is to be read of the graph. */
export interface GraphSources {
  readonly meter: GraphMeter;
  /** The plans that are kept now, and what they weigh. */
  readonly plans: () => { readonly operations: number; readonly weight: number };
  /** Subgraphs that are asked over HTTP, by name. */
  readonly remotes: () => ReadonlyMap<string, HttpRunnerStats>;
  /** Since the start. */
  readonly changes: () => { readonly swaps: number; readonly refusals: number };
}

/** Plans, fetches from subgraphs, and how those elsewhere are doing. The only label beside ours is a subgraph's name. */
export function graphFamilies(families: Families, sources: GraphSources): void {
  fetchFamilies(families, sources.meter);
  planFamilies(families, sources);
  remoteFamilies(families, sources.remotes);
  families.counter(
    'algogate_graph_swaps_total',
    'Graphs that were taken up for the subgraphs of operators, the first one included.',
    () => sources.changes().swaps,
  );
  families.counter(
    'algogate_graph_refusals_total',
    'Changes of the graph that were refused while the one before went on.',
    () => sources.changes().refusals,
  );
}

function fetchFamilies(families: Families, meter: GraphMeter): void {
  families.counter('algogate_subgraph_fetches_total', 'Fetches from subgraphs by how they ended.', () =>
    meter.outcomeSamples(),
  );
  families.histograms(
    'algogate_subgraph_fetch_duration_seconds',
    'How long fetches from subgraphs took, retries included.',
    () => meter.durations(),
  );
  families.counter(
    'algogate_subgraph_entities_asked_total',
    'Places in answers that wanted an entity of a subgraph.',
    () => meter.entitySamples('asked'),
  );
  families.counter(
    'algogate_subgraph_entities_sent_total',
    'Representations that subgraphs were sent for them: of each fetch, every entity once.',
    () => meter.entitySamples('sent'),
  );
}

function planFamilies(families: Families, { meter, plans }: GraphSources): void {
  families.counter(
    'algogate_plan_lookups_total',
    'Plans that requests needed: kept (hit), being made for another request (shared), or to be made (miss).',
    () => meter.lookupSamples(),
  );
  families.histogram('algogate_plan_duration_seconds', 'How long plannings took.', meter.planning);
  families.counter(
    'algogate_plan_failures_total',
    'Plannings that gave no plan.',
    () => meter.planningFailures,
  );
  families.gauge(
    'algogate_planned_operations',
    'Operations whose plans the graph that is served now keeps.',
    () => plans().operations,
  );
  families.gauge(
    'algogate_planned_weight',
    'What these plans weigh, in characters of their documents.',
    () => plans().weight,
  );
}

function remoteFamilies(families: Families, remotes: GraphSources['remotes']): void {
  const each = (read: (stats: HttpRunnerStats) => readonly Sample[]) => (): Sample[] =>
    [...remotes()].flatMap(([subgraph, stats]) =>
      read(stats).map(({ labels, value }) => ({ labels: { subgraph, ...labels }, value })),
    );
  families.gauge(
    'algogate_subgraph_breaker',
    'Of subgraphs elsewhere: 1 at the state that the circuit breaker is in.',
    each(({ breaker }) =>
      (['closed', 'open', 'half-open'] as const).map((state) => ({
        labels: { state: state.replace('-', '_') },
        value: state === breaker ? 1 : 0,
      })),
    ),
  );
  families.gauge(
    'algogate_subgraph_in_flight',
    'Of subgraphs elsewhere: requests under way, those that wait included.',
    each(({ inFlight }) => [{ value: inFlight }]),
  );
  families.gauge(
    'algogate_subgraph_connections',
    'Of subgraphs elsewhere: connections.',
    each(({ connections, free }) => [
      { labels: { state: 'in_use' }, value: connections - free },
      { labels: { state: 'free' }, value: free },
    ]),
  );
  families.counter(
    'algogate_subgraph_retries_total',
    'Of subgraphs elsewhere: requests that were sent again.',
    each(({ retries }) => [{ value: retries }]),
  );
  families.counter(
    'algogate_subgraph_failures_total',
    'Of subgraphs elsewhere: requests without a GraphQL response, by their reason.',
    each(({ failures }) =>
      HTTP_FAILURE_KINDS.map((kind) => ({ labels: { kind }, value: failures.get(kind) ?? 0 })),
    ),
  );
}

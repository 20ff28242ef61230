import { collectDefaultMetrics, Registry } from 'prom-client';

import type { CallPath, FileJournal } from '../../calls';
import type { Database } from '../../database';
import type { Follower } from '../../ledger';
import type { ResolutionIndex } from '../../resolution';
import { callFamilies } from './call-families';
import type { CallMeter } from './call-meter';
import { databaseFamilies } from './database-families';
import { eventLoopFamilies } from './event-loop';
import { Families } from './families';
import { graphFamilies, type GraphSources } from './graph-families';
import type { GraphqlMeter } from './graphql-meter';
import { journalFamilies } from './journal-families';
import type { ResponseMeter } from './response-meter';

export interface MetricsSources {
  readonly calls: CallPath;
  readonly recorded: CallMeter;
  readonly journal: FileJournal;
  readonly index: ResolutionIndex;
  readonly follower: Follower;
  readonly database: Database;
  readonly graph: GraphSources;
  readonly graphql: GraphqlMeter;
  readonly responses: ResponseMeter;
}

/**
 * What the operator's dashboards read at `/metrics`; all of it is read when it is asked for. No label is a tenant, an
 * algorithm or a backend: how many series there are does not depend on what is in the registry, and no private name is
 * among them. Subgraphs have labels: their names are the operator's own.
 */
export function createMetrics(sources: MetricsSources): Registry {
  const { calls, recorded, journal, index, follower, database, graph, graphql, responses } = sources;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const families = new Families(registry);
  callFamilies(families, calls, recorded);
  journalFamilies(families, journal);
  resolutionFamilies(families, index, follower);
  databaseFamilies(families, database, follower);
  eventLoopFamilies(families);
  graphFamilies(families, graph);
  families.counter(
    'algogate_graphql_requests_total',
    'Requests to the graph by how they ended: with all, a part or nothing of what was asked for.',
    () => graphql.samples(),
  );
  families.counter('algogate_http_responses_total', 'Answers by route template and class of status.', () =>
    responses.samples(calls.responses),
  );
  return registry;
}

function resolutionFamilies(families: Families, index: ResolutionIndex, follower: Follower): void {
  families.gauge('algogate_resolution_cached_algorithms', 'Algorithms in memory.', () => index.size);
  families.counter(
    'algogate_resolution_lookups_total',
    'Algorithms that were asked for: hits came out of memory, misses from the database.',
    () => [
      { labels: { result: 'hit' }, value: index.stats.hits },
      { labels: { result: 'miss' }, value: index.stats.misses },
    ],
  );
  families.counter(
    'algogate_resolution_evictions_total',
    'Algorithms that had to leave the memory for others.',
    () => index.stats.evictions,
  );
  families.gauge(
    'algogate_staleness_seconds',
    'Since memory was last known to be true.',
    () => follower.stalenessMs / 1000,
  );
}

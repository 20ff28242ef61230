import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

import type { CallPath, FileJournal } from '../calls';
import type { Database } from '../database';
import { AlgogateError } from '../domain/errors';
import type { Principal } from '../domain/principal';
import type { Follower } from '../ledger';
import type { ResolutionIndex } from '../resolution';

export interface MetricsParts {
  readonly registry: Registry;
  readonly authenticate: (authorization: string | undefined) => Principal | Promise<Principal>;
}

/**
 * `/metrics`, for the operator's credential alone: its counters move with what tenants do in private.
 * Source: chapter 6.
 */
export function metricsRoute(server: FastifyInstance, { registry, authenticate }: MetricsParts): void {
  server.get('/metrics', async (request, reply) => {
    const principal = await authenticate(request.headers.authorization);
    if (principal.kind !== 'operator') {
      const code = principal.kind === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
      throw new AlgogateError(code, "the metrics are for the operator's credential");
    }
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

export interface MetricsSources {
  readonly calls: CallPath;
  readonly journal: FileJournal;
  readonly index: ResolutionIndex;
  readonly follower: Follower;
  readonly database: Database;
}

/** What the operator's dashboards read at `/metrics`; all of it is collected when it is asked for. */
export function createMetrics({ calls, journal, index, follower, database }: MetricsSources): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  };
  gauge('algogate_calls_in_flight', 'Calls under way.', () => calls.stats.inFlight);
  gauge(
    'algogate_journal_bytes',
    'Bytes of call records that the database has not yet.',
    () => journal.bytes,
  );
  gauge('algogate_journal_age_seconds', 'Age of the oldest record that waits for the database.', () =>
    journal.oldest === null ? 0 : (Date.now() - journal.oldest) / 1000,
  );
  gauge('algogate_resolution_cached_algorithms', 'Algorithms in memory.', () => index.size);
  gauge(
    'algogate_staleness_seconds',
    'Since memory was last known to be true.',
    () => follower.stalenessMs / 1000,
  );
  gauge('algogate_database_away', '1 while the database does not answer.', () =>
    follower.databaseAway ? 1 : 0,
  );
  // what is counted elsewhere is set by a reset and an increase: a counter has no other way
  new Counter({
    name: 'algogate_database_statements_total',
    help: 'SQL statements since the start.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(database.queries.count);
    },
  });
  new Counter({
    name: 'algogate_refusals_total',
    help: 'Refused calls since the start, by error code.',
    labelNames: ['code'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [code, count] of calls.stats.refusals) this.inc({ code }, count);
    },
  });
  return registry;
}

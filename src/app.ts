import 'reflect-metadata';

import type { AddressInfo } from 'node:net';

import type { ApolloServer } from '@apollo/server';

import { Authenticator, graphRightsOf, masterKeyFile, SharedKeys } from './auth';
import {
  admitTo,
  ArtifactStore,
  BackendAddressGuard,
  CallPath,
  DatabaseIdempotencyStore,
  FileJournal,
  InterfaceStore,
  newRequestId,
} from './calls';
import { OpenParts } from './closing';
import { type Config, ConfigError, dataPaths } from './config';
import { Database, type DatabaseTarget, FileLock, NamedLock, unlessSilent } from './database';
import { OPERATOR, type Principal } from './domain/principal';
import { compose, createGateway, type Gateway, inProcess, type Runner, type Subgraph } from './gateway';
import { callsExportRoute } from './http/calls-export';
import { graphqlRoute } from './http/graphql';
import { healthRoutes, type Readiness } from './http/health';
import { CallMeter, createMetrics, GraphqlMeter, metricsRoute, ResponseMeter } from './http/metrics';
import { packagesRoute } from './http/packages';
import { openDocuments } from './http/persisted-documents';
import { resolveRoute } from './http/resolve';
import { createHttpServer } from './http/server';
import { RequestSpans, tracedRunner } from './http/tracing';
import { readTrustedDocuments, type TrustedDocuments } from './http/trusted-documents';
import { Follower, Ledger } from './ledger';
import { GraphBudget, type LockHandle, type OpenedLimits, openLimits } from './limits';
import type { Logger } from './logging';
import { Maintenance, meteringSink } from './metering';
import { PackageDocuments } from './packages';
import { PastResolution, ResolutionIndex } from './resolution';
import { AccessService, buildAccessSubgraph } from './subgraphs/access';
import { buildRegistrySubgraph, promoteAll, type RegistryParts } from './subgraphs/registry';
import type { GraphContext } from './subgraphs/shared/context';
import { buildUsageSubgraph, UsageService } from './subgraphs/usage';
import { openTracing, type Tracing } from './tracing';

/** Versions and builds, of all algorithms together, that are kept in memory: about half a gigabyte. */
const MAX_INDEXED = 1_000_000;
/** What is kept in memory for answers as of a past moment: about a tenth of that. */
const MAX_PAST = { maxEvents: 200_000, maxEntries: 100_000 };
const DRAIN_MS = 30_000;
const CUT_MS = 2_000;
/** The journal drains on for most of it. */
const JOURNAL_CLOSE_MS = 7_000;
const PURGE_EVERY_MS = 600_000;
/** How long a database has been away, in milliseconds, when what needs it is refused. */
const SILENT_MS = 3_000;
/** What the graph has of its memory is answered by then; what is still not is given up, after each statement of it. */
const GRAPH_SILENT_MS = 4_000;
const GRAPH_LISTEN_EVERY_MS = 2_000;

/** A running replica. */
export interface App {
  /** `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly database: Database;
  readonly gateway: Gateway;
  /** Runs an operation of the graph as the operator. @throws Error with the first error of the answer */
  readonly execute: (query: string, variables: Record<string, unknown>) => Promise<Record<string, unknown>>;
  /** Not ready any more, calls and journal drained, all closed. */
  readonly close: () => Promise<void>;
}

/**
 * The composition root: from the configuration to a server that listens. Nothing else wires.
 * @param backends hosts that demo backends run on, allowed beside what the operator allows
 * @throws what keeps it from starting: no database, a wrong master key, a taken port
 */
export async function startApp(config: Config, log: Logger, backends: readonly string[] = []): Promise<App> {
  const opened = new OpenParts(log);
  try {
    return await start(config, log, backends, opened);
  } catch (error) {
    await opened.closeAll();
    throw error;
  }
}

/** @param opened each part that must be closed again is put in as soon as it is there */
async function start(
  config: Config,
  log: Logger,
  backends: readonly string[],
  opened: OpenParts,
): Promise<App> {
  const trusted = trustedDocuments(config);
  const database = await Database.open(config.database);
  opened.add('database', () => database.close());
  const migrated = await database.migrate();
  if (migrated.length > 0) log.info({ migrations: migrated }, 'migrated');
  const tracing = await tracingOf(config, log);
  if (tracing !== null) opened.add('tracing', () => tracing.close());
  const paths = dataPaths(config.dataDir);
  const keys = await SharedKeys.open(database, config.masterKey ?? masterKeyFile(paths.masterKey));

  // of requests, which do not wait for a database that hangs; what follows it or drains into it does
  const asked = database.impatient(() => follower.isAwaySince(SILENT_MS));
  const ledger = new Ledger(asked);
  const follower = new Follower(database, ledger, {
    maxStalenessMs: config.maxStalenessMs,
    onFault: (fault) => {
      log.warn({ err: fault }, 'the database does not answer; serving from memory');
    },
  });
  const index = new ResolutionIndex(database, follower, { maxEntries: MAX_INDEXED });
  const past = new PastResolution(database, index, { ...MAX_PAST, isAway: () => follower.databaseAway });
  const authenticator = new Authenticator(database, follower, config.rootKey);
  const authenticate = (authorization: string | undefined): Principal | Promise<Principal> =>
    authenticator.authenticate(authorization);
  opened.add('follower', () => follower.stop());
  opened.add('authenticator', () => authenticator.stop());
  await follower.start();
  authenticator.start();

  const addresses = new BackendAddressGuard([...config.backendAllow, ...backends]);
  const limits = await openLimits({
    database,
    events: follower,
    redisUrl: config.redisUrl,
    openLock: () => countingLock(config.database),
    drained: () => journal.whenDrained(),
    journal: () => ({ bytes: journal.bytes, drained: journal.drained.records }),
    onFault: (fault) => {
      log.warn({ err: fault }, 'calls cannot be counted against their limits');
    },
  });
  opened.add('limits', () => limits.close());
  const recorded = new CallMeter();
  const journal = new FileJournal({
    directory: paths.journal,
    sink: meteringSink(database),
    maxBytes: config.journalMaxBytes,
    onRecorded: (record) => {
      recorded.count(record);
    },
    onFault: (fault) => {
      log.error({ err: fault }, 'the journal of calls met a fault');
    },
  });
  opened.add('journal', () => journal.close(), JOURNAL_CLOSE_MS);
  const idempotency = new DatabaseIdempotencyStore(asked);
  const interfaces = new InterfaceStore(database, () => follower.databaseAway);
  const artifacts = new ArtifactStore(database, () => follower.databaseAway);
  const onFault = (fault: unknown, requestId?: string): void => {
    log.error({ err: fault, requestId }, 'a request met a fault');
  };
  const calls = new CallPath(
    {
      authenticate,
      admit: admitTo(index),
      interfaceOf: (buildId) => interfaces.find(buildId),
      artifactsFor: (admission, wanted) => artifacts.artifactsFor(admission, wanted),
      idempotency,
      journal,
      limits: limits.calls,
      pseudonym: (ownerId, principal) => keys.pseudonym(ownerId, principal),
      tracing,
      onFault,
    },
    addresses,
  );
  opened.add('calls', () => calls.close());

  const usage = new UsageService({
    database: asked,
    ledger,
    index,
    standings: limits.calls,
    pseudonyms: (ownerId, callerId) => keys.pseudonymOfCaller(ownerId, callerId),
    now: Date.now,
    callRetentionMs: config.callRetentionMs,
  });
  // requests of which something was sent to a subgraph: the others are given back what they were charged
  const run = new WeakSet<object>();
  const gateway = embeddedGateway(
    embeddedSubgraphs({ database: asked, ledger, index, past, addresses }, usage),
    (name, runner) => {
      const bounded = boundedRunner(marking(runner, run), () => follower.isAwaySince(GRAPH_SILENT_MS));
      return tracing === null ? bounded : tracedRunner(name, bounded);
    },
  );
  const server = createHttpServer({ calls, onFault });
  const responses = new ResponseMeter();
  responses.watch(server);
  const spans = tracing === null ? null : new RequestSpans(tracing);
  spans?.watch(server);
  const graphql = new GraphqlMeter();
  const apollo = await graphqlRoute(server, {
    gateway,
    authenticate,
    costs: {
      maxCost: config.graphMaxCost,
      budget:
        config.graphCostPerMinute === null ? null : new GraphBudget(limits.link, config.graphCostPerMinute),
      hasRun: (context) => run.has(context),
    },
    documents: openDocuments(limits.link),
    trusted,
    plugins: [graphql.plugin()],
    spans,
    onFault,
  });
  opened.add('graph', () => apollo.stop());
  opened.add('server', async () => {
    // whoever still holds a connection now would hold up the end for as long as it likes
    server.server.closeAllConnections();
    await server.close();
  });
  resolveRoute(server, { index, past, authenticate, spans });
  const documents = new PackageDocuments(database, () => follower.databaseAway);
  packagesRoute(server, { index, documents, authenticate });
  callsExportRoute(server, { calls: usage.calls, authenticate, onFault });
  metricsRoute(server, {
    registry: createMetrics({
      calls,
      recorded,
      journal,
      index,
      follower,
      database,
      graphql,
      responses,
    }),
    authenticate,
  });
  let closing: Promise<void> | null = null;
  healthRoutes(server, () => readiness({ closing: closing !== null, follower, journal, limits, config }));
  const purge = setInterval(() => void idempotency.purge().catch(onFault), PURGE_EVERY_MS).unref();
  opened.add('idempotency', () => {
    clearInterval(purge);
  });
  const maintenance = new Maintenance(database, {
    retentionMs: config.callRetentionMs,
    drained: () => journal.whenDrained(),
    onFault: (fault) => {
      log.warn({ err: fault }, 'the maintenance of metering met a fault');
    },
  });
  opened.add('maintenance', () => maintenance.stop());
  maintenance.start();
  await server.listen({ host: config.host, port: config.port });

  const close = async (): Promise<void> => {
    await calls.drain(DRAIN_MS);
    // what is still under way is cut, and still recorded: the listener would wait for it for as long as it takes
    await calls.close();
    await calls.drain(CUT_MS);
    await opened.closeAll();
  };
  return {
    url: `http://${hostOf(config.host)}:${(server.server.address() as AddressInfo).port}`,
    database,
    gateway,
    execute: (query, variables) => executeAsOperator(apollo, query, variables),
    close: () => (closing ??= close()),
  };
}

async function executeAsOperator(
  apollo: ApolloServer<GraphContext>,
  query: string,
  variables: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const contextValue: GraphContext = { principal: OPERATOR, requestId: newRequestId() };
  const { body } = await apollo.executeOperation({ query, variables }, { contextValue });
  if (body.kind === 'incremental') throw new Error('incremental delivery is not asked for');
  const [error] = body.singleResult.errors ?? [];
  if (error !== undefined) throw new Error(error.message);
  return body.singleResult.data ?? {};
}

/** All subgraphs of ours. */
export function embeddedSubgraphs(parts: RegistryParts, usage: UsageService): readonly Subgraph[] {
  const access = new AccessService({ ...parts, promoteAll });
  return [buildRegistrySubgraph(parts), buildAccessSubgraph(access), buildUsageSubgraph(usage)];
}

/**
 * The graph with its subgraphs in this process, no HTTP between them.
 * @param watched gives the runner of a subgraph as it is looked on
 */
function embeddedGateway(
  subgraphs: readonly Subgraph[],
  watched: (name: string, run: Runner) => Runner,
): Gateway {
  return createGateway({
    supergraphSdl: compose(subgraphs),
    runners: Object.fromEntries(
      subgraphs.map(({ name, schema }) => [name, watched(name, inProcess(schema))]),
    ),
    rightsOf: (context) => graphRightsOf((context as GraphContext).principal),
  });
}

/** `run`, which remembers for which requests it did. */
function marking(run: Runner, marked: WeakSet<object>): Runner {
  return (request) => {
    if (typeof request.context === 'object' && request.context !== null) marked.add(request.context);
    return run(request);
  };
}

/** `run`, given up where the database falls silent under it: single reads would wait for its return. */
function boundedRunner(run: Runner, isSilent: () => boolean): Runner {
  return (request) => {
    const running = run(request);
    return running instanceof Promise ? unlessSilent(running, isSilent, GRAPH_LISTEN_EVERY_MS) : running;
  };
}

/** @throws ConfigError saying what is wrong with the manifest */
function trustedDocuments({ trustedDocuments: path }: Config): TrustedDocuments | null {
  if (path === null) return null;
  try {
    return readTrustedDocuments(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`ALGOGATE_TRUSTED_DOCUMENTS: ${path}: ${reason}`]);
  }
}

/** Null where traces are off. */
async function tracingOf({ otlpEndpoint, traceRatio }: Config, log: Logger): Promise<Tracing | null> {
  if (otlpEndpoint === null) return null;
  return openTracing({
    endpoint: otlpEndpoint,
    ratio: traceRatio,
    onLost: (fault, spans) => {
      log.warn({ err: fault, spans }, 'the collector of traces did not take spans');
    },
  });
}

const COUNTING_LOCK = 'algogate quotas';

/** Of whoever counts quotas in its memory: with one database, one replica can. Null where another has it. */
async function countingLock(target: DatabaseTarget): Promise<LockHandle | null> {
  if (target.dialect === 'mysql') return NamedLock.acquire(target.url, COUNTING_LOCK);
  const lock = FileLock.acquire(`${target.path}.counting`);
  return lock && { isHeld: true, release: () => lock.release(false) };
}

function readiness(state: {
  readonly closing: boolean;
  readonly follower: Follower;
  readonly journal: FileJournal;
  readonly limits: OpenedLimits;
  readonly config: Config;
}): Promise<Readiness> {
  const { closing, follower, journal, limits, config } = state;
  const usable = follower.stalenessMs <= config.maxStalenessMs;
  const database = follower.databaseAway ? (usable ? 'away, serving from memory' : 'away') : 'ok';
  return Promise.resolve({
    ready: !closing && usable && journal.admitting(),
    parts: {
      server: closing ? 'shutting down' : 'ok',
      database,
      migrations: 'ok',
      graph: 'ok',
      journal: journal.admitting() ? 'ok' : 'full or failing',
      redis: limits.redis(),
    },
  });
}

/** An address of IPv6 has brackets in a URL. */
function hostOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

import 'reflect-metadata';

import type { AddressInfo } from 'node:net';

import type { ApolloServer } from '@apollo/server';

import { CallTokens, credentialOf } from './auth';
import {
  admitTo,
  ArtifactStore,
  CallPath,
  DatabaseIdempotencyStore,
  FileJournal,
  InterfaceStore,
  newRequestId,
} from './calls';
import { OpenParts } from './closing';
import { type Config, ConfigError, dataPaths } from './config';
import { type Database, type DatabaseTarget, FileLock, NamedLock } from './database';
import { OPERATOR, type Principal } from './domain/principal';
import type { Gateway } from './gateway';
import { openGraph, type RemoteSubgraphs } from './graph-parts';
import { callsExportRoute } from './http/calls-export';
import { entrance } from './http/entrance';
import { graphqlRoute } from './http/graphql';
import { healthRoutes, type Readiness } from './http/health';
import { jwksRoute } from './http/jwks';
import { CallMeter, createMetrics, GraphqlMeter, metricsRoute, ResponseMeter } from './http/metrics';
import { packagesRoute } from './http/packages';
import { openDocuments } from './http/persisted-documents';
import { resolveRoute } from './http/resolve';
import { createHttpServer } from './http/server';
import { trustedPublishingRoute } from './http/trusted-publishing';
import { RequestSpans } from './http/tracing';
import { readTrustedDocuments, type TrustedDocuments } from './http/trusted-documents';
import type { Follower } from './ledger';
import { GraphBudget, type LockHandle, type OpenedLimits, openLimits } from './limits';
import type { Logger } from './logging';
import { Maintenance, meteringSink } from './metering';
import { PackageDocuments } from './packages';
import { databaseState, openParts, urlOf, usageServiceOf, silenceWatch } from './parts';
import { TokenExchangeService } from './subgraphs/access';
import type { GraphContext } from './subgraphs/shared/context';

const DRAIN_MS = 30_000;
const CUT_MS = 2_000;
/** The journal drains on for most of it. */
const JOURNAL_CLOSE_MS = 7_000;
const PURGE_EVERY_MS = 600_000;
/** A running replica. */
export interface App {
  /** `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly database: Database;
  readonly gateway: Gateway;
  /** Runs an operation of the graph as the operator. @throws Error with the first error of the answer */
  readonly execute: (query: string, variables: Record<string, unknown>) => Promise<Record<string, unknown>>;
  /** Looks at the subgraphs of operators now; nothing where there are none. */
  readonly reloadSubgraphs: () => Promise<void>;
  /** Not ready any more, calls and journal drained, all closed. */
  readonly close: () => Promise<void>;
}

/**
 * The composition root: from the configuration to a server that listens. Nothing else wires.
 * @param backends hosts that demo backends run on, allowed beside what the operator allows
 * @param remote subgraphs of ours that this process does not run itself
 * @throws what keeps it from starting: no database, a wrong master key, a taken port
 */
export async function startApp(
  config: Config,
  log: Logger,
  backends: readonly string[] = [],
  remote: RemoteSubgraphs = {},
): Promise<App> {
  return OpenParts.during(log, (opened) => start(config, log, backends, remote, opened));
}

/** @param opened each part that must be closed again is put in as soon as it is there */
async function start(
  config: Config,
  log: Logger,
  backends: readonly string[],
  remote: RemoteSubgraphs,
  opened: OpenParts,
): Promise<App> {
  const trusted = trustedDocuments(config);
  const parts = await openParts(config, log, backends, opened);
  const { database, asked, tracing, keys, follower, index, past, receipts, authenticator, addresses } = parts;
  const paths = dataPaths(config.dataDir);
  const authenticate = (authorization: string | undefined): Principal | Promise<Principal> =>
    authenticator.authenticate(authorization);

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
  const callTokens = new CallTokens(keys, (facts) => authenticator.principalNamed(facts));
  const calls = new CallPath(
    {
      // what an algorithm calls with is good here alone
      authenticate: (authorization) =>
        callTokens.authenticate(credentialOf(authorization) ?? '') ?? authenticate(authorization),
      delegate: (principal, call) => callTokens.issue(principal, call),
      admit: admitTo(index),
      interfaceOf: (buildId) => interfaces.find(buildId),
      artifactsFor: (admission, wanted) => artifacts.artifactsFor(admission, wanted),
      idempotency,
      journal,
      limits: limits.calls,
      pseudonym: (ownerId, principal) => keys.pseudonym(ownerId, principal),
      receipts,
      tracing,
      onFault,
    },
    addresses,
  );
  opened.add('calls', () => calls.close());

  const usage = usageServiceOf(parts, limits.calls, config);
  const graph = await openGraph({ config, parts, usage, remote, log, opened });
  const { gateway, operators, hasRun } = graph;
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
      hasRun,
    },
    documents: openDocuments(limits.link),
    trusted,
    plugins: [graphql.plugin()],
    spans,
    ...(operators !== null && { propagatedHeaders: () => operators.propagatedHeaders }),
    onFault,
  });
  opened.add('graph', () => apollo.stop());
  opened.add('server', async () => {
    // whoever still holds a connection now would hold up the end for as long as it likes
    server.server.closeAllConnections();
    await server.close();
  });
  const enter = entrance(authenticate, limits.calls);
  resolveRoute(server, { index, past, receipts, enter, spans });
  const documents = new PackageDocuments(database, () => follower.databaseAway);
  packagesRoute(server, { index, documents, enter });
  const watch = silenceWatch(follower);
  callsExportRoute(server, {
    ...{ calls: usage.calls, enter, authenticate, onFault },
    unlessSilent: (work) => watch.over(work),
  });
  jwksRoute(server, parts.signing);
  const exchange = new TokenExchangeService({ database: asked, ledger: parts.ledger, index }, parts.issuers);
  trustedPublishingRoute(server, exchange);
  metricsRoute(server, {
    registry: createMetrics({
      calls,
      recorded,
      journal,
      index,
      follower,
      database,
      graph: graph.sources,
      graphql,
      responses,
    }),
    authenticate,
  });
  let closing: Promise<void> | null = null;
  healthRoutes(server, () => readiness({ closing: closing !== null, follower, journal, limits, config }));
  const purge = setInterval(() => {
    for (const kept of [idempotency, exchange]) void kept.purge().catch(onFault);
  }, PURGE_EVERY_MS).unref();
  opened.add('purge', () => {
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
    url: urlOf(config.host, (server.server.address() as AddressInfo).port),
    database,
    gateway,
    execute: (query, variables) => executeAsOperator(apollo, query, variables),
    reloadSubgraphs: async () => operators?.reload(),
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
  const { usable, database } = databaseState(follower, config);
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

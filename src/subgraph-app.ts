import 'reflect-metadata';

import type { AddressInfo } from 'node:net';

import { OpenParts } from './closing';
import type { Config } from './config';
import type { Database } from './database';
import { inProcess } from './gateway';
import { healthRoutes } from './http/health';
import { createHttpServer } from './http/server';
import { subgraphRoute } from './http/subgraph';
import { RequestSpans } from './http/tracing';
import { openLimitsToLookAt } from './limits';
import type { Logger } from './logging';
import {
  boundedRunner,
  buildSubgraph,
  databaseState,
  openParts,
  type Parts,
  type SubgraphName,
  urlOf,
  usageServiceOf,
} from './parts';
import type { UsageService } from './subgraphs/usage';

/** One subgraph that is served by a process of its own. */
export interface SubgraphApp {
  /** Where the gateway reaches it: `http://127.0.0.1:4101/graphql`. */
  readonly url: string;
  readonly database: Database;
  readonly close: () => Promise<void>;
}

/**
 * Serves one subgraph of ours over HTTP, to gateways that have the same database and master key.
 * @throws what keeps it from starting: no database, a wrong master key, a taken port
 */
export async function startSubgraph(name: SubgraphName, config: Config, log: Logger): Promise<SubgraphApp> {
  return OpenParts.during(log, (opened) => start(name, config, log, opened));
}

async function start(
  name: SubgraphName,
  config: Config,
  log: Logger,
  opened: OpenParts,
): Promise<SubgraphApp> {
  const parts = await openParts(config, log, [], opened);
  const { database, follower, tokens, authenticator, tracing } = parts;
  const usage = name === 'usage' ? await openUsage(parts, config, log, opened) : null;
  const subgraph = buildSubgraph(name, parts, () => {
    if (usage === null) throw new Error('the usage of calls is not open');
    return usage;
  });
  const onFault = (fault: unknown, requestId?: string): void => {
    log.error({ err: fault, requestId }, 'a request met a fault');
  };
  const server = createHttpServer({ calls: null, onFault });
  const spans = tracing === null ? null : new RequestSpans(tracing);
  spans?.watch(server);
  subgraphRoute(server, {
    subgraph,
    run: boundedRunner(inProcess(subgraph.schema), follower),
    tokens,
    authenticator,
    catchUpTo: (at) => follower.catchUpTo(at),
    spans,
    onFault,
  });
  let closing: Promise<void> | null = null;
  healthRoutes(server, () => {
    const { usable, database: state } = databaseState(follower, config);
    const serving = closing === null ? 'ok' : 'shutting down';
    const ready = usable && closing === null;
    return Promise.resolve({
      ready,
      parts: { server: serving, database: state, migrations: 'ok', graph: 'ok' },
    });
  });
  // what is under way is answered first; connections that nobody uses end at once
  opened.add('server', () => server.close());
  await server.listen({ host: config.host, port: config.port });
  return {
    url: `${urlOf(config.host, (server.server.address() as AddressInfo).port)}/graphql`,
    database,
    close: () => (closing ??= opened.closeAll()),
  };
}

async function openUsage(
  parts: Parts,
  config: Config,
  log: Logger,
  opened: OpenParts,
): Promise<UsageService> {
  const { database, follower } = parts;
  const limits = await openLimitsToLookAt({
    database,
    events: follower,
    redisUrl: config.redisUrl,
    onFault: (fault) => {
      log.warn({ err: fault }, 'where calls stand with their limits is not known');
    },
  });
  opened.add('limits', () => limits.close());
  return usageServiceOf(parts, limits.calls, config);
}

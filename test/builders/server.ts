import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type App, startApp } from '../../src/app';
import { type Config, readConfig } from '../../src/config';
import type { DatabaseTarget } from '../../src/database';
import { createLogger } from '../../src/logging';
import { SUBGRAPH_NAMES } from '../../src/parts';
import { startSubgraph, type SubgraphApp } from '../../src/subgraph-app';
import { heardTogether } from './statements';

export const OPERATOR_KEY = 'root-key-of-the-front-door-tests-0001';
export const MASTER_KEY = '0123456789abcdef'.repeat(4);

/** Variables of the environment, over those that every test server has. */
export type Settings = Readonly<Record<string, string>>;

/** `distributed`: the subgraphs of each replica are servers of their own, which it reaches by URL. */
export const IS_DISTRIBUTED = process.env['ALGOGATE_TEST_GRAPH'] === 'distributed';

/** A replica with a data folder of its own. */
export interface TestServer {
  readonly app: App;
  readonly url: string;
  readonly dataDir: string;
  /** Closes the replica. The folder stays. */
  close(): Promise<void>;
  /** Closes the replica, and is rid of its folder. */
  stop(): Promise<void>;
}

/** What every test server has in its environment. */
export function environmentOf(target: DatabaseTarget, dataDir: string): Settings {
  return {
    ALGOGATE_DATABASE_URL: target.dialect === 'sqlite' ? `sqlite:${target.path}` : target.url,
    ALGOGATE_DATA_DIR: dataDir,
    ALGOGATE_MASTER_KEY: MASTER_KEY,
    ALGOGATE_ROOT_KEY: OPERATOR_KEY,
    ALGOGATE_BACKEND_ALLOW: '127.0.0.0/8',
    ALGOGATE_PORT: '0',
  };
}

/** Starts a replica as the program does: from variables of the environment, on a free port. */
export async function startServer(
  target: DatabaseTarget,
  settings: Settings = {},
  dataDir = mkdtempSync(join(tmpdir(), 'algogate-e2e-')),
): Promise<TestServer> {
  const config = readConfig({ ...environmentOf(target, dataDir), ...settings });
  const subgraphs = IS_DISTRIBUTED ? await startSubgraphs(config) : [];
  const remote = Object.fromEntries(subgraphs.map(({ name, app }) => [name, app.url]));
  const app = await startApp(config, createLogger('silent'), [], remote);
  const close = async (): Promise<void> => {
    await app.close();
    for (const subgraph of subgraphs) await subgraph.app.close();
  };
  const stop = async (): Promise<void> => {
    await close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const databases = [app.database, ...subgraphs.map((subgraph) => subgraph.app.database)];
  if (IS_DISTRIBUTED) heardTogether(databases);
  return { app, url: app.url, dataDir, close, stop };
}

/** One after the other: the first one migrates. */
async function startSubgraphs(config: Config): Promise<{ name: string; app: SubgraphApp }[]> {
  const started = [];
  for (const name of SUBGRAPH_NAMES) {
    started.push({ name, app: await startSubgraph(name, config, createLogger('silent')) });
  }
  return started;
}

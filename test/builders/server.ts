import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type App, startApp } from '../../src/app';
import { readConfig } from '../../src/config';
import type { DatabaseTarget } from '../../src/database';
import { createLogger } from '../../src/logging';

export const OPERATOR_KEY = 'root-key-of-the-front-door-tests-0001';
const MASTER_KEY = '0123456789abcdef'.repeat(4);

/** Variables of the environment, over those that every test server has. */
export type Settings = Readonly<Record<string, string>>;

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
  const app = await startApp(config, createLogger('silent'));
  const close = (): Promise<void> => app.close();
  const stop = async (): Promise<void> => {
    await close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { app, url: app.url, dataDir, close, stop };
}

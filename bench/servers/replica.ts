import { type App, startApp } from '../../src/app';
import { readConfig } from '../../src/config';
import { createLogger } from '../../src/logging';
import { serve } from '../tools/serve';

let app: App | null = null;

/** A whole replica, as `algogate serve` starts it. */
async function start(variables: Readonly<Record<string, string>>): Promise<string> {
  app = await startApp(readConfig(variables), createLogger('silent'));
  return app.url;
}

serve({ start }, () => app?.close());

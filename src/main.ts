#!/usr/bin/env node
import 'reflect-metadata';

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { type App, startApp } from './app';
import { type Config, ConfigError, dataPaths, describeConfig, readConfig } from './config';
import { Database } from './database';
import { demoCommands } from './demo/commands';
import { type Demo, startDemo } from './demo/demo';
import { explainQuery } from './explain-command';
import { createLogger } from './logging';

/** A command of `algogate`: what it does in a line, and the doing of it. */
interface Command {
  readonly summary: string;
  /** What is written after its name: `QUERY|FILE`; without it, it takes nothing. */
  readonly takes?: string;
  readonly run: (given: string, options: { readonly json: boolean }) => Promise<void>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: { summary: 'migrate the database and serve', run: serve },
  migrate: { summary: 'bring the database up to date', run: migrate },
  'seed-demo': { summary: 'fill an empty database with the demo marketplace', run: seedDemo },
  explain: {
    summary: 'print the plan of a query on our own subgraphs; --json: as JSON',
    takes: 'QUERY|FILE',
    run: async (given, { json }) => {
      process.stdout.write(await explainQuery(given, json));
    },
  },
  config: {
    summary: 'list the environment variables, and what is in force',
    run: () => {
      process.stdout.write(`${describeConfig()}\n`);
      readConfig();
      return Promise.resolve();
    },
  },
};

/** Wrong use or configuration. */
const EXIT_USAGE = 2;
const EXIT_FAILURE = 1;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } },
    allowPositionals: true,
    // what is no option of ours is told by the usage, not by Node
    strict: false,
  });
  const [name = 'serve', ...rest] = positionals;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const options = command?.takes === undefined ? ['help'] : ['help', 'json'];
  const unknown = Object.keys(values).some((option) => !options.includes(option));
  const wanted = command?.takes === undefined ? 0 : 1;
  if (values['help'] === true || command === undefined || rest.length !== wanted || unknown) {
    process[values['help'] === true ? 'stdout' : 'stderr'].write(usage());
    process.exitCode = values['help'] === true ? 0 : EXIT_USAGE;
    return;
  }
  await command.run(rest[0] ?? '', { json: values['json'] === true });
}

function usage(): string {
  const commands = Object.entries(COMMANDS).map(
    ([name, { takes, summary }]) => `  ${[name, takes].filter(Boolean).join(' ').padEnd(18)} ${summary}`,
  );
  return `usage: algogate COMMAND\n\n${commands.join('\n')}\n\nIt is configured by environment variables: algogate config lists them.\n`;
}

async function serve(): Promise<void> {
  const config = readConfig();
  const log = createLogger(config.logLevel);
  const demo = (await isForDemo(config)) ? await startDemo(dataPaths(config.dataDir).demo) : null;
  const app = await startApp(config, log, demo?.hosts).catch(async (error: unknown) => {
    await demo?.stop();
    throw error;
  });
  stopOnSignals(app, demo);
  log.info({ url: app.url }, 'serving');
  if (demo !== null) process.stdout.write(demoCommands(app.url, await demo.fill(app.execute)));
}

async function migrate(): Promise<void> {
  const database = await Database.open(readConfig().database);
  const ran = await database.migrate();
  process.stdout.write(ran.length === 0 ? 'up to date\n' : `${ran.join('\n')}\n`);
  await database.close();
}

async function seedDemo(): Promise<void> {
  const config = readConfig();
  if (!(await isForDemo({ ...config, demo: true }))) throw new Error('the database is not empty');
  const demo = await startDemo(dataPaths(config.dataDir).demo);
  try {
    const app = await startApp({ ...config, port: 0 }, createLogger(config.logLevel), demo.hosts);
    await demo.fill(app.execute);
    await app.close();
  } finally {
    await demo.stop();
  }
  process.stdout.write('filled; ALGOGATE_DEMO=true algogate serve serves it with its backends\n');
}

/** A database that others filled is left alone, whatever ALGOGATE_DEMO says. */
async function isForDemo(config: Config): Promise<boolean> {
  if (!config.demo) return false;
  if (existsSync(dataPaths(config.dataDir).demo)) return true;
  const database = await Database.open(config.database);
  try {
    await database.migrate();
    return await database.isEmpty();
  } finally {
    await database.close();
  }
}

function stopOnSignals(app: App, demo: Demo | null): void {
  const stop = (): void => {
    app
      .close()
      .then(() => demo?.stop())
      .then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function fail(error: unknown): void {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_USAGE);
  }
  process.stderr.write(`algogate: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(EXIT_FAILURE);
}

main().catch(fail);

#!/usr/bin/env -S node --max-semi-space-size=64
import 'reflect-metadata';

import { existsSync } from 'node:fs';

import { type App, startApp } from './app';
import { asked, type Commands } from './commands/command';
import { explainQuery } from './commands/explain';
import { signingKeysCommand } from './commands/keys';
import { verifyReceiptCommand } from './commands/receipt';
import { exportCommand, ledgerCommand, verifyCommand } from './commands/ledger';
import { type Config, ConfigError, dataPaths, describeConfig, readConfig } from './config';
import { Database } from './database';
import { demoCommands } from './demo/commands';
import { type Demo, startDemo } from './demo/demo';
import { composeOnce } from './federation';
import { asConfigError } from './graph-parts';
import { createLogger } from './logging';
import { ownSubgraphs } from './own-subgraphs';
import { SUBGRAPH_NAMES, type SubgraphName } from './parts';
import { startSubgraph } from './subgraph-app';

const COMMANDS: Commands = {
  serve: { summary: 'migrate the database and serve', run: serve },
  subgraph: {
    summary: 'serve that part of the graph to gateways of the same database',
    takes: SUBGRAPH_NAMES.join('|'),
    operands: SUBGRAPH_NAMES,
    run: (name) => serveSubgraph(name as SubgraphName),
  },
  migrate: { summary: 'bring the database up to date', run: migrate },
  'seed-demo': { summary: 'fill an empty database with the demo marketplace', run: seedDemo },
  compose: {
    summary:
      'print the supergraph of our subgraphs and those of ALGOGATE_SUBGRAPHS; with --check only say what is wrong\n      with it, an error a line',
    options: { check: 'flag' },
    run: (_, given) => composeSubgraphs(given.has('check')),
  },
  explain: {
    summary: 'print the plan of a query on our own subgraphs; with --json as JSON',
    takes: 'QUERY|FILE',
    options: { json: 'flag' },
    run: async (query, given) => {
      process.stdout.write(await explainQuery(query, given.has('json')));
    },
  },
  keys: {
    summary: 'list the keys that sign, or rotate: another pair signs from now on',
    takes: 'list|rotate',
    operands: ['list', 'rotate'],
    run: async (what) => {
      process.stdout.write(await signingKeysCommand(readConfig(), what === 'rotate'));
    },
  },
  'ledger verify': {
    summary:
      'recompute the ledger and hold it to its signed heads, a fault a line; with --against, once or more, to\n      earlier heads, exports or receipts as well (-: those that come in)',
    options: { against: { value: 'FILE|-', isMany: true } },
    run: async (_, given) => {
      const against = given.all('against');
      process.exitCode = await ledgerCommand((write) => verifyCommand(readConfig(), against, write));
    },
  },
  'ledger export': {
    summary: 'print the ledger as lines of JSON; with --owner that of one owner',
    options: { owner: { value: 'HANDLE' } },
    run: async (_, given) => {
      const owner = given.one('owner');
      process.exitCode = await ledgerCommand((write) => exportCommand(readConfig(), owner, write));
    },
  },
  'receipt verify': {
    summary:
      'check a receipt, or an answer with one, and print what it says; without --jwks by the keys of the\n      configured database',
    takes: 'FILE|-',
    options: { jwks: { value: 'FILE|URL' } },
    run: async (file, given) => {
      process.stdout.write(await verifyReceiptCommand(file, given.one('jwks')));
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
  const what = asked(COMMANDS, process.argv.slice(2));
  if ('command' in what) {
    await what.command.run(what.operand, what.given);
    return;
  }
  process[what.isWanted ? 'stdout' : 'stderr'].write(what.usage);
  process.exitCode = what.isWanted ? 0 : EXIT_USAGE;
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
  if (config.subgraphs !== null) process.on('SIGHUP', () => void app.reloadSubgraphs());
  log.info({ url: app.url }, 'serving');
  if (demo !== null) process.stdout.write(demoCommands(app.url, await demo.fill(app.execute)));
}

async function serveSubgraph(name: SubgraphName): Promise<void> {
  const config = readConfig();
  const log = createLogger(config.logLevel);
  const app = await startSubgraph(name, config, log);
  stopOnSignals(app, null);
  log.info({ subgraph: name, url: app.url }, 'serving');
}

async function migrate(): Promise<void> {
  const database = await Database.open(readConfig().database);
  const ran = await database.migrate();
  process.stdout.write(ran.length === 0 ? 'up to date\n' : `${ran.join('\n')}\n`);
  await database.close();
}

/** Exit code 1 where it does not compose. */
async function composeSubgraphs(check: boolean): Promise<void> {
  const { subgraphs } = readConfig();
  const { supergraphSdl, problems } = await composeOnce(subgraphs, await ownSubgraphs()).catch(asConfigError);
  if (supergraphSdl === null) {
    process.stderr.write(problems.map((problem) => `${problem.replace(/\s*\n\s*/g, ' ')}\n`).join(''));
    process.exitCode = EXIT_FAILURE;
  } else if (!check) {
    process.stdout.write(supergraphSdl);
  }
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

function stopOnSignals(app: Pick<App, 'close'>, demo: Demo | null): void {
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

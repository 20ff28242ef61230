#!/usr/bin/env -S node --max-semi-space-size=64
import 'reflect-metadata';

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { type App, startApp } from './app';
import { explainQuery } from './commands/explain';
import { signingKeysCommand } from './commands/keys';
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

/** A command of `algogate`: what it does in a line, its options, and the doing of it. */
interface Command {
  readonly summary: string;
  /** What it is followed by, as the usage has it: `QUERY|FILE`; without it, by nothing. */
  readonly takes?: string;
  /** All that may follow it; whatever, where it is missing. */
  readonly operands?: readonly string[];
  readonly options?: readonly string[];
  /** An option that is followed by a value, and whether it may be there more than once. */
  readonly valued?: { readonly name: string; readonly isMany: boolean };
  readonly run: (operand: string, options: ReadonlySet<string>, values: readonly string[]) => Promise<void>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
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
      'print the supergraph of our subgraphs and those of ALGOGATE_SUBGRAPHS;\n             with --check only say what is wrong with it, an error a line',
    options: ['check'],
    run: (_, options) => composeSubgraphs(options.has('check')),
  },
  explain: {
    summary: 'print the plan of a query on our own subgraphs; with --json as JSON',
    takes: 'QUERY|FILE',
    options: ['json'],
    run: async (given, options) => {
      process.stdout.write(await explainQuery(given, options.has('json')));
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
      'recompute the ledger and hold it to its signed heads, a fault a line; with --against FILE, once or\n                                  more, to earlier heads, exports or receipts as well (-: those that come in)',
    valued: { name: 'against', isMany: true },
    run: async (_, _options, against) => {
      process.exitCode = await ledgerCommand((write) => verifyCommand(readConfig(), against, write));
    },
  },
  'ledger export': {
    summary: 'print the ledger as lines of JSON; with --owner HANDLE that of one owner',
    valued: { name: 'owner', isMany: false },
    run: async (_, _options, [owner = null]) => {
      process.exitCode = await ledgerCommand((write) => exportCommand(readConfig(), owner, write));
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
    options: {
      help: { type: 'boolean', short: 'h' },
      check: { type: 'boolean' },
      json: { type: 'boolean' },
      against: { type: 'string', multiple: true },
      owner: { type: 'string', multiple: true },
    },
    allowPositionals: true,
    // what is no option of ours is told by the usage, not by Node
    strict: false,
  });
  const { command, rest } = commandIn(positionals);
  const { help, ...given } = values;
  if (help === true || command === null || !fits(command, rest) || !takesAll(command, given)) {
    process[help === true ? 'stdout' : 'stderr'].write(usage());
    process.exitCode = help === true ? 0 : EXIT_USAGE;
    return;
  }
  const valued = given[command.valued?.name ?? ''];
  await command.run(
    rest[0] ?? '',
    new Set(Object.keys(given)),
    Array.isArray(valued) ? valued.map(String) : [],
  );
}

/** A command is one word, or two. */
function commandIn(words: readonly string[]): { command: Command | null; rest: readonly string[] } {
  const [first = 'serve', second = ''] = words;
  for (const [name, length] of [[`${first} ${second}`, 2] as const, [first, 1] as const]) {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command !== undefined) return { command, rest: words.slice(length) };
  }
  return { command: null, rest: [] };
}

/** Whether all that was given are options of the command, each with the value that it wants, or with none. */
function takesAll({ options = [], valued }: Command, given: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(given).every(([name, value]) => {
    if (name !== valued?.name) return value === true && options.includes(name);
    if (!Array.isArray(value) || (value.length > 1 && !valued.isMany)) return false;
    return value.every((one) => typeof one === 'string' && one !== '');
  });
}

function fits({ takes, operands }: Command, rest: readonly string[]): boolean {
  if (takes === undefined) return rest.length === 0;
  return rest.length === 1 && operands?.includes(rest[0] ?? '') !== false;
}

function usage(): string {
  const commands = Object.entries(COMMANDS).map(
    ([name, { takes, summary }]) => `  ${[name, takes].filter(Boolean).join(' ').padEnd(30)} ${summary}`,
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

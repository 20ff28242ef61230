import { join, resolve } from 'node:path';

import { z } from 'zod';

import { AllowList } from './calls/allow-list';
import type { DatabaseTarget } from './database/dialect';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './domain/usage/granularity';

/** Everything that an operator can set, checked. Source: chapter 9, "Configuration". */
export interface Config {
  readonly database: DatabaseTarget;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** Where the outside reaches this marketplace, which receipts name it by; null: they name none. */
  readonly publicUrl: string | null;
  /** 32 bytes, or null where the data folder keeps a key of its own making. */
  readonly masterKey: Buffer | null;
  readonly rootKey: string | null;
  readonly demo: boolean;
  readonly backendAllow: readonly string[];
  readonly maxStalenessMs: number;
  readonly journalMaxBytes: number;
  /** How long records of calls are kept, in milliseconds; what they were counted into is kept for ever. */
  readonly callRetentionMs: number;
  /** The most that one request to the graph may cost; null: anything. */
  readonly graphMaxCost: number | null;
  /** Cost units of all requests of one caller in a minute; null: without end. */
  readonly graphCostPerMinute: number | null;
  /** A manifest of the documents that alone are run on the graph; null: any are. */
  readonly trustedDocuments: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Where replicas count rates and quotas together; null: each counts by itself. */
  readonly redisUrl: string | null;
  /** Where traces go, by OTLP/HTTP; null: nowhere. */
  readonly otlpEndpoint: string | null;
  /** How much of what comes without a trace of its own is traced, from 0 to 1. */
  readonly traceRatio: number;
  /** The file that names the subgraphs of operators; null: the graph is made of ours alone. */
  readonly subgraphs: string | null;
  /** The file that names the issuers of tokens; null: none is trusted. */
  readonly issuers: string | null;
}

/** A variable that is wrong: its name and what is wrong with it. The program ends with exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** A variable: how it is read, what it is when it is not set, and what `algogate config` says of it. */
interface Variable<T> {
  readonly schema: z.ZodType<T, string>;
  readonly fallback: string | null;
  readonly meaning: string;
  /** Shown by `algogate config` as set or not set, never by its value. */
  readonly secret?: true;
}

const variable = <T>(
  schema: z.ZodType<T, string>,
  fallback: string | null,
  meaning: string,
  secret?: true,
): Variable<T> => ({ schema, fallback, meaning, ...(secret === undefined ? {} : { secret }) });

const VARIABLES = {
  ALGOGATE_DATABASE_URL: variable(
    z.string().transform(databaseTarget),
    'sqlite:./data/algogate.db',
    'sqlite:PATH, or mysql://user:password@host:3306/name (MySQL 8, MariaDB 10.6 and later)',
    true,
  ),
  ALGOGATE_HOST: variable(z.string().min(1), '127.0.0.1', 'address to listen on'),
  ALGOGATE_PORT: variable(
    z.string().transform(integerIn(0, 65535)),
    '4000',
    'port to listen on; 0: a free one',
  ),
  ALGOGATE_PUBLIC_URL: variable(
    z.string().transform(publicUrl),
    null,
    'where the outside reaches this marketplace (https://market.example): receipts name it by this; the same for all processes',
  ),
  ALGOGATE_DATA_DIR: variable(
    z.string().min(1),
    './data',
    "journal, signed heads of the ledger, the embedded default's master key",
  ),
  ALGOGATE_MASTER_KEY: variable(
    z.string().transform(masterKey),
    null,
    'wraps the keys that replicas share: 64 hex digits or base64 of 32 bytes; required with MySQL',
    true,
  ),
  ALGOGATE_ROOT_KEY: variable(
    z.string().min(32, 'has fewer than 32 characters'),
    null,
    "an operator's credential, at least 32 characters",
    true,
  ),
  ALGOGATE_DEMO: variable(
    z.string().transform(boolean),
    'false',
    'fill an empty database with the demo marketplace, and serve it',
  ),
  ALGOGATE_BACKEND_ALLOW: variable(
    z.string().transform(allowList),
    '',
    'hosts and CIDRs of private addresses that backends may have, separated by commas',
  ),
  ALGOGATE_WORKERS: variable(
    z.string().transform(workers),
    '1',
    'processes on one machine; this version has one',
  ),
  ALGOGATE_MAX_STALENESS: variable(
    z.string().transform(duration),
    '1h',
    'how long to go on from memory while the database is away (30s, 5m, 1h)',
  ),
  ALGOGATE_JOURNAL_MAX_BYTES: variable(
    z.string().transform(byteSize),
    '1GiB',
    'bound of the journal of calls (64MiB, 1GiB)',
  ),
  ALGOGATE_CALL_RETENTION: variable(
    z.string().transform(retention),
    '30d',
    'how long records of calls are kept, by whole days (1d, 90d); what they were counted into stays',
  ),
  ALGOGATE_REDIS_URL: variable(
    z.string().transform(redisUrl),
    null,
    'redis://user:password@host:6379/0 or rediss://, in which replicas count rates and quotas together; none: one replica counts alone',
    true,
  ),
  ALGOGATE_GRAPH_MAX_COST: variable(
    z.string().transform(orNone),
    '1000000',
    'the most that one request to the graph may cost, by @cost and @listSize; 0: anything',
  ),
  ALGOGATE_GRAPH_COST_PER_MINUTE: variable(
    z.string().transform(orNone),
    '20000000',
    'cost units of an account, or of an address without a credential, in a minute; 0: without end',
  ),
  ALGOGATE_TRUSTED_DOCUMENTS: variable(
    z.string().min(1),
    null,
    "a manifest (Apollo's, or an object of texts by their hash) of the documents that alone are run on the graph; none: any are",
  ),
  ALGOGATE_LOG_LEVEL: variable(z.enum(LOG_LEVELS), 'info', LOG_LEVELS.join(', ')),
  ALGOGATE_OTLP_ENDPOINT: variable(
    z.string().transform(collectorUrl),
    null,
    'an OTLP/HTTP collector that traces are sent to (http://127.0.0.1:4318/v1/traces); none: no traces',
  ),
  ALGOGATE_TRACE_RATIO: variable(
    z.string().transform(ratio),
    '1',
    'how much of what comes without a trace of its own is traced, from 0 to 1',
  ),
  ALGOGATE_SUBGRAPHS: variable(
    z.string().transform((path) => resolve(path)),
    null,
    'a YAML file of subgraphs that join the graph (./subgraphs.yaml); none: the graph is ours alone',
  ),
  ALGOGATE_ISSUERS: variable(
    z.string().transform((path) => resolve(path)),
    null,
    'a YAML file of OpenID issuers whose tokens sign users in or publish (./issuers.yaml); none: keys alone are credentials',
  ),
} as const;

type Name = keyof typeof VARIABLES;
type Values = { [N in Name]: (typeof VARIABLES)[N] extends Variable<infer T> ? T | null : never };

/**
 * Reads the environment, here and nowhere else.
 * @throws ConfigError naming every variable that is wrong
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const values = Object.fromEntries(
    Object.entries(VARIABLES).map(([name, { schema, fallback }]) => {
      const text = isSet(env, name) ? env[name] : fallback;
      if (text == null) return [name, null];
      const parsed = schema.safeParse(text);
      if (parsed.success) return [name, parsed.data];
      problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
      return [name, null];
    }),
  ) as unknown as Values;
  problems.push(...unknownVariables(env));
  const database = values.ALGOGATE_DATABASE_URL;
  if (database?.dialect === 'mysql' && !isSet(env, 'ALGOGATE_MASTER_KEY')) {
    problems.push('ALGOGATE_MASTER_KEY: is required with MySQL: replicas share the keys that it wraps');
  }
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return configOf(values);
}

/** One line per variable: its name, what is in force, and what it is for. Secrets are not shown. */
export function describeConfig(env: NodeJS.ProcessEnv = process.env): string {
  return Object.entries(VARIABLES)
    .map(([name, { fallback, meaning, secret }]) => {
      const given = isSet(env, name);
      const shown = !given ? (fallback ?? '(none)') : secret ? '(set)' : env[name];
      return `${name}=${shown}\n    ${meaning}${given ? '' : ' [default]'}`;
    })
    .join('\n');
}

function configOf(values: Values): Config {
  const required = <T>(value: T | null): T => {
    if (value === null) throw new Error('a variable with a default has no value');
    return value;
  };
  return {
    database: required(values.ALGOGATE_DATABASE_URL),
    host: required(values.ALGOGATE_HOST),
    port: required(values.ALGOGATE_PORT),
    dataDir: resolve(required(values.ALGOGATE_DATA_DIR)),
    publicUrl: values.ALGOGATE_PUBLIC_URL,
    masterKey: values.ALGOGATE_MASTER_KEY,
    rootKey: values.ALGOGATE_ROOT_KEY,
    demo: required(values.ALGOGATE_DEMO),
    backendAllow: required(values.ALGOGATE_BACKEND_ALLOW),
    maxStalenessMs: required(values.ALGOGATE_MAX_STALENESS),
    journalMaxBytes: required(values.ALGOGATE_JOURNAL_MAX_BYTES),
    callRetentionMs: required(values.ALGOGATE_CALL_RETENTION),
    graphMaxCost: values.ALGOGATE_GRAPH_MAX_COST,
    graphCostPerMinute: values.ALGOGATE_GRAPH_COST_PER_MINUTE,
    trustedDocuments: values.ALGOGATE_TRUSTED_DOCUMENTS,
    logLevel: required(values.ALGOGATE_LOG_LEVEL),
    redisUrl: values.ALGOGATE_REDIS_URL,
    otlpEndpoint: values.ALGOGATE_OTLP_ENDPOINT,
    traceRatio: required(values.ALGOGATE_TRACE_RATIO),
    subgraphs: values.ALGOGATE_SUBGRAPHS,
    issuers: values.ALGOGATE_ISSUERS,
  };
}

/** A variable that is empty is not set: files that list them all leave some empty. */
function isSet(env: NodeJS.ProcessEnv, name: string): boolean {
  return env[name] !== undefined && env[name] !== '';
}

/** A misspelt variable would otherwise be a setting that silently does nothing. */
function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('ALGOGATE_') && !name.startsWith('ALGOGATE_TEST_'))
    .filter((name) => !Object.hasOwn(VARIABLES, name))
    .map((name) => `${name}: is not a variable of algogate (\`algogate config\` lists them)`);
}

type Refinement = z.RefinementCtx<string>;

function refuse(context: Refinement, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

function databaseTarget(text: string, context: Refinement): DatabaseTarget {
  if (text.startsWith('sqlite:')) {
    const path = text.slice('sqlite:'.length);
    return path === '' || path.includes(':memory:')
      ? refuse(context, 'names no file: sqlite:./data/algogate.db')
      : { dialect: 'sqlite', path: resolve(path) };
  }
  if (/^mysql:\/\//.test(text) && URL.canParse(text) && new URL(text).pathname.length > 1) {
    return { dialect: 'mysql', url: text };
  }
  return refuse(context, 'is neither sqlite:PATH nor mysql://user:password@host:3306/name');
}

function integerIn(low: number, high: number) {
  return (text: string, context: Refinement): number =>
    /^\d{1,15}$/.test(text) && Number(text) >= low && Number(text) <= high
      ? Number(text)
      : refuse(context, `is not a whole number from ${low} to ${high}`);
}

/** A bound of up to a thousand million; 0 is none. */
function orNone(text: string, context: Refinement): number | null {
  const bound = integerIn(0, 1_000_000_000)(text, context);
  return bound === 0 ? null : bound;
}

const ONE_PROCESS =
  'this version runs one process; for more, run several replicas of it on MySQL (ALGOGATE_DATABASE_URL) and Redis (ALGOGATE_REDIS_URL)';

function redisUrl(text: string, context: Refinement): string {
  const url = /^rediss?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.hostname !== '' && /^(\/\d{0,4})?$/.test(url.pathname)
    ? text
    : refuse(
        context,
        'is neither redis://host:6379 nor rediss://host:6379, with the number of a database at most',
      );
}

function workers(text: string, context: Refinement): number {
  const count = integerIn(1, 1024)(text, context);
  return count > 1 ? refuse(context, `is more than 1: ${ONE_PROCESS}`) : count;
}

function collectorUrl(text: string, context: Refinement): string {
  const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.username === '' && url.password === ''
    ? text
    : refuse(context, 'is no URL of http or https, or carries a credential');
}

/** Without the slash at its end, so that it is written in one way. */
function publicUrl(text: string, context: Refinement): string {
  const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.href.replace(/\/$/, '') === text.replace(/\/$/, '') && !/[?#@]/.test(text)
    ? text.replace(/\/$/, '')
    : refuse(context, 'is no URL of http or https such as https://market.example, or carries more than that');
}

function ratio(text: string, context: Refinement): number {
  return /^(0|1|0?\.\d{1,9}|[01]\.0{1,9})$/.test(text)
    ? Number(text)
    : refuse(context, 'is not a number from 0 to 1');
}

function boolean(text: string, context: Refinement): boolean {
  return text === 'true' || text === 'false' ? text === 'true' : refuse(context, 'is neither true nor false');
}

function masterKey(text: string, context: Refinement): Buffer {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/]{43}=?$/.test(text)
    ? Buffer.from(text, 'base64')
    : refuse(context, 'is not 64 hex digits or base64 of 32 bytes');
}

function allowList(text: string, context: Refinement): string[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  try {
    new AllowList(entries);
    return entries;
  } catch (error) {
    return refuse(context, `is ${error instanceof Error ? error.message : String(error)}`);
  }
}

const DURATION_UNITS: Readonly<Record<string, number>> = { s: 1000, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

function duration(text: string, context: Refinement): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const unit = DURATION_UNITS[match?.[2] ?? ''];
  return match === null || unit === undefined
    ? refuse(context, 'is not a duration such as 30s, 5m, 1h')
    : Number(match[1]) * unit;
}

const SHORTEST_RETENTION_MS = DAY_MS;

function retention(text: string, context: Refinement): number {
  const ms = duration(text, context);
  // where that has refused it already, there is no number to compare
  return ms < SHORTEST_RETENTION_MS ? refuse(context, 'is less than 1d') : ms;
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

function byteSize(text: string, context: Refinement): number {
  const match = /^(\d{1,9})(KiB|MiB|GiB|)$/.exec(text);
  const unit = SIZE_UNITS[match?.[2] ?? ''];
  return match === null || unit === undefined
    ? refuse(context, 'is not a size such as 64MiB or 1GiB')
    : Number(match[1]) * unit;
}

/** Where things are kept in the data folder. */
export function dataPaths(
  dataDir: string,
): Readonly<Record<'masterKey' | 'journal' | 'demo' | 'ledgerHeads', string>> {
  return {
    masterKey: join(dataDir, 'master.key'),
    journal: join(dataDir, 'journal'),
    demo: join(dataDir, 'demo.json'),
    ledgerHeads: join(dataDir, 'ledger-heads.ndjson'),
  };
}

import { join, resolve } from 'node:path';

import { type Config, ConfigError, dataPaths, describeConfig, readConfig } from '../src/config';

const MASTER_KEY = Buffer.alloc(32, 0xa5);
const ROOT_KEY = 'r'.repeat(32);

const DEFAULTS: Config = {
  database: { dialect: 'sqlite', path: resolve('data/algogate.db') },
  host: '127.0.0.1',
  port: 4000,
  dataDir: resolve('data'),
  publicUrl: null,
  masterKey: null,
  rootKey: null,
  demo: false,
  backendAllow: [],
  maxStalenessMs: 3_600_000,
  journalMaxBytes: 2 ** 30,
  callRetentionMs: 30 * 86_400_000,
  graphMaxCost: 1_000_000,
  graphCostPerMinute: 20_000_000,
  trustedDocuments: null,
  logLevel: 'info',
  redisUrl: null,
  otlpEndpoint: null,
  traceRatio: 1,
  subgraphs: null,
  issuers: null,
};

/** Chapter 9, "Configuration": what is good, by variable, and what it makes of the defaults. */
const GOOD: readonly (readonly [name: string, text: string, made: Partial<Config>])[] = [
  ['DATABASE_URL', 'sqlite:here.db', { database: { dialect: 'sqlite', path: resolve('here.db') } }],
  ['DATABASE_URL', 'sqlite:/srv/a b.db', { database: { dialect: 'sqlite', path: '/srv/a b.db' } }],
  ['HOST', '0.0.0.0', { host: '0.0.0.0' }],
  ['HOST', '::1', { host: '::1' }],
  ['PORT', '0', { port: 0 }],
  ['PORT', '65535', { port: 65535 }],
  ['PUBLIC_URL', 'https://market.example/', { publicUrl: 'https://market.example' }],
  ['PUBLIC_URL', 'http://127.0.0.1:4000/algogate', { publicUrl: 'http://127.0.0.1:4000/algogate' }],
  ['DATA_DIR', '/srv/algogate', { dataDir: '/srv/algogate' }],
  ['DATA_DIR', 'elsewhere', { dataDir: resolve('elsewhere') }],
  ['MASTER_KEY', MASTER_KEY.toString('hex'), { masterKey: MASTER_KEY }],
  ['MASTER_KEY', MASTER_KEY.toString('hex').toUpperCase(), { masterKey: MASTER_KEY }],
  ['MASTER_KEY', MASTER_KEY.toString('base64'), { masterKey: MASTER_KEY }],
  ['ROOT_KEY', ROOT_KEY, { rootKey: ROOT_KEY }],
  ['DEMO', 'true', { demo: true }],
  ['SUBGRAPHS', 'subgraphs.yaml', { subgraphs: resolve('subgraphs.yaml') }],
  ['ISSUERS', './issuers.yaml', { issuers: resolve('issuers.yaml') }],
  ['DEMO', 'false', {}],
  ['BACKEND_ALLOW', '10.0.0.0/8', { backendAllow: ['10.0.0.0/8'] }],
  [
    'BACKEND_ALLOW',
    ' localhost:8080, 127.0.0.1 ,[::1]:80,fd00::/8,',
    { backendAllow: ['localhost:8080', '127.0.0.1', '[::1]:80', 'fd00::/8'] },
  ],
  ['BACKEND_ALLOW', 'backend-1.internal', { backendAllow: ['backend-1.internal'] }],
  ['BACKEND_ALLOW', ',, a,,b ,', { backendAllow: ['a', 'b'] }],
  ['WORKERS', '1', {}],
  ...['redis://127.0.0.1:6379', 'rediss://user:secret@cache.internal:6380/3', 'redis://[::1]'].map(
    (redisUrl) => ['REDIS_URL', redisUrl, { redisUrl }] as const,
  ),
  ['MAX_STALENESS', '30s', { maxStalenessMs: 30_000 }],
  ['MAX_STALENESS', '5m', { maxStalenessMs: 300_000 }],
  ['MAX_STALENESS', '2h', { maxStalenessMs: 7_200_000 }],
  ['MAX_STALENESS', '1d', { maxStalenessMs: 86_400_000 }],
  ['CALL_RETENTION', '1d', { callRetentionMs: 86_400_000 }],
  ['CALL_RETENTION', '36h', { callRetentionMs: 129_600_000 }],
  ['CALL_RETENTION', '400d', { callRetentionMs: 34_560_000_000 }],
  ['JOURNAL_MAX_BYTES', '4096', { journalMaxBytes: 4096 }],
  ['JOURNAL_MAX_BYTES', '64KiB', { journalMaxBytes: 65_536 }],
  ['JOURNAL_MAX_BYTES', '64MiB', { journalMaxBytes: 67_108_864 }],
  ['JOURNAL_MAX_BYTES', '2GiB', { journalMaxBytes: 2_147_483_648 }],
  ...['http://127.0.0.1:4318/v1/traces', 'https://collector.internal/v1/traces'].map(
    (otlpEndpoint) => ['OTLP_ENDPOINT', otlpEndpoint, { otlpEndpoint }] as const,
  ),
  ...(
    [
      ['0', 0],
      ['1', 1],
      ['1.0', 1],
      ['0.25', 0.25],
      ['.5', 0.5],
    ] as const
  ).map(([text, traceRatio]) => ['TRACE_RATIO', text, { traceRatio }] as const),
  ...(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const).map(
    (logLevel) => ['LOG_LEVEL', logLevel, { logLevel }] as const,
  ),
];

const NO_DATABASE = 'is neither sqlite:PATH nor mysql://user:password@host:3306/name';
const NO_FILE = 'names no file: sqlite:./data/algogate.db';
const NO_PORT = 'is not a whole number from 0 to 65535';
const NO_KEY = 'is not 64 hex digits or base64 of 32 bytes';
const NO_DURATION = 'is not a duration such as 30s, 5m, 1h';
const NO_SIZE = 'is not a size such as 64MiB or 1GiB';
const NO_ADDRESS = 'is not a host, host:port, address or CIDR';
const NO_WORKERS = 'is not a whole number from 1 to 1024';
const ONE_WORKER =
  'is more than 1: this version runs one process; for more, run several replicas of it on MySQL (ALGOGATE_DATABASE_URL) and Redis (ALGOGATE_REDIS_URL)';
const NO_REDIS = 'is neither redis://host:6379 nor rediss://host:6379, with the number of a database at most';

const BAD: readonly (readonly [name: string, text: string, problem: string | RegExp])[] = [
  ...['postgres://a/b', 'data.db', 'mysql://host', 'mysql://host/', 'mysql:host/name', 'SQLITE:x'].map(
    (text) => ['DATABASE_URL', text, NO_DATABASE] as const,
  ),
  ...['sqlite:', 'sqlite::memory:'].map((text) => ['DATABASE_URL', text, NO_FILE] as const),
  ...['-1', '65536', '80.5', '0x50', 'http', ' 80'].map((text) => ['PORT', text, NO_PORT] as const),
  ...[
    MASTER_KEY.toString('hex').slice(1),
    `${MASTER_KEY.toString('hex')}00`,
    'g'.repeat(64),
    MASTER_KEY.toString('base64').slice(2),
    ' '.repeat(43),
    'secret',
  ].map((text) => ['MASTER_KEY', text, NO_KEY] as const),
  ['ROOT_KEY', 'r'.repeat(31), 'has fewer than 32 characters'],
  ...['yes', 'TRUE', '1'].map((text) => ['DEMO', text, 'is neither true nor false'] as const),
  ...[
    ...['10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/8:80', 'fd00::/129', 'localhost/8'],
    ...['10.0.0.256', '10.0.0.1.2', '[::1', '[::1]:', 'fd00:::1'],
    ...['a b', '*.internal', '-a', 'a..b', 'a@b', 'http://localhost', 'x'.repeat(254)],
    ...['localhost:', 'localhost:http', 'localhost:65536', '10.0.0.5:65536', ':80'],
  ].map((text) => ['BACKEND_ALLOW', text, `${NO_ADDRESS}: ${text}`] as const),
  ['BACKEND_ALLOW', 'localhost, 10.0.0.0/x ,also:wrong', `${NO_ADDRESS}: 10.0.0.0/x`],
  ...['0', '-1', 'two', '1.5', '1025'].map((text) => ['WORKERS', text, NO_WORKERS] as const),
  ...['2', '16'].map((text) => ['WORKERS', text, ONE_WORKER] as const),
  ...['1', '1 h', '1w', '-1s', '1.5h', 'h'].map((text) => ['MAX_STALENESS', text, NO_DURATION] as const),
  ...['30', '1w', '-1d'].map((text) => ['CALL_RETENTION', text, NO_DURATION] as const),
  ...['0d', '23h', '86399s'].map((text) => ['CALL_RETENTION', text, 'is less than 1d'] as const),
  ...['1GB', '1 GiB', '-1', '1gib', '0.5GiB'].map((text) => ['JOURNAL_MAX_BYTES', text, NO_SIZE] as const),
  ...['collector:4318', 'ftp://collector/', 'http://', 'http://user:secret@collector/v1/traces'].map(
    (text) => ['OTLP_ENDPOINT', text, 'is no URL of http or https, or carries a credential'] as const,
  ),
  ...['-0.1', '1.01', '2', 'all', '1e-3', '.'].map(
    (text) => ['TRACE_RATIO', text, 'is not a number from 0 to 1'] as const,
  ),
  ...['verbose', 'INFO'].map((text) => ['LOG_LEVEL', text, /fatal.*silent/] as const),
  ...[
    '127.0.0.1:6379',
    'http://127.0.0.1',
    'redis://',
    'redis:/host',
    'redis://host/name',
    'redis://host:x',
  ].map((text) => ['REDIS_URL', text, NO_REDIS] as const),
  ['PROT', '80', 'is not a variable of algogate (`algogate config` lists them)'],
  ['toString', '80', 'is not a variable of algogate (`algogate config` lists them)'],
];

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('what is not set has its default; so has what is empty, and what is not ours is not looked at', () => {
  expect(readConfig({})).toEqual(DEFAULTS);
  const empty = Object.fromEntries(
    [...new Set([...GOOD, ...BAD].map(([name]) => `ALGOGATE_${name}`))].map((name) => [name, '']),
  );
  delete empty['ALGOGATE_PROT'];
  delete empty['ALGOGATE_toString'];
  expect(readConfig(empty)).toEqual(DEFAULTS);
  expect(readConfig({ PORT: '80', ALGOGATE_TEST_MYSQL_URL: 'x', algogate_port: '80' })).toEqual(DEFAULTS);
});

test.each(GOOD)('%s=%s', (name, text, made) => {
  expect(readConfig({ [`ALGOGATE_${name}`]: text })).toEqual({ ...DEFAULTS, ...made });
});

test.each(BAD)('%s=%s is refused', (name, text, problem) => {
  const [first = '', ...others] = problemsOf({ [`ALGOGATE_${name}`]: text });
  expect(others).toEqual([]);
  const [variable, said] = [first.slice(0, first.indexOf(': ')), first.slice(first.indexOf(': ') + 2)];
  expect(variable).toBe(`ALGOGATE_${name}`);
  if (typeof problem === 'string') expect(said).toBe(problem);
  else expect(said).toMatch(problem);
});

describe('MySQL', () => {
  const url = 'mysql://root:hunter2@db.internal:3306/registry';

  test('is taken with a master key', () => {
    const env = { ALGOGATE_DATABASE_URL: url, ALGOGATE_MASTER_KEY: MASTER_KEY.toString('hex') };
    expect(readConfig(env)).toEqual({
      ...DEFAULTS,
      database: { dialect: 'mysql', url },
      masterKey: MASTER_KEY,
    });
  });

  test('is refused without one, and where it is wrong only that is said', () => {
    const missing = 'ALGOGATE_MASTER_KEY: is required with MySQL: replicas share the keys that it wraps';
    for (const none of [{}, { ALGOGATE_MASTER_KEY: '' }]) {
      expect(problemsOf({ ALGOGATE_DATABASE_URL: url, ...none })).toEqual([missing]);
    }
    expect(problemsOf({ ALGOGATE_DATABASE_URL: url, ALGOGATE_MASTER_KEY: 'x' })).toEqual([
      `ALGOGATE_MASTER_KEY: ${NO_KEY}`,
    ]);
  });
});

test('all that is wrong is said at once, each in a line', () => {
  const env = { ALGOGATE_PORT: 'x', ALGOGATE_DEMO: 'x', ALGOGATE_PROT: '1' };
  const problems = [
    `ALGOGATE_PORT: ${NO_PORT}`,
    'ALGOGATE_DEMO: is neither true nor false',
    'ALGOGATE_PROT: is not a variable of algogate (`algogate config` lists them)',
  ];
  expect(problemsOf(env)).toEqual(problems);
  expect(() => readConfig(env)).toThrow(problems.join('\n'));
});

describe('what `algogate config` says', () => {
  test('names every variable with its default and its meaning', () => {
    const lines = describeConfig({}).split('\n');
    expect(lines.filter((_, at) => at % 2 === 0)).toEqual([
      'ALGOGATE_DATABASE_URL=sqlite:./data/algogate.db',
      'ALGOGATE_HOST=127.0.0.1',
      'ALGOGATE_PORT=4000',
      'ALGOGATE_PUBLIC_URL=(none)',
      'ALGOGATE_DATA_DIR=./data',
      'ALGOGATE_MASTER_KEY=(none)',
      'ALGOGATE_ROOT_KEY=(none)',
      'ALGOGATE_DEMO=false',
      'ALGOGATE_BACKEND_ALLOW=',
      'ALGOGATE_WORKERS=1',
      'ALGOGATE_MAX_STALENESS=1h',
      'ALGOGATE_JOURNAL_MAX_BYTES=1GiB',
      'ALGOGATE_CALL_RETENTION=30d',
      'ALGOGATE_REDIS_URL=(none)',
      'ALGOGATE_GRAPH_MAX_COST=1000000',
      'ALGOGATE_GRAPH_COST_PER_MINUTE=20000000',
      'ALGOGATE_TRUSTED_DOCUMENTS=(none)',
      'ALGOGATE_LOG_LEVEL=info',
      'ALGOGATE_OTLP_ENDPOINT=(none)',
      'ALGOGATE_TRACE_RATIO=1',
      'ALGOGATE_SUBGRAPHS=(none)',
      'ALGOGATE_ISSUERS=(none)',
    ]);
    for (const line of lines.filter((_, at) => at % 2 === 1)) expect(line).toMatch(/^ {4}\S.* \[default\]$/);
  });

  test('shows what is in force, and of secrets no more than that they are set', () => {
    const secrets = {
      ALGOGATE_DATABASE_URL: 'mysql://ada:hunter2@db:3306/registry',
      ALGOGATE_MASTER_KEY: MASTER_KEY.toString('hex'),
      ALGOGATE_ROOT_KEY: ROOT_KEY,
      ALGOGATE_REDIS_URL: 'redis://ada:hunter3@cache:6379',
    };
    const shown = describeConfig({ ...secrets, ALGOGATE_PORT: '80' });
    expect(shown).toContain('ALGOGATE_PORT=80\n    port to listen on; 0: a free one\n');
    for (const [name, secret] of Object.entries(secrets)) {
      expect(shown).toContain(`${name}=(set)\n`);
      expect(shown).not.toContain(secret);
    }
  });

  test('problems do not show secrets either', () => {
    const env = {
      ALGOGATE_DATABASE_URL: 'mysql://user:hunter2@',
      ALGOGATE_MASTER_KEY: 'hunter2',
      ALGOGATE_ROOT_KEY: 'hunter2',
    };
    expect(problemsOf(env)).toHaveLength(3);
    expect(problemsOf(env).join()).not.toContain('hunter2');
  });
});

test('where things are kept in the data folder', () => {
  expect(dataPaths('/srv/data')).toEqual({
    masterKey: join('/srv/data', 'master.key'),
    journal: join('/srv/data', 'journal'),
    demo: join('/srv/data', 'demo.json'),
    ledgerHeads: join('/srv/data', 'ledger-heads.ndjson'),
  });
});

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

import { preProcessFile } from 'typescript';

const ROOT = resolve(__dirname, '../..');

interface Finding {
  readonly rule: string | null;
  readonly message: string;
}

/** Lints all sources in one process: starting ESLint costs more than everything it then does here. */
function lint(sources: readonly { file: string; source: string }[]): Finding[][] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'lint-sources.mjs')], {
    cwd: ROOT,
    input: JSON.stringify(sources),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Finding[][];
}

const IMPORTS = 'algogate/import-rules';
const CYCLE = 'import-x/no-cycle';

/** What may not be: the importing file, the import, and words of the rule that the message must say. */
const FORBIDDEN: readonly (readonly [file: string, imported: string, rule: RegExp])[] = [
  ['src/domain/reference.ts', 'typeorm', /src\/domain imports semver, graphql and itself alone/],
  ['src/domain/permissions.ts', 'zod', /src\/domain imports semver, graphql and itself alone/],
  ['src/domain/reference.ts', 'node:fs', /src\/domain imports semver, graphql and itself alone/],
  ['src/domain/reference.ts', '../ledger/append', /itself alone/],
  ['src/domain/permissions.ts', '../../entities/owner', /itself alone/],
  ['src/domain/resolve.ts', './principal', /resolution does not know the caller/],
  ['src/domain/resolve.ts', './permissions', /resolution does not know the caller/],
  ['src/domain/catalog.ts', './scopes', /resolution does not know the caller/],
  ['src/domain/anything-new.ts', './principal', /resolution does not know the caller/],
  ['src/domain/resolve.ts', './usage/call', /resolution does not know the caller/],
  ['src/domain/resolve.ts', './limits/bounds', /resolution does not know the caller/],
  ['src/resolution/index.ts', '../domain/principal', /resolution does not know the caller/],
  ['src/resolution/index.ts', '../domain/usage/call', /resolution does not know the caller/],
  ['src/resolution/index.ts', '../domain/permissions', /resolution does not know the caller/],
  ['src/resolution/index.ts', '../auth/authenticate', /resolution does not know the caller/],
  ['src/resolution/cache.ts', 'typeorm', /resolution does not know the caller/],
  ['src/subgraphs/registry/store.ts', './service', /a store or loader imports/],
  ['src/subgraphs/registry/store.ts', '../access', /a store or loader imports/],
  ['src/subgraphs/registry/store.ts', '../../ledger/append', /a store or loader imports/],
  ['src/subgraphs/registry/loaders.ts', './types', /a store or loader imports/],
  ['src/subgraphs/registry/publish-store.ts', './publish-service', /a store or loader imports/],
  ['src/subgraphs/registry/store/keys.ts', '../index', /a store or loader imports/],
  ['src/subgraphs/registry/publish-service.ts', 'typeorm', /a service imports its own store/],
  ['src/subgraphs/registry/inputs.ts', './records', /never TypeORM, entities or a store/],
  ['src/subgraphs/shared/paging.ts', '../registry', /what the slices share knows none of them/],
  ['src/subgraphs/registry/store.ts', 'type-graphql', /a store or loader imports/],
  ['src/subgraphs/registry/service.ts', 'typeorm', /a service imports its own store/],
  ['src/subgraphs/registry/service.ts', 'fastify', /a service imports its own store/],
  ['src/subgraphs/registry/service.ts', '../../../entities/owner', /a service imports its own store/],
  ['src/subgraphs/registry/service.ts', '../access/store', /a service imports its own store/],
  ['src/subgraphs/registry/service-build.ts', '../access/service', /a service imports its own store/],
  ['src/subgraphs/registry/service.ts', './resolvers/publish-version', /a service imports its own store/],
  ['src/subgraphs/registry/service.ts', './channel-types', /a service imports its own store/],
  ['src/subgraphs/registry/channel-service.ts', './channel-inputs', /a service imports its own store/],
  ['src/subgraphs/registry/channel-store.ts', './channel-types', /a store or loader imports/],
  ['src/subgraphs/registry/channels/service.ts', './types', /a service imports its own store/],
  ['src/subgraphs/registry/channels/types.ts', './store', /never TypeORM/],
  ['src/subgraphs/registry/channels/store.ts', './service', /a store or loader imports/],
  ['src/subgraphs/registry/service.ts', '../../calls/journal', /a service imports its own store/],
  ['src/subgraphs/registry/resolvers/publish.ts', 'typeorm', /never TypeORM, entities or a store/],
  ['src/subgraphs/registry/resolvers/publish.ts', '../../../../entities', /never TypeORM/],
  ['src/subgraphs/registry/resolvers/publish.ts', '../store', /never TypeORM, entities or a store/],
  ['src/subgraphs/registry/resolvers/publish.ts', '../../access/service', /never TypeORM/],
  ['src/subgraphs/registry/types.ts', '../../../entities/owner', /never TypeORM/],
  ['src/subgraphs/registry/types.ts', './store', /never TypeORM/],
  ['src/subgraphs/registry/channel-types.ts', './channel-store', /never TypeORM/],
  ['src/subgraphs/registry/channel-payloads.ts', '../../../entities', /never TypeORM/],
  ['src/subgraphs/registry/index.ts', '../access/store', /other slices by their index\.ts/],
  ['src/waiting.ts', './domain/errors', /src\/waiting and src\/breaker import nothing/],
  ['src/breaker.ts', './domain/errors', /src\/waiting and src\/breaker import nothing/],
  ['src/gateway/plan.ts', '../domain/errors', /src\/gateway knows no marketplace/],
  ['src/gateway/plan.ts', '../subgraphs/registry', /src\/gateway knows no marketplace/],
  ['src/gateway/plan.ts', '../waiting', /src\/gateway knows no marketplace/],
  ['src/federation/operators.ts', '../subgraphs/registry', /src\/federation joins the subgraphs of others/],
  ['src/federation/operators.ts', '../domain/errors', /src\/federation joins the subgraphs of others/],
  ['src/federation/operators.ts', '../gateway/graph', /src\/federation joins the subgraphs of others/],
  ['src/gateway/gateway.ts', '../federation', /src\/gateway knows no marketplace/],
  ['src/http/travelling.ts', '../federation', /the edge imports/],
  ['src/calls/forward.ts', '../subgraphs/usage/store', /slices' index\.ts/],
  ['src/calls/forward.ts', '../http/server', /the edge imports/],
  ['src/http/routes.ts', '../../entities/owner', /only in a store/],
  ['src/http/routes.ts', '../app', /the edge imports/],
  ['src/ledger/append.ts', '../auth/authenticate', /a room imports the rooms below it/],
  ['src/ledger/append.ts', 'typeorm', /a room imports the rooms below it/],
  ['src/auth/authenticate.ts', '../calls/route', /a room imports the rooms below it/],
  ['src/auth/authenticate.ts', '../config', /a room imports the rooms below it/],
  ['src/auth/authenticate.ts', '../../ormconfig', /a room imports the rooms below it/],
  ['src/brand-new/thing.ts', '../subgraphs/registry/service', /a room that the order does not name/],
  ['src/brand-new/thing.ts', 'typeorm', /a room that the order does not name/],
  ['entities/owner.ts', '../src/ledger/append', /an entity imports/],
  ['migrations/1-make-owner.ts', '../entities/owner', /a migration imports/],
  ['migrations/1-make-owner.ts', '../src/domain/terms', /a migration imports/],
  ['examples/echo/server.ts', '../../src/domain/errors', /the example backends stand alone/],
];

/** What must go on being possible, so that a rule too wide is seen too. */
const ALLOWED: readonly (readonly [file: string, imported: string])[] = [
  ['src/domain/range.ts', 'semver'],
  ['src/domain/interface-diff.ts', 'graphql'],
  ['src/domain/resolve.ts', './reference'],
  ['src/domain/permissions.ts', './principal'],
  ['src/domain/usage/call.ts', '../principal'],
  ['src/domain/limits/call-limits.ts', '../principal'],
  ['src/resolution/index.ts', '../domain/resolve'],
  ['src/resolution/store.ts', '../../entities/version'],
  ['src/subgraphs/registry/store.ts', 'typeorm'],
  ['src/subgraphs/registry/store.ts', '../../../entities/owner'],
  ['src/subgraphs/registry/store.ts', '../../domain/terms'],
  ['src/subgraphs/registry/store.ts', '../../database'],
  ['src/database/patience.ts', '../waiting'],
  ['src/gateway/http-runner.ts', '../breaker'],
  ['src/federation/operators.ts', '../gateway'],
  ['src/federation/operators.ts', '../waiting'],
  ['src/calls/backends.ts', '../breaker'],
  ['src/subgraphs/registry/loaders.ts', './store'],
  ['src/subgraphs/registry/store/keys.ts', '../records'],
  ['src/subgraphs/registry/records.ts', '../../../entities'],
  ['src/subgraphs/registry/publish-service.ts', '../shared/actor'],
  ['src/subgraphs/registry/types.ts', '../shared/enums'],
  ['src/subgraphs/registry/resolvers/publish.ts', '../channel-types'],
  ['src/subgraphs/registry/service.ts', './store'],
  ['src/subgraphs/registry/service.ts', '../../domain/permissions'],
  ['src/subgraphs/registry/service.ts', '../../ledger/append'],
  ['src/subgraphs/registry/service.ts', '../access'],
  ['src/subgraphs/registry/service.ts', '../access/index'],
  ['src/subgraphs/registry/resolvers/publish.ts', '../service'],
  ['src/subgraphs/registry/resolvers/publish.ts', '../types'],
  ['src/subgraphs/registry/resolvers/publish.ts', '../../../domain/errors'],
  ['src/subgraphs/registry/resolvers/publish.ts', 'type-graphql'],
  ['src/gateway/plan.ts', './compose'],
  ['src/gateway/plan.ts', 'graphql'],
  ['src/calls/forward.ts', '../resolution'],
  ['src/calls/forward.ts', '../subgraphs/usage'],
  ['src/http/routes.ts', '../calls/route'],
  ['src/http/routes.ts', '../gateway/execute'],
  ['src/http/routes.ts', 'fastify'],
  ['src/app.ts', './subgraphs/registry'],
  ['src/app.ts', '../ormconfig'],
  ['src/main.ts', './app'],
  ['ormconfig.ts', 'typeorm'],
  ['entities/owner.ts', 'typeorm'],
  ['migrations/1-make-owner.ts', 'typeorm'],
  ['examples/echo/server.ts', '../serve'],
  ['test/subgraphs/registry.test.ts', '../../src/subgraphs/registry/store'],
];

/** Every way in which one module can name another must be seen, or the rules are open at the side. */
const WAYS = [
  "import { parse } from '../ledger/append';\n\nexport const again = parse;\n",
  "import type { Entry } from '../ledger/append';\n\nexport type Again = Entry;\n",
  "export { append } from '../ledger/append';\n",
  "export * from '../ledger/append';\n",
  "export const later = (): Promise<unknown> => import('../ledger/append');\n",
];

const ENVIRONMENT_READS = [
  ["export const a = process.env['HOME'];\n", 'no-restricted-properties'],
  ['export const { env } = process;\n', 'no-restricted-properties'],
  ["export const a = globalThis.process.env['HOME'];\n", 'no-restricted-syntax'],
  ["import { env } from 'node:process';\n\nexport const a = env['HOME'];\n", 'no-restricted-imports'],
] as const;

interface Case {
  readonly title: string;
  readonly file: string;
  readonly source: string;
  readonly rules: readonly (string | null)[];
  readonly message: RegExp;
}

const cases: Case[] = [
  ...FORBIDDEN.map(([file, imported, message]) => ({
    title: `${file} may not import ${imported}`,
    file,
    source: `import '${imported}';\n`,
    rules: [IMPORTS],
    message,
  })),
  ...ALLOWED.map(([file, imported]) => ({
    title: `${file} may import ${imported}`,
    file,
    source: `import '${imported}';\n`,
    rules: [],
    message: /(?:)/,
  })),
  ...WAYS.map((source) => ({
    title: `the import is seen in ${JSON.stringify(source)}`,
    file: 'src/domain/catalog.ts',
    source,
    rules: [IMPORTS],
    message: /src\/domain imports semver, graphql and itself alone/,
  })),
  {
    title: 'the import is seen in the type of an import',
    file: 'src/domain/catalog.ts',
    source: "export type Entry = import('../ledger/append').Entry;\n",
    rules: [IMPORTS, '@typescript-eslint/consistent-type-imports'],
    message: /itself alone|type annotations/,
  },
  ...[
    "export const entry: unknown = require('../ledger/append');\n",
    "import entry = require('../ledger/append');\n\nexport const again: unknown = entry;\n",
  ].map((source) => ({
    title: `the import is seen in ${JSON.stringify(source)}`,
    file: 'src/domain/catalog.ts',
    source,
    rules: [IMPORTS, '@typescript-eslint/no-require-imports'],
    message: /itself alone|`require\(\)` style/,
  })),
  {
    title: 'src/resolution may know the facts that permissions are about',
    file: 'src/resolution/index.ts',
    source: "export { type Grants, NO_GRANTS } from '../domain/permissions';\n",
    rules: [],
    message: /(?:)/,
  },
  ...[
    "export type { Principal } from '../domain/principal';\n",
    "export { type OwnerId, principalId } from '../domain/principal';\n",
    "export { NO_GRANTS, mayCall } from '../domain/permissions';\n",
    "export { mayCall as NO_GRANTS } from '../domain/permissions';\n",
    "export * from '../domain/permissions';\n",
    "export * as NO_GRANTS from '../domain/permissions';\n",
  ].flatMap((source) =>
    ['src/resolution/index.ts', 'src/resolution/store.ts'].map((file) => ({
      title: `${file} may not know who asks: ${JSON.stringify(source)}`,
      file,
      source,
      rules: [IMPORTS],
      message: /resolution does not know the caller/,
    })),
  ),
  ...ENVIRONMENT_READS.map(([source, rule]) => ({
    title: `a read of the environment is seen in ${JSON.stringify(source)}`,
    file: 'src/calls/options.ts',
    source,
    rules: [rule],
    message: /Only src\/config\.ts reads the environment/,
  })),
  {
    title: 'src/config.ts reads the environment',
    file: 'src/config.ts',
    source: ENVIRONMENT_READS[0][0],
    rules: [],
    message: /(?:)/,
  },
  {
    title: 'a cycle is seen',
    file: 'test/tooling/fixtures/cycle-one.ts',
    source: readFileSync(join(__dirname, 'fixtures/cycle-one.ts'), 'utf8'),
    rules: [CYCLE],
    message: /cycle/i,
  },
  {
    title: 'a default export is seen',
    file: 'src/domain/range.ts',
    source: 'export default 1;\n',
    rules: ['import-x/no-default-export'],
    message: /named exports/,
  },
  {
    title: 'any is seen',
    file: 'src/domain/range.ts',
    source: 'export const a = (b: any): string => String(b);\n',
    rules: ['@typescript-eslint/explicit-module-boundary-types', '@typescript-eslint/no-explicit-any'],
    message: /any/,
  },
  {
    title: 'a rule cannot be switched off in a file',
    file: 'src/domain/range.ts',
    source: "/* eslint-disable algogate/import-rules */\nimport 'typeorm';\n",
    rules: [null, IMPORTS],
    message: /noInlineConfig|itself alone/,
  },
];

describe('the import rules', () => {
  let answers: Finding[][];
  beforeAll(() => {
    answers = lint(cases);
  });

  test.each(cases.map((one, index) => [one.title, index] as const))('%s', (_title, index) => {
    const { rules, message } = cases[index]!;
    // The virtual sources stand where real files are: whether they would close a cycle is another question.
    const found = answers[index]!.filter(({ rule }) => rule !== CYCLE || rules.includes(CYCLE));
    expect(found.map(({ rule }) => rule).sort()).toEqual([...rules].sort());
    for (const finding of found) expect(finding.message).toMatch(message);
  });
});

/** Twice on purpose: this one reads the files themselves, and passes through neither ESLint nor its table. */
describe('the domain as it is', () => {
  const folder = join(ROOT, 'src/domain');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const knowsTheCaller = [
    ...['principal', 'permissions', 'major-permissions', 'scopes', 'release/approver', 'usage/call'],
    ...files.filter((file) => /^(usage|limits)\//.test(file)).map((file) => file.replace(/\.ts$/, '')),
  ];

  /** What `file` imports: a package by its name, a file of the domain by its path in it. */
  function importsOf(file: string): string[] {
    const source = readFileSync(join(folder, file), 'utf8');
    return preProcessFile(source, true, true).importedFiles.map(({ fileName }) =>
      fileName.startsWith('.') ? relative(folder, resolve(folder, dirname(file), fileName)) : fileName,
    );
  }

  test('holds the files that the rules speak of', () => {
    const expected = [...knowsTheCaller, 'reference', 'range', 'version'].map((name) => `${name}.ts`);
    expect(files).toEqual(expect.arrayContaining(expected));
  });

  test.each(files)('%s imports the domain, semver and graphql alone', (file) => {
    const known = new Set(['semver', 'graphql', ...files.map((name) => name.replace(/\.ts$/, ''))]);
    // a file of a package is the package's
    const packages = importsOf(file).map((imported) => imported.replace(/^graphql\/.+/, 'graphql'));
    expect(packages.filter((imported) => !known.has(imported))).toEqual([]);
  });

  test.each(files.filter((file) => !knowsTheCaller.includes(file.replace(/\.ts$/, ''))))(
    '%s does not know the caller',
    (file) => {
      expect(importsOf(file).filter((imported) => knowsTheCaller.includes(imported))).toEqual([]);
    },
  );
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readSubgraphsFile, SubgraphsFileError } from '../../src/federation/file';

/** Chapter 5, "Operators add subgraphs": the file. */

const folder = mkdtempSync(join(tmpdir(), 'algogate-file-'));
const path = join(folder, 'subgraphs.yaml');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function problemsOf(yaml: string): Promise<readonly string[]> {
  writeFileSync(path, yaml);
  try {
    await readSubgraphsFile(path);
  } catch (error) {
    if (error instanceof SubgraphsFileError) return error.problems;
    throw error;
  }
  return [];
}

const one = (more: string): string =>
  `subgraphs:\n  - name: reviews\n    url: http://127.0.0.1/graphql\n${more}`;

test('what is not said has its default; paths are relative to the file; headers are in small letters', async () => {
  writeFileSync(path, one('    schema: ./reviews.graphql\n    propagateHeaders: [Accept-Language]\n'));
  expect(await readSubgraphsFile(path)).toEqual({
    pollMs: 10_000,
    supergraph: null,
    subgraphs: [
      {
        name: 'reviews',
        url: 'http://127.0.0.1/graphql',
        propagateHeaders: ['accept-language'],
        timeoutMs: 5000,
        retries: 1,
        schema: join(folder, 'reviews.graphql'),
      },
    ],
  });
  writeFileSync(path, 'pollSeconds: 60\nsupergraph: supergraph.graphql\n');
  expect(await readSubgraphsFile(path)).toEqual({
    pollMs: 60_000,
    supergraph: join(folder, 'supergraph.graphql'),
    subgraphs: [],
  });
});

const CREDENTIAL = 'carries a credential of the caller, which is never sent on';
test.each<readonly [string, string]>([
  ...[
    'Authorization',
    'Proxy-Authorization',
    'Cookie',
    'X-Api-Key',
    'apikey',
    'X-Auth-Token',
    'X-Amz-Security-Token',
    'X_Api_Key',
    'X-Access-Key',
    'Ocp-Apim-Subscription-Key',
    'X-Amzn-Oidc-Data',
    'Saml-Assertion',
    'DPoP',
    'X-Sid',
    'Client_Cert',
    'X-Xsrf',
  ].map((name) => [name, CREDENTIAL] as const),
  ['X-Request-Id', 'is set by the gateway itself'],
  ['Content-Length', 'is set by the gateway itself'],
  ['a b', 'is no name of a header'],
])('the header %s is not sent on', async (name, why) => {
  expect(await problemsOf(one(`    propagateHeaders: [accept-language, "${name}"]\n`))).toEqual([
    `subgraphs.0.propagateHeaders.1: "${name.toLowerCase()}" ${why}`,
  ]);
});

test('what is named a little like a credential, and is none, is sent on', async () => {
  const names = ['idempotency-key', 'x-keyboard', 'x-tenant', 'baggage', 'x-side', 'forwarded'];
  expect(await problemsOf(one(`    propagateHeaders: [${names.join(', ')}]\n`))).toEqual([]);
});

test.each([
  ['nothing', '', [/expected object/]],
  ['neither', 'pollSeconds: 5\n', ['it has one of subgraphs and supergraph, and not both']],
  [
    'both',
    'subgraphs: []\nsupergraph: a.graphql\n',
    ['it has one of subgraphs and supergraph, and not both'],
  ],
  ['an unknown key', one('    retires: 2\n'), [/retires/]],
  ['an unknown key at the top', 'subgraphs: []\npollSecond: 1\n', [/pollSecond/]],
  [
    'the same name twice',
    `${one('')}  - name: reviews\n    url: http://127.0.0.1/\n`,
    ['two subgraphs are named "reviews"'],
  ],
  [
    'a name that is none',
    'subgraphs:\n  - name: Reviews\n    url: http://127.0.0.1/\n',
    [/^subgraphs\.0\.name: is not a small letter/],
  ],
  [
    'an URL that is none',
    'subgraphs:\n  - name: a\n    url: 127.0.0.1:80\n',
    ['subgraphs.0.url: is no URL of http or https'],
  ],
  [
    'a credential',
    'subgraphs:\n  - name: a\n    url: http://u:p@127.0.0.1/\n',
    ['subgraphs.0.url: carries a credential'],
  ],
  ['too long a deadline', one('    timeoutMs: 60001\n'), [/timeoutMs/]],
  ['too many retries', one('    retries: 6\n'), [/retries/]],
  ['no YAML', 'subgraphs: [', [/^is no YAML: /]],
] as const)('a file with %s is refused', async (_what, yaml, said) => {
  const problems = await problemsOf(yaml);
  expect(problems).toEqual(
    said.map((each) => (typeof each === 'string' ? each : expect.stringMatching(each))),
  );
});

test('a file that is not there is told', async () => {
  await expect(readSubgraphsFile(join(folder, 'none.yaml'))).rejects.toThrow('cannot be read: ENOENT');
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { algogate } from './builders/program';

/** Chapter 9, "Configuration": a wrong variable is told by its name before anything is opened; exit code 2. */

const WRONG = {
  ALGOGATE_BACKEND_ALLOW: 'localhost,10.0.0.0/33',
  ALGOGATE_PORT: 'http',
} as const;
const SAID = [
  'ALGOGATE_PORT: is not a whole number from 0 to 65535',
  'ALGOGATE_BACKEND_ALLOW: is not a host, host:port, address or CIDR: 10.0.0.0/33',
].map((line) => `${line}\n`);

test.each([[[]], [['migrate']]])(
  'with wrong variables, algogate %j ends with 2 and says which',
  async (words) => {
    expect(await algogate(words, WRONG)).toEqual({ code: 2, stdout: '', stderr: SAID.join(''), files: [] });
  },
);

test('algogate config lists what is in force, and then what is wrong with it', async () => {
  const { stdout, ...ended } = await algogate(['config'], WRONG);
  expect(ended).toEqual({ code: 2, stderr: SAID.join(''), files: [] });
  expect(stdout).toContain('ALGOGATE_BACKEND_ALLOW=localhost,10.0.0.0/33\n');
});

test('with none wrong, it ends with 0', async () => {
  const ended = await algogate(['config'], { ALGOGATE_BACKEND_ALLOW: 'localhost,,10.0.0.0/8,' });
  expect(ended).toMatchObject({ code: 0, stderr: '', files: [] });
});

test('algogate keys lists the keys that sign, and rotates them', async () => {
  const data = mkdtempSync(join(tmpdir(), 'algogate-keys-'));
  const env = { ALGOGATE_DATA_DIR: data, ALGOGATE_DATABASE_URL: `sqlite:${join(data, 'algogate.db')}` };
  const signs = /^([\w-]{43}) since \d{4}-\d\d-\d\dT[\d:.]+Z, signs\n$/;
  const first = await algogate(['keys', 'list'], env);
  expect(first).toEqual({ code: 0, stdout: expect.stringMatching(signs) as string, stderr: '', files: [] });
  const { stdout } = await algogate(['keys', 'rotate'], env);
  const [retired = '', signing = ''] = stdout.split(/(?<=\n)/);
  expect(retired).toMatch(/^[\w-]{43} since \S+Z, retired \S+Z\n$/);
  expect(retired.slice(0, 43)).toBe(first.stdout.slice(0, 43));
  expect(signing).toMatch(signs);
  expect((await algogate(['keys', 'list'], env)).stdout).toBe(stdout);
  rmSync(data, { recursive: true });
});

test('algogate explain prints the plan of a query, of which nothing is asked', async () => {
  const query =
    '{ algorithm(ref: "a/b") { named: versions(first: 2) { nodes { activeCallers { nodes { calls } } } } } }';
  expect(await algogate(['explain', query], {})).toEqual({
    code: 0,
    stdout: `sequence
  fetch from registry
    {_alias0_algorithm: algorithm(ref: "a/b"){_alias1_named: versions(first: 2){nodes{__typename ref}}}}
  fetch from usage
    for algorithm.named.nodes.@ by Version { __typename ref }
    query($representations:[_Any!]!){_entities(representations: $representations){...on Version{_alias2_activeCallers: activeCallers{nodes{calls}}}}}
`,
    stderr: '',
    files: [],
  });
  const { code, stderr } = await algogate(['explain', '{ nope }'], {});
  expect([code, stderr.split('\n')[0]]).toEqual([
    1,
    'algogate: Cannot query field "nope" on type "Query". Did you mean "node"?',
  ]);
});

test.each([
  [['explain']],
  [['keys']],
  [['keys', 'forget']],
  [['ledger']],
  [['ledger', 'forget']],
  [['ledger', 'verify', 'more']],
  [['ledger', 'verify', '--against']],
  [['ledger', 'verify', '--owner', 'acme']],
  [['ledger', 'export', '--owner', 'acme', '--owner', 'beta']],
  [['ledger', 'export', '--check']],
  [['config', '--against', 'file']],
  [['explain', '{ __typename }', 'more']],
  [['config', '--json']],
  [['nonsense']],
  [['serve', '--port']],
])('algogate %j is no use of it: the usage, and 2', async (words) => {
  const { stderr, ...ended } = await algogate(words, {});
  expect(ended).toEqual({ code: 2, stdout: '', files: [] });
  expect(stderr).toMatch(/^usage: algogate COMMAND\n/);
});

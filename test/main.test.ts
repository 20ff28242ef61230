import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { Database } from '../src/database';
import { SigningKeys } from '../src/keys';
import { RECEIPT_TYPE } from '../src/receipts';
import { listen, type Listening } from './calls/support/http';

/** Chapter 9, "Configuration": a wrong variable is told by its name before anything is opened; exit code 2. */

const TYPESCRIPT = join(__dirname, 'calls/support/register.cjs');
const MAIN = join(__dirname, '../src/main.ts');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it left in the folder that it ran in. */
  readonly files: readonly string[];
}

/** Runs the program in an empty folder, with these variables alone. */
async function algogate(words: readonly string[], env: NodeJS.ProcessEnv, input = ''): Promise<Ended> {
  const cwd = mkdtempSync(join(tmpdir(), 'algogate-main-'));
  const child = spawn(process.execPath, ['-r', TYPESCRIPT, MAIN, ...words], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    timeout: 30_000,
  });
  child.stdin.end(input);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  await once(child, 'close');
  const files = readdirSync(cwd);
  rmSync(cwd, { recursive: true });
  return { code: child.exitCode, stdout, stderr, files };
}

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

describe('algogate receipt verify', () => {
  const data = mkdtempSync(join(tmpdir(), 'algogate-receipt-'));
  const target = { dialect: 'sqlite', path: join(data, 'algogate.db') } as const;
  const env = { ALGOGATE_DATABASE_URL: `sqlite:${target.path}` };
  const [file, answer, keyFile] = ['receipt', 'answer.json', 'jwks.json'].map((name) => join(data, name));
  const statement = {
    ...{ iss: 'algogate', kind: 'resolution', reference: 'a/b', canonical: 'a/b/1.0.0', selector: 'LATEST' },
    ...{ version: '1.0.0', sha: 'a'.repeat(40), artifact: null, artifacts: [], position: 'a@1' },
    ...{ heads: { public: 'b'.repeat(64) }, time: new Date().toISOString() },
  };
  const said = `${JSON.stringify(statement)}`;
  let keys = '';
  let receipt = '';
  let server: Listening;

  beforeAll(async () => {
    const database = await Database.open(target);
    await database.migrate();
    const signing = await SigningKeys.open(database, Buffer.alloc(32, 1));
    receipt = await signing.sign(RECEIPT_TYPE, said);
    keys = JSON.stringify(signing.jwks);
    await database.close();
    writeFileSync(file!, `${receipt}\n`);
    writeFileSync(answer!, JSON.stringify({ result: 1, metadata: { receipt } }));
    writeFileSync(keyFile!, keys);
    server = await listen(
      createServer(({ url }, response) => {
        response.statusCode = url === '/.well-known/jwks.json' ? 200 : 404;
        response.end(keys);
      }),
    );
  });
  afterAll(async () => {
    await server.close();
    rmSync(data, { recursive: true });
  });

  const verify = async (words: readonly string[], input = '', given: NodeJS.ProcessEnv = {}) => {
    const { stdout, ...ended } = await algogate(['receipt', 'verify', ...words], given, input);
    return { ...ended, said: stdout === '' ? null : (JSON.parse(stdout) as unknown) };
  };
  const holds = { code: 0, stderr: '', files: [], said: statement };

  test('a file, an answer that carries it, and the standard input, by keys in a file, at a URL, or of the database', async () => {
    expect(await verify([file!, '--jwks', keyFile!])).toEqual(holds);
    expect(await verify([answer!, `--jwks=${server.url}`])).toEqual(holds);
    expect(await verify(['-', '--jwks', `${server.url}/.well-known/jwks.json`], receipt)).toEqual(holds);
    expect(await verify(['-'], JSON.stringify({ receipt }), env)).toEqual(holds);
  }, 30_000);

  test('what is wrong is told, with 1', async () => {
    const fails = (stderr: string) => ({ code: 1, stderr, files: [], said: null });
    const changed = receipt.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    expect(await verify(['-', '--jwks', keyFile!], changed)).toMatchObject({
      ...{
        code: 1,
        said: null,
        stderr: expect.stringMatching(/^algogate: the receipt does not hold: /) as string,
      },
    });
    writeFileSync(join(data, 'none.json'), '{"keys":[]}');
    expect(await verify(['-', '--jwks', join(data, 'none.json')], receipt)).toMatchObject({
      stderr: expect.stringMatching(/which is not known\n$/) as string,
    });
    expect(await verify(['-', '--jwks', keyFile!], '{"canonical":"a/b/1.0.0"}')).toEqual(
      fails('algogate: there is no receipt in this answer\n'),
    );
    expect(await verify(['-', '--jwks', `${server.url}/elsewhere`], receipt)).toEqual(
      fails(`algogate: the keys at ${server.url}/elsewhere cannot be read: status 404\n`),
    );
    // no database is made to look for keys in it
    expect(await verify(['-'], receipt)).toEqual(
      fails('algogate: there is no database of a marketplace here: name its keys by --jwks FILE|URL\n'),
    );
  }, 30_000);

  test.each([[['-', '--jwks']], [['-', '--json']], [[]], [['a', 'b']]])('%j is wrong use', async (words) => {
    expect(await verify(words)).toMatchObject({ code: 2, said: null });
  });

  test('the lines of docs/receipts.md do the same by jose alone', async () => {
    const docs = readFileSync(join(__dirname, '../docs/receipts.md'), 'utf8');
    const [, lines = ''] = /```js\n([^]*?)```/.exec(docs) ?? [];
    const script = lines.replaceAll('https://market.example', server.url);
    expect(script.split('\n').length).toBeLessThanOrEqual(8);
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, receipt], {
      cwd: dirname(__dirname),
    });
    let printed = '';
    child.stdout.on('data', (chunk) => (printed += String(chunk)));
    await once(child, 'close');
    expect({ code: child.exitCode, printed: JSON.parse(printed) as unknown }).toEqual({
      code: 0,
      printed: statement,
    });
  });
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
  [['explain', '{ __typename }', 'more']],
  [['config', '--json']],
  [['nonsense']],
  [['serve', '--port']],
])('algogate %j is no use of it: the usage, and 2', async (words) => {
  const { stderr, ...ended } = await algogate(words, {});
  expect(ended).toEqual({ code: 2, stdout: '', files: [] });
  expect(stderr).toMatch(/^usage: algogate COMMAND\n/);
});

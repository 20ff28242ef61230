import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { Database } from '../src/database';
import { SigningKeys } from '../src/keys';
import { RECEIPT_TYPE } from '../src/receipts';
import { algogate } from './builders/program';
import { listen, type Listening } from './calls/support/http';

/** Chapter 7, "Receipts": anyone can check one offline, with this program or without. */

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
  const said = JSON.stringify(statement);
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
    const { stdout, ...ended } = await algogate(['receipt', 'verify', ...words], given, {}, input);
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

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { PNG } from 'pngjs';

import type * as BackendsModule from '../../examples/backends';
import type { Versions } from '../../examples/algorithm';
import type * as SuperviseModule from '../../examples/supervise';
import { type CompiledExamples, compileExamples } from './compile';

let compiled: CompiledExamples;
let examples: typeof BackendsModule;
let supervise: typeof SuperviseModule.superviseProcess;
let backends: BackendsModule.Backends;

beforeAll(async () => {
  compiled = compileExamples();
  examples = (await import(join(compiled.folder, 'backends.js'))) as typeof BackendsModule;
  supervise = ((await import(join(compiled.folder, 'supervise.js'))) as typeof SuperviseModule)
    .superviseProcess;
  backends = await examples.startBackends();
});
afterAll(async () => {
  await backends.stop();
  compiled.remove();
});

type Headers = Readonly<Record<string, string>>;

async function post(
  name: BackendsModule.BackendName,
  version: string,
  contentType: string,
  body: string | Buffer,
  headers: Headers = {},
) {
  const response = await fetch(examples.backendUrl(backends.ports, name, version), {
    method: 'POST',
    headers: { 'content-type': contentType, ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, type: response.headers.get('content-type'), bytes };
}

async function postJson(...args: Parameters<typeof post>) {
  const { status, type, bytes } = await post(...args);
  return { status, type, body: JSON.parse(bytes.toString('utf8')) as unknown };
}

const JSON_TYPE = 'application/json';
const ok = (body: unknown) => ({ status: 200, type: JSON_TYPE, body });
const failed = (status: number, errorType: string, message: unknown) => ({
  status,
  type: JSON_TYPE,
  body: { error: { message, error_type: errorType } },
});

const IMAGE = PNG.sync.write(
  Object.assign(new PNG({ width: 1, height: 1 }), { data: Buffer.from([9, 8, 7, 255]) }),
);
const ROW = [1, 0].map((CD8, x) => ({ x, y: 0, markers: { CD8 } }));

test.each([
  ['echo', '0.2.1', 'text/plain; charset=utf-8', 'a👍', { echo: 'a👍', length: 2 }],
  ['echo', '0.2.0', 'application/text', 'a👍', { echo: 'a👍', length: 3 }],
  [
    'csv-statistics',
    '1.1.0',
    'text/plain',
    'a\n1\n3\n',
    expect.objectContaining({ rows: 2, correlations: [] }),
  ],
  [
    'language-detection',
    '1.0.0',
    'text/plain',
    'Guten Morgen, wie geht es dir?',
    expect.objectContaining({ language: 'de' }),
  ],
  [
    'image-histogram',
    '1.0.0',
    'application/octet-stream',
    IMAGE,
    expect.objectContaining({ width: 1, height: 1 }),
  ],
  [
    'fedavg-resnet50-pathology',
    '1.1.0',
    JSON_TYPE,
    JSON.stringify({ clients: [{ samples: 2, weights: { fc: [1] } }] }),
    { samples: 2, weights: { fc: [1] }, updates: [{ samples: 2, norm: 0 }] },
  ],
  [
    'biomarker-discovery-spatial',
    '3.0.0-beta.1',
    JSON_TYPE,
    JSON.stringify({ cells: ROW, radius: 1 }),
    { cells: 2, pairs: 1, markers: { CD8: { moransI: -1, expected: -1, pValue: 1 } } },
  ],
  [
    'cancer-detection-ensemble',
    '1.0.1',
    JSON_TYPE,
    JSON.stringify({ models: [{ name: 'm', probability: 0.75 }] }),
    { version: '1.0.1', probability: 0.75, positive: true, models: 1 },
  ],
] as const)('%s %s answers over HTTP', async (name, version, contentType, body, expected) => {
  expect(await postJson(name, version, contentType, body)).toEqual(ok(expected));
});

test.each([
  [JSON_TYPE, Buffer.from('{"a":[1]}'), JSON_TYPE],
  ['text/plain', Buffer.from('grüezi'), 'text/plain; charset=utf-8'],
  ['application/octet-stream', Buffer.from([0, 255, 128]), 'application/octet-stream'],
])('echo 0.1.0 gives back %s', async (type, body, answeredType) => {
  expect(await post('echo', '0.1.0', type, body)).toEqual({ status: 200, type: answeredType, bytes: body });
});

test.each([
  ['a fault of the input', '0.2.1', JSON_TYPE, '{', {}, 400, 'InputError', 'the body is not JSON'],
  [
    'another content type',
    '0.2.1',
    'text/html',
    '',
    {},
    400,
    'InputError',
    /^expected application\/json, text/,
  ],
  ['a version that is not there', '9.9.9', JSON_TYPE, '1', {}, 404, 'UnsupportedError', 'no such version'],
  [
    'a name that all objects have',
    'toString',
    JSON_TYPE,
    '1',
    {},
    404,
    'UnsupportedError',
    'no such version',
  ],
  [
    'a deadline that has passed',
    '0.2.1',
    JSON_TYPE,
    '1',
    { 'x-algogate-deadline': '1' },
    408,
    'TimeoutError',
    'the deadline of the call has passed',
  ],
] as const)(
  '%s is told as an error',
  async (_title, version, type, body, headers, status, errorType, message) => {
    const expected = failed(
      status,
      errorType,
      message instanceof RegExp ? expect.stringMatching(message) : message,
    );
    expect(await postJson('echo', version, type, body, headers)).toEqual(expected);
  },
);

test('a deadline to come is no hindrance', async () => {
  const headers = { 'x-algogate-deadline': String(Date.now() + 60_000) };
  expect(await postJson('echo', '0.2.1', JSON_TYPE, '"a"', headers)).toEqual(ok({ echo: 'a', length: 1 }));
});

test('only POST is served', async () => {
  const response = await fetch(examples.backendUrl(backends.ports, 'echo', '0.1.0'));
  expect([response.status, await response.json()]).toEqual([
    405,
    { error: { message: 'only POST is served', error_type: 'UnsupportedError' } },
  ]);
});

test('the list of versions is what the servers serve', async () => {
  const files: Record<BackendsModule.BackendName, string> = {
    echo: 'echo/echo.js',
    'csv-statistics': 'csv-statistics/csv-statistics.js',
    'language-detection': 'language-detection/language-detection.js',
    'image-histogram': 'image-histogram/image-histogram.js',
    'fedavg-resnet50-pathology': 'fedavg-resnet50-pathology/fedavg.js',
    'biomarker-discovery-spatial': 'biomarker-discovery-spatial/biomarkers.js',
    'cancer-detection-ensemble': 'cancer-detection-ensemble/ensemble.js',
  };
  for (const name of examples.BACKEND_NAMES) {
    const { VERSIONS } = (await import(join(compiled.folder, files[name]))) as { VERSIONS: Versions };
    expect(Object.keys(VERSIONS)).toEqual(examples.BACKENDS[name]);
  }
});

/** A server that ends when it is told to, and does so at once when started on port 1. */
const MORTAL = `
const server = require('node:http').createServer((request, response) => {
  if (request.url === '/die') process.exit(1);
  response.end(String(process.pid) + ' ' + JSON.stringify(process.env.SECRET ?? null));
});
if (process.argv[2] === '1') process.exit(3);
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send({ port: server.address().port }));
process.once('disconnect', () => process.exit(0));
`;

async function eventually<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 200) throw error;
      await sleep(25);
    }
  }
}

describe('supervision', () => {
  let script: string;
  beforeAll(() => {
    script = join(compiled.folder, 'mortal.js');
    writeFileSync(script, MORTAL);
  });

  const ask = async (port: number, path = '/') => (await fetch(`http://127.0.0.1:${port}${path}`)).text();

  test('a process that crashes comes back on its port; one that is stopped does not', async () => {
    const one = supervise(script, 0);
    const port = await one.listening;
    const before = await ask(port);
    await expect(ask(port, '/die')).rejects.toThrow();
    const after = await eventually(() => ask(port));
    expect(after).not.toBe(before);
    await one.stop();
    await one.stop();
    await expect(ask(port)).rejects.toThrow();
  });

  test('a process gets none of our environment', async () => {
    process.env['SECRET'] = 'key';
    try {
      const one = supervise(script, 0);
      expect(await ask(await one.listening)).toMatch(/ null$/);
      await one.stop();
    } finally {
      delete process.env['SECRET'];
    }
  });

  test('a process that does not start says so', async () => {
    const one = supervise(script, 1);
    await expect(one.listening).rejects.toThrow(/mortal\.js did not start: exit 3$/);
    await one.stop();
  });

  test('no process outlives a parent that is killed', async () => {
    const parentScript = join(compiled.folder, 'parent.js');
    writeFileSync(
      parentScript,
      "require('./backends').startBackends().then(({ ports }) => process.send(ports));",
    );
    const parent = fork(parentScript, [], { execArgv: [] });
    const [ports] = (await once(parent, 'message')) as [BackendsModule.Ports];
    for (const port of Object.values(ports)) expect(await ask(port)).toMatch(/only POST is served/);
    parent.kill('SIGKILL');
    for (const port of Object.values(ports)) {
      await eventually(async () => {
        const reached = await ask(port).then(
          () => true,
          () => false,
        );
        if (reached) throw new Error(`${port} still answers`);
      });
    }
  });
});

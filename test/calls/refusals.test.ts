import { Agent } from 'node:http';
import { connect } from 'node:net';
import { AlgogateError } from '../../src/domain/errors';
import { admission, answerOf, AUTHORIZED, platformError, startWorld, type World } from './support/world';
import { answering, startBackend, type TestBackend } from './support/http';

const MAX = 100_000;
const KINDS =
  'Content-Type must be application/json, text/plain (or application/text) or application/octet-stream';

const FUNCTION = 'function must be the name of a function: letters, digits and _';
const ARTIFACTS = 'artifacts must be name@revision, with commas between them (a + in a URL is written %2B)';

let backend: TestBackend;
let world: World;

beforeAll(async () => {
  backend = await startBackend(answering('application/json', '"ok"'));
  world = await startWorld({ 'demo/hello': admission(backend.url) }, { maxInputBytes: MAX });
});

beforeEach(() => {
  backend.seen.length = 0;
  world.journal.records.length = 0;
  world.resolved.length = 0;
});

afterEach(() => {
  world.journal.full = false;
  world.journal.fault = null;
});

afterAll(async () => {
  await world.close();
  await backend.close();
});

const json = AUTHORIZED;
const text = { ...AUTHORIZED, 'Content-Type': 'text/plain' };
const { Authorization } = AUTHORIZED;

test.each<[string, Record<string, string>, string | Buffer | string[], string]>([
  ['malformed JSON', json, '{"a":', 'the body is not valid JSON'],
  ['JSON with more after it', json, '1 2', 'the body is not valid JSON'],
  ['malformed JSON in chunks', json, ['{"a"', ':'], 'the body is not valid JSON'],
  ['nesting without end', json, '['.repeat(70_000), 'the body is nested deeper than 1000 levels'],
  ['a byte order mark', json, '\ufeff1', 'the body is not valid JSON'],
  ['invalid UTF-8', json, Buffer.from([0x22, 0xff, 0x22]), 'the body is not valid UTF-8, which JSON must be'],
  [
    'a surrogate in UTF-8',
    json,
    Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    'the body is not valid UTF-8, which JSON must be',
  ],
  ['an empty body', json, '', 'the body is empty, which is not JSON: send null for no input'],
  ['no content type', { Authorization }, 'x', KINDS],
  ['an unknown one', { Authorization, 'Content-Type': 'application/xml' }, 'x', KINDS],
  ['an empty one', { Authorization, 'Content-Type': '' }, 'x', KINDS],
  ['a form', { Authorization, 'Content-Type': 'multipart/form-data; boundary=x' }, 'x', KINDS],
  [
    'an encoded body',
    { ...json, 'Content-Encoding': 'gzip' },
    '1',
    'Content-Encoding is not supported: send the body as it is',
  ],
  [
    'a key with a space',
    { ...json, 'Idempotency-Key': 'a b' },
    '1',
    'Idempotency-Key must be 1 to 255 printable ASCII characters, without spaces',
  ],
  [
    'a key too long',
    { ...json, 'Idempotency-Key': 'k'.repeat(256) },
    '1',
    'Idempotency-Key must be 1 to 255 printable ASCII characters, without spaces',
  ],
])('%s is refused before the backend sees it', async (_, headers, body, message) => {
  expect(answerOf(await world.call('/v1/algo/demo/Hello', { headers, body }))).toEqual(
    platformError(400, 'INVALID_INPUT', message),
  );
  expect({ seen: backend.seen.length, records: world.journal.records }).toEqual({ seen: 0, records: [] });
});

test.each([
  ['timeout=0', 'timeout must be a number of seconds above 0, and at most 3000'],
  ['timeout=-1', 'timeout must be a number of seconds above 0, and at most 3000'],
  ['timeout=', 'timeout must be a number of seconds above 0, and at most 3000'],
  ['timeout=3000.5', 'timeout must be a number of seconds above 0, and at most 3000'],
  ['timeout=1e2', 'timeout must be a number of seconds above 0, and at most 3000'],
  ['output=json', 'output must be one of default, raw, void'],
  ['output=', 'output must be one of default, raw, void'],
  ['stdout=yes', 'stdout must be true or false'],
  ['function=f', 'Demo/Hello/1.2.3 has no interface whose function could be named'],
  ['function=', FUNCTION],
  ['function=1f', FUNCTION],
  ['function=f%20g', FUNCTION],
  ['function=f%0Ag', FUNCTION],
  [`function=${'f'.repeat(256)}`, FUNCTION],
  ['function=f&function=f', 'the parameter function may come once'],
  ['artifacts=model@3', 'Demo/Hello/1.2.3 has no artifact model'],
  ['artifacts=model@3,labels@2', 'Demo/Hello/1.2.3 has no artifact labels'],
  ['artifacts=', ARTIFACTS],
  ['artifacts=model', ARTIFACTS],
  ['artifacts=model@1&artifacts=labels@2', 'the parameter artifacts may come once'],
  ['receipt=true', 'the parameter receipt is not supported by this server'],
  ['asOf=acme@1', 'a call is of today: resolve asOf, and call the version that it names'],
])('?%s is refused', async (query, message) => {
  expect(answerOf(await world.call(`/v1/algo/demo/Hello?${query}`))).toEqual(
    platformError(400, 'INVALID_INPUT', message),
  );
});

test.each([
  'timeout=3000',
  'timeout=0.5',
  'output=default',
  'stdout=False',
  'receipt=false',
  'client=old&x',
  '',
  '&',
])('?%s is accepted', async (query) => {
  expect((await world.call(`/v1/algo/demo/Hello?${query}`)).status).toBe(200);
});

test.each([
  ['/v1/algo/demo', 'INVALID_REFERENCE'],
  ['/v1/algo/', 'INVALID_REFERENCE'],
  ['/v1/algo/demo/Hello/not%20a%20version!', 'INVALID_REFERENCE'],
  ['/v1/algo/demo/Hello/%E0%A4%A', 'INVALID_REFERENCE'],
  ['/v1/algo/demo/Hello/%255E1.2.0', 'INVALID_REFERENCE'],
  ['/v1/algo/demo/Hello/1.2/more', 'INVALID_REFERENCE'],
  ['/v1/algo/demo/..%2F..%2Fetc', 'INVALID_REFERENCE'],
])('%s is %s', async (path, code) => {
  expect(answerOf(await world.call(path))).toEqual(platformError(400, code));
});

describe('who calls', () => {
  test('no credential: 401 before anything is resolved or parsed', async () => {
    for (const path of ['/v1/algo/demo/Hello', '/v1/algo/no/where', '/v1/algo/!!']) {
      const received = await world.call(path, { headers: { 'Content-Type': 'application/json' } });
      expect(answerOf(received)).toEqual(
        platformError(401, 'UNAUTHENTICATED', 'a call needs a credential: send an API key in Authorization'),
      );
      expect(received.headers['www-authenticate']).toBe('Bearer');
    }
    expect(world.resolved).toEqual([]);
  });

  test('a bad credential', async () => {
    const received = await world.call('/v1/algo/demo/Hello', { headers: { ...json, Authorization: 'BAD' } });
    expect(answerOf(received)).toEqual(platformError(401, 'UNAUTHENTICATED', 'the credential is not valid'));
    expect(world.resolved).toEqual([]);
  });

  test('what is not found is refused before the body is looked at', async () => {
    const received = await world.call('/v1/algo/no/where', { body: '{{{' });
    expect(answerOf(received)).toEqual(platformError(404, 'NOT_FOUND', 'no public version matches'));
    expect(world.journal.records).toEqual([]);
  });
});

describe('bodies over the limit', () => {
  const over = platformError(413, 'TOO_LARGE', `the body is over the limit of ${MAX} bytes`);
  const chunk = Buffer.alloc(64 * 1024, 32);
  test.each<[string, Record<string, string>, Buffer | Buffer[]]>([
    ['JSON with a length', json, Buffer.alloc(MAX + 1, 32)],
    ['JSON of many times the limit', json, Buffer.alloc(MAX * 100, 32)],
    ['JSON in chunks', json, Array<Buffer>(50).fill(chunk)],
    ['text with a length', text, Buffer.alloc(MAX + 1, 32)],
    ['text in chunks, under way to the backend', text, Array<Buffer>(50).fill(chunk)],
    ['a keyed call in chunks', { ...json, 'Idempotency-Key': 'k' }, Array<Buffer>(50).fill(chunk)],
  ])('%s: the answer arrives', async (_, headers, body) => {
    expect(answerOf(await world.call('/v1/algo/demo/Hello', { headers, body }))).toEqual(over);
    expect({ seen: backend.seen.length, records: world.journal.records }).toEqual({ seen: 0, records: [] });
  });

  test('exactly the limit is not over it', async () => {
    const received = await world.call('/v1/algo/demo/Hello', { headers: text, body: Buffer.alloc(MAX, 32) });
    expect(received.status).toBe(200);
  });

  test('a caller that never stops is cut off', async () => {
    const bounded = await startWorld({}, { maxInputBytes: 10, discardBytes: 1_000_000 });
    const socket = connect(bounded.port, '127.0.0.1');
    let received = '';
    socket.on('data', (data) => {
      received += data.toString();
    });
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    socket.write('POST /v1/algo/a/b HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n');
    const pour = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pour);
    pour();
    await closed;
    expect(received).toMatch(
      /^HTTP\/1\.1 401 .*\{"error":\{"message":"[^"]*","code":"UNAUTHENTICATED"\}\}$/s,
    );
    await bounded.close();
  });
});

test('a connection goes on after every kind of refusal', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let connections = 0;
  world.server.on('connection', () => {
    connections += 1;
  });
  const statuses: number[] = [];
  const big = Buffer.alloc(MAX * 3, 32);
  for (const sent of [
    { body: '{' },
    { headers: { Authorization }, body: 'x' },
    { headers: { 'Content-Type': 'text/plain' }, body: big },
    { body: big },
    { body: [big] },
    { headers: text, body: [big] },
    { method: 'PUT', body: [big] },
    { body: '1' },
  ]) {
    statuses.push((await world.call('/v1/algo/demo/Hello', { ...sent, agent })).status);
  }
  agent.destroy();
  expect({ statuses, connections }).toEqual({
    statuses: [400, 400, 401, 413, 413, 413, 405, 200],
    connections: 1,
  });
});

describe('Expect: 100-continue', () => {
  function expecting(headers: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(world.port, '127.0.0.1');
      let received = '';
      socket.on('data', (data) => {
        received += data.toString();
        if (received.startsWith('HTTP/1.1 100') && !received.includes('HTTP/1.1 200')) socket.write('"xyz"');
        if (/\r\n\r\n\{/.test(received)) socket.destroy();
      });
      socket.on('close', () => {
        resolve(received);
      });
      socket.write(
        `POST /v1/algo/demo/Hello HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n${headers}\r\n`,
      );
    });
  }

  test('the body is asked for once nothing else refuses the call', async () => {
    const received = await expecting('Authorization: KEY\r\nContent-Type: application/json\r\n');
    expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(backend.seen[0]?.body.toString()).toBe('"xyz"');
  });

  test('and never asked for otherwise', async () => {
    expect(await expecting('Content-Type: application/json\r\n')).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
  });
});

describe('the journal', () => {
  test('full: refused before the backend is called', async () => {
    world.journal.full = true;
    const received = await world.call('/v1/algo/demo/Hello');
    expect(answerOf(received)).toEqual(
      platformError(503, 'UNAVAILABLE', 'calls cannot be recorded at the moment'),
    );
    expect(received.headers['retry-after']).toBe('1');
    expect(backend.seen.length).toBe(0);
  });

  test('failing: the answer is withheld', async () => {
    world.journal.fault = new Error('ENOSPC: no space left on /secret/path');
    expect(answerOf(await world.call('/v1/algo/demo/Hello'))).toEqual(
      platformError(503, 'UNAVAILABLE', 'the call could not be recorded, so its answer is withheld'),
    );
  });
});

test('a fault of ours tells nothing of itself, and is reported with the request id', async () => {
  const faults: [unknown, string][] = [];
  const broken = await startWorld(
    {},
    {},
    {
      admit: () => {
        throw new Error('SELECT secret FROM host-7');
      },
      onFault: (fault, requestId) => faults.push([fault, requestId]),
    },
  );
  const received = await broken.call('/v1/algo/demo/Hello');
  await broken.close();
  expect(answerOf(received)).toEqual(
    platformError(503, 'UNAVAILABLE', 'the call failed for a reason of ours'),
  );
  expect(faults).toEqual([[new Error('SELECT secret FROM host-7'), received.headers['x-request-id']]]);
});

test('ports may answer later, and refusals are counted by code', async () => {
  const later = await startWorld(
    {},
    {},
    {
      admit: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        throw new AlgogateError('GONE', 'taken down');
      },
    },
  );
  expect(answerOf(await later.call('/v1/algo/demo/Hello'))).toEqual(platformError(410, 'GONE', 'taken down'));
  await later.call('/v1/algo/demo/Hello', { headers: {} });
  await later.call('/v1/algo/demo/Hello');
  expect([...later.calls.stats.refusals]).toEqual([
    ['GONE', 2],
    ['UNAUTHENTICATED', 1],
  ]);
  await later.close();
});

test('request ids are never the caller\u2019s, and never the same', async () => {
  const ids = new Set<unknown>();
  for (let i = 0; i < 20; i += 1) {
    const { headers } = await world.call('/v1/algo/demo/Hello', {
      headers: { ...json, 'X-Request-Id': 'mine' },
    });
    ids.add(headers['x-request-id']);
  }
  expect({ size: ids.size, mine: ids.has('mine') }).toEqual({ size: 20, mine: false });
});

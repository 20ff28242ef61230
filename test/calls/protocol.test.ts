import {
  CALLER,
  SHA,
  AUTHORIZED,
  admission,
  answerOf,
  json,
  platformError,
  startWorld,
  until,
} from './support/world';
import { OPERATOR } from '../../src/domain/principal';
import type { World } from './support/world';
import { answering, startBackend, type SeenRequest, type TestBackend } from './support/http';
import type { ServerResponse } from 'node:http';

type Answering = (request: SeenRequest, response: ServerResponse) => void;

let backend: TestBackend;
let world: World;
let answer: Answering;

beforeAll(async () => {
  backend = await startBackend((request, response) => {
    answer(request, response);
  });
  world = await startWorld({ 'demo/hello': admission(`${backend.url}/run?x=1`) });
});

beforeEach(() => {
  answer = answering('application/json', '{"a": [1, 2.50]}');
  backend.seen.length = 0;
  world.journal.records.length = 0;
  world.credentials.length = 0;
  world.admissions.set('demo/hello', admission(`${backend.url}/run?x=1`));
});

afterAll(async () => {
  await world.close();
  await backend.close();
});

const NUMBER: unknown = expect.any(Number);

function metadata(contentType: string): Record<string, unknown> {
  const requestId: unknown = expect.stringMatching(/^[0-9a-f]{32}$/);
  return { content_type: contentType, duration: NUMBER, version: '1.2.3', sha: SHA, request_id: requestId };
}

function success(result: unknown, contentType: string): unknown {
  return { status: 200, type: 'application/json', body: { result, metadata: metadata(contentType) } };
}

describe('what comes back', () => {
  test.each<[string, string | null, string | Buffer, unknown, string]>([
    ['JSON', 'application/json', '{"a": [1, 2.50]}', { a: [1, 2.5] }, 'json'],
    ['JSON with a charset', 'Application/JSON; charset=utf-8', ' null ', null, 'json'],
    ['JSON by suffix', 'application/geo+json', '[]', [], 'json'],
    ['an error member that is no object', 'application/json', '{"error": "x"}', { error: 'x' }, 'json'],
    [
      'an error next to a result',
      'application/json',
      '{"error":{"rmse":1},"m":2}',
      { error: { rmse: 1 }, m: 2 },
      'json',
    ],
    ['text', 'text/plain', 'h\u00e9 "there"\n', 'h\u00e9 "there"\n', 'text'],
    ['text in Latin-1', 'text/plain; charset=iso-8859-1', Buffer.from([0xe9]), '\u00e9', 'text'],
    ['bytes', 'application/octet-stream', Buffer.from([0, 255, 1]), 'AP8B', 'binary'],
    ['an image', 'image/png', Buffer.from([1]), 'AQ==', 'binary'],
    ['bytes of no type', null, Buffer.from([2]), 'Ag==', 'binary'],
    ['nothing', null, '', null, 'void'],
    [
      'large JSON',
      'application/json',
      JSON.stringify('\u00e9'.repeat(100_000)),
      '\u00e9'.repeat(100_000),
      'json',
    ],
  ])('%s', async (_, contentType, body, result, type) => {
    answer = answering(contentType, body);
    expect(answerOf(await world.call('/v1/algo/demo/Hello/1.2'))).toEqual(success(result, type));
    expect(world.journal.outcomes).toEqual(['OK']);
  });

  test('the digits of a number stay as the backend wrote them', async () => {
    answer = answering('application/json', '12345678901234567890.10');
    const { text } = await world.call('/v1/algo/demo/Hello');
    expect(text).toContain('"result":12345678901234567890.10,');
  });

  test('the headers of an answer, all of them', async () => {
    const { headers, body } = await world.call('/v1/algo/demo/Hello/1.2');
    expect(headers).toEqual({
      'x-request-id': (JSON.parse(body.toString()) as { metadata: { request_id: string } }).metadata
        .request_id,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-location': '/v1/algo/Demo/Hello/1.2.3',
      'content-type': 'application/json',
      'content-length': String(body.length),
      date: expect.any(String) as unknown,
      connection: 'close',
    });
  });

  test('no Content-Location for a selector that depends on the caller', async () => {
    world.admissions.set('demo/hello', admission(backend.url, { fullVersionPath: null }));
    const { headers } = await world.call('/v1/algo/demo/Hello/latestPrivate');
    expect(headers['content-location']).toBeUndefined();
  });

  test('a build that was never published has a null version', async () => {
    world.admissions.set('demo/hello', admission(backend.url, { version: null, versionId: null }));
    expect(json(await world.call(`/v1/algo/demo/Hello/${SHA}`))).toEqual({
      result: { a: [1, 2.5] },
      metadata: { ...metadata('json'), version: null },
    });
    expect(backend.seen[0]?.headers['x-algogate-version']).toBeUndefined();
  });
});

describe('output=raw', () => {
  test.each<[string, string, Buffer]>([
    ['small bytes', 'image/png', Buffer.from([1, 2, 3])],
    ['streamed bytes', 'application/octet-stream', Buffer.alloc(3_000_000, 7)],
    ['JSON', 'application/json; charset=utf-8', Buffer.from('{"a":1}')],
    ['text that is not what it says', 'text/plain', Buffer.from([0xff])],
  ])('%s', async (_, contentType, bytes) => {
    answer = answering(contentType, bytes, 200, { 'Content-Length': bytes.length });
    const received = await world.call('/v1/algo/demo/Hello/1.2?output=raw');
    expect(received.body.equals(bytes)).toBe(true);
    expect({ status: received.status, headers: received.headers }).toEqual({
      status: 200,
      headers: {
        'x-request-id': world.journal.records[0]?.requestId,
        'x-algogate-version': '1.2.3',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "sandbox; default-src 'none'",
        'cache-control': 'no-store',
        'content-location': '/v1/algo/Demo/Hello/1.2.3',
        'content-type': contentType,
        'content-length': String(bytes.length),
        date: expect.any(String) as unknown,
        connection: 'close',
      },
    });
    expect(world.journal.records[0]?.bytesOut).toBe(bytes.length);
  });

  test('an answer without a length', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/csv' });
      response.write('a,');
      response.end('b');
    };
    const { status, text, headers } = await world.call('/v1/algo/demo/Hello?output=raw');
    expect({ status, text, type: headers['content-type'] }).toEqual({
      status: 200,
      text: 'a,b',
      type: 'text/csv',
    });
  });

  test('an error of the algorithm is a 400', async () => {
    answer = answering('application/json', '{"error":{"message":"no"}}');
    expect(answerOf(await world.call('/v1/algo/demo/Hello?output=raw'))).toEqual({
      status: 400,
      type: 'application/json',
      body: { error: { message: 'no', error_type: 'AlgorithmError' }, metadata: { duration: NUMBER } },
    });
  });

  test('its last bytes wait for the journal', async () => {
    const bytes = Buffer.alloc(1_000_000, 1);
    answer = answering('application/octet-stream', bytes, 200, { 'Content-Length': bytes.length });
    let open = (): void => undefined;
    world.journal.gate = new Promise((resolve) => {
      open = resolve;
    });
    let ended = false;
    const answered = world.call('/v1/algo/demo/Hello?output=raw').then((received) => {
      ended = true;
      return received;
    });
    await until(() => backend.seen.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect({ ended, records: world.journal.records.length }).toEqual({ ended: false, records: 0 });
    open();
    expect((await answered).body.length).toBe(bytes.length);
    expect(world.journal.outcomes).toEqual(['OK']);
  });
});

describe('output=void', () => {
  test('is answered at once, goes on, and is recorded with its outcome', async () => {
    let finish = (): void => undefined;
    answer = (request, response) => {
      finish = () => {
        answering('application/json', '{"error":{"message":"later"}}')(request, response);
      };
    };
    const received = await world.call('/v1/algo/demo/Hello?output=void');
    const requestId: unknown = received.headers['x-request-id'];
    expect(answerOf(received)).toEqual({
      status: 200,
      type: 'application/json',
      body: { async: true, request_id: requestId },
    });
    expect(world.journal.records).toEqual([]);
    await until(() => backend.seen.length === 1);
    finish();
    await until(() => world.journal.records.length === 1);
    expect(world.journal.records[0]).toMatchObject({ requestId, outcome: 'ALGORITHM_ERROR' });
  });
});

describe('errors of the algorithm', () => {
  const trace = { error: { message: 'm', error_type: 'InputError', stacktrace: 'at line 1' } };
  test.each<[string, Answering, Record<string, unknown>]>([
    [
      'named',
      answering('application/json', JSON.stringify(trace)),
      { message: 'm', error_type: 'InputError' },
    ],
    [
      'unnamed',
      answering('application/json', '{"error":{"message":"m"}}', 500),
      { message: 'm', error_type: 'AlgorithmError' },
    ],
    [
      'a type that is none',
      answering('application/json', '{"error":{"message":"m","error_type":"<b>"}}'),
      { message: 'm', error_type: 'AlgorithmError' },
    ],
    [
      'a status alone',
      answering(null, '', 503),
      { message: 'the algorithm failed with status 503', error_type: 'AlgorithmError' },
    ],
    [
      'a status with broken JSON',
      answering('application/json', '{', 500),
      { message: 'the algorithm failed with status 500', error_type: 'AlgorithmError' },
    ],
    [
      'a status with a string',
      answering('application/json', '{"error":"why","x":1}', 404),
      { message: 'why', error_type: 'AlgorithmError' },
    ],
    [
      'a status with text',
      answering('text/plain', 'first line\n  secret at x.py:3', 500),
      { message: 'first line', error_type: 'AlgorithmError' },
    ],
    [
      'a status with a page',
      answering('text/html', '<h1>trace</h1>', 500),
      { message: 'the algorithm failed with status 500', error_type: 'AlgorithmError' },
    ],
  ])('%s', async (_, given, error) => {
    answer = given;
    expect(answerOf(await world.call('/v1/algo/demo/Hello'))).toEqual({
      status: 200,
      type: 'application/json',
      body: { error, metadata: { duration: NUMBER } },
    });
    expect(world.journal.outcomes).toEqual(['ALGORITHM_ERROR']);
  });

  test.each<[string, Answering, string]>([
    ['its own', answering('application/json', JSON.stringify(trace)), 'at line 1'],
    ['of text', answering('text/plain', 'first\nsecond', 500), 'first\nsecond'],
  ])('the stack trace, %s, for those who may see the source', async (_, given, stacktrace) => {
    answer = given;
    world.admissions.set('demo/hello', admission(backend.url, { maySeeSource: true }));
    expect(json(await world.call('/v1/algo/demo/Hello'))).toMatchObject({ error: { stacktrace } });
  });
});

describe('standard output', () => {
  const printed = Buffer.from('héllo\n').toString('base64');
  test.each([
    ['a member who asks', true, 'stdout=true', printed, 'héllo\n'],
    ['a member who asks in Python', true, 'stdout=True', printed, 'héllo\n'],
    ['a member who does not', true, 'stdout=false', printed, undefined],
    ['an outsider who asks', false, 'stdout=true', printed, undefined],
    ['something that is no base64', true, 'stdout=true', 'h&llo', undefined],
  ])('%s', async (_, memberOfOwner, query, header, stdout) => {
    answer = answering('application/json', '1', 200, { 'X-Algogate-Stdout': header });
    world.admissions.set('demo/hello', admission(backend.url, { memberOfOwner }));
    expect(json(await world.call(`/v1/algo/demo/Hello?${query}`))).toEqual({
      result: 1,
      metadata: { ...metadata('json'), ...(stdout === undefined ? {} : { stdout }) },
    });
  });
});

describe('what the backend sees', () => {
  test('the body as it was sent, and nothing of the caller', async () => {
    const before = Date.now();
    const received = await world.call('/v1/algo/demo/Hello/1.2?timeout=7', {
      headers: {
        ...AUTHORIZED,
        'Content-Type': 'application/json; charset=UTF-8',
        Cookie: 'session=1',
        'X-Request-Id': 'mine',
        'X-Algogate-Caller': 'someone else',
        'X-Forwarded-For': '1.2.3.4',
        Traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
      body: '{"a":  1}',
    });
    const [seen] = backend.seen;
    expect({ ...seen, body: seen?.body.toString() }).toEqual({
      method: 'POST',
      url: '/run?x=1',
      body: '{"a":  1}',
      headers: {
        host: `127.0.0.1:${backend.port}`,
        connection: 'keep-alive',
        'content-type': 'application/json; charset=UTF-8',
        'content-length': '9',
        'x-algogate-reference': 'Demo/Hello/1.2.3',
        'x-algogate-version': '1.2.3',
        'x-algogate-sha': SHA,
        'x-algogate-request-id': received.headers['x-request-id'],
        'x-algogate-caller': 'pseudonym-for-13',
        'x-algogate-network': 'full',
        'x-algogate-deadline': expect.stringMatching(/^\d{13}$/) as unknown,
        traceparent: expect.stringMatching(
          /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/,
        ) as unknown,
      },
    });
    expect(seen?.headers['traceparent']).not.toContain('b7ad6b7169203331');
    expect(Number(seen?.headers['x-algogate-deadline']) - before).toBeGreaterThanOrEqual(7000);
  });

  test('ISOLATED is told', async () => {
    world.admissions.set('demo/hello', admission(backend.url, { networkAccess: 'ISOLATED' }));
    await world.call('/v1/algo/demo/Hello');
    expect(backend.seen[0]?.headers['x-algogate-network']).toBe('isolated');
  });

  const big = Buffer.alloc(300_000, 65);
  test.each<[string, string, string | Buffer | (string | Buffer)[], string]>([
    ['text', 'text/plain', 'abc', 'abc'],
    ['text of the old type', 'application/text;charset=latin1', 'abc', 'abc'],
    ['upper case', 'TEXT/PLAIN', '', ''],
    ['bytes', 'application/octet-stream', Buffer.from([0, 1]), '\0\x01'],
    ['chunked JSON', 'application/json', ['{"a":', '1}'], '{"a":1}'],
    ['chunked text', 'text/plain', ['ab', 'c'], 'abc'],
    ['streamed bytes', 'application/octet-stream', big, big.toString()],
    ['streamed chunks', 'application/octet-stream', [big, big], big.toString().repeat(2)],
  ])('%s', async (_, contentType, body, expected) => {
    const headers = { ...AUTHORIZED, 'Content-Type': contentType };
    expect(answerOf(await world.call('/v1/algo/demo/Hello', { headers, body }))).toEqual(
      success({ a: [1, 2.5] }, 'json'),
    );
    expect(backend.seen[0]?.body.toString() === expected).toBe(true);
    expect(backend.seen[0]?.headers['content-type']).toBe(contentType);
    expect(world.journal.records[0]?.bytesIn).toBe(Buffer.byteLength(expected));
  });
});

test.each(['Simple KEY', 'KEY', 'Bearer KEY', 'Bearer a.b.c'])(
  'the credential %p is passed on as it came',
  async (it) => {
    const { status } = await world.call('/v1/algo/demo/Hello', {
      headers: { ...AUTHORIZED, Authorization: it },
    });
    expect({ status, credentials: world.credentials }).toEqual({ status: 200, credentials: [it] });
  },
);

test('the record of a call, all of it', async () => {
  const received = await world.call('/v1/algo/Demo/HELLO/^1.2.0');
  expect(world.journal.records).toEqual([
    {
      requestId: received.headers['x-request-id'],
      start: NUMBER,
      durationMs: NUMBER,
      backendMs: NUMBER,
      principal: 'owner:7',
      keyId: CALLER.kind === 'user' ? CALLER.key?.id : null,
      calledFor: null,
      reference: 'Demo/HELLO/^1.2.0',
      selectorKind: 'RANGE',
      algorithmId: 11,
      versionId: 12,
      buildId: 14,
      sha: SHA,
      position: 'Demo@5',
      outcome: 'OK',
      bytesIn: 3,
      bytesOut: 16,
      artifacts: null,
    },
  ]);
});

test.each([
  [CALLER, { principal: 'owner:7', keyId: 70, calledFor: null }],
  [
    { kind: 'organization', owner: { id: 9, handle: 'guild' }, key: { id: 90, prefix: 'agk_y', scopes: [] } },
    { principal: 'owner:9', keyId: 90, calledFor: 9 },
  ],
  [OPERATOR, { principal: 'operator', keyId: null, calledFor: null }],
] as const)('the record says who called, and for whom: %p', async (principal, expected) => {
  const asked = await startWorld(
    { 'demo/hello': admission(backend.url) },
    {},
    { authenticate: () => principal },
  );
  await asked.call('/v1/algo/demo/Hello');
  expect(asked.journal.records).toEqual([expect.objectContaining(expected)]);
  await asked.close();
});

describe('paths', () => {
  test.each([
    ['/v1/algo/demo/Hello', 'LATEST'],
    ['/v1/algo/demo/Hello/', 'LATEST'],
    ['/v1/algo/demo/Hello/1.2.3/', 'FULL'],
    ['/v1/algo/algo://demo/Hello/0.1.1', 'FULL'],
    ['/v1/algo/algo:/demo/Hello/0.1.1', 'FULL'],
    ['/v1/algo/algo%3A%2F%2Fdemo/Hello/0.1.1', 'FULL'],
    ['/v1/algo/algo%3a%2f%2fdemo%2fHello%2f0.1.1', 'FULL'],
    ['/v1/algo/demo/Hello/%5E1.2.0', 'RANGE'],
    ['/v1/algo/demo/Hello/%3E%3D1.2.3%20%3C2.0.0', 'RANGE'],
    ['/v1/web/algo/demo/Hello/1', 'PARTIAL'],
    ['/v1/web/algo/algo://demo/Hello/latestPrivate?output=raw', 'LATEST_PRIVATE'],
  ])('%s', async (path, kind) => {
    const { status, headers } = await world.call(path);
    expect({ status, location: headers.location }).toEqual({ status: 200, location: undefined });
    expect(world.journal.records[0]?.selectorKind).toBe(kind);
  });

  test.each(['/v1/algos/demo/Hello', '/v1/resolve/demo/Hello', '/', '/v1/algo', '/V1/algo/demo/Hello'])(
    '%s is not of the call path',
    async (path) => {
      expect(await world.call(path)).toMatchObject({ status: 418, text: 'not the call path' });
    },
  );
});

describe('browsers', () => {
  const exposed =
    'X-Request-Id, X-Algogate-Version, X-Algogate-Receipt, Content-Location, Idempotent-Replayed, Retry-After, RateLimit, RateLimit-Policy, Deprecation, Sunset, Link';

  test('a preflight needs no credential', async () => {
    const { status, headers, text } = await world.call('/v1/web/algo/demo/Hello', {
      method: 'OPTIONS',
      headers: { Origin: 'https://page.example', 'Access-Control-Request-Method': 'POST' },
      body: '',
    });
    expect({ status, text, headers, credentials: world.credentials }).toEqual({
      status: 204,
      text: '',
      credentials: [],
      headers: {
        'x-request-id': expect.any(String) as unknown,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'access-control-allow-origin': '*',
        'access-control-expose-headers': exposed,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key, Traceparent',
        'access-control-max-age': '86400',
        date: expect.any(String) as unknown,
        connection: 'close',
      },
    });
  });

  test('answers and refusals can be read; calls that are no page\u2019s say nothing of origins', async () => {
    const origin = { Origin: 'https://page.example' };
    const ok = await world.call('/v1/web/algo/demo/Hello', { headers: { ...AUTHORIZED, ...origin } });
    const refused = await world.call('/v1/web/algo/demo/Hello', { headers: origin });
    const plain = await world.call('/v1/algo/demo/Hello', { headers: { ...AUTHORIZED, ...origin } });
    const cors = ({ status, headers }: typeof ok): unknown => [
      status,
      headers['access-control-allow-origin'],
      headers['access-control-allow-credentials'],
    ];
    expect([ok, refused, plain].map(cors)).toEqual([
      [200, '*', undefined],
      [401, '*', undefined],
      [200, undefined, undefined],
    ]);
  });

  test.each([
    ['https://page.example', 'https://page.example'],
    ['https://other.example', undefined],
    ['null', undefined],
  ])('with a list of origins, %s gets %s', async (origin, allowed) => {
    const strict = await startWorld({}, { webOrigins: ['https://page.example'] });
    const { headers } = await strict.call('/v1/web/algo/demo/Hello', {
      method: 'OPTIONS',
      headers: { origin },
      body: '',
    });
    await strict.close();
    expect({ allow: headers['access-control-allow-origin'], vary: headers.vary }).toEqual({
      allow: allowed,
      vary: 'Origin',
    });
  });
});

test.each([
  ['GET', '/v1/algo/demo/Hello', 'POST'],
  ['PUT', '/v1/algo/demo/Hello', 'POST'],
  ['OPTIONS', '/v1/algo/demo/Hello', 'POST'],
  ['DELETE', '/v1/web/algo/demo/Hello', 'POST, OPTIONS'],
])('%s %s is not allowed', async (method, path, allow) => {
  const received = await world.call(path, { method, body: '' });
  expect(answerOf(received)).toEqual(platformError(405, 'INVALID_INPUT', 'algorithms are called with POST'));
  expect(received.headers.allow).toBe(allow);
});

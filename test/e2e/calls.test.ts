import { createServer, request, type ServerResponse } from 'node:http';

import type { Answer, Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { answering, listen, type SeenRequest, startBackend, type TestBackend } from '../calls/support/http';
import { until } from '../calls/support/world';

/** Chapter 4 with the real wiring: keys, permissions, backends, journal and idempotency on a database. */

const MIB = 1024 * 1024;

/** How the test's backend answers, by the path of the build. */
const MOODS: Readonly<Record<string, (seen: SeenRequest, response: ServerResponse) => void>> = {
  text: answering('text/plain', 'grüße'),
  bytes: answering('application/octet-stream', Buffer.from([0, 255])),
  nothing: answering(null, ''),
  fails: answering(
    'application/json',
    '{"error":{"message":"no","error_type":"InputError","stacktrace":"at x"}}',
    400,
  ),
  garbage: answering('application/json', '{"a":'),
  huge: answering('application/octet-stream', Buffer.alloc(20 * MIB)),
  redirects: answering('text/plain', '', 302, { Location: 'http://127.0.0.1/' }),
  breaks: (_seen, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 });
    response.write('{"a"', () => response.destroy());
  },
  silent: () => undefined,
};

describeOnEachServer('calls', (world) => {
  let moods: TestBackend;
  let closed = 0;
  let ann: Client;
  let otto: Client;

  beforeAll(async () => {
    moods = await startBackend((seen, response) => {
      response.on('close', () => (closed += 1));
      MOODS[seen.url!.slice(1)]!(seen, response);
    });
    [ann, otto] = [await world().user('ann'), await world().user('otto')];
    for (const owner of ['acme', 'bolt']) {
      await world().organization(owner, { admin: 'ann' });
      await world().algorithm(`${owner}/echo`);
      await world().publish(`${owner}/echo`, '1.0.0');
    }
    for (const mood of Object.keys(MOODS)) {
      await world().algorithm(`acme/${mood}`);
      await world().publish(`acme/${mood}`, '1.0.0', { backend: `${moods.url}/${mood}` });
    }
    const dead = await listen(createServer());
    await dead.close();
    await world().algorithm('acme/dead');
    await world().publish('acme/dead', '1.0.0', { backend: dead.url });
    await world().algorithm('acme/hidden');
    await world().publish('acme/hidden', '1.0.0', { permissions: { visibility: 'PRIVATE' } });
  });

  afterAll(() => moods.close());

  /** Whatever happened before, the next call is answered. */
  async function expectToGoOn(): Promise<void> {
    expect((await otto.call('acme/echo', 1)).json).toMatchObject({ result: { input: '1' } });
  }

  test.each([
    ['Simple KEY', (key: string) => `Simple ${key}`],
    ['the bare KEY', (key: string) => key],
    ['Bearer KEY', (key: string) => `Bearer ${key}`],
  ])('the credential as %s', async (_form, header) => {
    const answer = await world().anonymous.call('acme/echo/1', 1, {
      headers: { Authorization: header(otto.key!) },
    });
    expect(answer).toMatchObject({ status: 200, json: { result: { input: '1' } } });
  });

  test.each([
    ['no credential', {}],
    ['an unknown key', { Authorization: `Simple agk_${'a'.repeat(55)}` }],
    ['what is no key', { Authorization: 'Simple nonsense' }],
    ['a scheme that is none of the three', { Authorization: 'Basic YTpi' }],
  ])('%s is 401, for a call of what is missing as well', async (_what, headers) => {
    for (const reference of ['acme/echo', 'acme/none', 'acme/hidden/1.0.0']) {
      expect(refused(await world().anonymous.call(reference, 1, { headers }))).toEqual(
        platformError(401, 'UNAUTHENTICATED'),
      );
    }
    await expectToGoOn();
  });

  test.each([
    ['application/json', '{"a":1}'],
    ['application/json; charset=utf-8', '{"a":1}'],
    ['text/plain', 'hello'],
    ['application/text;charset=UTF-8', 'hello'],
    ['application/octet-stream', 'bytes'],
  ])('a body of %s reaches the backend as it was sent, whole or in chunks', async (type, body) => {
    for (const sent of [body, [...body]]) {
      const headers = { 'Content-Type': type };
      const answer = await otto.http('/v1/algo/acme/echo/1.0', { method: 'POST', headers, body: sent });
      expect(answer.json).toMatchObject({ result: { served: '/acme/echo/1.0.0', input: body } });
      expect(world().backend.seen.at(-1)!.headers['content-type']).toBe(type);
    }
  });

  test.each([
    ['text', 'grüße', 'text'],
    ['bytes', 'AP8=', 'binary'],
    ['nothing', null, 'void'],
  ])('an answer of %s', async (mood, result, type) => {
    const answer = await otto.call(`acme/${mood}/1.0`);
    const sha = expect.stringMatching(/^[0-9a-f]{40}$/);
    const request_id = answer.headers['x-request-id'];
    const metadata = { content_type: type, duration: expect.any(Number), version: '1.0.0', sha, request_id };
    expect(answer).toMatchObject({ status: 200, json: { result, metadata } });
    expect(answer.headers['content-location']).toBe(`/v1/algo/acme/${mood}/1.0.0`);
  });

  test('raw output is the bytes of the backend; void is answered at once', async () => {
    const raw = await otto.call('acme/bytes', null, { query: 'output=raw' });
    expect({ status: raw.status, body: [...raw.body] }).toEqual({ status: 200, body: [0, 255] });
    expect(raw.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'x-algogate-version': '1.0.0',
    });
    const unheard = await otto.call('acme/silent', null, { query: 'output=void&timeout=0.2' });
    expect(unheard.json).toEqual({ async: true, request_id: unheard.headers['x-request-id'] });
  });

  test("an algorithm's own error: its stack trace is for those who may see the source", async () => {
    const error = { message: 'no', error_type: 'InputError' };
    const forAll = { error, metadata: { duration: expect.any(Number) } };
    expect(await otto.call('acme/fails')).toMatchObject({ status: 200 });
    expect((await otto.call('acme/fails')).json).toEqual(forAll);
    expect((await otto.call('acme/fails', null, { query: 'output=raw' })).status).toBe(400);
    expect((await ann.call('acme/fails')).json).toEqual({
      ...forAll,
      error: { ...error, stacktrace: 'at x' },
    });
  });

  test.each([
    ['dead', 502, 'BACKEND_UNAVAILABLE'],
    ['breaks', 502, 'BACKEND_UNAVAILABLE'],
    ['garbage', 502, 'BACKEND_BAD_ANSWER'],
    ['huge', 502, 'BACKEND_BAD_ANSWER'],
    ['redirects', 502, 'BACKEND_BAD_ANSWER'],
  ])('a backend that is %s: %i %s', async (mood, status, code) => {
    const answer = await otto.call(`acme/${mood}`);
    expect(refused(answer)).toEqual(platformError(status, code));
    expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONN|undici/);
    await expectToGoOn();
  });

  test('a backend that is silent: TimeoutError after the seconds that the caller gave', async () => {
    const answer = await otto.call('acme/silent', null, { query: 'timeout=0.2' });
    const error = { message: 'algorithm did not complete within 0.2 seconds', error_type: 'TimeoutError' };
    expect(answer).toMatchObject({
      status: 200,
      json: { error, metadata: { duration: expect.any(Number) } },
    });
    await expectToGoOn();
  });

  test.each([
    ['JSON that is none', '{"a":', 'application/json', 400, 'INVALID_INPUT'],
    ['no content type', '1', undefined, 400, 'INVALID_INPUT'],
    ['an unknown content type', '<a/>', 'application/xml', 400, 'INVALID_INPUT'],
    ['a body over 10 MiB', Buffer.alloc(10 * MIB + 1), 'application/octet-stream', 413, 'TOO_LARGE'],
  ])('%s is refused, and no backend sees it', async (_what, body, type, status, code) => {
    const before = world().backend.seen.length;
    const headers = type === undefined ? {} : { 'Content-Type': type };
    const answer = await otto.http('/v1/algo/acme/echo', { method: 'POST', headers, body });
    expect(refused(answer)).toEqual(platformError(status, code));
    expect(world().backend.seen.length).toBe(before);
    await expectToGoOn();
  });

  test.each([
    ['timeout=0', 'INVALID_INPUT'],
    ['timeout=3001', 'INVALID_INPUT'],
    ['timeout=soon', 'INVALID_INPUT'],
    ['output=loud', 'INVALID_INPUT'],
    ['stdout=maybe', 'INVALID_INPUT'],
  ])('?%s is refused', async (query, code) => {
    expect(refused(await otto.call('acme/echo', 1, { query }))).toEqual(platformError(400, code));
  });

  test.each([
    'algo://acme/echo/1.0',
    'algo:/acme/echo/1.0',
    'algo%3A%2F%2Facme/echo/1.0',
    'acme/echo/1.0/',
    'acme/echo/',
    'ACME/Echo/1.0',
    'acme/echo/%5E1.0.0',
    'acme/echo/%3E%3D1%20%3C2',
    'acme/echo/%5B1.0%2C2)',
    'acme/echo/stable',
  ])('the path /v1/algo/%s', async (path) => {
    const answer = await otto.call(path, 1);
    expect(answer).toMatchObject({ status: 200, json: { result: { served: '/acme/echo/1.0.0' } } });
    expect(answer.headers['content-location']).toBe('/v1/algo/acme/echo/1.0.0');
    expect(
      (await otto.http(`/v1/web/algo/${path}`, { method: 'POST', headers: JSON_TYPE, body: '1' })).status,
    ).toBe(200);
  });

  test.each([
    ['acme', 400, 'INVALID_REFERENCE'],
    ['acme/echo/1.0.0.0', 400, 'INVALID_REFERENCE'],
    ['acme/echo/%5E%5E', 400, 'INVALID_REFERENCE'],
    ['acme/echo/%E0%A4%A', 400, 'INVALID_REFERENCE'],
    ['acme/echo/2', 404, 'NOT_FOUND'],
    ['acme/none', 404, 'NOT_FOUND'],
    ['nobody/echo', 404, 'NOT_FOUND'],
    ['acme/hidden', 404, 'NOT_FOUND'],
    ['acme/hidden/1.0.0', 404, 'NOT_FOUND'],
    ['acme/hidden/latestPrivate', 404, 'NOT_FOUND'],
  ])('the path /v1/algo/%s is %i %s to an outsider', async (path, status, code) => {
    expect(refused(await otto.call(path, 1))).toEqual(platformError(status, code));
  });

  test('a full version has no Content-Location, and algorithms are called with POST alone', async () => {
    expect((await otto.call('acme/echo/1.0.0', 1)).headers).not.toHaveProperty('content-location');
    expect(refused(await otto.http('/v1/algo/acme/echo'))).toEqual(platformError(405, 'INVALID_INPUT'));
  });

  test('a caller that hangs up aborts its backend call', async () => {
    const before = { seen: moods.seen.length, closed };
    const headers = { ...JSON_TYPE, Authorization: otto.key! };
    const outgoing = request(`${world().server.url}/v1/algo/acme/silent`, {
      method: 'POST',
      headers,
      agent: false,
    });
    outgoing.on('error', () => undefined);
    outgoing.end('1');
    await until(() => moods.seen.length > before.seen);
    outgoing.destroy();
    await until(() => closed > before.closed);
    await expectToGoOn();
  });
});

const JSON_TYPE = { 'Content-Type': 'application/json' };

function refused({ status, headers, json }: Answer) {
  return { status, type: headers['content-type'], requestId: headers['x-request-id'], json };
}

function platformError(status: number, code: string) {
  const json = { error: { message: expect.any(String), code } };
  return { status, type: 'application/json', requestId: expect.stringMatching(/^[0-9a-f]{32}$/), json };
}

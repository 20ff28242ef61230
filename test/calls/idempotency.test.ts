import { request as httpRequest, type ServerResponse } from 'node:http';
import { LARGEST_KEPT_ANSWER } from '../../src/calls/idempotency';
import {
  admission,
  answerOf,
  AUTHORIZED,
  platformError,
  startWorld,
  until,
  type World,
} from './support/world';
import { answering, startBackend, type Received, type SeenRequest, type TestBackend } from './support/http';

let backend: TestBackend;
let world: World;
let answer: (request: SeenRequest, response: ServerResponse) => void;

beforeAll(async () => {
  backend = await startBackend((request, response) => {
    answer(request, response);
  });
  world = await startWorld({
    'demo/hello': admission(backend.url),
    'demo/dead': admission('http://127.0.0.1:1/'),
  });
});

beforeEach(() => {
  backend.seen.length = 0;
  world.journal.records.length = 0;
  world.idempotency.uses.clear();
  answer = answering('application/json', `${Math.random()}`);
});

afterAll(async () => {
  await world.close();
  await backend.close();
});

const keyed = (key = 'key-1'): Record<string, string> => ({ ...AUTHORIZED, 'Idempotency-Key': key });

test.each<[string, string, Record<string, string>, string]>([
  ['default', '', keyed(), '{"a":1}'],
  ['raw', '?output=raw', { ...keyed(), 'Content-Type': 'text/plain' }, 'some text'],
  ['void', '?output=void', keyed(), '1'],
])(
  'a replay has the same bytes and is marked, neither called nor metered again: %s',
  async (_, query, headers, body) => {
    const first = await world.call(`/v1/algo/demo/Hello/1.2${query}`, { headers, body });
    await until(() => world.journal.records.length === 1);
    const second = await world.call(`/v1/algo/DEMO/hello/1.2${query === '' ? '?' : `${query}&`}timeout=9`, {
      headers,
      body,
    });
    const { 'idempotent-replayed': replayed, date: _date, ...again } = second.headers;
    const { date: _first, ...once } = first.headers;
    expect({ replayed, again, status: second.status, text: second.text }).toEqual({
      replayed: 'true',
      again: once,
      status: 200,
      text: first.text,
    });
    expect({ seen: backend.seen.length, records: world.journal.records.length }).toEqual({
      seen: 1,
      records: 1,
    });
  },
);

test('an error of the algorithm, and an answer that was lost, are first answers too', async () => {
  answer = (_, response) => response.destroy();
  const first = await world.call('/v1/algo/demo/Hello', { headers: keyed() });
  answer = answering('application/json', '1');
  const second = await world.call('/v1/algo/demo/Hello', { headers: keyed() });
  expect([first.status, second.status, second.text, backend.seen.length]).toEqual([502, 502, first.text, 1]);
});

test('of parallel duplicates one is called, and the others are told so', async () => {
  const waiting: ServerResponse[] = [];
  answer = (_, response) => waiting.push(response);
  const refused: Received[] = [];
  const calls = Array.from({ length: 8 }, async () => {
    const received = await world.call('/v1/algo/demo/Hello', { headers: keyed() });
    if (received.status !== 200) refused.push(received);
    return received.status;
  });
  await until(() => waiting.length === 1 && refused.length === 7);
  waiting[0]?.end('done');
  expect((await Promise.all(calls)).sort()).toEqual([200, ...Array<number>(7).fill(409)]);
  const inProgress = 'the first call with this Idempotency-Key is still under way';
  expect(refused.map(answerOf)).toEqual(
    Array(7).fill(platformError(409, 'IDEMPOTENCY_IN_PROGRESS', inProgress)),
  );
  expect({ seen: backend.seen.length, outcomes: world.journal.outcomes }).toEqual({
    seen: 1,
    outcomes: ['OK'],
  });
});

test.each<[string, string, Record<string, string>, string]>([
  ['another body', '/v1/algo/demo/Hello/1.2', keyed(), '2'],
  ['another type', '/v1/algo/demo/Hello/1.2', { ...keyed(), 'Content-Type': 'text/plain' }, '1'],
  ['another version', '/v1/algo/demo/Hello/1.3', keyed(), '1'],
  ['another algorithm', '/v1/algo/demo/dead/1.2', keyed(), '1'],
  ['another output', '/v1/algo/demo/Hello/1.2?output=raw', keyed(), '1'],
])('%s with the same key is a mismatch', async (_, path, headers, body) => {
  await world.call('/v1/algo/demo/Hello/1.2', { headers: keyed(), body: '1' });
  expect(answerOf(await world.call(path, { headers, body }))).toEqual(
    platformError(422, 'IDEMPOTENCY_MISMATCH', 'this Idempotency-Key was used with another body or call'),
  );
  expect(backend.seen.length).toBe(1);
});

test('another key is another call', async () => {
  await world.call('/v1/algo/demo/Hello', { headers: keyed('a') });
  await world.call('/v1/algo/demo/Hello', { headers: keyed('b') });
  expect(backend.seen.length).toBe(2);
});

test.each([
  ['', 64 * 1024],
  ['?output=raw', 100_000],
])('an answer too large to keep is given once, and its key stays used: %s', async (query, size) => {
  answer = answering('text/plain', 'x'.repeat(size), 200, { 'Content-Length': size });
  expect((await world.call(`/v1/algo/demo/Hello${query}`, { headers: keyed() })).status).toBe(200);
  expect(answerOf(await world.call(`/v1/algo/demo/Hello${query}`, { headers: keyed() }))).toEqual(
    platformError(
      409,
      'IDEMPOTENCY_IN_PROGRESS',
      `the first call with this Idempotency-Key is done, and its answer was too large to keep (over ${LARGEST_KEPT_ANSWER} bytes)`,
    ),
  );
  expect(backend.seen.length).toBe(1);
});

test('the key is free again when nothing was sent', async () => {
  const first = await world.call('/v1/algo/demo/dead', { headers: keyed() });
  world.admissions.set('demo/dead', admission(backend.url));
  const second = await world.call('/v1/algo/demo/dead', { headers: keyed() });
  expect([first.status, second.status, backend.seen.length]).toEqual([502, 200, 1]);
});

test('what is refused before the call uses no key', async () => {
  await world.call('/v1/algo/demo/Hello', { headers: keyed(), body: '{' });
  expect(world.idempotency.uses.size).toBe(0);
  expect((await world.call('/v1/algo/demo/Hello', { headers: keyed() })).status).toBe(200);
});

test('a caller that hangs up may come back for the answer', async () => {
  const waiting: ServerResponse[] = [];
  answer = (_, response) => waiting.push(response);
  const call = httpRequest(`${world.url}/v1/algo/demo/Hello`, { method: 'POST', headers: keyed() });
  call.on('error', () => undefined);
  call.end('"x"');
  await until(() => waiting.length === 1);
  call.destroy();
  await new Promise((resolve) => setTimeout(resolve, 30));
  waiting[0]?.setHeader('Content-Type', 'text/plain');
  waiting[0]?.end('late');
  await until(() => world.calls.stats.inFlight === 0);
  const again = await world.call('/v1/algo/demo/Hello', { headers: keyed() });
  expect(answerOf(again)).toMatchObject({ status: 200, body: { result: 'late' } });
  expect({ seen: backend.seen.length, outcomes: world.journal.outcomes }).toEqual({
    seen: 1,
    outcomes: ['OK'],
  });
});

test('a claim outlives its deadline by a minute', async () => {
  const before = Date.now();
  await world.call('/v1/algo/demo/Hello?timeout=10', { headers: keyed() });
  const [use] = [...world.idempotency.uses.values()];
  const lease = (use?.claim.leaseUntil ?? 0) - before;
  expect(lease).toBeGreaterThanOrEqual(70_000);
  expect(use?.claim).toMatchObject({
    principalId: 'owner:7',
    digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
  });
});

test('a store that cannot keep does not take the answer away', async () => {
  const { keep } = world.idempotency;
  world.idempotency.keep = () => Promise.reject(new Error('the database is away'));
  const received = await world.call('/v1/algo/demo/Hello', { headers: keyed() });
  world.idempotency.keep = keep;
  expect({ status: received.status, faults: world.faults }).toEqual({
    status: 200,
    faults: [new Error('the database is away')],
  });
});

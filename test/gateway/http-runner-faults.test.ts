import { expectSoon } from '../builders/soon';
import {
  type Answer,
  brokenOff,
  half,
  json,
  outcome,
  query,
  type Remote,
  remote,
  reset,
  runnerOf,
  silence,
} from './remote';

/** What becomes of requests to a subgraph that is slow, broken, or gone. */

const FINE = json({ data: { a: 1 } });
const UNREACHABLE = 'HttpFailure: It cannot be reached, or broke off.';
const OPEN = 'HttpFailure: It failed too often of late, and is left alone for a while.';
const SHORT_MS = 500;

let open: Remote | null = null;
async function served(...answers: [Answer, ...Answer[]]): Promise<Remote> {
  return (open = await remote(...answers));
}
afterEach(async () => {
  await open?.close();
  open = null;
});

describe('the deadline', () => {
  test.each([
    ['an answer that does not come', silence],
    ['an answer that stops midway', half],
  ])('ends %s, its retries too, and closes the connection', async (_what, answer) => {
    const { url, left, seen } = await served(answer);
    const run = runnerOf(url, { timeoutMs: SHORT_MS, retries: 3 });
    expect(await outcome(run(query()))).toBe('HttpFailure: It did not answer in time.');
    await expectSoon(() => Promise.resolve([seen.length, left()]), [1, 1]);
  });

  test('ends headers that are never made, and a request that waits for a connection', async () => {
    const { url, seen } = await served(silence);
    const headers = () => new Promise<never>(() => undefined);
    expect(await outcome(runnerOf(url, { timeoutMs: SHORT_MS, headers })(query()))).toBe(
      'HttpFailure: It did not answer in time.',
    );
    const run = runnerOf(url, { timeoutMs: SHORT_MS, connections: 1 });
    const both = await Promise.all([outcome(run(query())), outcome(run(query()))]);
    expect([both, seen.length]).toEqual([
      ['HttpFailure: It did not answer in time.', 'HttpFailure: It did not answer in time.'],
      1,
    ]);
  });
});

describe('a query', () => {
  test.each([
    ['a status of 503', json('', 503, 'text/html')],
    ['a status of 502', json('', 502, 'text/html')],
    ['a response that is not available', json({ errors: [{ message: 'no' }] }, 504)],
    ['a connection that is reset', reset],
    ['an answer that breaks off', brokenOff],
    ['half of JSON', json('{"data":')],
  ])('is sent again after %s', async (_what, answer) => {
    const { url, seen } = await served(answer, answer, FINE);
    const run = runnerOf(url, { retries: 2 });
    expect(await outcome(run(query()))).toEqual({ data: { a: 1 } });
    expect([seen.length, run.stats().retries]).toEqual([3, 2]);
  });

  test.each([
    ['an answer of another kind', json('<html>', 200, 'text/html')],
    ['a status of 500', json('', 500, 'text/html')],
    ['its own error', json({ errors: [{ message: 'no' }] }, 500)],
  ])('is not sent again after %s', async (_what, answer) => {
    const { url, seen } = await served(answer, FINE);
    await outcome(runnerOf(url, { retries: 2 })(query()));
    expect(seen.length).toBe(1);
  });

  test('is sent as often as it may be, and not more', async () => {
    const { url, seen } = await served(reset);
    expect(await outcome(runnerOf(url, { retries: 2 })(query()))).toBe(UNREACHABLE);
    expect(seen.length).toBe(3);
  });
});

test.each([
  [
    'a status of 503',
    json('', 503, 'text/html'),
    'HttpFailure: It says that it is not available. Its status is 503.',
  ],
  ['a connection that is reset', reset, UNREACHABLE],
])('a mutation is never sent again, after %s either', async (_what, answer, said) => {
  const { url, seen } = await served(answer, FINE);
  const run = runnerOf(url, { retries: 5 });
  expect(await outcome(run(query('mutation { a }', { operationKind: 'mutation' })))).toBe(said);
  expect([seen.length, run.stats().retries]).toEqual([1, 0]);
});

describe('the circuit breaker', () => {
  const failures = 3;

  async function failing(answer: Answer, operation = query()): Promise<readonly [unknown, string, number]> {
    const { url, seen } = await served(answer);
    const run = runnerOf(url, { breakerFailures: failures, breakerOpenMs: 60_000, timeoutMs: 1000 });
    for (let i = 0; i < failures; i += 1) await outcome(run(operation));
    const last = await outcome(run(operation));
    return [last, run.stats().breaker, seen.length];
  }

  test.each([
    ['resets', reset],
    ['says that it is not available', json({ errors: [{ message: 'no' }] }, 503)],
    ['answers what is no JSON', json('{')],
  ])('opens for a subgraph that %s, and asks it no more', async (_what, answer) => {
    expect(await failing(answer)).toEqual([OPEN, 'open', failures]);
  });

  test.each([
    ['gives errors', json({ errors: [{ message: 'no' }] }, 500)],
    ['answers something else', json('<html>', 404, 'text/html')],
  ])('stays closed for one that %s: it is there', async (_what, answer) => {
    const [, state, seen] = await failing(answer);
    expect([state, seen]).toEqual(['closed', failures + 1]);
  });

  test('lets one request try after a while, and closes when that is answered', async () => {
    const { url } = await served(reset, FINE);
    const run = runnerOf(url, { breakerFailures: 1, breakerOpenMs: 1 });
    expect(await outcome(run(query()))).toBe(UNREACHABLE);
    await expectSoon(() => outcome(run(query())), { data: { a: 1 } });
    expect(run.stats().breaker).toBe('closed');
  });

  test('is told apart in the numbers; a log hears of what failed, not of what was refused', async () => {
    const { url } = await served(reset);
    const told: string[] = [];
    const onFailure = (failure: Error): void => void told.push(failure.message);
    const run = runnerOf(url, { breakerFailures: 1, breakerOpenMs: 60_000, onFailure });
    await outcome(run(query()));
    await outcome(run(query()));
    const { failures: counted, ...stats } = run.stats();
    const none = { connections: 0, free: 0, queued: 0, inFlight: 0 };
    expect(stats).toEqual({ breaker: 'open', ...none, requests: 2, retries: 0 });
    expect([Object.fromEntries(counted), told]).toEqual([
      { unreachable: 1, open: 1 },
      ['It cannot be reached, or broke off.'],
    ]);
  });
});

describe('a caller who leaves', () => {
  test.each([
    ['before the answer', silence],
    ['within the answer', half],
  ])('%s takes the request with it, and it is not held against the subgraph', async (_when, answer) => {
    const { url, seen, left } = await served(answer);
    const run = runnerOf(url, { breakerFailures: 1, retries: 3 });
    const caller = new AbortController();
    const ended = outcome(run(query('{ a }', { signal: caller.signal })));
    await expectSoon(() => Promise.resolve(seen.length), 1);
    caller.abort();
    expect(await ended).toBe('HttpFailure: The request was aborted.');
    await expectSoon(() => Promise.resolve([left(), run.stats().breaker]), [1, 'closed']);
  });

  test('long ago has nothing sent', async () => {
    const { url, seen } = await served(FINE);
    const signal = AbortSignal.abort();
    expect(await outcome(runnerOf(url)(query('{ a }', { signal })))).toBe(
      'HttpFailure: The request was aborted.',
    );
    expect(seen).toEqual([]);
  });
});

test('requests share as many connections as they may, and no more wait than may', async () => {
  const held: (() => void)[] = [];
  const { url, server } = await served((response, request) => {
    held.push(() => FINE(response, request));
  });
  let connections = 0;
  server.on('connection', () => (connections += 1));
  const run = runnerOf(url, { connections: 2, queue: 1 });
  const asked = Array.from({ length: 4 }, () => outcome(run(query())));
  await expectSoon(() => Promise.resolve([held.length, run.stats().queued]), [2, 1]);
  for (let i = 0; i < 3; i += 1) {
    await expectSoon(() => Promise.resolve(held.length > i), true);
    held[i]?.();
  }
  const fine = { data: { a: 1 } };
  expect(await Promise.all(asked)).toEqual([fine, fine, fine, 'HttpFailure: Too many requests wait for it.']);
  expect(connections).toBe(2);
});

test('what is under way when it is closed ends, and what comes later is sent all the same', async () => {
  const held: (() => void)[] = [];
  const { url } = await served((response, request) => {
    held.push(() => FINE(response, request));
  }, FINE);
  const run = runnerOf(url);
  const first = outcome(run(query()));
  await expectSoon(() => Promise.resolve(held.length), 1);
  const closed = run.close();
  expect(await outcome(run(query()))).toEqual({ data: { a: 1 } });
  held[0]?.();
  await closed;
  expect(await first).toEqual({ data: { a: 1 } });
  await run.close();
});

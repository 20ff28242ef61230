import { request as httpRequest } from 'node:http';

import { type CallLimits, type CountedCall, type Entered } from '../../src/domain/limits/call-limits';
import { LimitReached, RetryLater } from '../../src/domain/limits/refusals';
import { type Stand, Standing } from '../../src/domain/limits/standing';
import { answering, send, startBackend, type TestBackend } from './support/http';
import { admission, AUTHORIZED, json, startWorld, until, type World } from './support/world';

/** What the call path does with limits: when it asks, what it owes, and what it tells. Chapter 6. */

const RATE: Stand = {
  scope: 'KEY',
  period: 'SECOND',
  limit: 5,
  used: 1,
  remaining: 4,
  windowSeconds: 1,
  resetSeconds: 1,
  resetsAt: 0,
};
const QUOTA: Stand = { ...RATE, scope: 'OWNER', period: 'DAY', windowSeconds: 86_400, resetSeconds: 60 };
const ENTERED: Entered = { bounded: [], standing: new Standing([RATE]) };
const TEXT = { ...AUTHORIZED, 'Content-Type': 'text/plain' };
const MIB = 1024 * 1024;

/** Limits that say what they were asked, and let everything through until they are told otherwise. */
class TestLimits implements CallLimits {
  readonly log: string[] = [];
  refuseRate: Error | null = null;
  refuseQuota: Error | null = null;

  enter(): Entered {
    this.log.push('enter');
    if (this.refuseRate !== null) throw this.refuseRate;
    return ENTERED;
  }

  reserve({ entered }: CountedCall) {
    if (entered !== ENTERED) throw new Error('a call is counted by the limits that let it in');
    this.log.push('reserve');
    if (this.refuseQuota !== null) return Promise.reject(this.refuseQuota);
    const said = (word: string) => () => this.log.push(word);
    return Promise.resolve({
      standing: new Standing([QUOTA]),
      settle: said('settle'),
      release: said('release'),
    });
  }
}

describe('limits in the call path', () => {
  let backend: TestBackend;
  let silent: TestBackend;
  let limits: TestLimits;
  let world: World;

  beforeAll(async () => {
    backend = await startBackend(answering('application/json', '1'));
    silent = await startBackend(() => undefined);
  });
  afterAll(async () => {
    await backend.close();
    await silent.close();
  });
  beforeEach(async () => {
    limits = new TestLimits();
    const admissions = { 'demo/hello': admission(backend.url), 'demo/silent': admission(silent.url) };
    world = await startWorld(admissions, { maxInputBytes: MIB }, { limits });
  });
  afterEach(() => world.close());

  const over = async (expected: readonly string[]) => {
    await until(() => limits.log.length >= expected.length);
    expect(limits.log).toEqual(expected);
  };

  test('a call is counted, reserved, and settled when it is recorded', async () => {
    const { status, headers } = await world.call('/v1/algo/demo/Hello/1.2.3');
    expect([status, headers['ratelimit-policy'], headers['ratelimit']]).toEqual([
      200,
      '"key-second";q=5;w=1, "owner-day";q=5;w=86400',
      '"key-second";r=4;t=1, "owner-day";r=4;t=60',
    ]);
    await over(['enter', 'reserve', 'settle']);
    expect(world.journal.outcomes).toEqual(['OK']);
  });

  test('a rate that is reached refuses before anything is looked up', async () => {
    limits.refuseRate = new LimitReached(
      'RATE_LIMITED',
      'slower',
      7,
      new Standing([{ ...RATE, remaining: 0 }]),
    );
    const answer = await world.call('/v1/algo/demo/Hello/1.2.3');
    expect([answer.status, answer.headers['retry-after'], answer.headers['ratelimit'], json(answer)]).toEqual(
      [429, '7', '"key-second";r=0;t=1', { error: { message: 'slower', code: 'RATE_LIMITED' } }],
    );
    expect([limits.log, world.resolved]).toEqual([['enter'], []]);
  });

  test('a quota that is used up refuses before the backend hears of the call', async () => {
    limits.refuseQuota = new LimitReached('QUOTA_EXCEEDED', 'no more', 60, new Standing([QUOTA]));
    const before = backend.seen.length;
    const answer = await world.call('/v1/algo/demo/Hello/1.2.3');
    expect([answer.status, answer.headers['retry-after'], answer.headers['ratelimit']]).toEqual([
      429,
      '60',
      '"key-second";r=4;t=1, "owner-day";r=4;t=60',
    ]);
    expect([backend.seen.length, world.journal.records, limits.log]).toEqual([
      before,
      [],
      ['enter', 'reserve'],
    ]);
  });

  test('counts that cannot be kept say when to come again', async () => {
    limits.refuseQuota = new RetryLater('UNAVAILABLE', 'counting anew', 2);
    const answer = await world.call('/v1/algo/demo/Hello/1.2.3');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
  });

  test.each([
    ['no credential', '/v1/algo/demo/Hello/1.2.3', { 'Content-Type': 'text/plain' }, []],
    ['no such algorithm', '/v1/algo/demo/Nothing/1.2.3', AUTHORIZED, ['enter']],
    ['no reference', '/v1/algo/demo', AUTHORIZED, ['enter']],
    ['no content type', '/v1/algo/demo/Hello/1.2.3', { Authorization: 'Simple KEY' }, ['enter']],
  ])('%s: no quota is asked', async (_why, path, headers, log) => {
    expect((await world.call(path, { headers })).status).toBeGreaterThanOrEqual(400);
    expect(limits.log).toEqual(log);
  });

  test('a body that turns out too large while it is streamed gives back what was reserved', async () => {
    const chunk = Buffer.alloc(256 * 1024);
    const body = [chunk, chunk, chunk, chunk, chunk];
    const answer = await world.call('/v1/algo/demo/Silent/1.2.3', { headers: TEXT, body });
    expect(answer.status).toBe(413);
    await over(['enter', 'reserve', 'release']);
    expect(world.journal.records).toEqual([]);
  });

  test('a call that could not be recorded gives back what was reserved', async () => {
    world.journal.fault = new Error('the disk is full');
    expect((await world.call('/v1/algo/demo/Hello/1.2.3')).status).toBe(503);
    await over(['enter', 'reserve', 'release']);
  });

  test('a call without a place at its backend gives back what was reserved', async () => {
    const bounds = { connectionsPerBackend: 1, queuePerBackend: 0 };
    const narrow = await startWorld({ 'demo/silent': admission(silent.url) }, bounds, { limits });
    const first = narrow.call('/v1/algo/demo/Silent/1.2.3?timeout=1');
    await until(() => limits.log.length === 2 && silent.seen.length > 0);
    const answers = [await narrow.call('/v1/algo/demo/Silent/1.2.3', { headers: TEXT })];
    expect(answers.map(({ status }) => status)).toEqual([503]);
    await over(['enter', 'reserve', 'enter', 'reserve', 'release']);
    await first;
    await over(['enter', 'reserve', 'enter', 'reserve', 'release', 'settle']);
    await narrow.close();
  });

  test('a call that its caller cut is used up', async () => {
    const seen = silent.seen.length;
    const cut = httpRequest(`${world.url}/v1/algo/demo/Silent/1.2.3`, {
      method: 'POST',
      headers: AUTHORIZED,
    });
    cut.on('error', () => undefined);
    cut.end('1');
    await until(() => silent.seen.length > seen);
    cut.destroy();
    await over(['enter', 'reserve', 'settle']);
    expect(world.journal.outcomes).toEqual(['CLIENT_CLOSED']);
  });

  test('a call that nobody waits for is settled at its end', async () => {
    const answer = await world.call('/v1/algo/demo/Silent/1.2.3?output=void&timeout=1');
    expect([answer.status, limits.log]).toEqual([200, ['enter', 'reserve']]);
    await over(['enter', 'reserve', 'settle']);
    expect(world.journal.outcomes).toEqual(['TIMEOUT']);
  });

  test('a replay asks no quota, and a refusal leaves its key free', async () => {
    const headers = { ...AUTHORIZED, 'Idempotency-Key': 'one' };
    const call = () => send(`${world.url}/v1/algo/demo/Hello/1.2.3`, { headers, body: '1' });
    limits.refuseQuota = new LimitReached('QUOTA_EXCEEDED', 'no more', 60, new Standing([QUOTA]));
    expect((await call()).status).toBe(429);
    limits.refuseQuota = null;
    expect((await call()).status).toBe(200);
    const replayed = await call();
    expect([replayed.headers['idempotent-replayed'], replayed.headers['ratelimit']]).toEqual([
      'true',
      '"key-second";r=4;t=1',
    ]);
    expect(limits.log).toEqual(['enter', 'reserve', 'enter', 'reserve', 'settle', 'enter']);
  });
});

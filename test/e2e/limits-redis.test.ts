import { setTimeout as pause } from 'node:timers/promises';

import type { Answer, Client } from '../builders/client';
import { answering, startBackend } from '../calls/support/http';
import { DATABASES } from '../builders/databases';
import { LimitedConsumers, limitsOf, tally, together } from '../builders/limits';
import { describeWithRedis, TestRedis } from '../builders/redis';
import type { TestServer } from '../builders/server';
import { expectSoon } from '../builders/soon';
import { World } from '../builders/world';

/** Chapter 6, "Quotas and rates", through the front doors of two replicas that count in one Redis. */

const ECHO = 'acme/echo/1.0.0';
const N = 50;

describeWithRedis.each(DATABASES)('two replicas with Redis on %s', (_name, create) => {
  let redis: TestRedis;
  let world: World;
  let second: TestServer;
  let users = 0;

  const consumer = (): Promise<Client> => world.user(`consumer${(users += 1)}`);
  const consumers = new LimitedConsumers();
  const readyz = async ({ url }: { url: string }) => (await world.anonymous.at({ url }).http('/readyz')).json;
  const statusAt = async (client: Client) => (await client.call(ECHO)).status;

  beforeAll(async () => {
    redis = await TestRedis.start();
    world = await World.start(create, { ALGOGATE_REDIS_URL: redis.url });
    second = await world.replica({ ALGOGATE_REDIS_URL: redis.url });
    await world.user('ann');
    await world.organization('acme', { admin: 'ann' });
    await world.algorithm('acme/echo');
    await world.publish('acme/echo', '1.0.0');
    await consumers.make(world);
  });
  afterAll(async () => {
    await world.stop();
    await redis.stop();
  });

  const threeADay = consumers.with({ key: { perDay: 3, perMonth: 100 } });
  test(`${N} calls at once on the last unit, at both: one is let through`, async () => {
    const otto = threeADay();
    const there = otto.at(second);
    await expectSoon(
      async () => limitsOf(await there.call('acme/echo/1.0.0', 1)).standing !== undefined,
      true,
    );
    await otto.call(ECHO);
    const answers = await together(N, (at) => (at % 2 === 0 ? otto : there).call(ECHO));
    expect(tally(answers)).toEqual({ 200: 1, 429: N - 1 });
    const [refused] = answers.filter(({ status }) => status === 429);
    expect(refused?.json).toEqual({
      error: { message: 'the quota of 3 calls a day for this key is used up', code: 'QUOTA_EXCEEDED' },
    });
    expect(refused && limitsOf(refused).standing).toBe('"key-day";r=0;t=T, "key-month";r=97;t=T');
  });

  const tenADay = consumers.with({ owner: { perDay: 10 } });
  test('what either lets through, both have counted', async () => {
    const otto = tenADay();
    const remaining: (string | undefined)[] = [];
    await expectSoon(
      async () => (await otto.at(second).call(ECHO, 1)).headers['ratelimit'] !== undefined,
      true,
    );
    for (const client of [otto, otto.at(second), otto]) {
      remaining.push(limitsOf(await client.call(ECHO)).standing);
    }
    expect(remaining).toEqual([8, 7, 6].map((left) => `"owner-day";r=${left};t=T`));
  });

  test('rates are counted together', async () => {
    const otto = await consumer();
    await world.operator.mutate('setOwnerLimits', { owner: otto.handle, perSecond: 1, burst: 4 });
    await expectSoon(
      async () => limitsOf(await otto.at(second).call(ECHO)).policy,
      '"owner-second";q=1;w=1, "owner-burst";q=3;w=30',
    );
    const answers = await together(8, (at) => (at % 2 === 0 ? otto : otto.at(second)).call(ECHO));
    // what the look before drew on may have come back
    expect([3, 4]).toContain(tally(answers)[200]);
  });

  const fourADay = consumers.with({ owner: { perDay: 4 } });
  const often = consumers.with({ owner: { perSecond: 1000 } });
  test('without Redis quotas are refused and all else is served; it comes back with its counts', async () => {
    const [bound, rated, free] = [fourADay(), often(), await consumer()];
    expect(tally([await bound.call(ECHO), await bound.call(ECHO)])).toEqual({ 200: 2 });
    expect(await readyz(world.server)).toMatchObject({ status: 'ready', redis: 'ok' });

    await redis.kill();
    await expectSoon(() => readyz(world.server), expect.objectContaining({ status: 'ready', redis: 'away' }));
    const refused = await bound.call(ECHO);
    expect([refused.status, refused.headers['retry-after'], refused.json]).toEqual([
      503,
      '1',
      { error: { message: 'quotas cannot be counted at the moment', code: 'UNAVAILABLE' } },
    ]);
    expect(await statusAt(free)).toBe(200);
    expect(limitsOf(await rated.call(ECHO))).toEqual({
      policy: '"owner-second";q=1000;w=1',
      standing: '"owner-second";r=999;t=T',
    });

    await redis.restart();
    const answers: Answer[] = [];
    while (tally(answers)[200] === undefined) {
      answers.push(await bound.call(ECHO));
      await pause(50);
    }
    // an empty Redis is not believed at once: replicas may still hold calls that the database has not
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503, 200]));
    expect(limitsOf(answers.at(-1)!).standing).toBe('"owner-day";r=1;t=T');
    expect(tally(await together(N, () => bound.call(ECHO)))).toEqual({ 200: 1, 429: N - 1 });
  });

  const fourAMonth = consumers.with({ owner: { perMonth: 4 } });
  test('counts that are lost while Redis stays are read again, when all replicas have drained', async () => {
    const otto = fourAMonth();
    await expectSoon(async () => (await otto.at(second).call(ECHO)).headers['ratelimit'] !== undefined, true);
    await otto.call(ECHO);
    await redis.command('FLUSHALL');
    const lost = await otto.call(ECHO);
    expect([lost.status, lost.headers['retry-after'], lost.json]).toEqual([
      503,
      '2',
      { error: { message: 'quotas are being counted anew', code: 'UNAVAILABLE' } },
    ]);
    const answers: Answer[] = [];
    while (tally(answers)[200] === undefined) {
      answers.push(await otto.call(ECHO));
      await pause(50);
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503, 200]));
    expect(tally(await together(N, (at) => (at % 2 === 0 ? otto : otto.at(second)).call(ECHO)))).toEqual({
      200: 1,
      429: N - 1,
    });
  });

  const eightADay = consumers.with({ owner: { perDay: 8 } });
  test('calls under way when counts are lost are counted once all the same', async () => {
    const otto = eightADay();
    await expectSoon(async () => (await otto.at(second).call(ECHO)).headers['ratelimit'] !== undefined, true);
    const used = 8 - Number(/r=(\d+)/.exec(limitsOf(await otto.call(ECHO)).standing ?? '')?.[1]);
    const waiting: (() => void)[] = [];
    const slow = await startBackend((seen, response) => {
      waiting.push(() => {
        answering('application/json', '1')(seen, response);
      });
    });
    await world.algorithm('acme/slow');
    await world.publish('acme/slow', '1.0.0', { backend: slow.url });
    const pending = together(4, (at) => (at % 2 === 0 ? otto : otto.at(second)).call('acme/slow/1.0.0'));
    await expectSoon(() => Promise.resolve(waiting.length), 4);
    await redis.command('FLUSHALL');
    // two end while what was counted is not known, and two after
    await pause(500);
    for (const finish of waiting.splice(0, 2)) finish();
    await pause(1_800);
    await expectSoon(async () => limitsOf(await otto.call(ECHO)).standing, `"owner-day";r=${3 - used};t=T`);
    for (const finish of waiting) finish();
    expect(tally(await pending)).toEqual({ 200: 4 });
    await slow.close();
    expect(tally(await together(N, (at) => (at % 2 === 0 ? otto : otto.at(second)).call(ECHO)))).toEqual({
      200: 3 - used,
      429: N - (3 - used),
    });
  });

  const hundredADay = consumers.with({ owner: { perDay: 100 } });
  test('a Redis that hangs keeps nobody waiting for long', async () => {
    const [bound, rated] = [hundredADay(), often()];
    expect([await statusAt(bound), await statusAt(rated)]).toEqual([200, 200]);
    redis.hang();
    expect(await Promise.all([statusAt(bound), statusAt(rated)])).toEqual([503, 200]);
    redis.wake();
    await expectSoon(() => statusAt(bound), 200);
  });
});

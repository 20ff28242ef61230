import { FileJournal } from '../../src/calls';
import { Database } from '../../src/database';
import { DAY_MS } from '../../src/domain/usage/granularity';
import type { Answer, Client } from '../builders/client';
import { sqliteDatabase } from '../builders/databases';
import { describeOnEachServer } from '../builders/each-server';
import { LimitedConsumers, limitsOf, prefixOf, tally, together } from '../builders/limits';
import { IS_DISTRIBUTED, startServer, type TestServer } from '../builders/server';
import { expectSoon } from '../builders/soon';
import { settle, statementsOf } from '../builders/statements';
import { World } from '../builders/world';
import { record } from '../calls/support/records';

/** Chapter 6, "Quotas and rates", through the front door, counted in the memory of one replica. */

const ECHO = 'acme/echo/1.0.0';
const N = 50;

async function fill(world: World): Promise<void> {
  await world.user('ann');
  await world.organization('acme', { admin: 'ann' });
  await world.algorithm('acme/echo');
  await world.publish('acme/echo', '1.0.0');
}

function refusalOf({ status, headers, json }: Answer) {
  return { status, type: headers['content-type'], retryAfter: headers['retry-after'], json };
}

describeOnEachServer('quotas', (world) => {
  let users = 0;
  /** A new consumer, by a key of its own. */
  const consumer = (): Promise<Client> => world().user(`consumer${(users += 1)}`);
  const limitKey = async (client: Client, limits: object): Promise<void> => {
    await world().operator.mutate('setKeyLimits', { key: prefixOf(client), ...limits });
  };
  const limitOwner = async (client: Client, limits: object): Promise<void> => {
    await world().operator.mutate('setOwnerLimits', { owner: client.handle, ...limits });
  };

  const consumers = new LimitedConsumers();

  beforeAll(async () => {
    await fill(world());
    await consumers.make(world());
  });

  const twiceADay = consumers.with({ key: { perDay: 2 } });
  test('answers say where the key stands, and refusals when to come again', async () => {
    const otto = twiceADay();
    const answers = [await otto.call(ECHO), await otto.call(ECHO)];
    expect(tally(answers)).toEqual({ 200: 2 });
    expect(answers.map(limitsOf)).toEqual([
      { policy: '"key-day";q=2;w=86400', standing: '"key-day";r=1;t=T' },
      { policy: '"key-day";q=2;w=86400', standing: '"key-day";r=0;t=T' },
    ]);
    const refused = await otto.call(ECHO);
    expect(refusalOf(refused)).toEqual({
      status: 429,
      type: 'application/json',
      retryAfter: /t=(\d+)/.exec(refused.headers['ratelimit'] as string)?.[1],
      json: {
        error: { message: 'the quota of 2 calls a day for this key is used up', code: 'QUOTA_EXCEEDED' },
      },
    });
    expect(limitsOf(refused)).toEqual({ policy: '"key-day";q=2;w=86400', standing: '"key-day";r=0;t=T' });
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(86_400);
  });

  const fourfold = consumers.with({
    key: { perDay: 5 },
    owner: { perDay: 1, perMonth: 1 },
    consumer: { algorithm: 'acme/echo', perDay: 3 },
  });
  test('each limit holds on its own, and the one that lasts longest is the one that is told', async () => {
    const otto = fourfold();
    const [first, second] = [await otto.call(ECHO), await otto.call(ECHO)];
    expect(limitsOf(first).standing).toBe(
      '"key-day";r=4;t=T, "owner-day";r=0;t=T, "owner-month";r=0;t=T, "algorithm-day";r=2;t=T',
    );
    expect(second.json).toEqual({
      error: {
        message: 'the quota of 1 calls a month for this account is used up',
        code: 'QUOTA_EXCEEDED',
      },
    });
    expect(limitsOf(second).standing).toBe(
      '"key-day";r=4;t=T, "owner-day";r=0;t=T, "owner-month";r=0;t=T, "algorithm-day";r=2;t=T',
    );
  });

  const threeADay = consumers.with({ owner: { perDay: 3 } });
  test(`${N} calls at once on the last unit: one is let through`, async () => {
    const otto = threeADay();
    await otto.call(ECHO);
    await otto.call(ECHO);
    const before = world().backend.seen.length;
    expect(tally(await together(N, () => otto.call(ECHO)))).toEqual({ 200: 1, 429: N - 1 });
    expect(world().backend.seen.length - before).toBe(1);
  });

  const onceAMonth = consumers.with({ key: { perMonth: 1 } });
  test(`${N} calls at once on a count that nobody has made yet: one is let through`, async () => {
    const otto = onceAMonth();
    expect(tally(await together(N, () => otto.call(ECHO)))).toEqual({ 200: 1, 429: N - 1 });
  });

  test('calls from before there was a quota count as well', async () => {
    const otto = await consumer();
    await otto.call(ECHO);
    await otto.call(ECHO);
    await limitOwner(otto, { perMonth: 3 });
    const answers = [await otto.call(ECHO), await otto.call(ECHO)];
    expect(answers.map(({ status }) => status)).toEqual([200, 429]);
  });

  const fourADay = consumers.with({ key: { perDay: 4 } });
  test('what is refused before it is forwarded costs nothing, and what ends badly costs as much as what ends well', async () => {
    const otto = fourADay();
    const remaining = async (call: () => Promise<Answer>) => {
      const { status } = await call();
      return [status, limitsOf(await otto.call(ECHO)).standing];
    };
    expect(await remaining(() => otto.call('acme/nothing/1.0.0'))).toEqual([404, '"key-day";r=3;t=T']);
    expect(await remaining(() => otto.call(ECHO, '{', { headers: { 'Content-Type': 'text/html' } }))).toEqual(
      [400, '"key-day";r=2;t=T'],
    );
    const once = { headers: { 'Idempotency-Key': 'one' } };
    expect(limitsOf(await otto.call(ECHO, 1, once)).standing).toBe('"key-day";r=1;t=T');
    const replayed = await otto.call(ECHO, 1, once);
    expect([replayed.headers['idempotent-replayed'], limitsOf(replayed)]).toEqual([
      'true',
      { policy: undefined, standing: undefined },
    ]);
    expect(limitsOf(await otto.call(ECHO, 1, { query: 'output=void' })).standing).toBe('"key-day";r=0;t=T');
    expect((await otto.call(ECHO)).status).toBe(429);
  });

  const never = consumers.with({ key: { perDay: 0 } });
  test('a refused call with an Idempotency-Key leaves the key free', async () => {
    const otto = never();
    const once = { headers: { 'Idempotency-Key': 'later' } };
    expect((await otto.call(ECHO, 1, once)).status).toBe(429);
    await limitKey(otto, { perDay: 1 });
    expect((await otto.call(ECHO, 1, once)).status).toBe(200);
  });

  test('the default of an algorithm bounds who has no quota of its own there', async () => {
    await world().algorithm('acme/scarce');
    await world().publish('acme/scarce', '1.0.0');
    const [otto, ida] = [await consumer(), await consumer()];
    const set = (limits: object) =>
      world().operator.mutate('setConsumerLimits', { algorithm: 'acme/scarce', ...limits });
    await set({ perDay: 1 });
    await set({ consumer: ida.handle, perDay: 2 });
    const statuses = async (client: Client, count: number) => {
      const seen: number[] = [];
      for (let at = 0; at < count; at += 1) seen.push((await client.call('acme/scarce/1.0.0')).status);
      return seen;
    };
    expect(await statuses(otto, 2)).toEqual([200, 429]);
    expect(await statuses(ida, 3)).toEqual([200, 200, 429]);
    // without one of its own the default is in force for it, and what it called counts
    await set({ consumer: ida.handle, perDay: null });
    await set({ perDay: 3 });
    expect(await statuses(ida, 2)).toEqual([200, 429]);
    expect(await statuses(otto, 3)).toEqual([200, 200, 429]);
    expect((await otto.call(ECHO)).status).toBe(200);
  });

  const onceADay = consumers.with({ key: { perDay: 1 } });
  test('pages read the headers of a browser call', async () => {
    const otto = onceADay();
    const sent = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '1' };
    const answers = [
      await otto.http(`/v1/web/algo/${ECHO}`, sent),
      await otto.http(`/v1/web/algo/${ECHO}`, sent),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 429]);
    for (const answer of answers) {
      expect(limitsOf(answer)).toEqual({ policy: '"key-day";q=1;w=86400', standing: '"key-day";r=0;t=T' });
      const exposed = String(answer.headers['access-control-expose-headers']).split(', ');
      expect(exposed).toEqual(expect.arrayContaining(['RateLimit', 'RateLimit-Policy', 'Retry-After']));
    }
  });

  test('a caller without limits is told nothing, and nothing is asked for it', async () => {
    const otto = await consumer();
    await otto.call(ECHO);
    const answers: Answer[] = [];
    const { database } = world().server.app;
    await settle(database);
    const statements = await statementsOf(database, async () => {
      answers.push(await otto.call(ECHO));
    });
    expect(answers.map(limitsOf)).toEqual([{ policy: undefined, standing: undefined }]);
    expect(statements.filter((sql) => /FROM .?limits/i.test(sql))).toEqual([]);
  });

  const wide = consumers.with({ owner: { perDay: 100, perMonth: 1000 } });
  test('a quota costs no query once its count is there', async () => {
    const otto = wide();
    const { database } = world().server.app;
    await otto.call(ECHO);
    await settle(database);
    const statements = await statementsOf(database, async () => {
      await otto.call(ECHO);
    });
    expect(statements.filter((sql) => /^SELECT.*(limits|usage_rollups|usage_pairs)/is.test(sql))).toEqual([]);
  });

  describe('rates', () => {
    test('as many at once as the burst, and then 429 with Retry-After', async () => {
      const otto = await consumer();
      await limitKey(otto, { perSecond: 1, burst: 5 });
      const answers = await together(8, () => otto.call(ECHO));
      expect(tally(answers)).toEqual({ 200: 5, 429: 3 });
      const [refused] = answers.filter(({ status }) => status === 429);
      expect(refused && refusalOf(refused)).toEqual({
        status: 429,
        type: 'application/json',
        retryAfter: '1',
        json: {
          error: {
            message: 'at most 1 requests per second are let through for this key',
            code: 'RATE_LIMITED',
          },
        },
      });
      expect(refused && limitsOf(refused)).toEqual({
        policy: '"key-second";q=1;w=1, "key-burst";q=4;w=40',
        standing: '"key-second";r=0;t=T, "key-burst";r=0',
      });
    });

    test('count requests, whatever becomes of them, and those of an owner by all its keys', async () => {
      const otto = await consumer();
      const other = await world().key(otto.handle!);
      await limitOwner(otto, { perSecond: 2 });
      const answers = await Promise.all([
        otto.call('acme/nothing/1.0.0'),
        other.call(ECHO),
        otto.call(ECHO),
        other.call(ECHO),
      ]);
      expect(tally(answers)[429]).toBe(2);
    });

    test('count resolutions, documents and exports too, with the same refusal', async () => {
      const otto = await consumer();
      await limitKey(otto, { perSecond: 1, burst: 4 });
      const resolved = [await otto.resolve(ECHO), await otto.http('/v1/packages/acme/echo')];
      expect(resolved.map(({ status }) => status)).toEqual([200, 200]);
      const standing = expect.stringMatching(/^"key-second";r=\d;t=T, "key-burst";r=\d$/) as string;
      const policy = '"key-second";q=1;w=1, "key-burst";q=3;w=30';
      expect(resolved.map(limitsOf)).toEqual([
        { policy, standing },
        { policy, standing },
      ]);
      await otto.http('/v1/calls?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z');
      const answers = await together(8, () => otto.resolve(ECHO));
      expect(tally(answers)[429]).toBeGreaterThan(0);
      const [refused] = answers.filter(({ status }) => status === 429);
      expect(refused && { ...refusalOf(refused), type: null, limits: limitsOf(refused) }).toEqual({
        status: 429,
        type: null,
        retryAfter: '1',
        json: {
          error: {
            message: 'at most 1 requests per second are let through for this key',
            code: 'RATE_LIMITED',
          },
        },
        limits: { policy, standing: '"key-second";r=0;t=T, "key-burst";r=0' },
      });
    });

    const slow = consumers.with({ key: { perSecond: 1, perDay: 10 } });
    test('a refusal by the rate tells of no quota, and costs none', async () => {
      const otto = slow();
      const answers = await together(4, () => otto.call(ECHO));
      expect(tally(answers)).toEqual({ 200: 1, 429: 3 });
      expect(answers.map(limitsOf).sort((a, b) => String(b.policy).length - String(a.policy).length)).toEqual(
        [
          {
            policy: '"key-second";q=1;w=1, "key-day";q=10;w=86400',
            standing: '"key-second";r=0;t=T, "key-day";r=9;t=T',
          },
          ...Array.from({ length: 3 }, () => ({
            policy: '"key-second";q=1;w=1',
            standing: '"key-second";r=0;t=T',
          })),
        ],
      );
      const ofDay = async (): Promise<unknown> => {
        const answer = await otto.graphql('{ viewer { quotas { period used } } }');
        const quotas = answer.at('viewer.quotas') as { period: string }[];
        return quotas.filter(({ period }) => period === 'DAY');
      };
      // without Redis a subgraph elsewhere knows of what is recorded, which the journal is about to be
      if (IS_DISTRIBUTED) await expectSoon(ofDay, [{ period: 'DAY', used: 1 }]);
      expect(await ofDay()).toEqual([{ period: 'DAY', used: 1 }]);
    });
  });

  describe('of replicas that come and go, without Redis', () => {
    let second: TestServer;
    beforeAll(async () => {
      second = await world().replica();
    });

    const shared = consumers.with({ owner: { perDay: 3 } });
    test('one counts quotas, and the other goes on where it was when it ends', async () => {
      const [otto, free] = [shared(), await consumer()];
      expect((await otto.call(ECHO)).status).toBe(200);
      const refused = await otto.at(second).call(ECHO);
      expect([refused.status, refused.json]).toEqual([
        503,
        { error: { message: 'quotas cannot be counted here at the moment', code: 'UNAVAILABLE' } },
      ]);
      expect((await free.at(second).call(ECHO)).status).toBe(200);
      expect((await world().anonymous.at(second).http('/readyz')).json).toMatchObject({
        redis: 'not configured',
      });
      expect((await otto.call(ECHO)).status).toBe(200);

      await world().server.close();
      await expectSoon(async () => (await otto.at(second).call(ECHO)).status, 200);
      expect(tally(await together(N, () => otto.at(second).call(ECHO)))).toEqual({ 429: N });
    });

    const restarted = consumers.with({ key: { perDay: 6 } });
    test('a restart goes on counting where it was, with what a killed process left in its journal', async () => {
      const otto = restarted();
      expect((await otto.at(second).call(ECHO)).status).toBe(200);
      expect((await otto.at(second).call(ECHO)).status).toBe(200);
      await second.close();

      await leaveInJournal(`${second.dataDir}/journal`, await callsOf(world(), otto, 3));
      const again = await startServer(world().database.target, {}, second.dataDir);
      const answers = [await otto.at(again).call(ECHO), await otto.at(again).call(ECHO)];
      expect(answers.map(({ status }) => status)).toEqual([200, 429]);
      await again.stop();
    });
  });
});

describe('a replica that has long to drain', () => {
  test('tells callers with a quota at once when it will have', async () => {
    const world = await World.start(sqliteDatabase);
    try {
      await fill(world);
      const otto = await world.user('otto');
      const server = await startServer(world.database.target);
      await world.server.close();
      await server.close();
      await leaveInJournal(`${server.dataDir}/journal`, await callsOf(world, otto, 20_000));
      const again = await startServer(world.database.target, {}, server.dataDir);
      await world.operator.at(again).mutate('setKeyLimits', { key: prefixOf(otto), perDay: 30_000 });
      const refused = await otto.at(again).call(ECHO);
      expect([refused.status, refused.json]).toEqual([
        503,
        { error: { message: 'quotas are being counted anew', code: 'UNAVAILABLE' } },
      ]);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(5);
      await again.stop();
    } finally {
      await world.stop();
    }
  });
});

describe('a replica whose Redis is not there', () => {
  test('starts, serves calls without quotas, refuses those with one, and ends', async () => {
    const world = await World.start(sqliteDatabase, { ALGOGATE_REDIS_URL: 'redis://127.0.0.1:1' });
    try {
      await fill(world);
      const [bound, free] = [await world.user('bound'), await world.user('free')];
      await world.operator.mutate('setOwnerLimits', { owner: 'bound', perDay: 3 });
      expect([(await free.call(ECHO)).status, (await bound.call(ECHO)).status]).toEqual([200, 503]);
      expect((await world.anonymous.http('/readyz')).json).toEqual({
        ...{ status: 'ready', server: 'ok', database: 'ok', migrations: 'ok', graph: 'ok', journal: 'ok' },
        redis: 'away',
      });
    } finally {
      await world.stop();
    }
  });
});

/** Records of calls of one key, of today, as a process writes them. */
async function callsOf({ database }: World, client: Client, count: number) {
  const opened = await Database.open(database.target);
  const [key] = await opened.reads.query<{ id: number; owner: number }[]>(
    'SELECT id, owner_id AS owner FROM api_keys WHERE prefix = ?',
    [prefixOf(client)],
  );
  await opened.close();
  const start = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  return Array.from({ length: count }, (_, at) =>
    record(`left-${at}`, { start, keyId: key!.id, principal: `owner:${key!.owner}` }),
  );
}

/** What a process leaves that wrote its records, and died before the database had them. */
async function leaveInJournal(
  directory: string,
  records: Awaited<ReturnType<typeof callsOf>>,
): Promise<void> {
  const journal = new FileJournal({
    directory,
    maxBytes: 100_000_000,
    sink: () => Promise.reject(new Error('the database is away')),
  });
  await Promise.all(records.map((one) => journal.append(one)));
  await journal.close(0);
}

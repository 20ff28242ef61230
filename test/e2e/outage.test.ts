import { setTimeout as pause } from 'node:timers/promises';

import { type Client, valueAt } from '../builders/client';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { describeOnEachServer } from '../builders/each-server';
import { type Proxy, proxyTo } from '../builders/proxy';
import { type Settings, startServer, type TestServer } from '../builders/server';
import { World } from '../builders/world';

/** Chapter 9, "Health": without its database a replica goes on with what it knows, for as long as it was told to. */
const MAX_STALENESS = { ALGOGATE_MAX_STALENESS: '3s' };

describeOnEachServer('while the database answers', (world) => {
  test('the replica lives and is ready, whoever asks', async () => {
    expect(await world().anonymous.http('/healthz')).toMatchObject({ status: 200, json: { status: 'ok' } });
    const parts = { server: 'ok', database: 'ok', migrations: 'ok', graph: 'ok', journal: 'ok' };
    expect(await world().anonymous.http('/readyz')).toMatchObject({
      status: 200,
      json: { status: 'ready', ...parts },
    });
  });
});

async function startBehindProxy(
  create: () => Promise<TestDatabase>,
  settings: Settings = {},
): Promise<{ readonly proxy: Proxy; readonly world: World }> {
  const database = await create();
  const { target } = database;
  if (target.dialect !== 'mysql') throw new Error('only MySQL has a network in between');
  const url = new URL(target.url);
  const proxy = await proxyTo({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const behind = { ...database, target: { dialect: 'mysql' as const, url: url.href } };
  return { proxy, world: await World.start(() => Promise.resolve(behind), settings) };
}

const codeOf = (answer: { readonly status: number; readonly json: unknown }) => [
  answer.status,
  valueAt(answer.json, 'error.code') ?? null,
];

/** Waits until the replica says so of its database. */
async function untilTold(client: Client, expected: string): Promise<void> {
  while (valueAt((await client.http('/readyz')).json, 'database') !== expected) await pause(20);
}

/** How many calls are in the database. */
async function recordedBy({ app }: TestServer): Promise<number> {
  const rows = await app.database.reads.query<{ n: string }[]>('SELECT COUNT(*) AS n FROM calls');
  return Number(rows[0]!.n);
}

/** A file has no network to lose. */
for (const [name, create] of DATABASES.filter(([title]) => title !== 'SQLite')) {
  describe(`while the database is away, on ${name}`, () => {
    let proxy: Proxy;
    let world: World;
    let otto: Client;
    let before: unknown;
    let documented: string;

    beforeAll(async () => {
      ({ proxy, world } = await startBehindProxy(create, MAX_STALENESS));
      otto = await world.user('otto');
      await world.organization('acme', { admin: 'otto' });
      for (const known of ['acme/known', 'acme/unasked']) {
        await world.algorithm(known);
        await world.publish(known, '1.0.0');
      }
      await world.publish('acme/known', '1.1.0', { visibility: 'PRIVATE' });
      await otto.call('acme/known', 0);
      before = (await otto.resolve('acme/known/1')).json;
      await otto.http(asOf(String(valueAt(before, 'position'))));
      documented = (await world.anonymous.http('/v1/packages/acme/known')).text;
    });

    afterAll(async () => {
      proxy.restore();
      await world.stop();
      await proxy.close();
    });

    const asOf = (moment: string, ref = 'acme/known/1'): string => `/v1/resolve/${ref}?asOf=${moment}`;
    const untilDatabaseIs = (expected: string): Promise<void> => untilTold(otto, expected);
    const recorded = (): Promise<number> => recordedBy(world.server);

    test('what is known is resolved and called from memory, all else is 503, and then everything is', async () => {
      proxy.cut();
      await untilDatabaseIs('away, serving from memory');
      expect((await otto.http('/readyz')).status).toBe(200);
      expect((await otto.resolve('acme/known/1')).json).toEqual(before);
      expect((await world.anonymous.http('/v1/packages/acme/known')).text).toBe(documented);
      expect(codeOf(await otto.http('/v1/packages/acme/known'))).toEqual([503, 'UNAVAILABLE']);
      for (let n = 0; n < 3; n += 1) expect(await otto.call('acme/known', n)).toMatchObject({ status: 200 });
      expect(codeOf(await otto.call('acme/known/latestPrivate', 1))).toEqual([200, null]);
      expect(codeOf(await world.anonymous.resolve('acme/known/1.1.0'))).toEqual([404, 'NOT_FOUND']);

      expect((await otto.http(asOf(String(valueAt(before, 'position'))))).json).toEqual(before);
      const unasked = asOf('acme@2', 'acme/unasked/1');
      for (const path of [unasked, asOf('acme@999'), asOf('2020-01-01T00:00:00Z')]) {
        expect(codeOf(await otto.http(path))).toEqual([503, 'UNAVAILABLE']);
      }
      for (const unknown of ['acme/nothing', 'nobody/nothing']) {
        expect(codeOf(await otto.resolve(unknown))).toEqual([503, 'UNAVAILABLE']);
      }
      expect(codeOf(await world.as(`agk_${'a'.repeat(43)}`).call('acme/known', 1))).toEqual([
        503,
        'UNAVAILABLE',
      ]);
      const once = { headers: { 'Idempotency-Key': 'k' } };
      expect(codeOf(await otto.call('acme/known', 1, once))).toEqual([503, 'UNAVAILABLE']);
      const writes = [
        ['publishVersion', { algorithm: 'acme/known', version: '2.0.0' }],
        ['yankVersion', { version: 'acme/known/1.0.0', reason: 'a test' }],
        ['createApiKey', { owner: 'otto' }],
      ] as const;
      for (const [mutation, input] of writes) expect(await otto.attempt(mutation, input)).toBe('UNAVAILABLE');
      const late = 'mutation { createOrganization(input: { handle: "late" }) { userErrors { code } } }';
      expect((await otto.graphql(late)).status).toBe(503);

      await untilDatabaseIs('away');
      expect(codeOf(await otto.http('/readyz'))).toEqual([503, null]);
      expect((await otto.http('/healthz')).status).toBe(200);
      expect(codeOf(await otto.resolve('acme/known/1'))).toEqual([503, 'UNAVAILABLE']);
      expect(codeOf(await otto.call('acme/known', 1))).toEqual([503, 'UNAVAILABLE']);

      proxy.restore();
      await untilDatabaseIs('ok');
      expect((await otto.resolve('acme/known/1')).json).toEqual(before);
      expect((await otto.call('acme/unasked', 1)).status).toBe(200);
      expect(await otto.attempt('yankVersion', { version: 'acme/unasked/1.0.0', reason: 'a test' })).toBe(
        'OK',
      );
      // one before, four while it was away, one after: the journal gives them all to the database
      while ((await recorded()) < 6) await pause(50);
      expect(await recorded()).toBe(6);
    });
  });

  describe(`while the database hangs, on ${name}`, () => {
    let proxy: Proxy;
    let world: World;
    let otto: Client;

    beforeEach(async () => {
      ({ proxy, world } = await startBehindProxy(create));
      otto = await world.user('otto');
      await world.organization('acme', { admin: 'otto' });
      await world.algorithm('acme/known');
      await world.publish('acme/known', '1.0.0');
      await otto.call('acme/known', 0);
      while ((await recordedBy(world.server)) < 1) await pause(20);
    });

    afterEach(async () => {
      proxy.restore();
      await world.stop();
      await proxy.close();
    });

    test('what needs it is refused, and not done when it is back', async () => {
      const known = (await otto.resolve('acme/known/1')).json;
      const from = new Date(Date.now() - 86_400_000).toISOString();
      const range = `from: "${from}", to: "${new Date().toISOString()}"`;
      const questions = [
        `{ owner(handle: "acme") { usage(${range}, granularity: DAY) { totals { calls } } } }`,
        '{ owner(handle: "acme") { members { nodes { role } } } }',
      ];
      const asked = () => [
        ...questions.map((query) => otto.graphql(query)),
        world.operator.graphql(questions[0]!),
        otto.http(`/v1/calls?owner=acme&from=${from}&to=${new Date().toISOString()}`),
        otto.call('acme/known', 1, { headers: { 'Idempotency-Key': `k${Math.random()}` } }),
        world.operator.attempt('createUser', { handle: 'late' }),
        otto.attempt('createAlgorithm', { owner: 'acme', name: 'late' }),
      ];
      const statusOf = (answer: unknown) =>
        typeof answer === 'string'
          ? answer
          : (valueAt(answer, 'json.errors.0.extensions.code') ?? valueAt(answer, 'status'));
      const [away, status] = ['UNAVAILABLE', 503];
      const refused = [away, away, away, status, status, away, away];
      proxy.hang();
      const early = Promise.all(asked());
      expect((await early).map(statusOf)).toEqual(refused);
      await untilTold(otto, 'away, serving from memory');
      expect((await Promise.all(asked())).map(statusOf)).toEqual(refused);
      expect((await otto.resolve('acme/known/1')).json).toEqual(known);
      expect((await otto.call('acme/known', 1)).status).toBe(200);

      proxy.restore();
      await untilTold(otto, 'ok');
      const { database } = world.server.app;
      while (database.pools.some(({ inUse, waiting }) => inUse + waiting > 0)) await pause(20);
      expect(await database.reads.query("SELECT 1 FROM owners WHERE handle = 'late'")).toEqual([]);
      expect(await database.reads.query("SELECT 1 FROM algorithms WHERE name = 'late'")).toEqual([]);
      expect(await world.operator.attempt('createUser', { handle: 'late' })).toBe('OK');
      while ((await recordedBy(world.server)) < 2) await pause(20);
      expect(await recordedBy(world.server)).toBe(2);
    });

    test('the replica stops all the same, and the next one records what this one could not', async () => {
      await otto.call('acme/known', 1);
      proxy.hang();
      expect(codeOf(await otto.call('acme/known', 2))).toEqual([200, null]);
      await untilTold(otto, 'away, serving from memory');
      await world.server.close();

      proxy.restore();
      const next = await startServer(world.database.target, {}, world.server.dataDir);
      while ((await recordedBy(next)) < 3) await pause(20);
      expect(await recordedBy(next)).toBe(3);
      await next.close();
    });
  });
}

import type { Client } from '../builders/client';
import { valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { prefixOf } from '../builders/limits';
import { IS_DISTRIBUTED } from '../builders/server';
import { expectSoon } from '../builders/soon';
import { settle, statementsOf } from '../builders/statements';
import { ledgerOf, type LedgerLine } from '../builders/tables';
import type { World } from '../builders/world';

/** Chapter 6, "Quotas and rates": who sets limits, who sees them, and what the ledger keeps. */

const QUOTAS = `{ viewer { quotas { scope algorithm { ref } period limit used remaining } } }`;
const LIMITS = `query ($owner: String!, $ref: String!) {
  owner(handle: $owner) { limits { perSecond burst perDay perMonth keys { key perSecond burst perDay perMonth } } }
  algorithm(ref: $ref) { consumerLimits { nodes { consumer { handle } perDay perMonth } } }
}`;

async function limitsEntries(world: World, handle: string): Promise<LedgerLine[]> {
  return (await ledgerOf(world, handle)).filter(({ action }) => action === 'limits.set');
}

describeOnEachServer('administration of limits', (world) => {
  const people: Record<string, Client> = {};
  let teamKey: Client;

  beforeAll(async () => {
    for (const handle of ['ada', 'max', 'mia', 'eve']) people[handle] = await world().user(handle);
    await world().organization('acme', { admin: 'ada', members: { max: 'MAINTAINER', mia: 'MEMBER' } });
    await world().algorithm('acme/open');
    await world().publish('acme/open', '1.0.0');
    await world().algorithm('acme/hidden');
    await world().publish('acme/hidden', '1.0.0', { permissions: { visibility: 'PRIVATE' } });
    teamKey = await world().key('acme');
    people['reader'] = await world().key('ada', { scopes: ['read'] });
    people['team'] = await world().key('acme');
    people['operator'] = world().operator;
    people['anonymous'] = world().anonymous;
  });

  describe.each([
    ['setKeyLimits', () => ({ key: prefixOf(teamKey), perDay: 5 })],
    ['setConsumerLimits', () => ({ algorithm: 'acme/open', consumer: 'eve', perDay: 5 })],
    ['setConsumerLimits', () => ({ algorithm: 'acme/hidden', perDay: 5 })],
    ['setOwnerLimits', () => ({ owner: 'acme', perDay: 500 })],
  ] as const)('%s', (mutation, input) => {
    test('is for those who may administer', async () => {
      const byWhom = async (who: string) => [who, await people[who]!.attempt(mutation, input())];
      const outcomes = [];
      for (const who of ['anonymous', 'eve', 'mia', 'max', 'reader', 'ada', 'team', 'operator']) {
        outcomes.push(await byWhom(who));
      }
      expect(Object.fromEntries(outcomes)).toEqual(
        EXPECTED[`${mutation} ${Object.values(input())[0]}`] ?? EXPECTED[mutation],
      );
    });
  });

  test('a key does not loosen its own limits', async () => {
    const input = { key: prefixOf(teamKey), perDay: null };
    expect(await teamKey.attempt('setKeyLimits', input)).toBe('FORBIDDEN');
    expect(await people['team']!.attempt('setKeyLimits', input)).toBe('OK');
  });

  test.each([
    ['setKeyLimits', { key: 'agk_nothing1', perDay: 1 }, 'NOT_FOUND', ['key']],
    ['setOwnerLimits', { owner: 'nobody', perDay: 1 }, 'NOT_FOUND', ['owner']],
    ['setOwnerLimits', { owner: 'eve', perDay: -1 }, 'INVALID_INPUT', ['perDay']],
    ['setOwnerLimits', { owner: 'eve', burst: 3 }, 'INVALID_INPUT', ['burst']],
    ['setOwnerLimits', { owner: 'eve', perSecond: 5, burst: 3 }, 'INVALID_INPUT', ['burst']],
    ['setOwnerLimits', { owner: 'eve', perSecond: 1, burst: 250_000 }, 'INVALID_INPUT', ['burst']],
    ['setConsumerLimits', { algorithm: 'acme', perDay: 1 }, 'INVALID_INPUT', ['algorithm']],
    ['setConsumerLimits', { algorithm: 'acme/nothing', perDay: 1 }, 'NOT_FOUND', null],
    [
      'setConsumerLimits',
      { algorithm: 'acme/open', consumer: 'nobody', perDay: 1 },
      'NOT_FOUND',
      ['consumer'],
    ],
  ])('%s %j is refused with %s', async (mutation, input, code, field) => {
    const answer = await world().operator.mutation(mutation, input, '');
    expect(answer.at(`${mutation}.userErrors`)).toEqual([{ code, message: expect.any(String), field }]);
  });

  test.each([
    ['setKeyLimits', { key: 'k'.repeat(80_000) }, `API key ${'k'.repeat(100)} not found`],
    ['setOwnerLimits', { owner: 'o'.repeat(80_000) }, `owner ${'o'.repeat(100)} not found`],
    [
      'setConsumerLimits',
      { algorithm: 'acme/open', consumer: 'c'.repeat(80_000) },
      `owner ${'c'.repeat(100)} not found`,
    ],
  ])('%s repeats no more of what was sent than a name can be long', async (mutation, input, message) => {
    const answer = await world().operator.mutation(mutation, { ...input, perDay: 1 }, '');
    expect(answer.at(`${mutation}.userErrors.0.message`)).toBe(message);
  });

  test('each change is one entry of the private chain, and what changes nothing is none', async () => {
    const { operator } = world();
    const before = [await limitsEntries(world(), 'acme'), await limitsEntries(world(), 'eve')].map(
      ({ length }) => length,
    );
    await operator.mutate('setOwnerLimits', { owner: 'eve', perSecond: 10, burst: 20 });
    await operator.mutate('setOwnerLimits', { owner: 'eve', perSecond: 10 });
    await people['ada']!.mutate('setConsumerLimits', {
      algorithm: 'acme/open',
      consumer: 'Mia',
      perMonth: 9,
    });
    await people['ada']!.mutate('setConsumerLimits', {
      algorithm: 'acme/open',
      consumer: 'mia',
      perMonth: 9,
    });
    const of = async (handle: string, from: number) => (await limitsEntries(world(), handle)).slice(from);
    expect(await of('eve', before[1] ?? 0)).toEqual([
      { chain: 'private', action: 'limits.set', subject: 'eve', actor: 'operator' },
    ]);
    expect(await of('acme', before[0] ?? 0)).toEqual([
      {
        chain: 'private',
        action: 'limits.set',
        subject: 'acme/open',
        actor: `user:ada key:${prefixOf(people['ada']!)}`,
      },
    ]);
    const [row] = await world().server.app.database.reads.query<{ change: string }[]>(
      `SELECT e.change_json AS \`change\` FROM ledger_entries e JOIN owners o ON o.id = e.owner_id
        WHERE o.handle_key = 'eve' AND e.action = 'limits.set' ORDER BY e.at DESC LIMIT 1`,
    );
    const none = { burst: null, perDay: null, perMonth: null, perSecond: null };
    expect(JSON.parse(row?.change ?? '')).toEqual({
      consumerId: expect.any(Number),
      limits: { ...none, perSecond: 10, burst: 20 },
      previous: none,
    });
    await operator.mutate('setOwnerLimits', { owner: 'eve', perSecond: null });
  });

  test('who was demoted sets none any more', async () => {
    const dan = await world().user('dan');
    await world().operator.mutate('setMember', { organization: 'acme', user: 'dan', role: 'ADMIN' });
    const input = { algorithm: 'acme/open', consumer: 'dan', perDay: 5 };
    expect(await dan.attempt('setConsumerLimits', input)).toBe('OK');
    await world().operator.mutate('setMember', { organization: 'acme', user: 'dan', role: 'MAINTAINER' });
    expect(await dan.attempt('setConsumerLimits', { ...input, perDay: 6 })).toBe('FORBIDDEN');
  });

  test('what was set is seen by those who may administer, and by nobody else', async () => {
    const { operator } = world();
    await operator.mutate('createOrganization', { handle: 'bolt', admin: 'ada' });
    await world().algorithm('bolt/open');
    await world().publish('bolt/open', '1.0.0');
    const key = await world().key('bolt');
    await operator.mutate('setOwnerLimits', { owner: 'bolt', perMonth: 1000 });
    await operator.mutate('setKeyLimits', { key: prefixOf(key), perSecond: 2 });
    await operator.mutate('setConsumerLimits', { algorithm: 'bolt/open', perDay: 10 });
    await operator.mutate('setConsumerLimits', { algorithm: 'bolt/open', consumer: 'Eve', perDay: 20 });
    const seenBy = async (client: Client) =>
      (await client.graphql(LIMITS, { owner: 'bolt', ref: 'bolt/open' })).data;
    const all = {
      owner: {
        limits: {
          ...{ perSecond: null, burst: null, perDay: null, perMonth: 1000 },
          keys: [{ key: prefixOf(key), perSecond: 2, burst: null, perDay: null, perMonth: null }],
        },
      },
      algorithm: {
        consumerLimits: {
          nodes: [
            { consumer: null, perDay: 10, perMonth: null },
            { consumer: { handle: 'eve' }, perDay: 20, perMonth: null },
          ],
        },
      },
    };
    const nothing = { owner: { limits: null }, algorithm: { consumerLimits: null } };
    for (const client of [people['ada']!, key, operator]) expect(await seenBy(client)).toEqual(all);
    for (const client of [people['eve']!, people['mia']!, people['reader']!, world().anonymous]) {
      expect(await seenBy(client)).toEqual(nothing);
    }
  });

  test('nor by a key that it makes', async () => {
    const input = { owner: 'acme', scopes: [] };
    expect(await teamKey.attempt('createApiKey', input)).toBe('OK');
    await people['team']!.mutate('setKeyLimits', { key: prefixOf(teamKey), perDay: 5 });
    expect(await teamKey.attempt('createApiKey', input)).toBe('FORBIDDEN');
    expect(await people['team']!.attempt('createApiKey', input)).toBe('OK');
    await people['team']!.mutate('setKeyLimits', { key: prefixOf(teamKey), perDay: null });
    expect(await teamKey.attempt('createApiKey', input)).toBe('OK');
  });

  test('a page of consumers goes on where the last one ended', async () => {
    await world().algorithm('acme/paged');
    await world().publish('acme/paged', '1.0.0');
    const set = (limits: object) =>
      world().operator.mutate('setConsumerLimits', { algorithm: 'acme/paged', ...limits });
    await set({ perDay: 1 });
    for (const consumer of ['mia', 'eve']) await set({ consumer, perDay: 2 });
    await set({ consumer: 'max', perDay: 3 });
    await set({ consumer: 'max', perDay: null });
    const query = `query ($after: String) { algorithm(ref: "acme/paged") { consumerLimits(first: 2, after: $after) {
      nodes { consumer { handle } } pageInfo { hasNextPage endCursor } } } }`;
    const page = async (after: unknown) => {
      const answer = await world().operator.graphql(query, { after });
      return [
        valueAt(answer.data, 'algorithm.consumerLimits.nodes'),
        valueAt(answer.data, 'algorithm.consumerLimits.pageInfo'),
      ] as const;
    };
    const [first, { endCursor }] = (await page(null)) as [unknown, { endCursor: string }];
    expect(first).toEqual([{ consumer: null }, { consumer: { handle: 'eve' } }]);
    expect(await page(endCursor)).toEqual([
      [{ consumer: { handle: 'mia' } }],
      { hasNextPage: false, endCursor: expect.any(String) },
    ]);
  });

  describe('viewer.quotas', () => {
    test('tells a consumer of all its limits, and of no algorithm that it may not know of', async () => {
      const { operator } = world();
      const carl = await world().user('carl');
      await operator.mutate('setKeyLimits', { key: prefixOf(carl), perSecond: 5, burst: 10, perDay: 100 });
      await operator.mutate('setOwnerLimits', { owner: 'carl', perMonth: 1000 });
      await operator.mutate('setConsumerLimits', { algorithm: 'acme/open', consumer: 'carl', perDay: 7 });
      await operator.mutate('setConsumerLimits', { algorithm: 'acme/hidden', consumer: 'carl', perDay: 7 });
      expect((await carl.call('acme/open/1.0.0')).status).toBe(200);
      if (IS_DISTRIBUTED) {
        // without Redis a subgraph elsewhere knows of what is recorded, which the journal is about to be
        const used = async () => (await carl.graphql(QUOTAS)).at('viewer.quotas.0.used');
        await expectSoon(used, 1);
      }
      const quotas = (await carl.graphql(QUOTAS)).at('viewer.quotas') as { period: string }[];
      const rate = quotas.find(({ period }) => period === 'SECOND');
      // the second may be over by now
      const standing = {
        ...{ scope: 'KEY', algorithm: null, period: 'SECOND', limit: 10 },
        used: expect.any(Number),
        remaining: expect.any(Number),
      };
      // rates are counted in the memory of the gateway, of which a subgraph elsewhere knows nothing
      expect(rate).toEqual(IS_DISTRIBUTED ? undefined : standing);
      const quota = (scope: string, period: string, limit: number, algorithm: object | null = null) => ({
        ...{ scope, algorithm, period, limit, used: 1, remaining: limit - 1 },
      });
      expect(quotas.filter((one) => one !== rate)).toEqual([
        quota('KEY', 'DAY', 100),
        quota('OWNER', 'MONTH', 1000),
        quota('ALGORITHM', 'DAY', 7, { ref: 'acme/open' }),
      ]);
    });

    test('does not let private algorithms crowd out those that one sees, nor show that they are there', async () => {
      const [kim, lea] = [await world().user('kim'), await world().user('lea')];
      await world().organization('crowd', { admin: 'ada' });
      for (let at = 0; at < 101; at += 1) {
        await world().algorithm(`crowd/private${at}`);
        const quota = { algorithm: `crowd/private${at}`, consumer: 'kim', perDay: 7 };
        await world().operator.mutate('setConsumerLimits', quota);
      }
      for (const [name, permissions] of [
        ['listed', { visibility: 'PUBLIC' }],
        ['granted', { visibility: 'PRIVATE' }],
      ] as const) {
        await world().algorithm(`crowd/${name}`);
        await world().publish(`crowd/${name}`, '1.0.0', { permissions });
      }
      for (const user of ['kim', 'lea']) {
        await world().grant('crowd/granted/1', user);
        for (const name of ['listed', 'granted']) {
          const quota = { algorithm: `crowd/${name}`, consumer: user, perDay: 7 };
          await world().operator.mutate('setConsumerLimits', quota);
        }
      }
      const seenBy = async (client: Client) =>
        ((await client.graphql(QUOTAS)).at('viewer.quotas') as { algorithm: { ref: string } }[]).map(
          ({ algorithm }) => algorithm.ref,
        );
      for (const client of [kim, lea]) {
        expect(await seenBy(client)).toEqual(['crowd/listed']);
        expect((await client.call('crowd/granted/1.0.0')).status).toBe(200);
        await expectSoon(() => seenBy(client), ['crowd/granted', 'crowd/listed']);
      }
      const { database } = world().server.app;
      await settle(database);
      const costs = async (client: Client) => {
        await seenBy(client);
        return statementsOf(database, () => seenBy(client));
      };
      expect(await costs(kim)).toEqual(await costs(lea));
      // cold as well
      const [moe, nia] = [await world().user('moe'), await world().user('nia')];
      for (let at = 0; at < 20; at += 1) {
        await world().algorithm(`crowd/cold${at}`);
        const quota = { algorithm: `crowd/cold${at}`, consumer: 'moe', perDay: 7 };
        await world().operator.mutate('setConsumerLimits', quota);
      }
      await settle(database);
      expect(await statementsOf(database, () => moe.graphql(QUOTAS))).toEqual(
        await statementsOf(database, () => nia.graphql(QUOTAS)),
      );
    });

    test('tells of the default of an algorithm once it was called', async () => {
      const dora = await world().user('dora');
      await world().algorithm('acme/common');
      await world().publish('acme/common', '1.0.0');
      await world().operator.mutate('setConsumerLimits', { algorithm: 'acme/common', perMonth: 50 });
      expect((await dora.graphql(QUOTAS)).at('viewer.quotas')).toEqual([]);
      expect((await dora.call('acme/common/1.0.0')).status).toBe(200);
      await expectSoon(
        async () => (await dora.graphql(QUOTAS)).at('viewer.quotas'),
        [
          {
            ...{ scope: 'ALGORITHM', algorithm: { ref: 'acme/common' }, period: 'MONTH', limit: 50 },
            ...{ used: 1, remaining: 49 },
          },
        ],
      );
    });

    test('is null for a key that may not read, and empty for the operator', async () => {
      const caller = await world().key('ada', { scopes: ['call'] });
      expect((await caller.graphql(QUOTAS)).data).toEqual({ viewer: { quotas: null } });
      expect((await world().operator.graphql(QUOTAS)).data).toEqual({ viewer: { quotas: [] } });
      expect((await world().anonymous.graphql(QUOTAS)).data).toEqual({ viewer: null });
    });
  });
});

const ADMINS = { ada: 'OK', team: 'OK', operator: 'OK' };
const SEEN = { anonymous: 'UNAUTHENTICATED', mia: 'FORBIDDEN', max: 'FORBIDDEN', reader: 'FORBIDDEN' };

/** What each mutation is answered with, by who asks for it. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // keys of an organisation are known to its admins alone
  setKeyLimits: {
    ...SEEN,
    eve: 'NOT_FOUND',
    mia: 'NOT_FOUND',
    max: 'NOT_FOUND',
    reader: 'NOT_FOUND',
    ...ADMINS,
  },
  'setConsumerLimits acme/open': { ...SEEN, eve: 'FORBIDDEN', ...ADMINS },
  'setConsumerLimits acme/hidden': { ...SEEN, eve: 'NOT_FOUND', ...ADMINS },
  setOwnerLimits: { ...SEEN, eve: 'FORBIDDEN', ada: 'FORBIDDEN', team: 'FORBIDDEN', operator: 'OK' },
};

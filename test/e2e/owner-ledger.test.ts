import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { settle, statementsOf } from '../builders/statements';

/** Chapter 7, "The ledger": the audit trail of an owner, for its admins. */

const FIELDS = 'position at actor action subject change hash previousHash';
const LEDGER = `query ($owner: String!, $first: Int, $after: String, $action: String, $subject: String) {
  owner(handle: $owner) { ledger(first: $first, after: $after, action: $action, subject: $subject) {
    nodes { ${FIELDS} } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
} } }`;

interface Shown {
  readonly position: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly change: unknown;
  readonly hash: string;
  readonly previousHash: string | null;
}

interface Shows {
  readonly nodes: readonly Shown[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

describeOnEachServer('Owner.ledger', (world) => {
  let ann: Client;
  const clients: Record<string, Client> = {};

  beforeAll(async () => {
    for (const handle of ['ann', 'mia', 'max', 'otto']) clients[handle] = await world().user(handle);
    ann = clients['ann']!;
    await world().organization('Acme', { admin: 'ann', members: { max: 'MAINTAINER', mia: 'MEMBER' } });
    await ann.mutate('createAlgorithm', { owner: 'acme', name: 'Detect' });
    await ann.mutate('createAlgorithm', { owner: 'acme', name: 'Detect2' });
    await world().publish('acme/detect', '1.0.0', { by: ann });
    await world().publish('acme/detect', '2.0.0', { by: ann, permissions: {}, visibility: 'PRIVATE' });
    await world().yank('acme/detect/1.0.0');
    clients['operator'] = world().operator;
    clients['anonymous'] = world().anonymous;
    clients['the organization'] = await world().key('acme');
    clients['an admin, by a key that reads'] = await world().key('ann', { scopes: ['read'] });
    clients['an admin, by a key for one algorithm'] = await world().key('ann', {
      scopes: ['admin:acme/detect'],
    });
  });

  const ask = async (variables: object, by = ann): Promise<Shows | null> => {
    const answer = await by.graphql(LEDGER, { owner: 'acme', ...variables });
    expect(answer.errors).toEqual([]);
    return answer.at('owner.ledger') as Shows | null;
  };
  const shown = async (variables: object = {}, by = ann): Promise<string[]> =>
    ((await ask(variables, by))?.nodes ?? []).map(
      ({ position, action, subject }) => `${position} ${action} ${subject}`,
    );

  const ALL = [
    'Acme@3 version.yanked Acme/Detect/1.0.0',
    'Acme@2 version.published Acme/Detect/2.0.0',
    'Acme@2 build.registered Acme/Detect',
    'Acme@2 version.published Acme/Detect/1.0.0',
    'Acme@1 build.registered Acme/Detect',
    'Acme@1 algorithm.created Acme/Detect2',
    'Acme@1 algorithm.created Acme/Detect',
  ];

  test('has both chains, the newest first, each with the position that it made', async () => {
    const lines = await shown({ first: 100 });
    expect(
      lines.filter((line) => /Detect/.test(line)).map((line) => line.replace(/\+\d+|\/[0-9a-f]{40}$/g, '')),
    ).toEqual(ALL);
    expect(lines.at(-1)).toBe('Acme@1 organization.created Acme');
    const privately = lines.map((line) => /\+(\d+)/.exec(line)?.[1]).filter((m) => m !== undefined);
    expect(privately.map(Number)).toEqual(privately.map((_, at) => privately.length - at));
  });

  test('says who did what, with which key, and what no secret is', async () => {
    const { nodes = [] } = (await ask({ action: 'version.yanked' })) ?? {};
    expect(nodes).toEqual([
      {
        position: 'Acme@3',
        at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        actor: 'operator',
        action: 'version.yanked',
        subject: 'Acme/Detect/1.0.0',
        change: expect.objectContaining({ version: '1.0.0', reason: 'a test' }) as object,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        previousHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    ]);
    const everything = JSON.stringify([await ask({ first: 100 }), await ask({ owner: 'ann' })]);
    expect(everything).toMatch(/user:ann key:/);
    for (const { key } of Object.values(clients)) if (key !== null) expect(everything).not.toContain(key);
  });

  test.each([
    ['the operator', 'operator', true],
    ['an admin', 'ann', true],
    ['the organization', 'the organization', true],
    ['a maintainer', 'max', false],
    ['a member', 'mia', false],
    ['an outsider', 'otto', false],
    ['nobody', 'anonymous', false],
    ['an admin, by a key that reads', 'an admin, by a key that reads', false],
    ['an admin, by a key for one algorithm', 'an admin, by a key for one algorithm', false],
  ] as const)('for %s', async (_who, client, isShown) => {
    expect((await shown({ first: 100 }, clients[client])).length > 0).toBe(isShown);
    if (!isShown) expect(await ask({}, clients[client])).toBeNull();
  });

  test('of a user is for itself; of who is not there, as of who is not theirs', async () => {
    expect(await shown({ owner: 'otto' }, clients['otto'])).toHaveLength(2);
    expect(await ask({ owner: 'otto' }, ann)).toBeNull();
    const missing = await ann.graphql(LEDGER, { owner: 'nobody-at-all' });
    expect([missing.errors[0]?.code, missing.at('owner')]).toEqual(['NOT_FOUND', null]);
  });

  test('filters by action, and by subject with what is below it, in whatever case', async () => {
    expect(await shown({ action: 'build.registered' })).toHaveLength(2);
    expect(await shown({ action: 'build' })).toEqual([]);
    const actions = async (variables: object) => (await shown(variables)).map((line) => line.split(' ')[1]);
    const ofDetect = [
      'version.yanked',
      'version.published',
      'build.registered',
      'version.published',
      'build.registered',
      'algorithm.created',
    ];
    expect(await actions({ subject: 'ACME/detect' })).toEqual(ofDetect);
    expect(await actions({ subject: 'Acme/Detect/1.0.0' })).toEqual(['version.yanked', 'version.published']);
    expect(await actions({ subject: 'acme/detect', action: 'version.yanked' })).toEqual(['version.yanked']);
    expect(await actions({ subject: 'acme/det' })).toEqual([]);
    expect(await actions({ subject: "%' OR 1=1 --" })).toEqual([]);
    expect(await shown({ subject: 'acme', first: 100 })).toEqual(await shown({ first: 100 }));
  });

  test('comes in pages, which together are all of it, whatever is written meanwhile', async () => {
    const all = await shown({ first: 100 });
    const paged: string[] = [];
    let after: string | null = null;
    for (let pages = 1; ; pages += 1) {
      const page: Shows | null = await ask({ first: 3, after });
      paged.push(
        ...(page?.nodes ?? []).map(({ position, action, subject }) => `${position} ${action} ${subject}`),
      );
      if (pages === 1) await ann.mutate('updateAlgorithm', { algorithm: 'acme/detect2', summary: 'new' });
      if (page?.pageInfo.hasNextPage !== true) break;
      after = page.pageInfo.endCursor;
    }
    expect(paged).toEqual(all);
  });

  test.each([
    [{ first: 0 }, 'INVALID_INPUT'],
    // what the limits of the graph refuse before
    [{ first: 101 }, 'QUERY_TOO_COMPLEX'],
    [{ after: 'nonsense' }, 'INVALID_INPUT'],
    [{ after: Buffer.from('k:acme').toString('base64url') }, 'INVALID_INPUT'],
  ])('refuses the page %j: %s', async (variables, code) => {
    const answer = await ann.graphql(LEDGER, { owner: 'acme', ...variables });
    expect([answer.errors[0]?.code, answer.at('owner.ledger') ?? null]).toEqual([code, null]);
  });

  test('of many owners costs what it costs of few', async () => {
    for (let at = 0; at < 12; at += 1) await world().organization(`org${at}`, { admin: 'ann' });
    const client = await world().key('ann');
    const { database } = world().server.app;
    const query = (filter: string) =>
      `{ viewer { organizations { ledger(first: 2${filter}) { nodes { position } } } } }`;
    const few = `{ a: owner(handle: "acme") { ledger(first: 2) { nodes { position } } } }`;
    const filtered = `{ a: owner(handle: "acme") { ledger(first: 2, action: "none") { nodes { position } } } }`;
    for (const warm of [query(''), few]) expect((await client.graphql(warm)).errors).toEqual([]);
    await settle(database);
    const count = async (asked: string) =>
      (await statementsOf(database, () => client.graphql(asked))).filter((sql) => /ledger_entries/.test(sql))
        .length;
    expect([await count(few), await count(query(''))]).toEqual([1, 1]);
    expect([await count(filtered), await count(query(', action: "none"'))]).toEqual([2, 2]);
  });
});

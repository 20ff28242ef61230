import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ANONYMOUS, type KeyFacts, OPERATOR, type Principal } from '../../src/domain/principal';
import { parseScope } from '../../src/domain/scopes';
import type { Client } from '../builders/client';
import { valueAt } from '../builders/client';
import { DATABASES } from '../builders/databases';
import { OPERATOR_KEY } from '../builders/server';
import { openSubgraph, type TestSubgraph } from '../builders/subgraphs';
import { World } from '../builders/world';

/** Chapter 5, "Two ways to run" and "Identity travels": a subgraph in a process of its own, as a gateway asks it. */

const SDL = '{ _service { sdl } }';
const REFUSED = {
  errors: [{ message: 'the token is not valid here', extensions: { code: 'UNAUTHENTICATED' } }],
};
const LATE = {
  data: null,
  errors: [{ message: 'the credential is not valid', extensions: { code: 'UNAUTHENTICATED' } }],
};

describe.each(DATABASES)('a subgraph by itself on %s', (_name, create) => {
  let world: World;
  let registry: TestSubgraph;
  let ids = new Map<string, number>();

  beforeAll(async () => {
    world = await World.start(create);
    registry = await openSubgraph('registry', world.database);
    for (const name of ['ann', 'mia', 'sue']) await world.user(name);
    await world.organization('acme', { admin: 'ann', members: { mia: 'MEMBER', sue: 'MEMBER' } });
    await world.algorithm('acme/secret');
    await world.publish('acme/secret', '1.0.0', { permissions: { visibility: 'PRIVATE' } });
    const rows: { id: number; handle: string }[] = await world.server.app.database.reads.query(
      'SELECT id, handle FROM owners',
    );
    ids = new Map(rows.map(({ id, handle }) => [handle, Number(id)]));
  });
  afterAll(async () => {
    await registry.stop();
    await world.stop();
  });

  /** As a gateway knows who came by a key, except that it takes the key to have these scopes. */
  async function bearerOf(client: Client, scopes: readonly string[] = []): Promise<Principal> {
    const prefix = (client.key ?? '').slice(0, 12);
    const [{ id } = { id: 0 }]: { id: number }[] = await world.server.app.database.reads.query(
      'SELECT id FROM api_keys WHERE prefix = ?',
      [prefix],
    );
    const key: KeyFacts = { id: Number(id), prefix, scopes: scopes.map(parseScope) };
    const owner = { id: ids.get(client.handle ?? '') ?? 0, handle: client.handle ?? '' };
    return { kind: 'user', owner, key, roles: new Map([[ids.get('acme') ?? 0, 'ADMIN']]) };
  }

  const secret = async (principal: Principal): Promise<unknown> =>
    registry.ask(principal, '{ algorithm(ref: "acme/secret") { ref } }');
  const SEEN = { data: { algorithm: { ref: 'acme/secret' } } };
  const HIDDEN = {
    data: { algorithm: null },
    errors: [
      {
        message: 'algorithm algo://acme/secret not found',
        path: ['algorithm'],
        extensions: { code: 'NOT_FOUND' },
      },
    ],
  };

  test.each<readonly [string, () => Promise<Record<string, string>>]>([
    ['nothing', () => Promise.resolve({})],
    ['the key of the operator', () => Promise.resolve({ authorization: `Bearer ${OPERATOR_KEY}` })],
    ['an API key', async () => ({ authorization: `Simple ${(await world.key('ann')).key}` })],
    [
      'a token made out to another subgraph',
      async () => ({ authorization: `Bearer ${await registry.token(OPERATOR, 'access')}` }),
    ],
    [
      'a token of two minutes ago',
      async () => ({
        authorization: `Bearer ${await registry.token(OPERATOR, 'registry', Date.now() - 120_000)}`,
      }),
    ],
    [
      'a token as another scheme',
      async () => ({ authorization: `Simple ${await registry.token(OPERATOR)}` }),
    ],
  ])('whoever comes with %s is told nothing, not even the schema', async (_what, headersOf) => {
    const headers = await headersOf();
    for (const body of [{ query: SDL }, 'no JSON', { query: '{ nonsense }' }]) {
      const { status, json, headers: said } = await registry.post(body, headers);
      expect({ status, json, asks: said.get('www-authenticate') }).toEqual({
        status: 401,
        json: REFUSED,
        asks: 'Bearer',
      });
    }
  });

  test('a gateway is given the schema that is committed', async () => {
    const sdl = readFileSync(join(__dirname, '../../schema/registry.graphql'), 'utf8');
    expect(await registry.ask(ANONYMOUS, SDL)).toEqual({ data: { _service: { sdl } } });
  });

  test('entities are given by their keys', async () => {
    const query = `{ _entities(representations: [
      { __typename: "Owner", handle: "acme" }, { __typename: "Owner", handle: "nobody" }
    ]) { ... on Owner { handle kind } } }`;
    expect(await registry.ask(ANONYMOUS, query)).toEqual({
      data: { _entities: [{ handle: 'acme', kind: 'ORGANIZATION' }, null] },
    });
  });

  test('a reference that is none costs no other one', async () => {
    await world.algorithm('acme/open');
    await world.publish('acme/open', '1.0.0');
    const answer = (await registry.ask(
      ANONYMOUS,
      `{ _entities(representations: [
        { __typename: "Version", ref: "acme/open" }, { __typename: "Version", ref: "acme/open/1.0.0" },
        { __typename: "Version", ref: 5 }, { __typename: "Version", ref: "acme/secret/1.0.0" }
        { __typename: "Algorithm", ref: "" }, { __typename: "Algorithm", ref: "acme/open" }
      ]) { ... on Version { ref } ... on Algorithm { ref } } }`,
    )) as { data: unknown; errors: { path: unknown; extensions: { code: string } }[] };
    expect(answer.data).toEqual({
      _entities: [null, { ref: 'acme/open/1.0.0' }, null, null, null, { ref: 'acme/open' }],
    });
    expect(answer.errors.map(({ path, extensions: { code } }) => [path, code])).toEqual([
      [['_entities', 0], 'INVALID_INPUT'],
      [['_entities', 2], 'INVALID_INPUT'],
      [['_entities', 4], 'INVALID_INPUT'],
    ]);
  });

  test.each([
    ['no JSON', '{', 400, 'INVALID_INPUT', 'the request is malformed'],
    ['a batch', [{ query: SDL }], 400, 'INVALID_INPUT', 'the body is not one GraphQL request'],
    ['no query', {}, 400, 'INVALID_INPUT', 'the body is not one GraphQL request'],
    [
      'what does not parse',
      { query: '{' },
      400,
      'INVALID_INPUT',
      'Syntax Error: Expected Name, found <EOF>.',
    ],
    [
      'what is not of its schema',
      { query: '{ nonsense }' },
      400,
      'INVALID_INPUT',
      'Cannot query field "nonsense" on type "Query".',
    ],
    ['too much', { query: SDL, more: 'x'.repeat(2 ** 24) }, 413, 'TOO_LARGE', 'the body is too large'],
  ])('%s is refused in the shape of GraphQL', async (_what, body, status, code, message) => {
    const authorization = `Bearer ${await registry.token(OPERATOR)}`;
    const answer = await registry.post(body, { authorization });
    expect({ status: answer.status, json: answer.json }).toEqual({
      status,
      json: { errors: [{ message, extensions: { code } }] },
    });
  });

  test('that it lives and can serve is told to all; there is nothing else', async () => {
    const at = async (path: string): Promise<unknown> => {
      const answer = await fetch(new URL(path, registry.url));
      return [answer.status, await answer.json()];
    };
    expect(await at('/healthz')).toEqual([200, { status: 'ok' }]);
    const ok = { server: 'ok', database: 'ok', migrations: 'ok', graph: 'ok' };
    expect(await at('/readyz')).toEqual([200, { status: 'ready', ...ok }]);
    const nothing = [404, { error: { message: 'there is nothing at this path', code: 'NOT_FOUND' } }];
    for (const path of ['/graphql', '/metrics', '/v1/resolve/acme/secret', '/.well-known/jwks.json']) {
      expect(await at(path)).toEqual(nothing);
    }
  });

  test('a member that was removed has no right left of a token that was signed before', async () => {
    const mia = await bearerOf(await world.key('mia'));
    expect(await secret(mia)).toEqual(SEEN);
    await world.operator.mutate('removeMember', { organization: 'acme', user: 'mia' });
    expect(await secret(mia)).toEqual(HIDDEN);
    await world.operator.mutate('setMember', { organization: 'acme', user: 'mia', role: 'MEMBER' });
    expect(await secret(mia)).toEqual(SEEN);
  });

  test('a key that was revoked, and one of a user who was suspended, are not good any more', async () => {
    const key = await world.key('ann');
    const [revoked, suspended] = [await bearerOf(key), await bearerOf(await world.key('sue'))];
    expect([await secret(revoked), await secret(suspended)]).toEqual([SEEN, SEEN]);
    await world.operator.mutate('revokeApiKey', { id: (key.key ?? '').slice(0, 12) });
    await world.operator.mutate('suspendUser', { user: 'sue', reason: 'a test' });
    expect([await secret(revoked), await secret(suspended)]).toEqual([LATE, LATE]);
  });

  test('a key is what is kept of it: no other scopes, no other owner, no other key', async () => {
    const narrow = await bearerOf(await world.key('ann', { scopes: ['read:ann/*'] }));
    expect(await secret(narrow)).toEqual(HIDDEN);
    const whole = (await bearerOf(await world.key('ann'))) as Extract<Principal, { kind: 'user' }>;
    expect(await secret(whole)).toEqual(SEEN);
    const key = whole.key as KeyFacts;
    expect(await secret({ ...whole, key: { ...key, id: key.id + 1000 } })).toEqual(LATE);
    expect(await secret({ ...whole, key: { ...key, prefix: 'agk_00000000' } })).toEqual(LATE);
    const other = { id: ids.get('mia') ?? 0, handle: 'mia' };
    expect(await secret({ ...whole, owner: other })).toEqual(LATE);
    // a user that came without a key has its roles, whatever the gateway took them to be
    expect(await secret({ ...whole, key: null })).toEqual(SEEN);
  });

  test('what was written elsewhere a moment ago is seen by whoever is told how long ago', async () => {
    const descriptions: unknown[] = [];
    const expected = Array.from({ length: 20 }, (_, at) => `description ${at}`);
    for (const description of expected) {
      await world.operator.mutate('updateAlgorithm', { algorithm: 'acme/secret', description });
      const answer = await registry.ask(OPERATOR, '{ algorithm(ref: "acme/secret") { description } }');
      descriptions.push(valueAt(answer, 'data.algorithm.description'));
    }
    expect(descriptions).toEqual(expected);
    for (const [at, tag] of ['1.1.0', '1.2.0', '1.3.0'].entries()) {
      await world.publish('acme/secret', tag, { visibility: 'PRIVATE' });
      const resolved = await registry.ask(
        OPERATOR,
        `{ resolve(reference: "acme/secret/latestPrivate") { version { version } } }`,
      );
      expect([at, valueAt(resolved, 'data.resolve.version.version')]).toEqual([at, tag]);
    }
  });
});

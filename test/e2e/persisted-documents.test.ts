import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigError } from '../../src/config';
import { readTrustedDocuments } from '../../src/http/trusted-documents';
import type { Client, GraphAnswer } from '../builders/client';
import { sqliteDatabase } from '../builders/databases';
import { describeWithRedis, TestRedis } from '../builders/redis';
import { startServer } from '../builders/server';
import { expectSoon } from '../builders/soon';
import { World } from '../builders/world';

/** Automatic persisted queries and trusted documents, through the front door. */

const QUERY = '{ algorithms { nodes { name } } }';
const DATA = { algorithms: { nodes: [] } };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hashed = (text: string, hash = sha256(text)): object => ({
  extensions: { persistedQuery: { version: 1, sha256Hash: hash } },
});
const told = ({ data, errors }: GraphAnswer): unknown => (errors.length > 0 ? errors[0]?.code : data);
const register = async (client: Client, query: string): Promise<unknown> =>
  told(await client.post({ query, ...hashed(query) }));
const recall = async (client: Client, query: string): Promise<unknown> =>
  told(await client.post(hashed(query)));

const folder = mkdtempSync(join(tmpdir(), 'algogate-documents-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a document is known by its hash once it was sent with it', async () => {
  const world = await World.start(sqliteDatabase);
  try {
    expect(await recall(world.anonymous, QUERY)).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect(await register(world.anonymous, QUERY)).toEqual(DATA);
    expect(await recall(world.anonymous, QUERY)).toEqual(DATA);
    // what its hash does not fit is refused, and not kept
    const wrong = sha256('something else');
    expect((await world.anonymous.post({ query: QUERY, ...hashed(QUERY, wrong) })).status).toBe(400);
    expect(told(await world.anonymous.post(hashed(QUERY, wrong)))).toBe('PERSISTED_QUERY_NOT_FOUND');
    // what is very long is answered, and not kept
    const long = `${QUERY} #${'x'.repeat(40_000)}`;
    expect(await register(world.anonymous, long)).toEqual(DATA);
    expect(await recall(world.anonymous, long)).toBe('PERSISTED_QUERY_NOT_FOUND');
  } finally {
    await world.stop();
  }
});

describeWithRedis('with Redis', () => {
  test('a document is known to all replicas; without Redis it is sent again, and no request fails', async () => {
    const redis = await TestRedis.start();
    const settings = { ALGOGATE_REDIS_URL: redis.url };
    const world = await World.start(sqliteDatabase, settings);
    try {
      const there = world.anonymous.at(await world.replica(settings));
      expect(await register(world.anonymous, QUERY)).toEqual(DATA);
      // Apollo Server answers before it has kept it
      await expectSoon(() => recall(there, QUERY), DATA);
      expect(Number(await redis.command('TTL', `algogate:apq:${sha256(QUERY)}`))).toBeGreaterThan(0);
      await redis.kill();
      expect(await recall(there, QUERY)).toBe('PERSISTED_QUERY_NOT_FOUND');
      expect(await register(there, QUERY)).toEqual(DATA);
    } finally {
      await world.stop();
      await redis.stop();
    }
  });
});

describe('trusted documents', () => {
  const path = join(folder, 'manifest.json');
  const first = 'query First($first: Int) { algorithms(first: $first) { nodes { name } } }';
  const mutation = 'mutation { createUser(input: { handle: "ada" }) { userErrors { code } } }';
  const operations = [
    { id: sha256(QUERY), name: 'All', type: 'query', body: QUERY },
    { id: 'first', name: 'First', type: 'query', body: first },
    { id: 'mutation', name: 'Create', type: 'mutation', body: mutation },
  ];
  writeFileSync(path, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }));
  let world: World;
  beforeAll(async () => {
    world = await World.start(sqliteDatabase, { ALGOGATE_TRUSTED_DOCUMENTS: path });
  });
  afterAll(() => world.stop());

  test.each<[string, object, unknown]>([
    ['by its id', { documentId: sha256(QUERY) }, DATA],
    ['by its hash', hashed(QUERY), DATA],
    ['by its text', { query: QUERY }, DATA],
    ['by both', { query: QUERY, ...hashed(QUERY) }, DATA],
    ['another text', { query: '{ __typename }' }, 'UNTRUSTED_DOCUMENT'],
    [
      'another text by the id of a trusted one',
      { query: '{ __typename }', documentId: sha256(QUERY) },
      'UNTRUSTED_DOCUMENT',
    ],
    [
      'another text by the hash of a trusted one',
      { query: '{ __typename }', ...hashed(QUERY) },
      'UNTRUSTED_DOCUMENT',
    ],
    [
      'another text with its own hash',
      { query: '{ __typename }', ...hashed('{ __typename }') },
      'UNTRUSTED_DOCUMENT',
    ],
    ['another hash', hashed('{ __typename }'), 'PERSISTED_QUERY_NOT_FOUND'],
    ['another id', { documentId: 'nothing' }, 'PERSISTED_QUERY_NOT_FOUND'],
    ['what does not parse', { query: '{' }, 'UNTRUSTED_DOCUMENT'],
    ['nothing', {}, 'UNTRUSTED_DOCUMENT'],
  ])('%s', async (_what, body, expected) => {
    expect(told(await world.anonymous.post(body))).toEqual(expected);
  });

  describe('by GET', () => {
    const get = async (search: Record<string, string> | string[][]): Promise<unknown> => {
      const path = `/graphql?${new URLSearchParams(search).toString()}`;
      const { status, json } = await world.anonymous.http(path, {
        headers: { 'apollo-require-preflight': '1' },
      });
      const { data, errors = [] } = json as { data?: unknown; errors?: { extensions: { code: string } }[] };
      return [status, errors[0]?.extensions.code ?? data];
    };
    const id = sha256(QUERY);
    const extensions = (hash: string): string =>
      JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash } });

    test.each<[string, Record<string, string> | string[][], unknown]>([
      ['by its text', { query: QUERY }, [200, DATA]],
      ['by its hash', { extensions: extensions(id) }, [200, DATA]],
      ['by its id', { documentId: id }, [200, DATA]],
      ['by its id and hash', { documentId: id, extensions: extensions(id) }, [200, DATA]],
      ['with variables', { documentId: 'first', variables: '{"first":1}' }, [200, DATA]],
      ['with the name of its operation', { documentId: 'first', operationName: 'First' }, [200, DATA]],
      [
        'with another name',
        { documentId: 'first', operationName: 'Other' },
        [400, 'OPERATION_RESOLUTION_FAILURE'],
      ],
      ['with wrong variables', { documentId: 'first', variables: '{"first":"a"}' }, [400, 'BAD_USER_INPUT']],
      ['another text', { query: '{ __typename }' }, [403, 'UNTRUSTED_DOCUMENT']],
      [
        'another text by the id of a trusted one',
        { query: '{ __typename }', documentId: id },
        [403, 'UNTRUSTED_DOCUMENT'],
      ],
      [
        'an empty text by the id of a trusted one',
        { query: '', documentId: id },
        [403, 'UNTRUSTED_DOCUMENT'],
      ],
      ['another id', { documentId: 'nothing' }, [200, 'PERSISTED_QUERY_NOT_FOUND']],
      [
        'two ids',
        [
          ['documentId', id],
          ['documentId', id],
        ],
        [403, 'UNTRUSTED_DOCUMENT'],
      ],
      ['a mutation', { documentId: 'mutation' }, [405, 'BAD_REQUEST']],
      ['nothing', {}, [403, 'UNTRUSTED_DOCUMENT']],
    ])('%s', async (_what, search, expected) => {
      expect(await get(search)).toEqual(expected);
    });

    test('not from a page of somebody else', async () => {
      const { status } = await world.anonymous.http(`/graphql?documentId=${id}`);
      expect(status).toBe(400);
    });
  });

  test('the operator runs what it likes', async () => {
    expect(told(await world.operator.graphql('{ __typename }'))).toEqual({ __typename: 'Query' });
  });
});

test.each<[string, unknown, string]>([
  ['no JSON', '{', 'JSON'],
  ['another format', { format: 'another', version: 1, operations: [] }, 'is neither'],
  [
    'another version',
    { format: 'apollo-persisted-query-manifest', version: 2, operations: [] },
    'is neither',
  ],
  ['no documents', ['a'], 'is neither'],
  ['a document that does not parse', { one: '{' }, 'has a document that does not parse, one: Syntax Error'],
  [
    'a hash that does not fit',
    { [sha256('x')]: QUERY },
    `has a document that its hash does not fit, ${sha256('x')}`,
  ],
])('a manifest with %s keeps the server from starting', async (_what, manifest, reason) => {
  const path = join(folder, 'wrong.json');
  writeFileSync(path, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  const database = await sqliteDatabase();
  const started = startServer(database.target, { ALGOGATE_TRUSTED_DOCUMENTS: path });
  await expect(started).rejects.toThrow(ConfigError);
  await expect(started).rejects.toThrow(`ALGOGATE_TRUSTED_DOCUMENTS: ${path}: `);
  await expect(started).rejects.toThrow(reason);
  await database.drop();
});

test('an object of texts by their hash is a manifest, whatever the hash', () => {
  const path = join(folder, 'relay.json');
  writeFileSync(path, JSON.stringify({ [sha256(QUERY)]: QUERY, abc: '{ __typename }' }));
  expect([...readTrustedDocuments(path).byId]).toEqual([
    [sha256(QUERY), QUERY],
    ['abc', '{ __typename }'],
  ]);
});

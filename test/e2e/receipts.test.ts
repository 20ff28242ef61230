import { createHash } from 'node:crypto';

import canonicalize from 'canonicalize';

import { readConfig } from '../../src/config';
import { signingKeysCommand } from '../../src/commands/keys';
import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { opened, receiptOf, statementOf } from '../builders/receipts';
import { environmentOf } from '../builders/server';
import { isOfDrain, settle, statementsOf } from '../builders/statements';
import { shaOf } from '../builders/world';
import { LedgerEntryRow } from '../../entities';

/** Chapter 7, "Receipts". Whatever is checked of them is checked by the published keys and `jose` alone. */

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describeOnEachServer('receipts', (world) => {
  const clients: Record<string, Client> = {};
  /** Of an entry, as its row has it. */
  const hashAt = async (sequence: number, chain: 'public' | 'private' = 'public'): Promise<string> => {
    const { reads } = world().server.app.database;
    const [owner] = await reads.query<{ id: number }[]>("SELECT id FROM owners WHERE handle = 'Acme'");
    return (await reads.findOneByOrFail(LedgerEntryRow, { ownerId: owner!.id, chain, sequence })).hash;
  };
  /** The sequences in `Acme@n+m`. */
  const sequencesIn = (position: unknown): number[] => String(position).split('@')[1]!.split('+').map(Number);
  const add = (name: string, revision: string): Promise<unknown> =>
    world().operator.mutate('addArtifactRevision', {
      ...{ algorithm: 'acme/detect', name, revision, uri: `https://models.test/${name}/${revision}` },
      sha256: sha256(`${name}@${revision}`),
    });
  const held = (name: string, revision: string) => ({
    name,
    revision,
    sha256: sha256(`${name}@${revision}`),
  });

  beforeAll(async () => {
    for (const name of ['ann', 'mia', 'gus', 'otto']) clients[name] = await world().user(name);
    await world().organization('Acme', { admin: 'ann', members: { mia: 'MEMBER' } });
    clients['anonymous'] = world().anonymous;
    clients['operator'] = world().operator;
    const { operator } = world();
    await operator.mutate('createAlgorithm', { owner: 'acme', name: 'Detect' });
    for (const revision of ['1', '2', '3']) await add('weights', revision);
    await add('labels', 'a');
    const build = { algorithm: 'acme/detect', sha: shaOf('detect 1.0.1'), status: 'SUCCEEDED' };
    const artifact = { uri: 'https://builds.test/1', sha256: sha256('a build') };
    const backendUrl = `${world().backend.url}/acme/detect/1.0.1`;
    await world().publish('acme/detect', '1.0.0');
    await operator.mutate('registerBuild', { ...build, backendUrl, artifact });
    await world().publish('acme/detect', '1.0.1', { sha: build.sha });
    await operator.mutate('moveArtifact', {
      major: 'acme/detect/1',
      name: 'weights',
      to: '1',
      expected: null,
    });
    await world().publish('acme/detect', '1.0.2', { visibility: 'PRIVATE' });
    const pins = [{ name: 'labels', revision: 'a' }];
    await world().publish('acme/detect', '1.1.0', { artifacts: pins });
    await world().grant('acme/detect/1', 'gus');
  });

  describe('of resolutions', () => {
    test('say what was resolved, in canonical JSON, and are kept by nobody', async () => {
      const { anonymous } = world();
      const plain = await anonymous.http('/v1/resolve/ACME/detect/1.0');
      const answer = await anonymous.http('/v1/resolve/ACME/detect/1.0?receipt=true');
      const { receipt, ...said } = answer.json as Record<string, unknown>;
      expect({ status: answer.status, said }).toEqual({ status: 200, said: plain.json });
      expect(answer.headers).toMatchObject({ 'cache-control': 'private, no-store' });
      expect(Object.keys(answer.headers)).not.toContain('etag');
      const { header, statement } = await opened(receipt, anonymous);
      const [{ kid }] = valueAt((await anonymous.http('/.well-known/jwks.json')).json, 'keys') as [
        { kid: string },
      ];
      expect(header).toEqual({ alg: 'EdDSA', typ: 'algogate-receipt+jws', kid });
      const position = valueAt(plain.json, 'position');
      expect(statement).toEqual({
        iss: 'algogate',
        kind: 'resolution',
        reference: 'ACME/detect/1.0',
        canonical: 'Acme/Detect/1.0.1',
        selector: 'PARTIAL',
        version: '1.0.1',
        sha: shaOf('detect 1.0.1'),
        artifact: sha256('a build'),
        artifacts: [held('weights', '1')],
        position,
        heads: { public: await hashAt(sequencesIn(position)[0]!) },
        time: expect.stringMatching(TIME) as string,
      });
      const payload = Buffer.from(String(receipt).split('.')[1]!, 'base64url').toString();
      expect(payload).toBe(canonicalize(statement));
      expect(Math.abs(Date.parse(String(statement['time'])) - Date.now())).toBeLessThan(60_000);
    });

    test.each([
      'Acme/Detect/1.0',
      'acme/detect',
      'acme/detect/stable',
      'acme/detect/^1.0',
      'acme/detect/1.0.0',
    ])('of %s are the same for everyone and at every replica, but for the time', async (reference) => {
      const replica = await world().replica();
      const first = await statementOf(await receiptOf(world().anonymous, reference), world().anonymous);
      expect(Object.keys(first['heads'] as object)).toEqual(['public']);
      for (const client of Object.values(clients)) {
        for (const one of [client, client.at(replica)]) {
          expect(await statementOf(await receiptOf(one, reference), one)).toEqual(first);
        }
      }
    });

    test('a version that pins a revision runs with that, whatever the manifest says', async () => {
      const { anonymous } = world();
      const statement = await statementOf(await receiptOf(anonymous, 'acme/detect/1.1.0'), anonymous);
      expect(statement['artifacts']).toEqual([held('labels', 'a'), held('weights', '1')]);
      expect(statement['artifact']).toBeNull();
    });

    test('what is private is stated to those who see it, with both heads, and is missing to others', async () => {
      for (const who of ['mia', 'gus', 'operator']) {
        const client = clients[who]!;
        const statement = await statementOf(await receiptOf(client, 'acme/detect/1.0.2'), client);
        const { position, heads } = statement;
        const [open, hidden] = sequencesIn(position);
        expect(heads).toEqual({ public: await hashAt(open!), private: await hashAt(hidden!, 'private') });
        expect(statement).toMatchObject({
          canonical: 'Acme/Detect/1.0.2',
          artifacts: [held('weights', '1')],
        });
      }
      for (const who of ['otto', 'anonymous']) {
        const without = await clients[who]!.http('/v1/resolve/acme/detect/1.0.2');
        const answer = await clients[who]!.http('/v1/resolve/acme/detect/1.0.2?receipt=true');
        expect({ status: answer.status, text: answer.text.replace(/[\w-]{22,}/g, '') }).toEqual({
          status: 404,
          text: without.text.replace(/[\w-]{22,}/g, ''),
        });
      }
    });

    test('an unpublished commit has no artifacts beside it', async () => {
      const sha = await world().build('acme/detect');
      const mia = clients['mia']!;
      const statement = await statementOf(await receiptOf(mia, `acme/detect/${sha}`), mia);
      expect(statement).toMatchObject({
        ...{ version: null, sha, canonical: `Acme/Detect/${sha}`, selector: 'SHA' },
        ...{ artifact: null, artifacts: [] },
      });
    });

    test('nothing private that happens changes what an outsider is told, but for the time', async () => {
      const references = ['acme/detect/1.0', 'acme/detect/1.0.1', `acme/detect/${shaOf('detect 1.0.1')}`];
      const told = async (): Promise<unknown[]> => {
        const all = [];
        for (const reference of references) {
          all.push(await statementOf(await receiptOf(clients['otto']!, reference), clients['otto']!));
        }
        return all;
      };
      const before = await told();
      await world().publish('acme/detect', '1.0.3', { visibility: 'PRIVATE' });
      await world().build('acme/detect');
      await add('secret', '1');
      await world().operator.mutate('setMajorPermissions', { major: 'acme/detect/2', visibility: 'PRIVATE' });
      const move = { major: 'acme/detect/2', name: 'secret', to: '1', expected: null };
      await world().operator.mutate('moveArtifact', move);
      await world().publish('acme/detect', '2.0.0', { permissions: { visibility: 'PRIVATE' } });
      expect(await told()).toEqual(before);
    });

    test('of a past position they state that position, and what held then', async () => {
      const { anonymous, operator } = world();
      const was = await statementOf(await receiptOf(anonymous, 'acme/detect/1'), anonymous);
      const moved = { major: 'acme/detect/1', name: 'weights', to: '2', expected: '1' };
      await operator.mutate('moveArtifact', moved);
      await world().publish('acme/detect', '1.2.0');
      const now = await statementOf(await receiptOf(anonymous, 'acme/detect/1'), anonymous);
      expect(now).toMatchObject({ version: '1.2.0', artifacts: [held('weights', '2')] });
      const asOf = `asOf=${encodeURIComponent(String(was['position']))}`;
      for (const client of [anonymous, clients['ann']!, anonymous.at(await world().replica())]) {
        expect(await statementOf(await receiptOf(client, 'acme/detect/1', asOf), client)).toEqual(was);
      }
      await operator.mutate('rollbackArtifact', { major: 'acme/detect/1', name: 'weights' });
      const again = await statementOf(await receiptOf(anonymous, 'acme/detect/1', asOf), anonymous);
      expect(again).toEqual(was);
      const back = await statementOf(await receiptOf(anonymous, 'acme/detect/1'), anonymous);
      expect(back['artifacts']).toEqual([held('weights', '1')]);
    });

    test('of what was taken down since, as of before, the digests are told of no more', async () => {
      const { anonymous, operator } = world();
      await world().algorithm('acme/gone');
      await world().publish('acme/gone', '1.0.0');
      const was = await statementOf(await receiptOf(anonymous, 'acme/gone/1'), anonymous);
      await operator.mutate('takeDownVersion', { version: 'acme/gone/1.0.0', reason: 'a test' });
      const asOf = `asOf=${String(was['position'])}`;
      const { artifact, artifacts, ...rest } = was;
      expect({ artifact, artifacts }).toEqual({ artifact: null, artifacts: [] });
      expect(await statementOf(await receiptOf(anonymous, 'acme/gone/1', asOf), anonymous)).toEqual(rest);
    });

    test.each([
      ['receipt=yes', 'receipt must be true or false'],
      ['receipt=true&receipt=true', 'receipt is given more than once'],
    ])('?%s is refused', async (query, message) => {
      const { status, json } = await world().anonymous.http(`/v1/resolve/acme/detect?${query}`);
      expect({ status, error: valueAt(json, 'error') }).toMatchObject({
        status: 400,
        error: { code: 'INVALID_INPUT', message },
      });
    });

    test('?receipt=false is as if it were not there: with an ETag, for shared caches', async () => {
      const plain = await world().anonymous.http('/v1/resolve/acme/detect');
      const answer = await world().anonymous.http('/v1/resolve/acme/detect?receipt=false');
      expect(answer.text).toBe(plain.text);
      expect(answer.headers['etag']).toBe(plain.headers['etag']);
      expect(answer.headers['cache-control']).toBe('public, max-age=1');
      const etag = String(plain.headers['etag']);
      const path = '/v1/resolve/acme/detect?receipt=true';
      // what a client knows already of the resolution is no receipt
      expect((await world().anonymous.http(path, { headers: { 'If-None-Match': etag } })).status).toBe(200);
    });
  });

  describe('of calls', () => {
    const call = (query: string, headers: Record<string, string> = {}, body: unknown = { a: 1 }) =>
      clients['otto']!.call('acme/detect/1.0', body, { query, headers });

    test('are in the metadata, with the request and what it ran with', async () => {
      const { status, json, headers } = await call('receipt=true');
      const { result, metadata } = json as { result: unknown; metadata: Record<string, unknown> };
      expect(status).toBe(200);
      expect(result).toEqual({ served: '/acme/detect/1.0.1', input: '{"a":1}' });
      const { receipt, ...others } = metadata;
      expect(others).toEqual({
        content_type: 'json',
        duration: expect.any(Number) as number,
        version: '1.0.1',
        sha: shaOf('detect 1.0.1'),
        request_id: headers['x-request-id'],
      });
      const resolved = await statementOf(
        await receiptOf(clients['otto']!, 'acme/detect/1.0'),
        clients['otto']!,
      );
      expect(await statementOf(receipt, clients['otto']!)).toEqual({
        ...resolved,
        kind: 'call',
        requestId: headers['x-request-id'],
      });
    });

    test('say which revisions the call named', async () => {
      const { json } = await call('receipt=True&artifacts=weights@2');
      const statement = await statementOf(valueAt(json, 'metadata.receipt'), clients['otto']!);
      expect(statement['artifacts']).toEqual([held('weights', '2')]);
    });

    test('are in a header with output=raw, and read by pages', async () => {
      const { headers, text } = await call('receipt=true&output=raw');
      expect(JSON.parse(text)).toEqual({ served: '/acme/detect/1.0.1', input: '{"a":1}' });
      const statement = await statementOf(headers['x-algogate-receipt'], clients['otto']!);
      expect(statement).toMatchObject({ kind: 'call', requestId: headers['x-request-id'] });
      const page = await clients['otto']!.http('/v1/web/algo/acme/detect/1.0', {
        ...{
          method: 'POST',
          body: '{}',
          headers: { 'Content-Type': 'application/json', Origin: 'https://a.test' },
        },
      });
      expect(String(page.headers['access-control-expose-headers'])).toContain('X-Algogate-Receipt');
    });

    test('are beside the request id with output=void', async () => {
      const { json, headers } = await call('receipt=true&output=void');
      const requestId = headers['x-request-id'];
      const receipt = valueAt(json, 'metadata.receipt');
      expect(json).toEqual({ async: true, request_id: requestId, metadata: { receipt } });
      expect(await statementOf(receipt, clients['otto']!)).toMatchObject({ kind: 'call', requestId });
      expect((await call('output=void')).json).toEqual({
        async: true,
        request_id: expect.any(String) as string,
      });
    });

    test('that are repeated with their key have the first one', async () => {
      const key = { 'Idempotency-Key': 'a-receipt' };
      const first = await call('receipt=true', key);
      const again = await call('receipt=true', key);
      expect(again.headers['idempotent-replayed']).toBe('true');
      expect(again.text).toBe(first.text);
      expect((await call('', key)).status).toBe(422);
    });

    test('are there where the algorithm failed, and not where we refused', async () => {
      await world().algorithm('acme/fails');
      const sdl = 'type Query { run(count: Int!): Int }';
      await world().publish('acme/fails', '1.0.0', { interface: sdl });
      const failed = await clients['otto']!.call('acme/fails', { count: 'x' }, { query: 'receipt=true' });
      expect(valueAt(failed.json, 'error.error_type')).toBe('InputError');
      const statement = await statementOf(valueAt(failed.json, 'metadata.receipt'), clients['otto']!);
      expect(statement).toMatchObject({
        canonical: 'Acme/fails/1.0.0',
        requestId: failed.headers['x-request-id'],
      });
      const raw = await clients['otto']!.call(
        'acme/fails',
        { count: 'x' },
        { query: 'receipt=true&output=raw' },
      );
      expect(raw.status).toBe(400);
      expect(await statementOf(raw.headers['x-algogate-receipt'], clients['otto']!)).toMatchObject({
        kind: 'call',
      });
      const missing = await clients['otto']!.call('acme/detect/1.0.2', {}, { query: 'receipt=true' });
      expect({ status: missing.status, names: Object.keys(missing.json as object) }).toEqual({
        ...{ status: 404, names: ['error'] },
      });
    });

    test('that does not fit into a header is refused before anything is called', async () => {
      await world().algorithm('acme/many');
      await world().publish('acme/many', '1.0.0');
      for (let at = 0; at < 50; at += 1) {
        const name = `artifact-${at}-${'x'.repeat(40)}`;
        const revision = { name, revision: '1', uri: 'https://models.test/x', sha256: sha256(name) };
        await world().operator.mutate('addArtifactRevision', { algorithm: 'acme/many', ...revision });
        await world().operator.mutate('moveArtifact', {
          major: 'acme/many/1',
          name,
          to: '1',
          expected: null,
        });
      }
      const before = world().backend.seen.length;
      const raw = await clients['otto']!.call('acme/many', {}, { query: 'receipt=true&output=raw' });
      expect({ status: raw.status, code: valueAt(raw.json, 'error.code') }).toEqual({
        ...{ status: 400, code: 'INVALID_INPUT' },
      });
      expect(world().backend.seen.length).toBe(before);
      const { json } = await clients['otto']!.call('acme/many', {}, { query: 'receipt=true' });
      const statement = await statementOf(valueAt(json, 'metadata.receipt'), clients['otto']!);
      expect(statement['artifacts']).toHaveLength(50);
    });
  });

  describe('in the graph', () => {
    const several = (count: number): string =>
      `{ ${Array.from({ length: count }, (_, at) => `r${at}: resolve(reference: "acme/detect/1.0${at < 5 ? '' : `.${at % 2}`}") { position receipt }`).join(' ')} }`;

    test('are those of the resolutions, several in one query', async () => {
      const query = `query ($position: String!) {
        a: resolve(reference: "acme/detect/1.0") { receipt again: receipt }
        b: resolve(reference: "acme/detect/1.1.0") { ...signed }
        c: resolve(reference: "acme/detect/1.0", asOf: { position: $position }) { ...signed }
        d: resolve(reference: "acme/detect/1.0.2") { ...signed } }
        fragment signed on Resolution { receipt }`;
      const otto = clients['otto']!;
      const { position } = await statementOf(await receiptOf(otto, 'acme/detect/1.0'), otto);
      const answer = await otto.graphql(query, { position });
      expect(answer.errors.map(({ code, path }) => ({ code, path }))).toEqual([
        { code: 'NOT_FOUND', path: ['d'] },
      ]);
      expect(answer.at('a.again')).toBe(answer.at('a.receipt'));
      const [a, b, c] = await Promise.all(
        ['a', 'b', 'c'].map((at) => statementOf(answer.at(`${at}.receipt`), otto)),
      );
      expect(a).toEqual(await statementOf(await receiptOf(otto, 'acme/detect/1.0'), otto));
      expect(b).toEqual(await statementOf(await receiptOf(otto, 'acme/detect/1.1.0'), otto));
      expect(c).toEqual(a);
    });

    test('twenty cost no more queries than one, and what is known is not read again', async () => {
      const replica = await world().replica();
      // whose credential nobody has to look up
      const anonymous = world().anonymous.at(replica);
      const { database } = replica.app;
      for (let at = 0; at < 2; at += 1)
        await anonymous.graphql('{ resolve(reference: "acme/detect") { canonical } }');
      await settle(database);
      const statements = async (query: string): Promise<string[]> =>
        (await statementsOf(database, () => anonymous.graphql(query))).filter((sql) => !isOfDrain(sql));
      const cold = await statements(several(20));
      // the hash of the head, the digests of the artifacts, and those of the builds
      expect(cold.length).toBeLessThanOrEqual(3);
      expect(await statements(several(20))).toEqual([]);
    });

    test('are bounded by what a query may cost', async () => {
      const over = await clients['otto']!.graphql(several(21));
      expect(over.errors.map(({ code }) => code)).toEqual(['QUERY_TOO_COMPLEX']);
    });

    test('nobody pays for one that is not selected', async () => {
      const { json } = await clients['otto']!.graphql(
        '{ resolve(reference: "acme/detect/1.0") { canonical } }',
      );
      expect(json).toEqual({ data: { resolve: { canonical: 'Acme/Detect/1.0.1' } } });
    });
  });

  test('outlive the keys that signed them: old ones hold after a rotation, new ones are by the new key', async () => {
    const { anonymous, server, database } = world();
    const replica = await world().replica();
    const old = await receiptOf(anonymous, 'acme/detect/1.0');
    const before = await opened(old, anonymous);
    await signingKeysCommand(readConfig(environmentOf(database.target, server.dataDir)), true);
    for (const one of [anonymous, anonymous.at(replica)]) {
      let made = await opened(await receiptOf(one, 'acme/detect/1.0'), one);
      while (made.header['kid'] === before.header['kid']) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        made = await opened(await receiptOf(one, 'acme/detect/1.0'), one);
      }
      expect(await opened(old, one)).toEqual(before);
      const keys = valueAt((await one.http('/.well-known/jwks.json')).json, 'keys') as Record<
        string,
        unknown
      >[];
      expect(keys.map(({ kid, exp }) => ({ kid, exp }))).toEqual([
        { kid: before.header['kid'], exp: expect.any(Number) as number },
        { kid: made.header['kid'], exp: undefined },
      ]);
    }
  }, 30_000);

  test('that were changed, or signed by another, do not hold', async () => {
    const { anonymous } = world();
    const [header = '', payload = '', signature = ''] = (await receiptOf(anonymous, 'acme/detect/1.0')).split(
      '.',
    );
    const changed = Buffer.from(payload, 'base64url').toString().replace('1.0.1', '1.0.2');
    const forged = `${header}.${Buffer.from(changed).toString('base64url')}.${signature}`;
    await expect(opened(forged, anonymous)).rejects.toThrow('signature verification failed');
  });
});

describeOnEachServer(
  'receipts of a marketplace with a public URL',
  (world) => {
    test('name it', async () => {
      await world().user('ann');
      await world().algorithm('ann/echo');
      await world().publish('ann/echo', '1.0.0');
      const { anonymous } = world();
      const { receipt } = (await anonymous.graphql('{ resolve(reference: "ann/echo") { receipt } }')).at(
        'resolve',
      ) as { receipt: string };
      expect(await statementOf(receipt, anonymous)).toMatchObject({ iss: 'https://market.test' });
    });
  },
  { ALGOGATE_PUBLIC_URL: 'https://market.test/' },
);

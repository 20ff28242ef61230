import { setTimeout as pause } from 'node:timers/promises';

import type { Answer, Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { startBackend, type TestBackend } from '../calls/support/http';

/** Chapter 4: who may call, what the backend learns of it, once-only calls, and their records. */

describeOnEachServer('calls and their callers', (world) => {
  const clients: Record<string, Client> = {};

  beforeAll(async () => {
    for (const name of ['ann', 'mia', 'gus', 'gil', 'otto']) clients[name] = await world().user(name);
    for (const owner of ['acme', 'bolt']) {
      await world().organization(owner, { admin: 'ann', members: { mia: 'MEMBER' } });
      await world().algorithm(`${owner}/echo`);
      await world().publish(`${owner}/echo`, '1.0.0');
    }
    await world().organization('guild', { admin: 'gil' });
    await world().algorithm('acme/granted');
    const permissions = { visibility: 'PUBLIC', callers: 'GRANTED', networkAccess: 'ISOLATED' };
    await world().publish('acme/granted', '1.0.0', { permissions });
    await world().publish('acme/granted', '1.0.1', { visibility: 'PRIVATE' });
    for (const grantee of ['gus', 'guild']) await world().grant('acme/granted/1', grantee);
    const keys = {
      guild: ['guild'],
      acme: ['acme'],
      reads: ['ann', 'read'],
      calls: ['ann', 'call:acme/granted'],
    };
    for (const [name, [owner, ...scopes]] of Object.entries(keys)) {
      clients[name] = await world().key(owner!, { scopes });
    }
    clients['publishes'] = await world().key('ann', { scopes: ['publish:acme/*'] });
    clients['operator'] = world().operator;
  });

  test.each([
    // who, acme/granted/1, acme/granted/1.0.1 (private), acme/echo
    ['otto', 'FORBIDDEN', 'NOT_FOUND', 200],
    ['gus', 200, 200, 200],
    ['gil', 200, 200, 200],
    ['guild', 200, 200, 200],
    ['mia', 200, 200, 200],
    ['ann', 200, 200, 200],
    ['acme', 200, 200, 200],
    ['operator', 200, 200, 200],
    ['reads', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
    ['calls', 200, 200, 'FORBIDDEN'],
    ['publishes', 200, 200, 200],
  ] as const)(
    'what %s may call: the granted major %s, its private version %s, the open one %s',
    async (who, ...expected) => {
      const references = ['acme/granted/1', 'acme/granted/1.0.1', 'acme/echo'];
      const outcomes = references.map(async (reference) => outcomeOf(await clients[who]!.call(reference, 1)));
      expect(await Promise.all(outcomes)).toEqual(expected);
    },
  );

  test('what the backend sees of a call', async () => {
    const { backend } = world();
    const headers = { Cookie: 'a=b', 'X-Secret': 's', 'X-Algogate-Caller': 'someone else' };
    const answer = await clients['gus']!.call('acme/granted/1', { a: 1 }, { headers });
    const seen = backend.seen.at(-1)!;
    const version = (await clients['ann']!.resolve('acme/granted/1')).json;
    expect({ method: seen.method, url: seen.url, body: seen.body.toString() }).toEqual({
      method: 'POST',
      url: '/acme/granted/1.0.0',
      body: '{"a":1}',
    });
    const { host: _host, connection: _connection, 'content-length': _length, ...told } = seen.headers;
    expect(told).toEqual({
      'content-type': 'application/json',
      'x-algogate-reference': 'acme/granted/1.0.0',
      'x-algogate-version': '1.0.0',
      'x-algogate-sha': (version as { sha: string }).sha,
      'x-algogate-request-id': answer.headers['x-request-id'],
      'x-algogate-caller': expect.stringMatching(/^[\w-]{22}$/),
      'x-algogate-network': 'isolated',
      'x-algogate-deadline': expect.stringMatching(/^\d{13}$/),
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/),
    });
    expect(JSON.stringify([seen.headers, backend.seen.map(({ headers }) => headers)])).not.toContain('agk_');
    await clients['gus']!.call('acme/echo', 1);
    expect(backend.seen.at(-1)!.headers['x-algogate-network']).toBe('full');
  });

  test('a caller has one pseudonym per owner: the same for all its keys and at every replica', async () => {
    const replica = await world().replica();
    const other = await world().key('otto');
    const pseudonym = async (client: Client, reference: string) => {
      await client.call(reference, 1);
      return world().backend.seen.at(-1)!.headers['x-algogate-caller'];
    };
    const otto = clients['otto']!;
    const ofAcme = await pseudonym(otto, 'acme/echo');
    for (const client of [otto, other, otto.at(replica)])
      expect(await pseudonym(client, 'acme/echo')).toBe(ofAcme);
    const others = [await pseudonym(otto, 'bolt/echo'), await pseudonym(clients['gus']!, 'acme/echo')];
    expect(new Set([ofAcme, ...others]).size).toBe(3);
  });

  describe('with an Idempotency-Key', () => {
    let slow: TestBackend;
    /** What the backend waits for before it answers. */
    let gate = Promise.resolve();
    const once = (key: string) => ({ headers: { 'Idempotency-Key': key } });

    beforeAll(async () => {
      slow = await startBackend((seen, response) => {
        void gate.then(() => response.writeHead(200, { 'Content-Type': 'application/json' }).end(seen.body));
      });
      await world().algorithm('acme/slow');
      await world().publish('acme/slow', '1.0.0', { backend: slow.url });
    });

    beforeEach(() => {
      slow.seen.length = 0;
    });

    afterAll(() => slow.close());

    test('20 parallel calls at two replicas are one call of the backend, metered once', async () => {
      const replica = await world().replica();
      const otto = clients['otto']!;
      let open = (): void => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      let answered = 0;
      const calls = Array.from({ length: 20 }, async (_, at) => {
        const one = at % 2 === 0 ? otto : otto.at(replica);
        const outcome = outcomeOf(await one.call('acme/slow', { n: 1 }, once('twenty')));
        answered += 1;
        if (answered === 19) open(); // all but the first one, which waits for its backend
        return outcome;
      });
      const outcomes = await Promise.all(calls);
      expect(outcomes.filter((outcome) => outcome !== 'IDEMPOTENCY_IN_PROGRESS')).toEqual([200]);
      expect(outcomes).toHaveLength(20);
      const again = await otto.at(replica).call('acme/slow/1.0', { n: 1 }, once('another'));
      expect(again.headers['content-location']).toBe('/v1/algo/acme/slow/1.0.0');
      const replayed = await otto.at(replica).call('acme/slow', { n: 1 }, once('twenty'));
      expect(replayed).toMatchObject({
        status: 200,
        json: { result: { n: 1 }, metadata: { version: '1.0.0' } },
      });
      expect(replayed.headers).toMatchObject({
        'idempotent-replayed': 'true',
        'content-location': '/v1/algo/acme/slow/1.0.0',
        'x-request-id': (replayed.json as { metadata: { request_id: string } }).metadata.request_id,
      });
      expect(slow.seen).toHaveLength(2);
    });

    test('another body is 422, another principal has keys of its own, and a refused call leaves its key free', async () => {
      const [otto, gus] = [clients['otto']!, clients['gus']!];
      expect(outcomeOf(await otto.call('acme/none', 1, once('k')))).toBe('NOT_FOUND');
      expect(outcomeOf(await otto.call('acme/slow', 1, once('k')))).toBe(200);
      expect(await otto.call('acme/slow', 2, once('k'))).toMatchObject({
        status: 422,
        json: { error: { code: 'IDEMPOTENCY_MISMATCH' } },
      });
      expect(outcomeOf(await gus.call('acme/slow', 2, once('k')))).toBe(200);
      expect(slow.seen.map(({ body }) => body.toString())).toEqual(['1', '2']);
    });
  });

  test('every admitted call reaches the records exactly once; a refused one never does', async () => {
    await world().algorithm('acme/counted');
    await world().publish('acme/counted', '1.0.0');
    const [otto, ann] = [clients['otto']!, clients['ann']!];
    const admitted = await Promise.all([
      ...Array.from({ length: 30 }, (_, n) => otto.call('acme/counted/1', n)),
      otto.call('acme/counted', 'raw', { query: 'output=raw' }),
      otto.call('acme/counted', 'void', { query: 'output=void' }),
      ann.call('acme/counted/1.0.0', 1),
    ]);
    const refused = [
      await world().anonymous.call('acme/counted', 1),
      await otto.call('acme/counted/2', 1),
      await otto.call('acme/counted', '{', { headers: { 'Content-Type': 'application/json' } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 404, 400]);
    const idOf = ({ headers }: Answer) => String(headers['x-request-id']);
    const ids = (await recordsOf('acme/counted', admitted.length)).map(({ request_id: id }) => id);
    expect(ids.sort()).toEqual(admitted.map(idOf).sort());
    const records = await recordsOf('acme/counted', admitted.length);
    expect(new Set(records.map(({ caller }) => caller))).toEqual(new Set(['otto', 'ann']));
    expect(records.every(({ outcome, version }) => outcome === 'OK' && version === '1.0.0')).toBe(true);
  });

  interface Recorded {
    readonly request_id: string;
    readonly caller: string;
    readonly outcome: string;
    readonly version: string;
  }

  /** The records of an algorithm, once there are as many; they are drained in groups. */
  async function recordsOf(algorithm: string, count: number): Promise<Recorded[]> {
    const { reads } = world().server.app.database;
    for (;;) {
      const records = await reads.query<Recorded[]>(
        `SELECT r.request_id, o.handle AS caller, r.outcome, v.version FROM calls r
           JOIN algorithms a ON a.id = r.algorithm_id JOIN owners o ON o.id = r.caller_id
           JOIN versions v ON v.id = r.version_id WHERE a.name = ?`,
        [algorithm.split('/')[1]],
      );
      if (records.length >= count) return records;
      await pause(50);
    }
  }
});

/** 200, or the code of the refusal. */
function outcomeOf({ status, json }: Answer): unknown {
  return status === 200 ? 200 : (json as { error: { code: string } }).error.code;
}

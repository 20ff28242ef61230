import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { expectSoon } from '../builders/soon';
import { startBackend, type TestBackend } from '../calls/support/http';

/** Chapter 4, `X-Algogate-Token`: algorithms that call others for their caller, and what they cannot reach. */

const CALLING = { visibility: 'PUBLIC', callsAlgorithms: true };

/** What the relay is told to do with its token: a request to the replica, and what that answers is its answer. */
interface Errand {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

describeOnEachServer('algorithms that call algorithms', (world) => {
  let relay: TestBackend;
  let [ann, otto, ada] = [] as unknown as [Client, Client, Client];
  /** The last that the relay got. */
  let token: string | undefined;

  beforeAll(async () => {
    relay = await startBackend((seen, response) => {
      token = seen.headers['x-algogate-token'] as string | undefined;
      const { path, body = null, headers = {}, method = 'POST' } = JSON.parse(seen.body.toString()) as Errand;
      void fetch(`${world().server.url}${path}`, {
        method,
        ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
        headers: {
          'Content-Type': 'application/json',
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          ...headers,
        },
      }).then(async (answer) => {
        const said = {
          status: answer.status,
          json: await answer.json(),
          replayed: answer.headers.get('idempotent-replayed'),
        };
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(said));
      });
    });
    [ann, otto, ada] = [await world().user('ann'), await world().user('otto'), await world().user('ada')];
    await world().organization('acme', { admin: 'ann', members: { ada: 'MEMBER' } });
    for (const name of ['relay', 'other', 'still', 'echo', 'closed', 'hidden', 'members']) {
      await world().algorithm(`acme/${name}`);
    }
    const backend = `${relay.url}/run`;
    await world().publish('acme/relay', '1.0.0', { backend, permissions: CALLING });
    await world().publish('acme/other', '1.0.0', { backend, permissions: CALLING });
    await world().publish('acme/still', '1.0.0', { backend });
    await world().publish('acme/echo', '1.0.0');
    await world().publish('acme/echo', '1.0.1', { visibility: 'PRIVATE' });
    await world().publish('acme/hidden', '1.0.0', { permissions: { visibility: 'PRIVATE' } });
    await world().publish('acme/members', '1.0.0', {
      permissions: { visibility: 'PUBLIC', callers: 'GRANTED' },
    });
    await world().grant('acme/hidden/1', 'otto');
  });

  afterAll(() => relay.close());

  const send = async (
    client: Client,
    errand: Errand,
    query?: string,
    by = 'acme/relay',
  ): Promise<unknown> => {
    const { json } = await client.call(by, errand, query === undefined ? {} : { query });
    return (json as { result?: unknown }).result;
  };
  const calling = (ref: string, body: unknown = 1): Errand => ({ path: `/v1/algo/${ref}`, body });
  const refusal = (status: number, code: string, message: string) => ({
    status,
    json: { error: { code, message } },
    replayed: null,
  });
  const echoed = (json: unknown) => ({
    status: 200,
    replayed: null,
    json: {
      result: json,
      metadata: expect.objectContaining({ content_type: 'json' }) as unknown,
    },
  });
  const recordsOf = async (client: Client): Promise<string[]> => {
    const now = Date.now();
    const range = `from=${new Date(now - 3_600_000).toISOString()}&to=${new Date(now + 60_000).toISOString()}`;
    const { text } = await client.http(`/v1/calls?${range}`);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { reference: string }).reference);
  };

  test('a call of theirs is one of their caller, and is recorded as such', async () => {
    const caller = await world().user('solo');
    expect(await send(caller, calling('acme/echo/1.0.0', { a: 1 }))).toEqual(
      echoed({ served: '/acme/echo/1.0.0', input: '{"a":1}' }),
    );
    await expectSoon(async () => (await recordsOf(caller)).sort(), ['acme/echo/1.0.0', 'acme/relay']);
  });

  test('a partial names the same for them as for everybody: no private version, of whoever they serve', async () => {
    for (const client of [otto, ada, ann]) {
      expect(await send(client, calling('acme/echo/1.0'))).toEqual(
        echoed({ served: '/acme/echo/1.0.0', input: '1' }),
      );
    }
  });

  test.each([
    ['a private version', 'acme/echo/1.0.1'],
    ['the latest private one', 'acme/echo/latestPrivate'],
    ['the latest of a private algorithm', 'acme/hidden/latestPrivate'],
    ['a private algorithm, by its version', 'acme/hidden/1.0.0'],
  ])('%s is for nobody that they serve: not for a member, an admin or a grantee', async (_what, ref) => {
    const nothing = ref.replace(/acme\/\w+/, 'acme/nothing');
    const missing = JSON.stringify(await send(otto, calling(nothing)));
    expect(missing).toContain('"NOT_FOUND"');
    for (const client of [otto, ada, ann]) {
      const found = JSON.stringify(await send(client, calling(ref)));
      expect(found).toBe(missing.replaceAll(nothing, ref));
    }
    // by themselves, members may
    expect((await ada.call(ref)).status).toBe(200);
  });

  test('what members alone may call, they may not call for a member', async () => {
    expect((await ada.call('acme/members')).status).toBe(200);
    expect(await send(ada, calling('acme/members'))).toEqual(
      refusal(403, 'FORBIDDEN', 'this credential may not call this version'),
    );
  });

  test('where the major does not allow it there is no token, and so no call', async () => {
    expect(await send(otto, calling('acme/echo/1.0.0'), undefined, 'acme/still')).toEqual(
      refusal(401, 'UNAUTHENTICATED', 'a call needs a credential: send an API key in Authorization'),
    );
  });

  test('the operator has nothing to hand on', async () => {
    await send(world().operator, calling('acme/echo/1.0.0'));
    expect(token).toBeUndefined();
  });

  test('it is sealed: whom they serve they learn by a pseudonym alone', async () => {
    await send(otto, calling('acme/echo/1.0.0'));
    const [header = '', ...sealed] = (token ?? '').split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      typ: 'algogate-call+jwt',
    });
    const readable = sealed.map((part) => Buffer.from(part, 'base64url').toString('latin1')).join('');
    for (const secret of ['otto', 'agk_', 'acme']) expect(readable).not.toContain(secret);
  });

  describe('the token is good for calls alone', () => {
    test.each([
      ['the graph', { path: '/graphql', body: { query: '{ viewer { handle } }' } }],
      ['resolutions', { path: '/v1/resolve/acme/echo', method: 'GET' }],
      ['documents', { path: '/v1/packages/acme/echo', method: 'GET' }],
      ['records', { path: '/v1/calls', method: 'GET' }],
      ['metrics', { path: '/metrics', method: 'GET' }],
    ])('not for %s', async (_what, errand) => {
      const { status, json } = (await send(ada, errand)) as { status: number; json: object };
      expect([status, JSON.stringify(json)]).toEqual([401, expect.stringContaining('UNAUTHENTICATED')]);
    });

    test('nor for what is no call of theirs: changed, of another kind, or after its call', async () => {
      await send(otto, calling('acme/echo/1.0.0'), 'timeout=1');
      const late = token ?? '';
      const [header = '', ...rest] = late.split('.');
      const none = Buffer.from('{"alg":"none","typ":"algogate-call+jwt"}').toString('base64url');
      const tokens = [
        `${late.slice(0, -3)}abc`,
        [header, ...rest.slice(0, 3), ''].join('.'),
        [none, ...rest].join('.'),
        `${none}.${Buffer.from('{"principal":{"kind":"operator"},"scopes":[]}').toString('base64url')}.`,
        `${header}....`,
        `${header}.`,
      ];
      for (const bad of tokens) expect((await world().as(bad).call('acme/echo/1.0.0')).status).toBe(401);
      await expectSoon(async () => (await world().as(late).call('acme/echo/1.0.0')).status, 401);
    });
  });

  test('a key that may call one algorithm alone hands on no more than that', async () => {
    const narrow = await world().key('otto', { scopes: ['call:acme/relay'] });
    expect(await send(narrow, calling('acme/echo/1.0.0'))).toEqual(
      refusal(403, 'FORBIDDEN', 'this credential may not call this version'),
    );
    const wider = await world().key('otto', { scopes: ['call:acme/relay', 'publish:acme/echo'] });
    expect(await send(wider, calling('acme/echo/1.0.0'))).toMatchObject({ status: 200 });
  });

  test('a key that is revoked takes with it what it handed on', async () => {
    const fleeting = await world().key('otto');
    await send(fleeting, calling('acme/echo/1.0.0'));
    const handed = world().as(token ?? '');
    expect((await handed.call('acme/echo/1.0.0')).status).toBe(200);
    await world().operator.mutate('revokeApiKey', { id: (fleeting.key ?? '').slice(0, 12) });
    expect((await handed.call('acme/echo/1.0.0')).status).toBe(401);
  });

  test('a version that is above in the chain is not called again', async () => {
    const again = calling('acme/other', calling('acme/relay/1.0.0', calling('acme/echo/1.0.0')));
    const { json } = (await send(otto, again)) as { json: { result: unknown } };
    expect(json.result).toEqual(
      refusal(409, 'DEPENDENCY_CYCLE', 'acme/relay/1.0.0 is being called already, by what it calls'),
    );
  });

  test('calls are nested eight deep, and no deeper', async () => {
    for (let at = 1; at <= 8; at += 1) {
      await world().algorithm(`acme/deep${at}`);
      await world().publish(`acme/deep${at}`, '1.0.0', { backend: `${relay.url}/run`, permissions: CALLING });
    }
    const nested = (levels: number): Errand =>
      levels === 0 ? calling('acme/echo/1.0.0') : calling(`acme/deep${levels}`, nested(levels - 1));
    const deep = JSON.stringify(await send(otto, nested(7)));
    expect(deep).toContain('algorithms may call one another 8 deep');
    expect(JSON.stringify(await send(otto, nested(6)))).toContain('/acme/echo/1.0.0');
  });

  test('a call of theirs ends with the one that it is within', async () => {
    const slow = await startBackend(() => undefined);
    await world().algorithm('acme/slow');
    await world().publish('acme/slow', '1.0.0', { backend: slow.url });
    await otto.call('acme/relay', calling('acme/slow', 1), { query: 'timeout=1' });
    const handed = world().as(token ?? '');
    const { json } = await handed.call('acme/slow', 1, { query: 'timeout=300' });
    expect(json).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
    await slow.close();
  });

  test('an Idempotency-Key of theirs is not one of their caller', async () => {
    const headers = { 'Idempotency-Key': 'the-same' };
    await otto.call('acme/echo/1.0.0', 1, { headers });
    expect(await send(otto, { ...calling('acme/echo/1.0.0', 1), headers })).toMatchObject({
      status: 200,
      replayed: null,
    });
    expect((await otto.call('acme/echo/1.0.0', 1, { headers })).headers['idempotent-replayed']).toBe('true');
  });
});

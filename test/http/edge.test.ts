import { connect } from 'node:net';

import { describeOnEachServer } from '../builders/each-server';

/** Chapter 4: an error is an object with a code, always with a content type and a request id, whatever was sent. */

/** Sends `bytes` on a socket of its own; gives what came back until the other side closed. */
function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('end', () => {
      resolve(text);
    });
    socket.on('error', reject);
  });
}

describeOnEachServer('the edge', (world) => {
  const close = 'Connection: close\r\n';
  test.each([
    ['garbage', 'garbage\r\n\r\n', 400, 'INVALID_INPUT'],
    ['garbage for a call', 'POST /v1/algo/a/b HTTP/9.9\r\n\r\n', 400, 'INVALID_INPUT'],
    ['headers without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 431, 'TOO_LARGE'],
    [
      'an escape that is none',
      `GET /v1/resolve/a/b/%zz HTTP/1.1\r\nHost: a\r\n${close}\r\n`,
      400,
      'INVALID_REFERENCE',
    ],
    ['no host', `GET /nothing HTTP/1.1\r\n${close}\r\n`, 404, 'NOT_FOUND'],
    [
      'a strange expectation',
      `POST /graphql HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n${close}\r\n`,
      417,
      'INVALID_INPUT',
    ],
  ])('%s is refused in the shape of every refusal', async (_what, bytes, status, code) => {
    const answer = await raw(world().server.url, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(/^x-request-id: [0-9a-f]{32}\r$/im);
    expect(answer).toMatch(/^content-type: application\/json/im);
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { error: { code: string } };
    expect(body.error.code).toBe(code);
  });

  test('a credential that is not good is told how to come, and what is away when to come again', async () => {
    const refused = await fetch(`${world().server.url}/v1/resolve/a/b`, {
      headers: { authorization: 'nonsense' },
    });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  test('the metrics are for the operator', async () => {
    const status = async (authorization?: string): Promise<number> =>
      (await fetch(`${world().server.url}/metrics`, { headers: authorization ? { authorization } : {} }))
        .status;
    await world().user('meg');
    expect(await status()).toBe(401);
    expect(await status((await world().key('meg')).key ?? '')).toBe(403);
    expect(await status(world().operator.key ?? '')).toBe(200);
  });

  test('half a character is refused rather than changed', async () => {
    await world().user('uni');
    const outcome = await world().operator.attempt('createAlgorithm', {
      owner: 'uni',
      name: 'text',
      description: '\ud800',
    });
    expect(outcome).toBe('INVALID_INPUT');
  });

  test('an algorithm may be called algo, as in the examples; an owner may not', async () => {
    await world().user('org');
    expect(await world().operator.attempt('createAlgorithm', { owner: 'org', name: 'algo' })).toBe('OK');
    expect(await world().operator.attempt('createUser', { handle: 'Algo' })).toBe('INVALID_INPUT');
  });

  test('what one replica published, a mutation at another finds at once', async () => {
    await world().user('twin');
    await world().algorithm('twin/detect');
    const replica = await world().replica();
    try {
      for (const version of ['1.0.0', '1.0.1', '1.0.2']) {
        await world().publish('twin/detect', version, { visibility: 'PRIVATE' });
        const there = world().operator.at(replica);
        expect(
          await there.attempt('yankVersion', { version: `twin/detect/${version}`, reason: 'seen' }),
        ).toBe('OK');
      }
    } finally {
      await replica.stop();
    }
  });
});

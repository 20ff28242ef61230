import { describeOnEachServer } from '../builders/each-server';

describeOnEachServer('the public keys of tokens for subgraphs', (world) => {
  test('are the same at every replica, for everyone, and nothing else is told', async () => {
    const { anonymous, server } = world();
    const answers = [];
    for (const replica of [server, await world().replica()]) {
      answers.push(await anonymous.at(replica).http('/.well-known/jwks.json'));
    }
    const key = {
      kty: 'OKP',
      crv: 'Ed25519',
      x: expect.stringMatching(/^[\w-]{43}$/) as string,
      kid: expect.stringMatching(/^[\w-]{43}$/) as string,
      alg: 'EdDSA',
      use: 'sig',
      iat: expect.any(Number) as number,
    };
    for (const { status, headers, json } of answers) {
      expect({ status, json }).toEqual({ status: 200, json: { keys: [key] } });
      expect(headers).toMatchObject({
        'content-type': 'application/jwk-set+json; charset=utf-8',
        'cache-control': 'public, max-age=300',
        'access-control-allow-origin': '*',
      });
    }
    expect(answers[0]?.text).toBe(answers[1]?.text);
  });
});

import { DATABASES } from '../builders/databases';
import { expectSoon } from '../builders/soon';
import { World } from '../builders/world';
import { issuersFile } from '../oidc/support/issuers-file';
import { OidcProvider } from '../oidc/support/provider';

/** Chapter 7, "Identity": against a real issuer, with its own discovery, keys and tokens. */

/** Between two looks at an issuer. */
const LOOKS_MS = 5_000;

describe.each(DATABASES)('a real OpenID provider on %s', (_name, create) => {
  let provider: OidcProvider;
  let world: World;

  beforeAll(async () => {
    provider = await OidcProvider.start({
      ada: { secret: 'secret-of-ada', claims: { groups: ['devs'], preferred_username: 'bob' } },
      stranger: { secret: 'secret-of-a-stranger', claims: { preferred_username: 'ada', groups: ['devs'] } },
      elsewhere: { secret: 'secret-of-elsewhere', audience: 'another-service' },
      pipeline: {
        secret: 'secret-of-a-pipeline',
        audience: 'publishing',
        claims: { repository: 'acme/detect', workflow_ref: 'acme/detect/release.yml@refs/heads/main' },
      },
    });
    const organizations = { map: [{ value: 'devs', organization: 'acme', role: 'MAINTAINER' }] };
    const issuers = [
      {
        url: provider.url,
        signIn: { audience: 'algogate', organizations },
        publishing: { audience: 'publishing' },
      },
    ];
    world = await World.start(create, { ALGOGATE_ISSUERS: issuersFile({ issuers }) });
    await world.user('ada');
    await world.user('bob');
    await world.organization('acme', { admin: 'ada' });
    await world.algorithm('acme/detect');
    for (const [user, subject] of [
      ['ada', 'ada'],
      ['bob', 'elsewhere'],
    ]) {
      await world.operator.mutate('linkIdentity', { user, issuer: provider.url, subject });
    }
  });
  afterAll(async () => {
    await world.stop();
    await provider.stop();
  });

  const VIEWER = '{ viewer { user { handle } } owner(handle: "acme") { viewerRole } }';

  async function seenAs(token: string): Promise<unknown> {
    const answer = await world.as(token).graphql(VIEWER);
    if (answer.errors[0] !== undefined) return answer.errors[0].code;
    return [answer.at('viewer.user.handle'), answer.at('owner.viewerRole')];
  }

  test('its tokens sign in whom they are linked to, narrowed by their groups', async () => {
    expect(await seenAs(await provider.token('ada'))).toEqual(['ada', 'MAINTAINER']);
    const call = await world.as(await provider.token('ada')).call('acme/detect/1.0.0', 1);
    expect(call.status).toBe(404);
  });

  test('those of others, and those that are made out to others, do not', async () => {
    for (const client of ['stranger', 'elsewhere', 'pipeline']) {
      expect([client, await seenAs(await provider.token(client))]).toEqual([client, 'UNAUTHENTICATED']);
    }
  });

  test('a pipeline exchanges its token for a key, and publishes', async () => {
    await world.operator.mutate('addTrustedPublisher', {
      algorithm: 'acme/detect',
      issuer: provider.url,
      repository: 'acme/detect',
      workflow: 'acme/detect/release.yml@refs/heads/main',
    });
    const exchange = async (client: string): Promise<unknown> => {
      const answer = await world.as(await provider.token(client)).http('/v1/trusted-publishing/token', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ algorithm: 'acme/detect' }),
      });
      return answer.json;
    };
    const { token } = (await exchange('pipeline')) as { token: string };
    const sha = 'a'.repeat(40);
    const pipeline = world.as(token);
    const build = { algorithm: 'acme/detect', sha, status: 'SUCCEEDED', backendUrl: `${world.backend.url}/` };
    expect(await pipeline.attempt('registerBuild', build)).toBe('OK');
    expect(
      await pipeline.attempt('publishVersion', { algorithm: 'acme/detect', sha, version: '1.0.0' }),
    ).toBe('OK');
    expect(await exchange('ada')).toMatchObject({ error: { code: 'UNAUTHENTICATED' } });
  });

  test('when it rotates its keys, what it signs from then on is good, and what it signed before is not for long', async () => {
    const before = await provider.token('ada');
    await provider.rotate();
    const after = await provider.token('ada');
    expect(after.split('.')[0]).not.toBe(before.split('.')[0]);
    await expectSoon(() => seenAs(after), ['ada', 'MAINTAINER'], LOOKS_MS + 2_000);
  });
});

import { ApiKeyRow, LedgerEntryRow, OwnerRow, UsedTokenRow } from '../../entities';
import { Ledger } from '../../src/ledger';
import { TokenExchangeService } from '../../src/subgraphs/access';
import { type Client, valueAt } from '../builders/client';
import { DATABASES } from '../builders/databases';
import type { TestServer } from '../builders/server';
import { expectSoon } from '../builders/soon';
import { shaOf, World } from '../builders/world';
import { issuersFile } from '../oidc/support/issuers-file';
import { AUDIENCE, PUBLISHING_AUDIENCE, TestIssuer } from '../oidc/support/test-issuer';

/** Chapter 7, "Trusted publishing": a pipeline publishes by its identity token, with no stored secret. */

const REPOSITORY = 'acme-labs/detect';
const WORKFLOW = 'acme-labs/detect/.github/workflows/release.yml@refs/heads/main';
const CLAIMS = { repository: REPOSITORY, workflow_ref: WORKFLOW, environment: 'release', owner_id: '7' };
const CHANGED_WITHIN_MS = 1_000;
const QUARTER_MS = 900_000;

describe.each(DATABASES)('trusted publishing on %s', (_name, create) => {
  let issuer: TestIssuer;
  let world: World;
  let replica: TestServer;
  let ann: Client;
  let max: Client;
  let n = 0;

  beforeAll(async () => {
    issuer = await TestIssuer.start('RS256');
    const settings = {
      ALGOGATE_ISSUERS: issuersFile({
        issuers: [
          { url: issuer.url, signIn: { audience: AUDIENCE }, publishing: { audience: PUBLISHING_AUDIENCE } },
          { url: 'https://people.example', signIn: { audience: AUDIENCE } },
        ],
      }),
    };
    world = await World.start(create, settings);
    replica = await world.replica(settings);
    [ann, max] = [await world.user('ann'), await world.user('max')];
    await world.organization('acme', { admin: 'ann', members: { max: 'MAINTAINER' } });
  });
  afterAll(async () => {
    await world.stop();
    await issuer.leaves();
  });

  /** A new algorithm of acme, private, with a version, and the publisher that it trusts. */
  async function trusting(said: object = {}): Promise<{ algorithm: string; id: string }> {
    n += 1;
    const algorithm = `acme/algorithm${n}`;
    await world.algorithm(algorithm);
    await world.publish(algorithm, '1.0.0', { permissions: { visibility: 'PRIVATE' } });
    return { algorithm, id: await trust(algorithm, said) };
  }

  async function trust(algorithm: string, said: object = {}): Promise<string> {
    const input = { algorithm, issuer: issuer.url, repository: REPOSITORY, workflow: WORKFLOW, ...said };
    const added = await ann.mutate('addTrustedPublisher', input, 'trustedPublisher { id }');
    return String(valueAt(added, 'trustedPublisher.id'));
  }

  let tokens = 0;
  const tokenOf = (claims: object = {}): Promise<string> =>
    issuer.token({
      aud: PUBLISHING_AUDIENCE,
      sub: 'repo:acme-labs',
      jti: `token-${++tokens}`,
      ...CLAIMS,
      ...claims,
    });

  /** What a token is exchanged for; else the code of the refusal. */
  async function exchange(
    token: string,
    algorithm: string,
    at: { readonly url: string } = world.server,
  ): Promise<string> {
    const answer = await world
      .as(token)
      .at(at)
      .http('/v1/trusted-publishing/token', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ algorithm }),
      });
    return String(valueAt(answer.json, 'token') ?? valueAt(answer.json, 'error.code'));
  }

  const keyFor = async (algorithm: string): Promise<Client> =>
    world.as(await exchange(await tokenOf(), algorithm));

  function buildOf(algorithm: string) {
    n += 1;
    return {
      algorithm,
      sha: shaOf(`pipeline ${n}`),
      status: 'SUCCEEDED',
      backendUrl: `${world.backend.url}/${n}`,
    };
  }

  async function publishes(pipeline: Client, algorithm: string, version: string): Promise<readonly string[]> {
    const build = buildOf(algorithm);
    return [
      await pipeline.attempt('registerBuild', build),
      await pipeline.attempt('publishVersion', { algorithm, sha: build.sha, version }),
    ];
  }

  test('a token is exchanged for a key of a quarter of an hour, which publishes', async () => {
    const { algorithm } = await trusting();
    const answer = await world.as(await tokenOf()).http('/v1/trusted-publishing/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ algorithm: algorithm.toUpperCase() }),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('private, no-store');
    const { token, expires_at: end, ...rest } = answer.json as { token: string; expires_at: string };
    expect(rest).toEqual({ algorithm });
    expect(token).toMatch(/^agk_/);
    expect(Math.abs(Date.parse(end) - Date.now() - QUARTER_MS)).toBeLessThan(10_000);
    expect(await publishes(world.as(token), algorithm, '1.1.0')).toEqual(['OK', 'OK']);
    expect(await publishes(world.as(token).at(replica), algorithm, '1.2.0')).toEqual(['OK', 'OK']);
  });

  test('the ledger says which issuer, repository and workflow it was', async () => {
    const { algorithm, id } = await trusting({ environment: 'release' });
    const pipeline = await keyFor(algorithm);
    await publishes(pipeline, algorithm, '1.1.0');
    const reads = world.server.app.database.reads;
    const { id: ownerId } = await reads.findOneByOrFail(OwnerRow, { handleKey: 'acme' });
    const entries = await reads.find(LedgerEntryRow, {
      where: { ownerId, chain: 'private' },
      order: { at: 'ASC' },
    });
    const last = entries.slice(-4);
    const prefix = String(pipeline.key).slice(0, 12);
    const publisher = `publisher:${issuer.url} ${REPOSITORY} ${WORKFLOW}`;
    expect(last.map(({ actor, action }) => [action, actor])).toEqual([
      ['trustedPublisher.added', expect.stringMatching(/^user:ann key:agk_/)],
      ['apiKey.created', publisher],
      ['build.registered', `${publisher} key:${prefix}`],
      ['version.published', `${publisher} key:${prefix}`],
    ]);
    expect(JSON.parse(last[1]!.changeJson)).toMatchObject({
      ...{ prefix, scopes: [`release:${algorithm}`], publisher: id, issuer: issuer.url },
      ...{
        repository: REPOSITORY,
        workflow: WORKFLOW,
        environment: 'release',
        tokenSubject: 'repo:acme-labs',
      },
    });
  });

  test('an actor that is longer than the ledger has room for is cut, and its key is not', async () => {
    const workflow = `acme-labs/${'x'.repeat(300)}`;
    const { algorithm } = await trusting({ workflow });
    const pipeline = world.as(await exchange(await tokenOf({ workflow_ref: workflow }), algorithm));
    expect(await publishes(pipeline, algorithm, '1.1.0')).toEqual(['OK', 'OK']);
  });

  test('the key registers builds and publishes, reads for that, and does nothing else', async () => {
    const { algorithm, id } = await trusting();
    const { algorithm: other } = await trusting();
    const pipeline = await keyFor(algorithm);
    const version = `${algorithm}/1.0.0`;
    const refused: readonly (readonly [string, object])[] = [
      ['yankVersion', { version, reason: 'a test' }],
      ['deprecate', { algorithm, range: '1.0.0', message: 'a test' }],
      ['moveChannel', { algorithm, channel: 'lts', to: '1.0.0' }],
      ['updateAlgorithm', { algorithm, summary: 'mine' }],
      ['promoteVersion', { version }],
      ['setMajorPermissions', { major: `${algorithm}/1`, visibility: 'PUBLIC' }],
      ['grantMajorAccess', { major: `${algorithm}/1`, grantee: 'max', level: 'CALL' }],
      ['submitGateReport', { version, gates: [{ name: 'recall', value: 1 }] }],
      [
        'addArtifactRevision',
        { algorithm, name: 'w', revision: '1', uri: 'https://x/', sha256: 'a'.repeat(64) },
      ],
      ['createAlgorithm', { owner: 'acme', name: 'more' }],
      ['createApiKey', { owner: 'acme' }],
      ['createApiKey', { owner: 'acme', scopes: [`release:${algorithm}`] }],
      ['setMember', { organization: 'acme', user: 'max', role: 'ADMIN' }],
      ['addTrustedPublisher', { algorithm, issuer: issuer.url, repository: 'x', workflow: 'y' }],
      ['removeTrustedPublisher', { algorithm, id }],
      ['linkIdentity', { user: 'ann', issuer: issuer.url, subject: 'repo:acme-labs' }],
      ['publishVersion', { algorithm, version: '2.0.0', permissions: { visibility: 'PUBLIC' } }],
    ];
    await pipeline.attempt('registerBuild', buildOf(algorithm));
    for (const [mutation, input] of refused) {
      expect([mutation, await pipeline.attempt(mutation, input)]).toEqual([mutation, 'FORBIDDEN']);
    }
    expect((await pipeline.call(version, 1)).status).toBe(403);
    expect((await pipeline.resolve(version)).status).toBe(200);
    expect(await publishes(pipeline, other, '1.1.0')).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    expect((await pipeline.resolve(`${other}/1.0.0`)).status).toBe(404);
    expect((await pipeline.graphql('{ viewer { apiKeys { prefix } } }')).at('viewer.apiKeys')).toEqual([]);
    expect(await publishes(pipeline, algorithm, '1.1.0')).toEqual(['OK', 'OK']);
  });

  describe('a token is good once', () => {
    /** How many keys there are of pipelines. */
    const keys = async (): Promise<number> =>
      (await world.server.app.database.reads.findBy(ApiKeyRow, {})).filter(
        ({ publisherId }) => publisherId !== null,
      ).length;

    test.each([
      ['with a name', {}],
      ['without a name', { jti: undefined }],
      ['with an empty name', { jti: '' }],
    ])('%s, at whatever replica, one after the other and at once', async (_what, claims) => {
      const { algorithm } = await trusting();
      const { algorithm: other } = await trusting();
      const token = await tokenOf({ ...claims, nonce: ++n });
      const before = await keys();
      const attempts = Array.from({ length: 10 }, (_, at) =>
        exchange(token, at % 3 === 0 ? other : algorithm, at % 2 === 0 ? world.server : replica),
      );
      const outcomes = await Promise.all(attempts);
      expect(outcomes.filter((outcome) => outcome.startsWith('agk_'))).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'UNAUTHENTICATED')).toHaveLength(9);
      expect(await exchange(token, algorithm)).toBe('UNAUTHENTICATED');
      expect(await keys()).toBe(before + 1);
    });

    test('however its signature is written', async () => {
      const { algorithm } = await trusting();
      const token = await tokenOf({ jti: undefined, nonce: ++n });
      expect(await exchange(token, algorithm)).toMatch(/^agk_/);
      // the last character of 256 bytes in base64url has bits that say nothing
      for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
        expect(await exchange(token.slice(0, -1) + last, algorithm)).toBe('UNAUTHENTICATED');
      }
    });

    test('the same name of two tokens is one token', async () => {
      const { algorithm } = await trusting();
      const jti = `twice-${++n}`;
      const outcomes = [
        await exchange(await tokenOf({ jti }), algorithm),
        await exchange(await tokenOf({ jti, nonce: n }), algorithm),
      ];
      expect(outcomes).toEqual([expect.stringMatching(/^agk_/), 'UNAUTHENTICATED']);
    });

    test('what was refused did not use it', async () => {
      const { algorithm } = await trusting();
      const token = await tokenOf();
      expect(await exchange(token, 'acme/missing')).toBe('FORBIDDEN');
      expect(await exchange(token, algorithm)).toMatch(/^agk_/);
    });

    test('it is remembered for longer than any replica takes it, and then forgotten', async () => {
      const { algorithm } = await trusting();
      const exp = Math.floor(Date.now() / 1000) + 60;
      await exchange(await tokenOf({ exp }), algorithm);
      const { database } = world.server.app;
      const rows = await database.reads.findBy(UsedTokenRow, {});
      for (const { forgetAt } of rows) expect(Number(forgetAt)).toBeGreaterThan((exp + 30) * 1000 + 60_000);
      const old = { digest: '0'.repeat(64), forgetAt: Date.now() - 1 };
      await database.write((tx) => tx.insert(UsedTokenRow, old));
      // the purge of the replica, which it makes every ten minutes
      const parts = { database, ledger: new Ledger(database), index: null as never };
      await new TokenExchangeService(parts, null).purge();
      expect(await database.reads.findBy(UsedTokenRow, {})).toHaveLength(rows.length);
    });
  });

  test.each<readonly [string, object]>([
    ['a repository that begins as it', { repository: `${REPOSITORY}-evil` }],
    ['a repository in another case', { repository: 'Acme-Labs/detect' }],
    ['a repository of another owner', { repository: 'evil/detect' }],
    ['a list with the repository in it', { repository: [REPOSITORY] }],
    ['no repository', { repository: undefined }],
    ['another workflow of the repository', { workflow_ref: WORKFLOW.replace('release', 'test') }],
    ['another branch', { workflow_ref: `${WORKFLOW}-evil` }],
    ['another environment', { environment: 'staging' }],
    ['no environment', { environment: undefined }],
    ['another of the other claims', { owner_id: '77' }],
    ['a number in place of a text', { owner_id: 7 }],
  ])('a token with %s gets nothing', async (_what, said) => {
    const { algorithm } = await trusting({
      environment: 'release',
      claims: [{ name: 'owner_id', value: '7' }],
    });
    expect(await exchange(await tokenOf(said), algorithm)).toBe('FORBIDDEN');
    expect(await exchange(await tokenOf(), algorithm)).toMatch(/^agk_/);
  });

  test('what is no token for publishing is UNAUTHENTICATED; what names no algorithm is refused without a look', async () => {
    const { algorithm } = await trusting();
    const evil = await TestIssuer.start('RS256');
    const bad = [
      await tokenOf({ aud: AUDIENCE }),
      await tokenOf({ exp: 1 }),
      await evil.token({ aud: PUBLISHING_AUDIENCE, ...CLAIMS }),
      await evil.token({ iss: issuer.url, aud: PUBLISHING_AUDIENCE, ...CLAIMS }),
      String(ann.key),
      'a.b.c',
    ];
    for (const token of bad)
      expect([token, await exchange(token, algorithm)]).toEqual([token, 'UNAUTHENTICATED']);
    expect(evil.asked).toEqual([]);
    await evil.leaves();
    const nobody = await world.anonymous.http('/v1/trusted-publishing/token', { method: 'POST' });
    expect(nobody.status).toBe(401);
    expect(await exchange(await tokenOf(), 'no reference')).toBe('INVALID_INPUT');
    // a token for publishing is no credential of anything else
    const answer = await world.as(await tokenOf()).graphql('{ viewer { id } }');
    expect(answer.errors[0]?.code).toBe('UNAUTHENTICATED');
  });

  test('an algorithm that is not there is refused with the same bytes as one that trusts others', async () => {
    const { algorithm } = await trusting({ repository: 'acme-labs/other' });
    const bodies = [];
    for (const named of [algorithm, 'acme/missing', 'nobody/missing']) {
      const answer = await world.as(await tokenOf()).http('/v1/trusted-publishing/token', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ algorithm: named }),
      });
      bodies.push([answer.status, answer.text]);
    }
    expect(bodies).toEqual([bodies[0], bodies[0], bodies[0]]);
  });

  describe('administration', () => {
    const LIST = (algorithm: string): string =>
      `{ algorithm(ref: "${algorithm}") { trustedPublishers { id issuer repository workflow environment claims { name value } } } }`;

    test('is for the admins of the algorithm, and seen by them', async () => {
      const { algorithm, id } = await trusting({ claims: [{ name: 'owner_id', value: '7' }] });
      const outsider = await world.key('max', { scopes: ['read:acme/*'] });
      const input = { algorithm, issuer: issuer.url, repository: 'a/b', workflow: 'c' };
      const by = async (client: Client): Promise<unknown> => [
        await client.attempt('addTrustedPublisher', input),
        await client.attempt('removeTrustedPublisher', { algorithm, id: 'tp_x' }),
        (await client.graphql(LIST(algorithm))).at('algorithm.trustedPublishers') ?? null,
      ];
      const stranger = await world.user(`stranger${n}`);
      expect(await by(world.anonymous)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', null]);
      expect(await by(stranger)).toEqual(['NOT_FOUND', 'NOT_FOUND', null]);
      expect(await by(max)).toEqual(['FORBIDDEN', 'FORBIDDEN', null]);
      expect(await by(outsider)).toEqual(['FORBIDDEN', 'FORBIDDEN', null]);
      expect((await ann.graphql(LIST(algorithm))).at('algorithm.trustedPublishers')).toEqual([
        {
          ...{ id, issuer: issuer.url, repository: REPOSITORY, workflow: WORKFLOW, environment: null },
          claims: [{ name: 'owner_id', value: '7' }],
        },
      ]);
      const missing = { ...input, algorithm: 'acme/missing' };
      expect(await ann.attempt('addTrustedPublisher', missing)).toBe('NOT_FOUND');
    });

    test('the same twice is one; issuers are those that the operator trusts for that; there are twenty at most', async () => {
      const { algorithm, id } = await trusting();
      expect(await trust(algorithm)).toBe(id);
      const input = { algorithm, issuer: issuer.url, repository: 'a/b', workflow: 'c' };
      for (const url of ['https://evil.example', 'https://people.example', `${issuer.url}/`, '']) {
        expect([url, await ann.attempt('addTrustedPublisher', { ...input, issuer: url })]).toEqual([
          url,
          'INVALID_INPUT',
        ]);
      }
      const twice = [
        { name: 'x', value: 'y' },
        { name: 'x', value: 'z' },
      ];
      expect(await ann.attempt('addTrustedPublisher', { ...input, claims: twice })).toBe('INVALID_INPUT');
      for (let more = 1; more < 20; more += 1) await trust(algorithm, { repository: `a/b${more}` });
      expect(await ann.attempt('addTrustedPublisher', input)).toBe('INVALID_INPUT');
      expect(await trust(algorithm)).toBe(id);
    });

    test('one of another algorithm is not found', async () => {
      const [one, other] = [await trusting(), await trusting()];
      const foreign = { algorithm: one.algorithm, id: other.id };
      expect(await ann.attempt('removeTrustedPublisher', foreign)).toBe('NOT_FOUND');
      expect(await exchange(await tokenOf(), other.algorithm)).toMatch(/^agk_/);
    });
  });

  describe('what was taken away is gone', () => {
    const registers = async (pipeline: Client, algorithm: string): Promise<string> =>
      pipeline.attempt('registerBuild', buildOf(algorithm));

    test('with a publisher go the keys of its pipelines, at every replica within a second', async () => {
      const { algorithm, id } = await trusting();
      const [one, two] = [await keyFor(algorithm), await keyFor(algorithm)];
      for (const pipeline of [one, two, one.at(replica), two.at(replica)]) {
        expect(await registers(pipeline, algorithm)).toBe('OK');
      }
      await ann.mutate('removeTrustedPublisher', { algorithm, id });
      for (const pipeline of [one, two]) {
        expect(await registers(pipeline, algorithm)).toBe('UNAUTHENTICATED');
        await expectSoon(
          () => registers(pipeline.at(replica), algorithm),
          'UNAUTHENTICATED',
          CHANGED_WITHIN_MS,
        );
      }
      expect(await exchange(await tokenOf(), algorithm)).toBe('FORBIDDEN');
      expect(await exchange(await tokenOf(), algorithm, replica)).toBe('FORBIDDEN');
      expect(await ann.attempt('removeTrustedPublisher', { algorithm, id })).toBe('NOT_FOUND');
      const again = await trust(algorithm);
      expect(again).not.toBe(id);
      expect(await registers(one, algorithm)).toBe('UNAUTHENTICATED');
      expect(await registers(await keyFor(algorithm), algorithm)).toBe('OK');
    });

    test('a key of a pipeline can be revoked by itself', async () => {
      const { algorithm } = await trusting();
      const [one, two] = [await keyFor(algorithm), await keyFor(algorithm)];
      await ann.mutate('revokeApiKey', { id: String(one.key).slice(0, 12) });
      expect([await registers(one, algorithm), await registers(two, algorithm)]).toEqual([
        'UNAUTHENTICATED',
        'OK',
      ]);
    });

    test('pipelines of a user who is suspended publish nothing', async () => {
      const owner = `owner${++n}`;
      const client = await world.user(owner);
      await world.algorithm(`${owner}/own`);
      const input = {
        algorithm: `${owner}/own`,
        issuer: issuer.url,
        repository: REPOSITORY,
        workflow: WORKFLOW,
      };
      await client.mutate('addTrustedPublisher', input);
      const pipeline = await keyFor(`${owner}/own`);
      expect(await registers(pipeline, `${owner}/own`)).toBe('OK');
      await world.operator.mutate('suspendUser', { user: owner, reason: 'a test' });
      expect(await registers(pipeline, `${owner}/own`)).toBe('UNAUTHENTICATED');
    });

    test('a release waits for a second person, who is not the one that let the pipeline in', async () => {
      const { algorithm } = await trusting();
      await world.organization(`duo${++n}`, { admin: 'ann', members: { max: 'ADMIN' } });
      await world.operator.mutate('setMember', { organization: 'acme', user: 'max', role: 'ADMIN' });
      await ann.mutate('setMajorPermissions', { major: `${algorithm}/1`, visibility: 'PUBLIC' });
      await ann.mutate('updateAlgorithm', { algorithm, policies: { protectStable: 'EVERY' } });
      expect(await publishes(await keyFor(algorithm), algorithm, '1.1.0')).toEqual(['OK', 'OK']);
      const version = { version: `${algorithm}/1.1.0` };
      expect([
        await ann.attempt('approveVersion', version),
        await max.attempt('approveVersion', version),
      ]).toEqual(['FORBIDDEN', 'OK']);
      await world.operator.mutate('setMember', { organization: 'acme', user: 'max', role: 'MAINTAINER' });
    });
  });
});

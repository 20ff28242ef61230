import { LedgerEntryRow, OwnerRow } from '../../entities';
import { type Client } from '../builders/client';
import { DATABASES } from '../builders/databases';
import type { TestServer } from '../builders/server';
import { expectSoon } from '../builders/soon';
import { World } from '../builders/world';
import { issuersFile } from '../oidc/support/issuers-file';
import { AUDIENCE, TestIssuer } from '../oidc/support/test-issuer';

/** Chapter 7, "OIDC / JWT": users who come by tokens of issuers, through the front door. */
const CHANGED_WITHIN_MS = 1_000;

describe.each(DATABASES)('signing in by tokens on %s', (_name, create) => {
  /** Its users exist; it narrows organisations by groups. */
  let staff: TestIssuer;
  /** Its users are made on first sight, and may make keys. */
  let guests: TestIssuer;
  let world: World;
  let replica: TestServer;
  let n = 0;

  beforeAll(async () => {
    staff = await TestIssuer.start();
    guests = await TestIssuer.start('EdDSA');
    const map = [
      { value: 'acme-admins', organization: 'Acme', role: 'ADMIN' },
      { value: 'acme-devs', organization: 'acme', role: 'MAINTAINER' },
      { value: 'late-devs', organization: 'late', role: 'MEMBER' },
    ];
    const settings = {
      ALGOGATE_ISSUERS: issuersFile({
        issuers: [
          { url: staff.url, signIn: { audience: AUDIENCE, organizations: { claim: 'groups', map } } },
          {
            url: guests.url,
            signIn: { audience: AUDIENCE, users: 'create', handle: { prefix: 'g-' }, apiKeys: true },
          },
        ],
      }),
    };
    world = await World.start(create, settings);
    replica = await world.replica(settings);
    await world.user('root');
    await world.organization('acme', { admin: 'root' });
    await world.algorithm('acme/detect');
    await world.publish('acme/detect', '1.0.0', { permissions: { visibility: 'PRIVATE' } });
  });
  afterAll(async () => {
    await world.stop();
    for (const issuer of [staff, guests]) await issuer.leaves();
  });

  /** A new user who is linked to a subject of the staff. */
  async function linked(role: string | null = null): Promise<{ handle: string; subject: string }> {
    n += 1;
    const [handle, subject] = [`user${n}`, `subject-${n}`];
    await world.operator.mutate('createUser', { handle });
    await world.operator.mutate('linkIdentity', { user: handle, issuer: staff.url, subject });
    if (role !== null) await world.operator.mutate('setMember', { organization: 'acme', user: handle, role });
    return { handle, subject };
  }

  async function tokenOf(subject: string, claims: object = {}): Promise<Client> {
    return world.as(await staff.token({ sub: subject, groups: ['acme-admins'], ...claims }));
  }

  /** The handle of whom a client is taken for; else the code of the refusal. */
  async function whoIs(client: Client): Promise<unknown> {
    const answer = await client.graphql('{ viewer { user { handle } } }');
    return answer.errors[0]?.code ?? answer.at('viewer.user.handle') ?? null;
  }

  const roleOf = async (client: Client): Promise<unknown> =>
    (await client.graphql('{ owner(handle: "acme") { viewerRole } }')).at('owner.viewerRole');
  const call = async (client: Client): Promise<number> => (await client.call('acme/detect/1.0.0', 1)).status;

  test('a token acts as the user that its subject is linked to, on every way in', async () => {
    const { handle, subject } = await linked('MEMBER');
    const token = await staff.token({ sub: subject, groups: ['acme-devs'] });
    for (const at of [world.as(token), world.as(token).at(replica)]) {
      expect(await whoIs(at)).toBe(handle);
      expect(await call(at)).toBe(200);
      expect((await at.resolve('acme/detect/1.0.0')).status).toBe(200);
      for (const Authorization of [`Bearer ${token}`, `Simple ${token}`, token]) {
        expect((await at.http('/v1/resolve/acme/detect/1.0.0', { headers: { Authorization } })).status).toBe(
          200,
        );
      }
    }
  });

  test('a good token whose subject nobody linked is nobody, whatever else it says', async () => {
    const { handle } = await linked('ADMIN');
    const stranger = { preferred_username: handle, email: `${handle}@acme.example`, email_verified: true };
    const client = await tokenOf('stranger', { ...stranger, name: handle, handle, sub: 'stranger' });
    expect(await whoIs(client)).toBe('UNAUTHENTICATED');
    expect(await call(client)).toBe(401);
    expect(await whoIs(await tokenOf(handle))).toBe('UNAUTHENTICATED');
  });

  test('the same subject at two issuers is two people', async () => {
    const { handle, subject } = await linked();
    const other = world.as(await guests.token({ sub: subject, preferred_username: `twin${n}` }));
    expect(await whoIs(other)).toBe(`g-twin${n}`);
    expect(await whoIs(await tokenOf(subject))).toBe(handle);
  });

  test('subjects that differ in case, or in a space at the end, are not the same', async () => {
    const { subject } = await linked();
    for (const sub of [subject.toUpperCase(), `${subject} `, ` ${subject}`, `${subject}\0`]) {
      expect(await whoIs(await tokenOf(sub))).toBe('UNAUTHENTICATED');
    }
  });

  describe('claims narrow, and give nothing', () => {
    test.each<readonly [role: string, groups: unknown, left: string | null]>([
      ['ADMIN', ['acme-admins'], 'ADMIN'],
      ['ADMIN', ['acme-devs'], 'MAINTAINER'],
      ['ADMIN', ['acme-devs', 'acme-admins'], 'ADMIN'],
      ['ADMIN', 'acme-devs', 'MAINTAINER'],
      ['MEMBER', ['acme-admins'], 'MEMBER'],
      ['ADMIN', [], null],
      ['ADMIN', undefined, null],
      ['ADMIN', ['ACME-ADMINS'], null],
      ['ADMIN', [['acme-admins']], null],
      ['ADMIN', { 'acme-admins': true }, null],
    ])('of %s the groups %j leave %s', async (role, groups, left) => {
      const { subject } = await linked(role);
      expect(await roleOf(await tokenOf(subject, { groups }))).toBe(left);
    });

    test('who is no member is none by any group', async () => {
      const { subject } = await linked();
      const client = await tokenOf(subject);
      expect(await roleOf(client)).toBeNull();
      expect(await call(client)).toBe(404);
      expect(await client.attempt('updateAlgorithm', { algorithm: 'acme/detect', summary: 'mine' })).not.toBe(
        'OK',
      );
    });

    test('what is left holds in mutations, also of organisations that are made later', async () => {
      const { handle, subject } = await linked('ADMIN');
      const [dev, admin] = [await tokenOf(subject, { groups: ['acme-devs'] }), await tokenOf(subject)];
      n += 1;
      const input = { organization: 'acme', user: 'root', role: 'ADMIN' };
      expect([await dev.attempt('setMember', input), await admin.attempt('setMember', input)]).toEqual([
        'FORBIDDEN',
        'OK',
      ]);
      await world.organization('late', { admin: handle });
      const late = await dev.graphql(
        '{ owner(handle: "late") { viewerRole } viewer { organizations { handle } } }',
      );
      expect([late.at('owner.viewerRole'), late.at('viewer.organizations')]).toEqual([
        null,
        [{ handle: 'acme' }],
      ]);
    });

    test('a token that is narrowed makes no key that would not be', async () => {
      const { handle, subject } = await linked('ADMIN');
      const client = await tokenOf(subject);
      for (const owner of [handle, 'acme']) {
        expect(await client.attempt('createApiKey', { owner })).toBe('FORBIDDEN');
      }
    });
  });

  describe('first sight', () => {
    const guest = async (claims: object): Promise<Client> => world.as(await guests.token({ ...claims }));

    test('makes one account, with nothing in it, at however many requests at once', async () => {
      n += 1;
      const client = await guest({ sub: `guest-${n}`, preferred_username: `new${n}` });
      const all = Array.from({ length: 8 }, (_, at) => whoIs(at % 2 === 0 ? client : client.at(replica)));
      expect(new Set(await Promise.all(all))).toEqual(new Set([`g-new${n}`]));
      expect(
        (await client.graphql('{ viewer { organizations { handle } } }')).at('viewer.organizations'),
      ).toEqual([]);
      expect(
        (await client.graphql('{ viewer { identities { issuer subject } } }')).at('viewer.identities'),
      ).toEqual([{ issuer: guests.url, subject: `guest-${n}` }]);
    });

    test('finds no account by its handle: who has it keeps it', async () => {
      n += 1;
      await world.user(`g-taken${n}`);
      for (const name of [`taken${n}`, `TAKEN${n}`]) {
        expect(await whoIs(await guest({ sub: `thief-${n}`, preferred_username: name }))).toBe(
          'UNAUTHENTICATED',
        );
      }
      const first = await guest({ sub: `first-${n}`, preferred_username: `name${n}` });
      expect(await whoIs(first)).toBe(`g-name${n}`);
      // the issuer gave the name to somebody else, and another to who had it
      expect(await whoIs(await guest({ sub: `second-${n}`, preferred_username: `name${n}` }))).toBe(
        'UNAUTHENTICATED',
      );
      expect(await whoIs(await guest({ sub: `first-${n}`, preferred_username: `renamed${n}` }))).toBe(
        `g-name${n}`,
      );
    });

    test.each([undefined, '', 7, 'with space', 'a/b', 'x'.repeat(80), ['list']])(
      'by the name %j is refused',
      async (name) => {
        n += 1;
        expect(await whoIs(await guest({ sub: `odd-${n}`, preferred_username: name }))).toBe(
          'UNAUTHENTICATED',
        );
      },
    );

    test('its keys may be made where the operator says so', async () => {
      n += 1;
      const client = await guest({ sub: `maker-${n}`, preferred_username: `maker${n}` });
      expect(await client.attempt('createApiKey', { owner: `g-maker${n}` })).toBe('OK');
    });
  });

  describe('what was taken away is gone at every replica within a second', () => {
    /** Holds at both replicas before `take`, and at neither a second after. */
    async function expectGone(
      client: Client,
      holds: (client: Client) => Promise<boolean>,
      take: () => Promise<unknown>,
    ): Promise<void> {
      const both = [client, client.at(replica)];
      for (const at of both) expect(await holds(at)).toBe(true);
      await take();
      expect(await holds(client)).toBe(false);
      await expectSoon(() => holds(client.at(replica)), false, CHANGED_WITHIN_MS);
    }

    test('a link', async () => {
      const { handle, subject } = await linked();
      const input = { user: handle, issuer: staff.url, subject };
      const client = await tokenOf(subject);
      const holds = async (at: Client): Promise<boolean> => (await whoIs(at)) === handle;
      await expectGone(client, holds, () => world.operator.mutate('unlinkIdentity', input));
      expect(await world.operator.attempt('unlinkIdentity', input)).toBe('NOT_FOUND');
      await world.operator.mutate('linkIdentity', input);
      await expectSoon(() => holds(client.at(replica)), true, CHANGED_WITHIN_MS);
      // by the user itself
      await expectGone(client, holds, () => client.mutate('unlinkIdentity', input));
    });

    test('an account that is suspended', async () => {
      const { handle, subject } = await linked('MEMBER');
      const suspend = () => world.operator.mutate('suspendUser', { user: handle, reason: 'a test' });
      await expectGone(await tokenOf(subject), async (at) => (await call(at)) === 200, suspend);
    });

    test('a membership, and a role', async () => {
      const { handle, subject } = await linked('ADMIN');
      const client = await tokenOf(subject);
      const demote = () =>
        world.operator.mutate('setMember', { organization: 'acme', user: handle, role: 'MEMBER' });
      await expectGone(client, async (at) => (await roleOf(at)) === 'ADMIN', demote);
      const remove = () => world.operator.mutate('removeMember', { organization: 'acme', user: handle });
      await expectGone(client, async (at) => (await call(at)) === 200, remove);
    });
  });

  test('a token ends when it says, though it was looked at before', async () => {
    const { handle, subject } = await linked();
    // the leeway is half a minute
    const exp = Math.floor(Date.now() / 1000) - 28;
    const client = await tokenOf(subject, { exp });
    expect(await whoIs(client)).toBe(handle);
    await expectSoon(() => whoIs(client), 'UNAUTHENTICATED', 5_000);
  });

  test('a link that is made or ended is one entry of the private ledger of the user; nothing changed is none', async () => {
    const { handle, subject } = await linked();
    const input = { user: handle, issuer: staff.url, subject };
    await world.operator.mutate('linkIdentity', input);
    const token = await tokenOf(subject);
    await token.mutate('unlinkIdentity', input);
    n += 1;
    const guest = world.as(await guests.token({ sub: `ledger-${n}`, preferred_username: `ledger${n}` }));
    await whoIs(guest);
    const entriesOf = async (of: string) => {
      const reads = world.server.app.database.reads;
      const { id: ownerId } = await reads.findOneByOrFail(OwnerRow, { handleKey: of });
      const entries = await reads.find(LedgerEntryRow, { where: { ownerId }, order: { at: 'ASC' } });
      return entries.map(({ chain, action, actor }) => [chain, action, actor]);
    };
    expect(await entriesOf(handle)).toEqual([
      ['public', 'user.created', 'operator'],
      ['private', 'identity.linked', 'operator'],
      ['private', 'identity.unlinked', expect.stringMatching(new RegExp(`^user:${handle} identity:\\d+$`))],
    ]);
    const [publicly, privately] = await entriesOf(`g-ledger${n}`);
    expect([publicly, privately]).toEqual([
      ['public', 'user.created', `user:g-ledger${n}`],
      ['private', 'identity.linked', `user:g-ledger${n}`],
    ]);
    const rows = await world.server.app.database.reads.findBy(LedgerEntryRow, { chain: 'public' });
    // who an account is at its issuer is not for outsiders
    expect(rows.filter(({ changeJson }) => changeJson.includes(guests.url))).toEqual([]);
  });

  test('only the operator links, and nothing is linked twice', async () => {
    const [one, other] = [await linked(), await linked()];
    const input = { user: other.handle, issuer: staff.url, subject: one.subject };
    expect(await world.operator.attempt('linkIdentity', input)).toBe('ALREADY_EXISTS');
    expect(await world.operator.attempt('linkIdentity', { ...input, user: one.handle })).toBe('OK');
    expect(await world.operator.attempt('linkIdentity', { ...input, user: 'acme' })).toBe('INVALID_INPUT');
    expect(await world.operator.attempt('linkIdentity', { ...input, subject: '' })).toBe('INVALID_INPUT');
    const client = await tokenOf(other.subject);
    for (const mutation of ['linkIdentity', 'unlinkIdentity']) {
      const foreign = {
        user: one.handle,
        issuer: staff.url,
        subject: mutation === 'linkIdentity' ? 'x' : one.subject,
      };
      expect(await client.attempt(mutation, foreign)).toBe('FORBIDDEN');
      expect(await world.anonymous.attempt(mutation, foreign)).toBe('UNAUTHENTICATED');
    }
    const races = Array.from({ length: 6 }, (_, at) =>
      (at % 2 === 0 ? world.operator : world.operator.at(replica)).attempt('linkIdentity', {
        ...input,
        user: at % 3 === 0 ? one.handle : other.handle,
        subject: 'raced',
      }),
    );
    const outcomes = await Promise.all(races);
    expect(new Set(outcomes)).toEqual(new Set(['OK', 'ALREADY_EXISTS']));
  });

  test('an issuer that is away costs its own tokens alone', async () => {
    n += 1;
    const client = world.as(await guests.token({ sub: `away-${n}`, preferred_username: `away${n}` }));
    const third = await world.replica({
      ALGOGATE_ISSUERS: issuersFile({
        issuers: [
          { url: guests.url, signIn: { audience: AUDIENCE, users: 'create', handle: { prefix: 'g-' } } },
        ],
      }),
    });
    await guests.leaves();
    try {
      const answer = await client.at(third).call('acme/detect/1.0.0', 1);
      expect(answer).toMatchObject({ status: 503, json: { error: { code: 'UNAVAILABLE' } } });
      expect(await whoIs(client.at(third))).toBe('UNAVAILABLE');
      expect((await world.operator.at(third).call('acme/detect/1.0.0', 1)).status).toBe(200);
    } finally {
      await guests.returns();
    }
  });
});

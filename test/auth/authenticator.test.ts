import { ApiKeyRow } from '../../entities';
import { Authenticator } from '../../src/auth';
import { hashKey } from '../../src/auth/api-key';
import { Database } from '../../src/database';
import { ANONYMOUS, OPERATOR, type Principal, type UserPrincipal } from '../../src/domain/principal';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { refusal, ROOT_KEY, World } from '../builders/services';

const REFUSED = { code: 'UNAUTHENTICATED', message: 'the credential is not valid' };
const MINUTE = 60_000;

describe.each(DATABASES)('credentials on %s', (_name, create) => {
  let made: TestDatabase;
  /** Of the process that writes, and of the reads of the authenticator that is looked at. */
  let databases: readonly [Database, Database];
  let world: World;
  let authenticator: Authenticator;
  let users = 0;
  let user: string;

  beforeAll(async () => {
    made = await create();
    databases = [await Database.open(made.target), await Database.open(made.target)];
    await databases[0].migrate();
    world = await World.open(databases[0]);
  });
  afterAll(async () => {
    await world.stop();
    for (const database of databases) await database.close();
    await made.drop();
  });
  beforeEach(async () => {
    authenticator = new Authenticator(databases[1], world.follower, ROOT_KEY);
    user = `User${++users}`;
    await world.user(user);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await authenticator.stop();
  });

  const authenticate = async (credential: string | undefined): Promise<Principal> =>
    authenticator.authenticate(credential);
  const refused = (credential: string) => refusal(authenticate(credential));
  /** How many statements `work` costs the authenticator. */
  async function costOf(work: () => unknown): Promise<number> {
    const before = databases[1].queries.count;
    await work();
    return databases[1].queries.count - before;
  }

  test('nobody, the operator, and keys in each of their forms', async () => {
    const { secret, prefix } = await world.key(user, ['read', 'call:acme/*']);
    expect(await authenticate(undefined)).toBe(ANONYMOUS);
    expect(await authenticate('')).toBe(ANONYMOUS);
    expect(await authenticate(ROOT_KEY)).toBe(OPERATOR);
    expect(await authenticate(`Bearer ${ROOT_KEY}`)).toBe(OPERATOR);
    const key = {
      id: expect.any(Number) as number,
      prefix,
      scopes: [
        { action: 'read', owner: null, algorithm: null },
        { action: 'call', owner: 'acme', algorithm: null },
      ],
    };
    const owner = await world.owner(user);
    for (const header of [secret, `Simple ${secret}`, `simple ${secret}`, `Bearer ${secret}`]) {
      expect(await authenticate(header)).toEqual({ kind: 'user', owner, roles: new Map(), key });
    }
  });

  test("an organisation's key is the organisation; a user's has the roles of the user", async () => {
    const organization = await world.organization(`Org${users}`, user);
    expect(await authenticate((await world.key(organization.handle)).secret)).toMatchObject({
      kind: 'organization',
      owner: organization,
    });
    expect(await authenticate((await world.key(user)).secret)).toMatchObject({
      kind: 'user',
      roles: new Map([[organization.id, 'ADMIN']]),
    });
  });

  test('what is no good is refused, cold and warm, always in the same words', async () => {
    const { secret } = await world.key(user);
    const swapped = `${secret.slice(0, -2)}${secret.endsWith('AA') ? 'BB' : 'AA'}`;
    const credentials = [
      swapped, // the right prefix, and another secret
      `agk_${'A'.repeat(43)}`,
      'agk_short',
      `${ROOT_KEY}x`,
      ROOT_KEY.toUpperCase(),
      'Basic dXNlcjpwYXNz',
      `Simple ${secret} ${secret}`,
    ];
    for (const credential of [...credentials, ...credentials]) {
      expect([credential, await refused(credential)]).toEqual([credential, REFUSED]);
    }
    expect(await authenticate(secret)).toMatchObject({ kind: 'user' });
    expect(await refused(swapped)).toEqual(REFUSED);
  });

  test('without a root key nobody is the operator', async () => {
    const none = new Authenticator(databases[1], world.follower, null);
    expect(() => none.authenticate(ROOT_KEY)).toThrow(REFUSED.message);
    expect(() => none.authenticate('null')).toThrow(REFUSED.message);
  });

  /** Until memory may be answered from: a busy machine can let the polls wait. */
  async function fresh(): Promise<void> {
    do await world.follower.catchUp();
    while (!world.follower.isFresh);
  }

  test('in the steady state nothing is asked of the database, and the principal is the same', async () => {
    await world.organization(`Org${users}`, user);
    const secrets = [(await world.key(user)).secret, (await world.key(`Org${users}`)).secret];
    const missing = `agk_${'B'.repeat(43)}`;
    for (const secret of secrets) {
      expect(await costOf(() => authenticate(secret))).toBeGreaterThan(0);
      await fresh(); // what was heard late of the key's own creation is over
      const first = await authenticate(secret);
      await fresh();
      expect(await costOf(() => expect(authenticator.authenticate(`Simple ${secret}`)).toBe(first))).toBe(0);
    }
    await refused(missing);
    await fresh();
    expect(
      await costOf(() => expect(() => authenticator.authenticate(missing)).toThrow(REFUSED.message)),
    ).toBe(0);
  });

  test('a key that is used for the first time by many at once gives one answer to all', async () => {
    const { secret } = await world.key(user);
    const principals = await Promise.all(Array.from({ length: 10 }, () => authenticate(secret)));
    for (const principal of principals) expect(principal).toEqual(principals[0]);
  });

  test('a revoked key, a suspended user, a role that was given and taken: at once where it was done', async () => {
    const organization = `Org${users}`;
    const admin = `Admin${users}`;
    await world.user(admin);
    await world.organization(organization, admin);
    const [revoked, kept] = [await world.key(user), await world.key(user)];
    const roles = async () => [...((await authenticate(kept.secret)) as UserPrincipal).roles.values()];
    await authenticate(revoked.secret);
    expect(await roles()).toEqual([]);
    await world.access.members.set(OPERATOR, { organization, user, role: 'MAINTAINER' });
    expect(await roles()).toEqual(['MAINTAINER']);
    await world.access.members.set(OPERATOR, { organization, user, role: 'MEMBER' });
    expect(await roles()).toEqual(['MEMBER']);
    await world.access.members.remove(OPERATOR, { organization, user });
    expect(await roles()).toEqual([]);
    await world.access.owners.createOrganization(await world.as(user), { handle: `Next${users}` });
    expect(await roles()).toEqual(['ADMIN']);
    await world.access.keys.revoke(OPERATOR, revoked.prefix);
    expect(await refused(revoked.secret)).toEqual(REFUSED);
    expect(await roles()).toEqual(['ADMIN']);
    await world.access.owners.suspendUser(OPERATOR, { user, reason: 'spam' });
    expect(await refused(kept.secret)).toEqual(REFUSED);
  });

  test('what was read before a right was taken away does not outlive it in memory', async () => {
    let gate = Promise.resolve();
    /** Whatever is read is given only when the gate is open. */
    const reads = new Proxy(databases[1].reads, {
      get: (target, method: 'findOneBy' | 'findOneByOrFail' | 'findBy') => {
        return async (...parameters: Parameters<typeof target.findOneBy>) => {
          const read = await target[method](...parameters);
          await gate;
          return read;
        };
      },
    });
    const slow = new Authenticator({ reads } as Database, world.follower, ROOT_KEY);
    const [revoked, kept] = [await world.key(user), await world.key(user)];
    const whileReading = async (secret: string, work: () => Promise<unknown>) => {
      let open: () => void = () => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      const reading = Promise.resolve(slow.authenticate(secret)).catch(() => null);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await work();
      open();
      await reading;
    };
    const principalOf = async (secret: string) => slow.authenticate(secret);
    await whileReading(revoked.secret, () => world.access.keys.revoke(OPERATOR, revoked.prefix));
    expect(await refusal(principalOf(revoked.secret))).toEqual(REFUSED);
    await principalOf(kept.secret);
    await world.organization(`Org${users}`, user); // the key stays in memory, the standing of its user is read anew
    await whileReading(kept.secret, () =>
      world.access.owners.suspendUser(OPERATOR, { user, reason: 'spam' }),
    );
    expect(await refusal(principalOf(kept.secret))).toEqual(REFUSED);
  });

  test('a key that was asked for before it was made is good as soon as it is', async () => {
    // in the test's hands before the database knows of it, as a guessed one is
    const unborn = `agk_${String(users).padStart(8, '0')}${'C'.repeat(35)}`;
    expect(await refused(unborn)).toEqual(REFUSED);
    const { secret, prefix } = await world.key(user);
    await databases[0].write((tx) =>
      tx.update(ApiKeyRow, { prefix }, { prefix: unborn.slice(0, 12), secretHash: hashKey(unborn) }),
    );
    await world.ledger.mutate(await world.owner(user), 'test', async () => ({
      result: null,
      change: {
        chain: 'private',
        action: 'apiKey.created',
        subject: user,
        detail: { prefix: unborn.slice(0, 12) },
      },
    }));
    expect(await authenticate(unborn)).toMatchObject({ kind: 'user' });
    expect(await refused(secret)).toEqual(REFUSED);
  });

  test('a key is good until it expires, warm as well', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const { secret } = await world.access.keys.create(OPERATOR, { owner: user, expiresAt });
    expect(await authenticate(secret)).toMatchObject({ kind: 'user' });
    const clock = jest.spyOn(Date, 'now');
    clock.mockReturnValue(expiresAt.getTime() - 1);
    expect(await authenticate(secret)).toMatchObject({ kind: 'user' });
    clock.mockReturnValue(expiresAt.getTime());
    expect(await refused(secret)).toEqual(REFUSED);
    const cold = new Authenticator(databases[1], world.follower, ROOT_KEY);
    expect(await refusal(Promise.resolve(cold.authenticate(secret)))).toEqual(REFUSED);
  });

  test('when a key was last used is written by the minute, and never goes back', async () => {
    const [used, refusedKey, unused] = [await world.key(user), await world.key(user), await world.key(user)];
    const lastUsed = async () =>
      Promise.all(
        [used, refusedKey, unused].map(async ({ prefix }) => {
          const row = await databases[0].reads.findOneByOrFail(ApiKeyRow, { prefix });
          return row.lastUsedAt === null ? null : Number(row.lastUsedAt);
        }),
      );
    await world.access.keys.revoke(OPERATOR, refusedKey.prefix);
    await refused(refusedKey.secret);
    await authenticate(used.secret);
    expect(await lastUsed()).toEqual([null, null, null]);
    const before = Date.now();
    await authenticate(used.secret);
    await authenticator.stop();
    const [at, ...others] = await lastUsed();
    expect(others).toEqual([null, null]);
    expect(at! % MINUTE).toBe(0);
    expect(Math.abs(before - at!)).toBeLessThan(2 * MINUTE);
    await databases[0].write((tx) =>
      tx.update(ApiKeyRow, { prefix: used.prefix }, { lastUsedAt: at! + MINUTE }),
    );
    await authenticate(used.secret);
    await authenticator.stop();
    expect(await lastUsed()).toEqual([at! + MINUTE, null, null]);
  });
});

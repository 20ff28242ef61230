import { OPERATOR, type UserPrincipal } from '../../../src/domain/principal';
import { DATABASES, type TestDatabase } from '../../builders/databases';
import { refusal, twoReplicas, type World } from '../../builders/services';

/** Chapter 7: what is taken away at one replica is gone within a second at every other. */
const WITHIN_MS = 1000;

describe.each(DATABASES)('rights at another replica on %s', (_name, create) => {
  let database: TestDatabase;
  let here: World;
  let there: World;
  let close: () => Promise<void>;
  beforeEach(async () => {
    database = await create();
    ({
      replicas: [here, there],
      close,
    } = await twoReplicas(database));
    await here.user('ada');
    await here.user('bob');
    await here.organization('acme', 'ada');
    await here.access.members.set(OPERATOR, { organization: 'acme', user: 'bob', role: 'ADMIN' });
  });
  afterEach(async () => {
    await close();
    await database.drop();
  });

  const passed = () => new Promise((resolve) => setTimeout(resolve, WITHIN_MS));
  /** The other replica has heard of all so far: what it remembers from here on, only what is new makes it forget. */
  const settled = passed;
  const rolesOf = async (secret: string) => [
    ...((await there.authenticate(secret)) as UserPrincipal).roles.values(),
  ];

  test('a member that was demoted, then removed', async () => {
    const { secret } = await here.key('bob');
    await settled();
    expect(await rolesOf(secret)).toEqual(['ADMIN']);
    await here.access.members.set(OPERATOR, { organization: 'acme', user: 'bob', role: 'MEMBER' });
    await passed();
    expect(await rolesOf(secret)).toEqual(['MEMBER']);
    await here.access.members.remove(OPERATOR, { organization: 'acme', user: 'bob' });
    await passed();
    expect(await rolesOf(secret)).toEqual([]);
  });

  test('a user that was suspended', async () => {
    const { secret } = await here.key('bob');
    await settled();
    expect(await rolesOf(secret)).toEqual(['ADMIN']);
    await here.access.owners.suspendUser(OPERATOR, { user: 'bob', reason: 'spam' });
    await passed();
    expect((await refusal(there.authenticate(secret))).code).toBe('UNAUTHENTICATED');
  });

  test('a key that was revoked', async () => {
    const { secret, prefix } = await here.key('acme');
    await settled();
    expect(await there.authenticate(secret)).toMatchObject({ kind: 'organization' });
    await here.access.keys.revoke(OPERATOR, prefix);
    await passed();
    expect((await refusal(there.authenticate(secret))).code).toBe('UNAUTHENTICATED');
  });

  test('the first admin of a new organisation', async () => {
    const { secret } = await here.key('bob');
    await settled();
    expect(await rolesOf(secret)).toEqual(['ADMIN']);
    await here.access.owners.createOrganization(await here.as('bob'), { handle: 'next' });
    await passed();
    expect(await rolesOf(secret)).toEqual(['ADMIN', 'ADMIN']);
  });

  test('a grant that was given and revoked, and a major that was opened', async () => {
    await here.algorithm('acme', 'a', { versions: ['1.0.0'] });
    await here.user('gus');
    const context = { principal: await here.as('gus'), requestId: 'test' };
    await settled();
    const mayCall = () => there.access.reader.viewerCanCall(context, 'acme/a/1.0.0');
    expect(await mayCall()).toBeNull();
    const grant = { major: 'acme/a/1', grantee: 'gus' };
    await here.access.grants.grant(OPERATOR, { ...grant, level: 'CALL' });
    await passed();
    expect(await mayCall()).toBe(true);
    await here.access.grants.revoke(OPERATOR, grant);
    await passed();
    expect(await mayCall()).toBeNull();
    const opened = { major: 'acme/a/1', visibility: 'PUBLIC', promoteExisting: true } as const;
    await here.access.permissions.set(OPERATOR, opened);
    await passed();
    expect(await mayCall()).toBe(true);
  });

  test('even before a replica hears of it, a right that is gone plants nothing', async () => {
    const { secret } = await here.key('bob');
    await settled();
    const session = await there.authenticate(secret);
    await here.access.members.remove(OPERATOR, { organization: 'acme', user: 'bob' });
    const plant = await refusal(there.access.keys.create(session, { owner: 'acme' }));
    expect(plant.code).toBe('FORBIDDEN');
  });
});

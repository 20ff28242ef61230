import { ANONYMOUS, OPERATOR } from '../../../src/domain/principal';
import { describeOnEachDatabase } from '../../builders/databases';
import { refusal, World } from '../../builders/services';

describeOnEachDatabase('users and organisations', (open) => {
  let world: World;
  beforeEach(async () => {
    world = await World.open(await open());
  });
  afterEach(() => world.stop());

  test('the operator creates a user, and the ledger begins with it', async () => {
    const { handle } = await world.access.owners.createUser(OPERATOR, {
      handle: 'Ada',
      displayName: 'Ada L.',
    });
    expect(handle).toBe('Ada');
    expect(await world.entries('ada')).toEqual([
      {
        chain: 'public',
        actor: 'operator',
        action: 'user.created',
        subject: 'Ada',
        change: { handle: 'Ada', displayName: 'Ada L.', userId: await world.idOf('ada') },
      },
    ]);
  });

  test('nobody else does', async () => {
    const ada = await world.user('ada');
    const create = (principal: Parameters<typeof world.access.owners.createUser>[0]) =>
      refusal(world.access.owners.createUser(principal, { handle: 'bob' }));
    expect(await create(ANONYMOUS)).toEqual({ code: 'UNAUTHENTICATED', message: 'a credential is needed' });
    expect((await create(ada)).code).toBe('FORBIDDEN');
    expect((await create(await world.withKey('ada', 'admin'))).code).toBe('FORBIDDEN');
  });

  test('a handle is a name, no path word, and taken in any spelling for ever', async () => {
    await world.user('ada');
    await world.organization('Acme', 'ada');
    const create = (handle: string) => refusal(world.access.owners.createUser(OPERATOR, { handle }));
    expect(await create('ADA')).toEqual({
      code: 'ALREADY_EXISTS',
      message: 'the handle ADA is taken',
      field: ['handle'],
    });
    expect((await create('acme')).code).toBe('ALREADY_EXISTS');
    expect(await create('1a')).toEqual({
      code: 'INVALID_INPUT',
      message: 'column 1: expected a letter, the first of the handle',
      field: ['handle'],
    });
    expect((await create('GraphQL')).code).toBe('INVALID_INPUT');
    expect((await create('a'.repeat(64))).code).toBe('INVALID_INPUT');
    await world.access.owners.createUser(OPERATOR, { handle: 'a'.repeat(63) });
  });

  test('of parallel creations of one handle exactly one is made', async () => {
    const ada = await world.user('ada');
    const attempts = Array.from({ length: 12 }, (_, at) =>
      at % 2 === 0
        ? world.access.owners.createUser(OPERATOR, { handle: at % 4 === 0 ? 'acme' : 'ACME' })
        : world.access.owners.createOrganization(ada, { handle: 'Acme' }),
    );
    const outcomes = await Promise.allSettled(attempts);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map(({ reason }) => reason.code)).toEqual(Array(11).fill('ALREADY_EXISTS'));
    expect(await world.entries('acme')).toHaveLength(1);
  });

  test('a user creates an organisation and is its admin at once, by the key that it came with', async () => {
    await world.user('ada');
    const { secret, prefix } = await world.key('ada');
    const before = await world.authenticate(secret);
    await world.access.owners.createOrganization(before, { handle: 'Acme', displayName: 'Acme Inc.' });
    expect(await world.entries('acme')).toEqual([
      {
        chain: 'public',
        actor: `user:ada key:${prefix}`,
        action: 'organization.created',
        subject: 'Acme',
        change: { handle: 'Acme', displayName: 'Acme Inc.', admin: 'ada', userId: await world.idOf('ada') },
      },
    ]);
    const after = await world.authenticate(secret);
    expect(after).toMatchObject({ roles: new Map([[await world.idOf('acme'), 'ADMIN']]) });
  });

  test('who may create an organisation with whom as its admin', async () => {
    const ada = await world.user('ada');
    await world.user('bob');
    await world.organization('acme', 'bob');
    const create = (principal: typeof ada, admin?: string) =>
      world.access.owners.createOrganization(principal, {
        handle: 'next',
        ...(admin === undefined ? {} : { admin }),
      });
    expect((await refusal(create(ANONYMOUS))).code).toBe('UNAUTHENTICATED');
    expect((await refusal(create(ada, 'bob'))).code).toBe('FORBIDDEN');
    // whether the other exists is the operator's to learn
    expect(await refusal(create(ada, 'nobody'))).toEqual(await refusal(create(ada, 'bob')));
    expect((await refusal(create(await world.withKey('acme')))).code).toBe('FORBIDDEN');
    expect((await refusal(create(await world.withKey('ada', 'publish')))).code).toBe('FORBIDDEN');
    expect((await refusal(create(OPERATOR))).code).toBe('INVALID_INPUT');
    expect(await refusal(create(OPERATOR, 'nobody'))).toEqual({
      code: 'NOT_FOUND',
      message: 'user nobody not found',
      field: ['admin'],
    });
    expect((await refusal(create(OPERATOR, 'acme'))).code).toBe('INVALID_INPUT');
    expect((await create(ada, 'ADA')).handle).toBe('next');
  });

  test('a suspended user is shut out; its memberships stay; suspending again changes nothing', async () => {
    await world.user('ada');
    await world.organization('acme', 'ada');
    const { secret } = await world.key('ada');
    const session = await world.authenticate(secret);
    const suspend = (user: string) => world.access.owners.suspendUser(OPERATOR, { user, reason: 'spam' });
    expect(await world.entriesOf('ada', () => suspend('Ada'))).toEqual([
      {
        chain: 'private',
        actor: 'operator',
        action: 'user.suspended',
        subject: 'ada',
        change: { userId: await world.idOf('ada'), reason: 'spam' },
      },
    ]);
    expect(await world.entriesOf('ada', () => suspend('ada'))).toEqual([]);
    expect((await refusal(world.authenticate(secret))).code).toBe('UNAUTHENTICATED');
    // a request that was let in before it
    const late = world.access.owners.createOrganization(session, { handle: 'late' });
    expect((await refusal(late)).code).toBe('UNAUTHENTICATED');
    const { nodes } = (await world.access.reader.members(
      { principal: OPERATOR, requestId: 'test' },
      'acme',
      { first: 20 },
      ({ handle }) => handle,
    ))!;
    expect(nodes).toEqual(['ada']);
  });

  test('suspension is for the operator, with a reason, and for users', async () => {
    const ada = await world.user('ada');
    await world.organization('acme', 'ada');
    const suspend = (principal: typeof ada, user: string, reason = 'spam') =>
      refusal(world.access.owners.suspendUser(principal, { user, reason }));
    expect((await suspend(ANONYMOUS, 'ada')).code).toBe('UNAUTHENTICATED');
    expect((await suspend(ada, 'ada')).code).toBe('FORBIDDEN');
    expect((await suspend(OPERATOR, 'nobody')).code).toBe('NOT_FOUND');
    expect((await suspend(OPERATOR, 'acme')).code).toBe('INVALID_INPUT');
    expect((await suspend(OPERATOR, 'ada', ' ')).code).toBe('INVALID_INPUT');
  });
});

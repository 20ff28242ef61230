import { ANONYMOUS, OPERATOR, type Principal, type Role } from '../../../src/domain/principal';
import { describeOnEachDatabase } from '../../builders/databases';
import { refusal, World } from '../../builders/services';

describeOnEachDatabase('members', (open) => {
  let world: World;
  let ada: Principal;
  beforeEach(async () => {
    world = await World.open(await open());
    await world.user('ada');
    await world.user('Bob');
    await world.organization('Acme', 'ada');
    ada = await world.as('ada');
  });
  afterEach(() => world.stop());

  const set = (principal: Principal, user: string, role: Role, organization = 'acme') =>
    world.access.members.set(principal, { organization, user, role });
  const remove = (principal: Principal, user: string, organization = 'acme') =>
    world.access.members.remove(principal, { organization, user });

  test('an admin adds a member, changes its role, and removes it: one private entry each', async () => {
    const bob = { userId: await world.idOf('bob'), user: 'Bob' };
    const entry = (action: string, change: object) => [
      { chain: 'private', actor: 'user:ada', action, subject: 'Acme', change: { ...bob, ...change } },
    ];
    expect(await world.entriesOf('acme', () => set(ada, 'bob', 'MEMBER'))).toEqual(
      entry('member.set', { role: 'MEMBER', previous: null }),
    );
    expect(await world.entriesOf('acme', () => set(ada, 'BOB', 'MAINTAINER'))).toEqual(
      entry('member.set', { role: 'MAINTAINER', previous: 'MEMBER' }),
    );
    expect(await world.entriesOf('acme', () => set(ada, 'bob', 'MAINTAINER'))).toEqual([]);
    expect(await world.as('bob')).toMatchObject({
      roles: new Map([[await world.idOf('acme'), 'MAINTAINER']]),
    });
    expect(await world.entriesOf('acme', () => remove(ada, 'bob'))).toEqual(
      entry('member.removed', { role: 'MAINTAINER' }),
    );
    expect(await world.as('bob')).toMatchObject({ roles: new Map() });
  });

  test('what is set is given back', async () => {
    const { organization, member } = await set(ada, 'bob', 'MEMBER');
    expect(organization.handle).toBe('Acme');
    expect(member).toMatchObject({ handle: 'Bob', role: 'MEMBER' });
    const changed = await set(ada, 'bob', 'ADMIN');
    expect(changed.member).toEqual({ ...member, role: 'ADMIN' });
  });

  test('who may', async () => {
    await world.user('mia');
    await world.user('max');
    await set(ada, 'mia', 'MAINTAINER');
    await set(ada, 'max', 'MEMBER');
    const refused: [string, Principal, string][] = [
      ['nobody', ANONYMOUS, 'UNAUTHENTICATED'],
      ['an outsider', await world.as('bob'), 'FORBIDDEN'],
      ['a maintainer', await world.as('mia'), 'FORBIDDEN'],
      ['a member', await world.as('max'), 'FORBIDDEN'],
      ["an admin's key to publish", await world.withKey('ada', 'publish'), 'FORBIDDEN'],
      ["an admin's key for one algorithm", await world.withKey('ada', 'admin:acme/detect'), 'FORBIDDEN'],
      ["an admin's key for another owner", await world.withKey('ada', 'admin:other/*'), 'FORBIDDEN'],
      ["the organisation's key to read", await world.withKey('acme', 'read'), 'FORBIDDEN'],
    ];
    for (const [who, principal, code] of refused) {
      expect([who, (await refusal(set(principal, 'bob', 'MEMBER'))).code]).toEqual([who, code]);
      expect([who, (await refusal(remove(principal, 'max'))).code]).toEqual([who, code]);
    }
    for (const principal of [
      ada,
      OPERATOR,
      await world.withKey('ada'),
      await world.withKey('ada', 'admin'),
      await world.withKey('ada', 'admin:ACME/*'),
      await world.withKey('acme'),
    ]) {
      await set(principal, 'bob', 'MEMBER');
      await remove(principal, 'bob');
    }
  });

  test('an outsider learns nothing of users or members from what it is refused', async () => {
    const bob = await world.as('bob');
    expect(await refusal(set(bob, 'nobody', 'MEMBER'))).toEqual(await refusal(set(bob, 'ada', 'MEMBER')));
    expect(await refusal(remove(bob, 'nobody'))).toEqual(await refusal(remove(bob, 'ada')));
  });

  test('what is named must be there, and of its kind', async () => {
    await world.organization('guild', 'bob');
    expect(await refusal(set(ada, 'nobody', 'MEMBER'))).toEqual({
      code: 'NOT_FOUND',
      message: 'user nobody not found',
      field: ['user'],
    });
    expect(await refusal(set(ada, 'guild', 'MEMBER'))).toEqual({
      code: 'INVALID_INPUT',
      message: 'guild is an organization',
      field: ['user'],
    });
    expect(await refusal(set(ada, 'bob', 'MEMBER', 'nowhere'))).toEqual({
      code: 'NOT_FOUND',
      message: 'organization nowhere not found',
      field: ['organization'],
    });
    expect((await refusal(set(ada, 'bob', 'MEMBER', 'ada'))).code).toBe('INVALID_INPUT');
    expect((await refusal(remove(ada, 'bob'))).code).toBe('NOT_FOUND');
  });

  test('an organisation keeps an admin', async () => {
    const last = { code: 'LAST_ADMIN', message: 'Acme would be left without an admin', field: ['user'] };
    const refused = async () => {
      expect(await refusal(remove(ada, 'ada'))).toEqual(last);
      expect(await refusal(set(ada, 'ada', 'MAINTAINER'))).toEqual(last);
      expect(await refusal(set(OPERATOR, 'ada', 'MEMBER'))).toEqual(last);
    };
    expect(await world.entriesOf('acme', refused)).toEqual([]);
    await set(ada, 'bob', 'MAINTAINER');
    await refused();
    await set(ada, 'bob', 'ADMIN');
    await world.access.owners.suspendUser(OPERATOR, { user: 'bob', reason: 'spam' });
    await refused();
    await world.user('mia');
    await set(ada, 'mia', 'ADMIN');
    await remove(ada, 'ada');
    expect((await world.as('mia')).kind).toBe('user');
  });

  test('of twenty admins who are removed or demoted at once, one stays', async () => {
    const admins = ['ada', ...Array.from({ length: 19 }, (_, at) => `admin${at}`)];
    for (const handle of admins.slice(1)) {
      await world.user(handle);
      await set(OPERATOR, handle, 'ADMIN');
    }
    const before = (await world.entries('acme')).length;
    const outcomes = await Promise.allSettled(
      admins.map((handle, at) => (at % 2 === 0 ? remove(OPERATOR, handle) : set(OPERATOR, handle, 'MEMBER'))),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map(({ reason }) => reason.code)).toEqual(['LAST_ADMIN']);
    const { nodes } = (await world.access.reader.members(
      { principal: OPERATOR, requestId: 'test' },
      'acme',
      { first: 100 },
      ({ role }) => role,
    ))!;
    expect(nodes.filter((role) => role === 'ADMIN')).toHaveLength(1);
    expect(await world.entries('acme')).toHaveLength(before + 19);
  });

  test('admins who remove each other at once: a right that was taken away is not used', async () => {
    await set(ada, 'bob', 'ADMIN');
    const bob = await world.as('bob');
    const both = await world.as('ada');
    const outcomes = await Promise.allSettled([remove(both, 'bob'), remove(bob, 'ada')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = outcomes.find((outcome) => outcome.status === 'rejected')!;
    expect(refused.reason.code).toBe('FORBIDDEN');
  });
});

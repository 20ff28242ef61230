import { DEFAULT_PERMISSIONS, type MajorPermissions } from '../../../src/domain/permissions';
import { ANONYMOUS, OPERATOR, type Principal } from '../../../src/domain/principal';
import { describeOnEachDatabase } from '../../builders/databases';
import { outcomeOf, refusal, World } from '../../builders/services';

describeOnEachDatabase('permissions of a major', (open) => {
  let world: World;
  let ada: Principal;
  beforeEach(async () => {
    world = await World.open(await open());
    for (const handle of ['ada', 'mia', 'max', 'Bob']) await world.user(handle);
    await world.organization('Acme', 'ada');
    const member = (user: string, role: 'MAINTAINER' | 'MEMBER') =>
      world.access.members.set(OPERATOR, { organization: 'acme', user, role });
    await member('mia', 'MAINTAINER');
    await member('max', 'MEMBER');
    ada = await world.as('ada');
  });
  afterEach(() => world.stop());

  type Input = Partial<MajorPermissions> & { promoteExisting?: boolean };
  const set = (major: string, input: Input = {}, principal = ada) =>
    world.access.permissions.set(principal, { major, ...input });
  const standing = async (name: string) => (await world.index.find('acme', name))!.standing;
  const permissionsOf = async (name: string, major = 1) => (await standing(name)).permissions.get(major);
  const grantsOf = async (name: string, major = 1) =>
    Object.fromEntries((await standing(name)).grants.get(major) ?? []);

  type Row = [field: string, from: string | boolean, to: string | boolean];
  const WIDENING: Row[] = [
    ['visibility', 'PRIVATE', 'PUBLIC'],
    ['callers', 'GRANTED', 'EVERYONE'],
    ['sourceVisibility', 'CLOSED', 'OPEN'],
  ];
  const NARROWING: Row[] = WIDENING.map(([field, narrow, wide]) => [field, wide, narrow]);
  const FIXED: Row[] = [
    ['networkAccess', 'FULL', 'ISOLATED'],
    ['networkAccess', 'ISOLATED', 'FULL'],
    ['callsAlgorithms', false, true],
    ['callsAlgorithms', true, false],
  ];

  test('in a major with versions they widen, and what is fixed is fixed', async () => {
    const table: [Row[], string][] = [
      [WIDENING, 'OK'],
      [NARROWING, 'PERMISSIONS_NARROWING'],
      [FIXED, 'PERMISSIONS_FIXED_BY_MAJOR'],
    ];
    let at = 0;
    for (const [rows, expected] of table) {
      for (const [field, from, to] of rows) {
        for (const state of ['PUBLISHED', 'PENDING_APPROVAL', 'REJECTED'] as const) {
          const name = `a${(at += 1)}`;
          await world.algorithm('acme', name, {
            versions: [{ version: '1.0.0', state }],
            majors: { 1: { [field]: from } },
          });
          const outcome = await outcomeOf(set(`acme/${name}/1`, { [field]: to }));
          const after = (await permissionsOf(name))![field as keyof MajorPermissions];
          const row = { field, from, to, state };
          expect({ ...row, outcome, after }).toEqual({
            ...row,
            outcome: expected,
            after: expected === 'OK' ? to : from,
          });
        }
      }
    }
  });

  test('until a major has versions everything changes', async () => {
    let at = 0;
    for (const [field, from, to] of [...WIDENING, ...NARROWING, ...FIXED]) {
      const name = `a${(at += 1)}`;
      await world.algorithm('acme', name, {
        versions: ['2.0.0', '10.0.0'],
        majors: { 1: { [field]: from } },
      });
      await set(`acme/${name}/1`, { [field]: to });
      expect(await permissionsOf(name)).toEqual({ ...DEFAULT_PERMISSIONS, [field]: to });
    }
  });

  test('one entry each, none where nothing changes; public where outsiders see it', async () => {
    await world.algorithm('acme', 'Closed', { versions: ['1.0.0'] });
    await world.algorithm('acme', 'Open', {
      versions: [{ version: '1.0.0', visibility: 'PUBLIC' }, '2.0.0'],
      majors: { 1: { visibility: 'PUBLIC' } },
    });
    const open = { ...DEFAULT_PERMISSIONS, sourceVisibility: 'OPEN' };
    const entry = (chain: string, subject: string, change: object) => [
      { chain, actor: 'user:ada', action: 'major.permissionsSet', subject, change },
    ];
    const sourceOpened = (major: string) =>
      world.entriesOf('acme', () => set(major, { sourceVisibility: 'OPEN' }));
    expect(await sourceOpened('ACME/closed/1')).toEqual(
      entry('private', 'Acme/Closed/1', { permissions: open, previous: DEFAULT_PERMISSIONS }),
    );
    expect(await sourceOpened('acme/closed/1')).toEqual([]);
    expect(await world.entriesOf('acme', () => set('acme/closed/1'))).toEqual([]);
    expect(await sourceOpened('algo://acme/open/1')).toEqual(
      entry('public', 'Acme/Open/1', {
        permissions: { ...open, visibility: 'PUBLIC' },
        previous: { ...DEFAULT_PERMISSIONS, visibility: 'PUBLIC' },
      }),
    );
    expect(await sourceOpened('acme/open/2')).toMatchObject([{ chain: 'private' }]);
  });

  test('a refusal changes nothing and leaves no entry', async () => {
    await world.algorithm('acme', 'a', { versions: ['1.0.0'], majors: { 1: { visibility: 'PUBLIC' } } });
    const refused = () => refusal(set('acme/a/1', { sourceVisibility: 'OPEN', visibility: 'PRIVATE' }));
    expect(await world.entriesOf('acme', refused)).toEqual([]);
    expect(await permissionsOf('a')).toEqual({ ...DEFAULT_PERMISSIONS, visibility: 'PUBLIC' });
  });

  test('a major that nobody configured takes over from the highest below it, grants included', async () => {
    await world.algorithm('acme', 'a', {
      versions: ['1.0.0', '2.0.0', '7.0.0'],
      majors: { 1: { callers: 'GRANTED' }, 2: { visibility: 'PUBLIC', networkAccess: 'ISOLATED' }, 7: {} },
      grants: [{ major: 2, grantee: 'bob', level: 'CALL' }],
    });
    const [entry] = await world.entriesOf('acme', () => set('acme/a/5', { callsAlgorithms: true }));
    const expected = {
      ...DEFAULT_PERMISSIONS,
      visibility: 'PUBLIC',
      networkAccess: 'ISOLATED',
      callsAlgorithms: true,
    };
    expect(entry).toMatchObject({
      chain: 'private',
      subject: 'Acme/a/5',
      change: { permissions: expected, previous: null, inheritedFrom: 2 },
    });
    expect(await permissionsOf('a', 5)).toEqual(expected);
    expect(await grantsOf('a', 5)).toEqual({ [await world.idOf('bob')]: 'CALL' });
    await set('acme/a/0');
    expect(await permissionsOf('a', 0)).toEqual(DEFAULT_PERMISSIONS);
    expect(await world.entriesOf('acme', () => set('acme/a/0'))).toEqual([]);
  });

  test('opening a major leaves its versions private, or promotes all of them in one entry', async () => {
    const versions = ['1.0.0', '1.1.0-rc.1', { version: '1.2.0', yanked: true }, '2.0.0'];
    await world.algorithm('acme', 'a', { versions });
    const visible = async () => {
      const { catalog } = (await world.index.find('acme', 'a'))!;
      return [...catalog.public.all, ...catalog.publicYanked].map(({ version }) => version);
    };
    await set('acme/a/1', { visibility: 'PUBLIC' });
    expect(await visible()).toEqual([]);
    const entries = await world.entriesOf('acme', () => set('acme/a/1', { promoteExisting: true }));
    expect(entries).toMatchObject([
      {
        chain: 'public',
        action: 'major.permissionsSet',
        subject: 'Acme/a/1',
        change: {
          promoted: [
            { version: '1.0.0', sha: expect.stringMatching(/^[0-9a-f]{40}$/), yanked: false },
            { version: '1.1.0-rc.1', yanked: false },
            { version: '1.2.0', yanked: true },
          ],
        },
      },
    ]);
    expect(await visible()).toEqual(['1.0.0', '1.1.0-rc.1', '1.2.0']);
    expect((await standing('a')).listed).toBe(true);
    expect(await world.entriesOf('acme', () => set('acme/a/1', { promoteExisting: true }))).toEqual([]);
    // once for the permissions and the promotion together
    const both = { visibility: 'PUBLIC', promoteExisting: true } as const;
    expect(await world.entriesOf('acme', () => set('acme/a/2', both))).toHaveLength(1);
  });

  test('nothing is promoted in a major that stays private', async () => {
    await world.algorithm('acme', 'a', { versions: ['1.0.0'] });
    const refused = async () =>
      expect(await refusal(set('acme/a/1', { sourceVisibility: 'OPEN', promoteExisting: true }))).toEqual({
        code: 'VISIBILITY_EXCEEDS_MAJOR',
        message: 'public versions need a public major',
        field: ['promoteExisting'],
      });
    expect(await world.entriesOf('acme', refused)).toEqual([]);
    expect(await permissionsOf('a')).toEqual(DEFAULT_PERMISSIONS);
  });

  describe('who may', () => {
    beforeEach(async () => {
      await world.algorithm('acme', 'secret', {
        versions: ['1.0.0'],
        grants: [{ major: 1, grantee: 'max', level: 'CALL' }],
      });
      await world.algorithm('acme', 'known', { versions: [{ version: '1.0.0', visibility: 'PUBLIC' }] });
    });

    const operations = (principal: Principal, name: string) => [
      () => set(`Acme/${name}/1`, { sourceVisibility: 'OPEN' }, principal),
      () => world.access.grants.grant(principal, { major: `Acme/${name}/1`, grantee: 'bob', level: 'CALL' }),
      () => world.access.grants.revoke(principal, { major: `Acme/${name}/1`, grantee: 'bob' }),
    ];

    test('what is hidden is missing, in the same words; what is known is forbidden', async () => {
      const table: [string, Principal, hidden: string, known: string][] = [
        ['anonymous', ANONYMOUS, 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
        ['an outsider', await world.as('bob'), 'NOT_FOUND', 'FORBIDDEN'],
        ['a maintainer', await world.as('mia'), 'FORBIDDEN', 'FORBIDDEN'],
        ['a member', await world.as('max'), 'FORBIDDEN', 'FORBIDDEN'],
        ["an admin's key elsewhere", await world.withKey('ada', 'admin:other/*'), 'NOT_FOUND', 'FORBIDDEN'],
        [
          "an admin's key to another",
          await world.withKey('ada', 'admin:acme/other'),
          'NOT_FOUND',
          'FORBIDDEN',
        ],
        ["an admin's key to call", await world.withKey('ada', 'call'), 'NOT_FOUND', 'FORBIDDEN'],
        ["an admin's key to publish", await world.withKey('ada', 'publish'), 'FORBIDDEN', 'FORBIDDEN'],
        ["the organisation's key to read", await world.withKey('acme', 'read'), 'FORBIDDEN', 'FORBIDDEN'],
      ];
      for (const [who, principal, hidden, known] of table) {
        for (const [name, code] of [
          ['secret', hidden],
          ['known', known],
        ] as const) {
          for (const operation of operations(principal, name)) {
            const refused = await refusal(operation());
            expect([who, name, refused.code]).toEqual([who, name, code]);
            if (code !== 'NOT_FOUND') continue;
            expect(refused).toEqual({ code, message: 'algorithm algo://Acme/secret not found' });
          }
        }
        if (hidden !== 'NOT_FOUND') continue;
        const missing = await Promise.all(
          operations(principal, 'nothing').map((operation) => refusal(operation())),
        );
        const hiddenOnes = await Promise.all(
          operations(principal, 'secret').map((operation) => refusal(operation())),
        );
        expect(JSON.stringify(hiddenOnes)).toBe(JSON.stringify(missing).replaceAll('nothing', 'secret'));
      }
    });

    test('admins may, by keys whose scopes cover it, and the operator', async () => {
      for (const principal of [
        ada,
        OPERATOR,
        await world.withKey('ada', 'admin:acme/secret'),
        await world.withKey('acme', 'admin:acme/*'),
      ]) {
        for (const operation of operations(principal, 'secret')) await operation();
      }
    });

    test('a grantee may not, and loses sight with its grant', async () => {
      await world.access.members.remove(ada, { organization: 'acme', user: 'max' });
      const max = await world.as('max');
      expect((await refusal(set('acme/secret/1', {}, max))).code).toBe('FORBIDDEN');
      await world.access.grants.revoke(ada, { major: 'acme/secret/1', grantee: 'max' });
      expect((await refusal(set('acme/secret/1', {}, max))).code).toBe('NOT_FOUND');
    });

    test('an admin who was removed a moment ago may not', async () => {
      await world.access.members.set(ada, { organization: 'acme', user: 'bob', role: 'ADMIN' });
      const session = await world.as('bob');
      await world.access.members.remove(ada, { organization: 'acme', user: 'bob' });
      expect((await refusal(set('acme/secret/1', { visibility: 'PUBLIC' }, session))).code).toBe('NOT_FOUND');
    });
  });

  test('refs that are none', async () => {
    for (const major of [
      'acme',
      'acme/a',
      'acme/a/1.0',
      'acme/a/x',
      'acme/a/2147483648',
      'acme/a/-1',
      '1/a/1',
    ]) {
      expect([major, await refusal(set(major))]).toEqual([
        major,
        { code: 'INVALID_INPUT', message: expect.any(String), field: ['major'] },
      ]);
    }
  });

  describe('grants', () => {
    const grant = (grantee: string, level: 'CALL' | 'CALL_AND_SOURCE', major = 'acme/a/1') =>
      world.access.grants.grant(ada, { major, grantee, level });
    const revoke = (grantee: string) => world.access.grants.revoke(ada, { major: 'acme/a/1', grantee });

    test('are set, raised and revoked, one private entry each, also in a public major', async () => {
      await world.algorithm('acme', 'a', { versions: [{ version: '1.0.0', visibility: 'PUBLIC' }] });
      const who = { grantee: 'Bob', granteeId: await world.idOf('bob') };
      const entry = (action: string, change: object) => [
        { chain: 'private', actor: 'user:ada', action, subject: 'Acme/a/1', change: { ...who, ...change } },
      ];
      const level = 'CALL_AND_SOURCE';
      expect(await world.entriesOf('acme', () => grant('bob', 'CALL'))).toEqual(
        entry('grant.set', { level: 'CALL', previous: null }),
      );
      expect(await world.entriesOf('acme', () => grant('BOB', 'CALL'))).toEqual([]);
      expect(await world.entriesOf('acme', () => grant('bob', level))).toEqual(
        entry('grant.set', { level, previous: 'CALL' }),
      );
      expect(await grantsOf('a')).toEqual({ [who.granteeId]: level });
      expect(await world.entriesOf('acme', () => revoke('bob'))).toEqual(entry('grant.revoked', { level }));
      expect(await grantsOf('a')).toEqual({});
      expect((await refusal(revoke('bob'))).code).toBe('NOT_FOUND');
    });

    test('are not lowered in a major with versions, and are before', async () => {
      await world.algorithm('acme', 'a', { versions: ['1.0.0'], majors: { 2: {} } });
      await grant('bob', 'CALL_AND_SOURCE');
      expect(await refusal(grant('bob', 'CALL'))).toMatchObject({
        code: 'PERMISSIONS_NARROWING',
        field: ['level'],
      });
      await grant('bob', 'CALL_AND_SOURCE', 'acme/a/2');
      await grant('bob', 'CALL', 'acme/a/2');
      expect(await grantsOf('a', 2)).toEqual({ [await world.idOf('bob')]: 'CALL' });
    });

    test('go to users and organisations, not to the owner, nor to nobody', async () => {
      await world.algorithm('acme', 'a', { versions: ['1.0.0'] });
      await world.organization('guild', 'bob');
      await grant('guild', 'CALL');
      expect(await grantsOf('a')).toEqual({ [await world.idOf('guild')]: 'CALL' });
      expect(await refusal(grant('ACME', 'CALL'))).toEqual({
        code: 'INVALID_INPUT',
        message: 'Acme owns the algorithm',
        field: ['grantee'],
      });
      expect(await refusal(grant('nobody', 'CALL'))).toEqual({
        code: 'NOT_FOUND',
        message: 'owner nobody not found',
        field: ['grantee'],
      });
    });

    test('a grant configures a major that nobody had configured', async () => {
      await world.algorithm('acme', 'a', {
        versions: ['1.0.0'],
        majors: { 1: { callers: 'GRANTED' } },
        grants: [{ major: 1, grantee: 'mia', level: 'CALL_AND_SOURCE' }],
      });
      const entries = await world.entriesOf('acme', () => grant('bob', 'CALL', 'acme/a/2'));
      expect(entries).toMatchObject([{ action: 'grant.set', change: { inheritedFrom: 1, previous: null } }]);
      expect(await permissionsOf('a', 2)).toEqual({ ...DEFAULT_PERMISSIONS, callers: 'GRANTED' });
      expect(await grantsOf('a', 2)).toEqual({
        [await world.idOf('bob')]: 'CALL',
        [await world.idOf('mia')]: 'CALL_AND_SOURCE',
      });
    });

    test('of parallel grants of one thing one leaves an entry', async () => {
      await world.algorithm('acme', 'a', { versions: ['1.0.0'] });
      const many = () => Promise.all(Array.from({ length: 8 }, () => grant('bob', 'CALL')));
      expect(await world.entriesOf('acme', many)).toHaveLength(1);
    });
  });
});

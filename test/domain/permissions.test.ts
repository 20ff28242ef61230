import fc from 'fast-check';

import {
  DEFAULT_PERMISSIONS,
  type Grants,
  grantOf,
  type GuardedVersion,
  hasRole,
  keyOf,
  mayCall,
  maySee,
  maySeeSource,
  type MajorPermissions,
  NO_GRANTS,
  permissionsOf,
  type Purpose,
  rightsOn,
  roleIn,
  type Target,
} from '../../src/domain/permissions';
import {
  ANONYMOUS,
  type KeyFacts,
  OPERATOR,
  type OwnerId,
  type Principal,
  principalId,
  type Role,
  ROLES,
  type Scope,
  SCOPE_ACTIONS,
} from '../../src/domain/principal';
import { parseScope } from '../../src/domain/scopes';
import { type GrantLevel, VERSION_STATES } from '../../src/domain/terms';

const ACME = 1;
const PARTNER = 2;
const ADA = 10;
const TARGET = { ownerId: ACME, ownerKey: 'acme', nameKey: 'detect' };
const HANDLES: Readonly<Record<number, string>> = { [ACME]: 'acme', [PARTNER]: 'partner', [ADA]: 'ada' };

const owner = (id: OwnerId) => ({ id, handle: HANDLES[id] ?? 'other' });
const keyWith = (...scopes: readonly string[]): KeyFacts => keyOfScopes(scopes.map(parseScope));
const keyOfScopes = (scopes: readonly Scope[]): KeyFacts => ({ id: 1, prefix: 'agk_00000000', scopes });
const user = (roles: readonly (readonly [OwnerId, Role])[] = [], key: KeyFacts | null = null): Principal => ({
  kind: 'user',
  owner: owner(ADA),
  roles: new Map(roles),
  key,
});
const organization = (id: OwnerId, key: KeyFacts = keyWith()): Principal => ({
  kind: 'organization',
  owner: owner(id),
  key,
});
const granted = (level: GrantLevel, to: OwnerId = ADA): Grants => new Map([[to, level]]);

/** What a principal may do with a version that it finds by reading lists, or by a reference: `see call source`. */
function allowed(principal: Principal, guarded: GuardedVersion, purpose: Purpose = 'resolve'): string {
  const rights = rightsOn(principal, TARGET);
  if (!maySee(principal, rights, guarded, purpose)) return '';
  const calls = mayCall(principal, rights, guarded) ? ' call' : '';
  const source = maySeeSource(principal, rights, guarded, purpose) ? ' source' : '';
  return `see${calls}${source}`;
}

function guarded(
  version: GuardedVersion['version'],
  permissions: Partial<MajorPermissions> = {},
  grants: Grants = NO_GRANTS,
): GuardedVersion {
  return { version, permissions: { ...DEFAULT_PERMISSIONS, ...permissions }, grants };
}

const PUBLIC = { visibility: 'PUBLIC', state: 'PUBLISHED' } as const;
const PRIVATE = { visibility: 'PRIVATE', state: 'PUBLISHED' } as const;
const PENDING = { visibility: 'PUBLIC', state: 'PENDING_APPROVAL' } as const;

const EVERYTHING = ['see call source', 'see call source', 'see call source', 'see call source'];
const GRANTED_CALL = ['see call', 'see call', 'see call', ''];
const GRANTED_SOURCE = ['see call source', 'see call source', 'see call source', ''];

/** Chapter 2, "Roles": of a closed major with a public version, the same for `GRANTED` callers, private and pending. */
const TABLE: readonly (readonly [who: string, Principal, Grants, can: readonly string[]])[] = [
  ['anonymous', ANONYMOUS, NO_GRANTS, ['see', 'see', '', '']],
  ['an outsider', user(), NO_GRANTS, ['see call', 'see', '', '']],
  ['another organisation', organization(PARTNER), NO_GRANTS, ['see call', 'see', '', '']],
  ['a grantee', user(), granted('CALL'), GRANTED_CALL],
  ['a grantee with source', user(), granted('CALL_AND_SOURCE'), GRANTED_SOURCE],
  ['a member of a granted organisation', user([[PARTNER, 'MEMBER']]), granted('CALL', PARTNER), GRANTED_CALL],
  ['a granted organisation', organization(PARTNER), granted('CALL', PARTNER), GRANTED_CALL],
  ['a member', user([[ACME, 'MEMBER']]), NO_GRANTS, EVERYTHING],
  ['a maintainer', user([[ACME, 'MAINTAINER']]), NO_GRANTS, EVERYTHING],
  ['an admin', user([[ACME, 'ADMIN']]), NO_GRANTS, EVERYTHING],
  ['the owner itself', organization(ACME), NO_GRANTS, EVERYTHING],
  ['the operator', OPERATOR, NO_GRANTS, EVERYTHING],
];

describe('who may do what', () => {
  test.each(TABLE)('%s', (_who, principal, grants, can) => {
    const ask = (version: GuardedVersion['version'], permissions: Partial<MajorPermissions>) =>
      allowed(principal, guarded(version, permissions, grants));
    const closed = [
      ask(PUBLIC, { visibility: 'PUBLIC' }),
      ask(PUBLIC, { visibility: 'PUBLIC', callers: 'GRANTED' }),
      ask(PRIVATE, {}),
      ask(PENDING, { visibility: 'PUBLIC' }),
    ];
    expect(closed).toEqual(can);
    const open = { sourceVisibility: 'OPEN' } as const;
    const withSource = can.map((what) => (what === '' || what.endsWith('source') ? what : `${what} source`));
    expect([
      ask(PUBLIC, { visibility: 'PUBLIC', ...open }),
      ask(PUBLIC, { visibility: 'PUBLIC', callers: 'GRANTED', ...open }),
      ask(PRIVATE, open),
      ask(PENDING, { visibility: 'PUBLIC', ...open }),
    ]).toEqual(withSource);
  });

  test('a version that was taken down is known to those who knew it; a rejected one to members alone', () => {
    const states = (principal: Principal, grants = NO_GRANTS) =>
      (['PUBLIC', 'PRIVATE'] as const).flatMap((visibility) =>
        (['TAKEN_DOWN', 'REJECTED'] as const).map(
          (state) => allowed(principal, guarded({ visibility, state }, {}, grants)) !== '',
        ),
      );
    expect(states(ANONYMOUS)).toEqual([true, false, false, false]);
    expect(states(user())).toEqual([true, false, false, false]);
    expect(states(user(), granted('CALL'))).toEqual([true, false, true, false]);
    expect(states(user([[ACME, 'MEMBER']]))).toEqual([true, true, true, true]);
  });
});

/** Chapter 7, "API keys": what the scopes of a key of acme's admin leave, for a private version. */
const SCOPES: readonly (readonly [scope: string, reading: string, resolving: string, role: Role | null])[] = [
  ['read', 'see source', 'see source', 'MEMBER'],
  ['call', '', 'see call source', 'MEMBER'],
  ['release', 'see source', 'see source', 'MEMBER'],
  ['publish', 'see call source', 'see call source', 'MAINTAINER'],
  ['admin', 'see call source', 'see call source', 'ADMIN'],
  ['read:acme/*', 'see source', 'see source', 'MEMBER'],
  ['call:acme/detect', '', 'see call source', 'MEMBER'],
  ['call:acme/other', '', '', null],
  ['admin:partner/*', '', '', null],
];

test.each(SCOPES)('a key with %s', (scope, reading, resolving, role) => {
  for (const principal of [user([[ACME, 'ADMIN']], keyWith(scope)), organization(ACME, keyWith(scope))]) {
    expect(rightsOn(principal, TARGET).role).toBe(role);
    expect([allowed(principal, guarded(PRIVATE), 'read'), allowed(principal, guarded(PRIVATE))]).toEqual([
      reading,
      resolving,
    ]);
  }
});

test('the scope release is for builds and versions of those who may publish, and for nobody else', () => {
  const releases = (role: Role, scope: string, at = ACME): boolean =>
    rightsOn(user([[at, role]], keyWith(scope)), TARGET).release;
  for (const scope of ['release', 'publish', 'admin', 'release:acme/*', 'release:acme/detect']) {
    expect([scope, ROLES.map((role) => releases(role, scope))]).toEqual([scope, [false, true, true]]);
    expect(releases('ADMIN', scope, PARTNER)).toBe(false);
  }
  for (const scope of ['read', 'call', 'release:acme/other', 'release:partner/*']) {
    expect([scope, releases('ADMIN', scope)]).toEqual([scope, false]);
  }
  expect([rightsOn(ANONYMOUS, TARGET).release, rightsOn(OPERATOR, TARGET).release]).toEqual([false, true]);
});

test('a key that is scoped to elsewhere has of a grant nothing, not even the source of what is public', () => {
  const grantee = (scope: string) => user([], keyWith(scope));
  const version = guarded(PUBLIC, { visibility: 'PUBLIC' }, granted('CALL_AND_SOURCE'));
  expect(allowed(grantee('read:partner/*'), version, 'read')).toBe('see');
  expect(allowed(grantee('call:acme/*'), version, 'read')).toBe('see call');
  expect(allowed(grantee('call:acme/*'), version, 'resolve')).toBe('see call source');
  expect(allowed(grantee('read:acme/*'), version, 'read')).toBe('see source');
});

describe('properties', () => {
  const ids = fc.constantFrom(ACME, PARTNER, 3);
  const names = fc.option(fc.constantFrom('acme', 'partner'));
  const scope: fc.Arbitrary<Scope> = fc
    .record({
      action: fc.constantFrom(...SCOPE_ACTIONS),
      owner: names,
      algorithm: fc.constantFrom('detect', 'x', null),
    })
    .map((one) => ({ ...one, algorithm: one.owner === null ? null : one.algorithm }));
  const roles = fc.array(fc.tuple(ids, fc.constantFrom(...ROLES)), { maxLength: 3 });
  /** A principal without a key that narrows it, and how it is with a key. */
  const pairs = fc.oneof(
    roles.map((of) => [user(of), (key: KeyFacts) => user(of, key)] as const),
    ids.map((id) => [organization(id), (key: KeyFacts) => organization(id, key)] as const),
  );
  const target = fc.record({
    ownerId: fc.constant(ACME),
    ownerKey: fc.constant('acme'),
    nameKey: fc.constantFrom('detect', 'other', null),
  });
  const level = fc.constantFrom<GrantLevel[]>('CALL', 'CALL_AND_SOURCE');
  const version: fc.Arbitrary<GuardedVersion> = fc.record({
    version: fc.record({
      visibility: fc.constantFrom('PUBLIC', 'PRIVATE'),
      state: fc.constantFrom(...VERSION_STATES),
    }),
    permissions: fc.record({
      visibility: fc.constantFrom('PUBLIC', 'PRIVATE'),
      callers: fc.constantFrom('EVERYONE', 'GRANTED'),
      sourceVisibility: fc.constantFrom('CLOSED', 'OPEN'),
      networkAccess: fc.constantFrom('FULL', 'ISOLATED'),
      callsAlgorithms: fc.boolean(),
    }),
    grants: fc
      .array(fc.tuple(fc.constantFrom(ADA, PARTNER, 3), level), { maxLength: 3 })
      .map((all) => new Map(all)),
  });

  /** Everything that can be asked, as numbers that grow with what is allowed. */
  function powers(principal: Principal, at: Target, of: GuardedVersion): number[] {
    const rights = rightsOn(principal, at);
    const asked = (['read', 'resolve'] as const).flatMap((purpose) => {
      const sees = maySee(principal, rights, of, purpose);
      return [
        sees,
        sees && mayCall(principal, rights, of),
        sees && maySeeSource(principal, rights, of, purpose),
      ];
    });
    const role = rights.role === null ? 0 : ROLES.indexOf(rights.role) + 1;
    return [...asked, rights.read, rights.resolve, rights.call, rights.operator, role].map(Number);
  }
  const within = (less: readonly number[], more: readonly number[]) =>
    less.every((power, at) => power <= (more[at] ?? 0));

  test('a key never has more than its principal', () => {
    fc.assert(
      fc.property(
        pairs,
        fc.array(scope, { maxLength: 3 }),
        target,
        version,
        ([own, keyed], scopes, at, of) => {
          const narrowed = powers(keyed(keyOfScopes(scopes)), at, of);
          const whole = powers(own, at, of);
          expect(within(narrowed, whole)).toBe(true);
          if (scopes.length === 0) expect(narrowed).toEqual(whole);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a scope more never narrows a key that has one', () => {
    const some = fc.array(scope, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(pairs, some, scope, target, version, ([, keyed], scopes, one, at, of) => {
        const before = powers(keyed(keyOfScopes(scopes)), at, of);
        const after = powers(keyed(keyOfScopes([...scopes, one])), at, of);
        expect(within(before, after)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('a key that is scoped to elsewhere sees here what anyone sees, and nothing more', () => {
    const elsewhere = scope.filter(({ owner: of }) => of === 'partner');
    fc.assert(
      fc.property(
        pairs,
        fc.array(elsewhere, { minLength: 1, maxLength: 3 }),
        version,
        ([, keyed], scopes, of) => {
          const anyone = powers(ANONYMOUS, TARGET, of);
          expect(powers(keyed(keyOfScopes(scopes)), TARGET, of)).toEqual(anyone);
        },
      ),
    );
  });

  test('what is public and settled is seen by all; everything else by nobody without role or grant', () => {
    fc.assert(
      fc.property(version, (of) => {
        const { visibility, state } = of.version;
        const isPublic = visibility === 'PUBLIC' && (state === 'PUBLISHED' || state === 'TAKEN_DOWN');
        expect(allowed(ANONYMOUS, of) !== '').toBe(isPublic);
        expect(allowed(user(), { ...of, grants: NO_GRANTS }) !== '').toBe(isPublic);
      }),
    );
  });

  test('a grant more, and permissions that widen, take nothing from anyone', () => {
    fc.assert(
      fc.property(pairs, version, fc.constantFrom(ADA, PARTNER), level, ([own], of, to, given) => {
        const before = powers(own, TARGET, of);
        const raised = of.grants.get(to) === 'CALL_AND_SOURCE' ? 'CALL_AND_SOURCE' : given;
        const more = { ...of, grants: new Map([...of.grants, [to, raised]]) };
        expect(within(before, powers(own, TARGET, more))).toBe(true);
        for (const wider of [{ callers: 'EVERYONE' }, { sourceVisibility: 'OPEN' }] as const) {
          const permissions = { ...of.permissions, ...wider };
          expect(within(before, powers(own, TARGET, { ...of, permissions }))).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('the level of a principal is the highest of what it and its organisations were granted', () => {
    fc.assert(
      fc.property(roles, version, (of, { grants }) => {
        const principal = user(of);
        const levels = [ADA, ...new Map(of).keys()].flatMap((id) => grants.get(id) ?? []);
        const highest = levels.includes('CALL_AND_SOURCE') ? 'CALL_AND_SOURCE' : (levels[0] ?? null);
        expect(grantOf(principal, grants)).toBe(highest);
      }),
    );
    expect(grantOf(OPERATOR, granted('CALL'))).toBeNull();
    expect(grantOf(ANONYMOUS, granted('CALL'))).toBeNull();
  });
});

test('roles include the ones below them, and nobody else has one', () => {
  const rolesIn = (principal: Principal) => [ACME, PARTNER, ADA].map((id) => roleIn(principal, id));
  expect(rolesIn(ANONYMOUS)).toEqual([null, null, null]);
  expect(rolesIn(OPERATOR)).toEqual(['ADMIN', 'ADMIN', 'ADMIN']);
  expect(rolesIn(organization(ACME))).toEqual(['ADMIN', null, null]);
  expect(rolesIn(user([[PARTNER, 'MEMBER']]))).toEqual([null, 'MEMBER', 'ADMIN']);
  const includes = (role: Role | null) =>
    ROLES.map((least) => hasRole({ ...rightsOn(ANONYMOUS, TARGET), role }, least));
  expect(includes(null)).toEqual([false, false, false]);
  expect(includes('MEMBER')).toEqual([true, false, false]);
  expect(includes('MAINTAINER')).toEqual([true, true, false]);
  expect(includes('ADMIN')).toEqual([true, true, true]);
});

test('a principal has one name, whatever key it came with', () => {
  const key = keyWith('read');
  expect([ANONYMOUS, OPERATOR, user(), user([], key), organization(ACME)].map(principalId)).toEqual([
    'anonymous',
    'operator',
    'owner:10',
    'owner:10',
    'owner:1',
  ]);
  expect([ANONYMOUS, OPERATOR, user(), user([], key)].map(keyOf)).toEqual([null, null, null, key]);
});

test('permissions are taken out of a record, and nothing else with them', () => {
  const record = { ...DEFAULT_PERMISSIONS, algorithmId: 1, number: 2 };
  expect(permissionsOf(record)).toEqual(DEFAULT_PERMISSIONS);
});

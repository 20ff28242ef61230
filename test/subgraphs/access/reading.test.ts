import { ANONYMOUS, OPERATOR, type Principal } from '../../../src/domain/principal';
import { describeOnEachDatabase } from '../../builders/databases';
import { World } from '../../builders/services';
import { settle, statementsOf } from '../../builders/statements';

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on Owner { handle viewerRole members { nodes { user { handle } role } pageInfo { hasNextPage } } }
    ... on Algorithm { viewerCanPublish viewerCanAdminister }
    ... on Major { permissions { visibility callers sourceVisibility networkAccess callsAlgorithms grants { grantee { handle } level } } }
    ... on Version { viewerCanCall }
  }
}`;

interface OwnerNode {
  readonly handle: string;
}

interface Entity {
  readonly viewerRole: string | null;
  readonly members: { readonly nodes: readonly { user: OwnerNode; role: string }[] } | null;
  readonly viewerCanPublish: boolean | null;
  readonly viewerCanAdminister: boolean | null;
  readonly permissions: {
    readonly visibility: string;
    readonly callers: string;
    readonly grants: unknown;
  } | null;
  readonly viewerCanCall: boolean | null;
}

interface Members {
  readonly nodes: readonly { readonly user: OwnerNode }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly endCursor: string;
  };
}

interface Viewer {
  readonly user: OwnerNode | null;
  readonly organizations: readonly OwnerNode[];
  readonly apiKeys: readonly { readonly lastUsedAt: string | null }[];
}

describeOnEachDatabase('what access says of entities', (open) => {
  let world: World;
  beforeEach(async () => {
    world = await World.open(await open());
    for (const handle of ['ada', 'mia', 'max', 'gus', 'Bob']) await world.user(handle);
    await world.organization('Acme', 'ada');
    const member = (user: string, role: 'MAINTAINER' | 'MEMBER') =>
      world.access.members.set(OPERATOR, { organization: 'acme', user, role });
    await member('mia', 'MAINTAINER');
    await member('max', 'MEMBER');
    await world.algorithm('acme', 'Secret', {
      versions: ['1.0.0', '2.0.0'],
      majors: { 3: {} },
      grants: [1, 3].map((major) => ({ major, grantee: 'gus', level: 'CALL' })),
    });
    await world.algorithm('acme', 'Open', {
      versions: [
        { version: '1.0.0', visibility: 'PUBLIC' },
        { version: '1.1.0', visibility: 'PUBLIC', state: 'PENDING_APPROVAL' },
        { version: '1.2.0', visibility: 'PUBLIC', state: 'TAKEN_DOWN' },
        '2.0.0',
        { version: '3.0.0', visibility: 'PUBLIC', yanked: true },
      ],
      majors: { 3: { callers: 'GRANTED' } },
    });
  });
  afterEach(() => world.stop());

  const entities = async (principal: Principal, ...representations: object[]) => {
    const { data, errors } = await world.query<{ _entities: Entity[] }>(principal, ENTITIES, {
      representations,
    });
    expect(errors).toBeUndefined();
    return data._entities;
  };
  const one = async (principal: Principal, __typename: string, ref: string) =>
    (await entities(principal, { __typename, ref }))[0]!;
  const everyone = async (): Promise<Record<string, Principal>> => ({
    anonymous: ANONYMOUS,
    bob: await world.as('bob'),
    gus: await world.as('gus'),
    max: await world.as('max'),
    mia: await world.as('mia'),
    ada: await world.as('ada'),
    operator: OPERATOR,
    acme: await world.withKey('acme'),
    toRead: await world.withKey('ada', 'read'),
    toCall: await world.withKey('ada', 'call'),
    toPublish: await world.withKey('ada', 'publish:acme/secret'),
    elsewhere: await world.withKey('ada', 'admin:other/*'),
  });
  const forEveryone = async <T>(ask: (principal: Principal) => Promise<T>) =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(await everyone()).map(async ([who, principal]) => [who, await ask(principal)]),
      ),
    );

  test('viewerCanPublish and viewerCanAdminister, of a hidden and a listed algorithm', async () => {
    const rights = async (principal: Principal, ref: string) => {
      const { viewerCanPublish, viewerCanAdminister } = await one(principal, 'Algorithm', ref);
      return viewerCanPublish === null ? viewerCanAdminister : [viewerCanPublish, viewerCanAdminister];
    };
    const all = { mia: [true, false], ada: [true, true], operator: [true, true], acme: [true, true] };
    expect(await forEveryone((principal) => rights(principal, 'acme/secret'))).toEqual({
      anonymous: null,
      bob: null,
      gus: [false, false],
      max: [false, false],
      ...all,
      toRead: [false, false],
      toCall: null,
      toPublish: [true, false],
      elsewhere: null,
    });
    const none = [false, false];
    expect(await forEveryone((principal) => rights(principal, 'Acme/Open'))).toEqual({
      ...{ anonymous: none, bob: none, gus: none, max: none },
      ...all,
      ...{ toRead: none, toCall: none, toPublish: none, elsewhere: none },
    });
    expect(await forEveryone((principal) => rights(principal, 'acme/nothing'))).toEqual(
      Object.fromEntries(Object.keys(await everyone()).map((who) => [who, null])),
    );
  });

  test('viewerCanCall', async () => {
    const canCall = (ref: string) =>
      forEveryone(async (principal) => (await one(principal, 'Version', ref)).viewerCanCall);
    const members = { max: true, mia: true, ada: true, operator: true, acme: true };
    expect(await canCall('acme/open/1.0.0')).toEqual({
      anonymous: false,
      bob: true,
      gus: true,
      ...members,
      toRead: false,
      toCall: true,
      toPublish: false,
      elsewhere: false,
    });
    expect(await canCall('acme/secret/1.0.0')).toEqual({
      anonymous: null,
      bob: null,
      gus: true,
      ...members,
      toRead: false,
      toCall: true,
      toPublish: true,
      elsewhere: null,
    });
    expect(await canCall('acme/secret/2.0.0')).toMatchObject({
      anonymous: null,
      bob: null,
      gus: null,
      max: true,
    });
    expect(await canCall('acme/open/3.0.0')).toMatchObject({
      anonymous: false,
      bob: false,
      gus: false,
      max: true,
    });
    // waiting for approval: for members to know of, and not to be called by its number
    expect(await canCall('acme/open/1.1.0')).toMatchObject({
      anonymous: null,
      bob: null,
      gus: null,
      ada: false,
    });
    expect(await canCall('acme/open/1.2.0')).toMatchObject({ anonymous: false, bob: false, ada: false });
    const nulls = Object.fromEntries(Object.keys(await everyone()).map((who) => [who, null]));
    for (const ref of ['acme/open/9.0.0', 'acme/nothing/1.0.0', 'acme/open', 'nonsense', 'acme/open/1']) {
      expect(await canCall(ref)).toEqual(nulls);
    }
  });

  test('permissions are seen with a version of the major, grants by admins', async () => {
    const permissions = (ref: string) =>
      forEveryone(async (principal) => {
        const record = (await one(principal, 'Major', ref)).permissions;
        return record && [record.visibility, record.callers, record.grants];
      });
    const grants = [{ grantee: { handle: 'gus' }, level: 'CALL' }];
    const seen = ['PRIVATE', 'EVERYONE', null];
    const administered = ['PRIVATE', 'EVERYONE', grants];
    expect(await permissions('acme/secret/1')).toEqual({
      ...{ anonymous: null, bob: null, gus: seen, max: seen, mia: seen },
      ...{ ada: administered, operator: administered, acme: administered },
      ...{ toRead: seen, toCall: null, toPublish: seen, elsewhere: null },
    });
    expect(await permissions('acme/secret/2')).toMatchObject({
      anonymous: null,
      bob: null,
      gus: null,
      max: seen,
    });
    // granted, but there is nothing of it to see yet
    expect(await permissions('acme/secret/3')).toMatchObject({ bob: null, gus: null, max: seen });
    expect(await permissions('acme/open/1')).toMatchObject({
      ...{ anonymous: seen, bob: seen, toCall: seen, ada: ['PRIVATE', 'EVERYONE', []] },
    });
    expect(await permissions('acme/open/2')).toMatchObject({
      anonymous: null,
      bob: null,
      gus: null,
      max: seen,
    });
    const yanked = ['PRIVATE', 'GRANTED', null];
    expect(await permissions('acme/open/3')).toMatchObject({ anonymous: yanked, bob: yanked, mia: yanked });
    for (const ref of ['acme/open/9', 'acme/nothing/1', 'acme/open/1.0.0', '']) {
      expect(Object.values(await permissions(ref)).filter((record) => record !== null)).toEqual([]);
    }
  });

  test('members and roles are for members', async () => {
    const owner = async (principal: Principal, handle: string) => {
      const [entity] = await entities(principal, { __typename: 'Owner', handle });
      const { viewerRole, members } = entity!;
      return [
        viewerRole,
        members?.nodes.map((node) => `${node.user.handle} ${node.role}`).join(', ') ?? null,
      ];
    };
    const members = 'ada ADMIN, max MEMBER, mia MAINTAINER';
    expect(await forEveryone((principal) => owner(principal, 'ACME'))).toEqual({
      anonymous: [null, null],
      bob: [null, null],
      gus: [null, null],
      max: ['MEMBER', members],
      mia: ['MAINTAINER', members],
      ada: ['ADMIN', members],
      operator: ['ADMIN', members],
      acme: ['ADMIN', members],
      toRead: ['MEMBER', members],
      toCall: [null, null],
      toPublish: [null, null],
      elsewhere: [null, null],
    });
    expect(await owner(await world.as('bob'), 'bob')).toEqual(['ADMIN', null]);
    expect(await owner(OPERATOR, 'nobody')).toEqual([null, null]);
  });

  test('members come in pages', async () => {
    const ask = async (first: number, after: string | null) => {
      const source = `query ($first: Int!, $after: String, $representations: [_Any!]!) {
        _entities(representations: $representations) { ... on Owner {
          members(first: $first, after: $after) {
            nodes { user { handle } } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }`;
      const representations = [{ __typename: 'Owner', handle: 'acme' }];
      const variables = { first, after, representations };
      return world.query<{ _entities: [{ members: Members }] }>(OPERATOR, source, variables);
    };
    const page = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).data._entities[0].members;
    const refused = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).errors?.[0]?.message;
    const first = await page(2, null);
    expect(first.nodes).toEqual([{ user: { handle: 'ada' } }, { user: { handle: 'max' } }]);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const second = await page(2, first.pageInfo.endCursor);
    expect(second.nodes).toEqual([{ user: { handle: 'mia' } }]);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(await refused(101, null)).toBe('first is not from 1 to 100');
    expect(await refused(0, null)).toBe('first is not from 1 to 100');
    expect(await refused(1, 'nonsense')).toBe('after is no cursor of ours');
  });

  test('the number of queries does not grow with the number of entities', async () => {
    const names = Array.from({ length: 12 }, (_, at) => at);
    for (const at of names) {
      await world.organization(`org${at}`, 'ada');
      const grants = [{ major: 1, grantee: 'gus', level: 'CALL' as const }];
      await world.algorithm(`org${at}`, 'a', { versions: ['1.0.0'], grants });
    }
    const representations = (count: number) =>
      names.slice(0, count).flatMap((at) => [
        { __typename: 'Owner', handle: `org${at}` },
        { __typename: 'Algorithm', ref: `org${at}/a` },
        { __typename: 'Major', ref: `org${at}/a/1` },
        { __typename: 'Version', ref: `org${at}/a/1.0.0` },
      ]);
    const ada = await world.as('ada');
    const statementsFor = (count: number) =>
      statementsOf(world.database, async () => {
        const found = await entities(ada, ...representations(count));
        expect(found.filter((entity) => Object.values(entity).includes(null))).toEqual([]);
      });
    await entities(ada, ...representations(12));
    await settle(world.database);
    const few = await statementsFor(2);
    // owners (for roles and for members at once), members, grants
    expect(few).toHaveLength(3);
    expect(await statementsFor(12)).toHaveLength(few.length);
  });

  describe('viewer', () => {
    const VIEWER =
      '{ viewer { user { handle } organizations { handle } apiKeys { id prefix label scopes revokedAt lastUsedAt } } }';
    const viewer = async (principal: Principal) =>
      (await world.query<{ viewer: Viewer }>(principal, VIEWER)).data.viewer;

    test('nobody is null; the operator has nothing of its own', async () => {
      expect(await viewer(ANONYMOUS)).toBeNull();
      expect(await viewer(OPERATOR)).toEqual({ user: null, organizations: [], apiKeys: [] });
    });

    test('a user, its organisations, and its own keys that are not revoked', async () => {
      await world.organization('zeta', 'ada');
      await world.organization('Beta', 'ada');
      await world.key('mia');
      const kept = await world.key('ada', ['read']);
      const gone = await world.key('ada');
      await world.access.keys.revoke(OPERATOR, gone.prefix);
      expect(await viewer(await world.as('ada'))).toEqual({
        user: { handle: 'ada' },
        organizations: [{ handle: 'Acme' }, { handle: 'Beta' }, { handle: 'zeta' }],
        apiKeys: [
          {
            id: kept.prefix,
            prefix: kept.prefix,
            label: null,
            scopes: ['read'],
            revokedAt: null,
            lastUsedAt: null,
          },
        ],
      });
    });

    test('when a key was last used', async () => {
      const { secret } = await world.key('ada');
      const principal = await world.authenticate(secret);
      await world.authenticator.stop();
      const { apiKeys } = await viewer(principal);
      expect(apiKeys[0]!.lastUsedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/);
    });

    test('within the scopes of its key', async () => {
      await world.organization('beta', 'ada');
      const seen = async (...scopes: string[]) => {
        const { user, organizations, apiKeys } = await viewer(await world.withKey('ada', ...scopes));
        return [user?.handle, organizations.map(({ handle }) => handle), apiKeys.length > 0];
      };
      expect(await seen('read')).toEqual(['ada', ['Acme', 'beta'], true]);
      expect(await seen('call')).toEqual(['ada', [], false]);
      expect(await seen('read:beta/*')).toEqual(['ada', ['beta'], false]);
      expect(await seen('publish:acme/open')).toEqual(['ada', [], false]);
    });

    test('an organisation', async () => {
      const { secret, prefix } = await world.key('acme');
      const principal = await world.authenticate(secret);
      expect(await viewer(principal)).toMatchObject({
        user: null,
        organizations: [{ handle: 'Acme' }],
        apiKeys: [{ prefix }],
      });
    });
  });

  test('mutations through the graph: the entity, or nulls and why', async () => {
    const source = `mutation {
      made: createApiKey(input: { owner: "acme", scopes: ["read"] }) { apiKey { scopes expiresAt } secret userErrors { code } }
      refused: createApiKey(input: { owner: "mia" }) { apiKey { id } secret userErrors { code message field } }
      set: setMember(input: { organization: "acme", user: "bob", role: MEMBER }) {
        member { user { handle } role } organization { handle members { nodes { user { handle } } } } userErrors { code } }
      removed: removeMember(input: { organization: "acme", user: "bob" }) {
        organization { members { nodes { user { handle } } } } userErrors { code } }
      opened: setMajorPermissions(input: { major: "acme/secret/1", visibility: PUBLIC, promoteExisting: true }) {
        major { ref permissions { visibility } } userErrors { code } }
      granted: grantMajorAccess(input: { major: "acme/secret/2", grantee: "bob", level: CALL }) {
        major { ref permissions { grants { grantee { handle } level } } } userErrors { code } }
      revoked: revokeMajorAccess(input: { major: "acme/secret/2", grantee: "bob" }) {
        major { permissions { grants { level } } } userErrors { code } }
      suspended: suspendUser(input: { user: "bob", reason: "spam" }) { user { handle } userErrors { code } }
    }`;
    const { data, errors } = await world.query(await world.as('ada'), source);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      made: {
        apiKey: { scopes: ['read'], expiresAt: null },
        secret: expect.stringMatching(/^agk_/),
        userErrors: [],
      },
      refused: {
        apiKey: null,
        secret: null,
        userErrors: [{ code: 'FORBIDDEN', message: 'this needs the role ADMIN', field: null }],
      },
      set: {
        member: { user: { handle: 'Bob' }, role: 'MEMBER' },
        organization: {
          handle: 'Acme',
          members: { nodes: ['ada', 'Bob', 'max', 'mia'].map((handle) => ({ user: { handle } })) },
        },
        userErrors: [],
      },
      removed: {
        organization: { members: { nodes: ['ada', 'max', 'mia'].map((handle) => ({ user: { handle } })) } },
        userErrors: [],
      },
      opened: { major: { ref: 'Acme/Secret/1', permissions: { visibility: 'PUBLIC' } }, userErrors: [] },
      granted: {
        major: {
          ref: 'Acme/Secret/2',
          permissions: { grants: [{ grantee: { handle: 'Bob' }, level: 'CALL' }] },
        },
        userErrors: [],
      },
      revoked: { major: { permissions: { grants: [] } }, userErrors: [] },
      suspended: { user: null, userErrors: [{ code: 'FORBIDDEN' }] },
    });
  });

  test('a user, an organisation and a revocation through the graph', async () => {
    const { prefix } = await world.key('ada');
    const source = `mutation ($id: ID!) {
      user: createUser(input: { handle: "Zoe", displayName: "Zoe" }) { user { handle } userErrors { code } }
      taken: createUser(input: { handle: "zoe" }) { user { handle } userErrors { code field } }
      organization: createOrganization(input: { handle: "Zeta", admin: "zoe" }) { organization { handle viewerRole } userErrors { code } }
      revoked: revokeApiKey(input: { id: $id }) { apiKey { id revokedAt } userErrors { code } }
      missing: revokeApiKey(input: { id: "agk_none" }) { apiKey { id } userErrors { code } }
    }`;
    const { data } = await world.query(OPERATOR, source, { id: prefix });
    expect(data).toEqual({
      user: { user: { handle: 'Zoe' }, userErrors: [] },
      taken: { user: null, userErrors: [{ code: 'ALREADY_EXISTS', field: ['handle'] }] },
      organization: { organization: { handle: 'Zeta', viewerRole: 'ADMIN' }, userErrors: [] },
      revoked: { apiKey: { id: prefix, revokedAt: expect.any(String) }, userErrors: [] },
      missing: { apiKey: null, userErrors: [{ code: 'NOT_FOUND' }] },
    });
  });
});

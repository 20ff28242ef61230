import type { Answer, Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { registryRows } from '../builders/tables';
import type { World } from '../builders/world';

/** The table of chapter 2, "Roles", operation by operation, for a public algorithm and for a private one. */

const WHO = ['anonymous', 'outsider', 'grantee', 'member', 'maintainer', 'admin', 'operator'] as const;
type Who = (typeof WHO)[number];

/** What each of them gets, in the order of WHO. */
type Outcomes = readonly [string, string, string, string, string, string, string];

const OK = 'OK';
const NONE = 'NOT_FOUND';
const NO = 'FORBIDDEN';
const ANON = 'UNAUTHENTICATED';

const ALL: Outcomes = [OK, OK, OK, OK, OK, OK, OK];
const GRANTED: Outcomes = [NONE, NONE, OK, OK, OK, OK, OK];
const MEMBERS: Outcomes = [NONE, NONE, NONE, OK, OK, OK, OK];
const MAINTAINERS: Outcomes = [ANON, NO, NO, NO, OK, OK, OK];
const ADMINS: Outcomes = [ANON, NO, NO, NO, NO, OK, OK];
const OPERATORS: Outcomes = [ANON, NO, NO, NO, NO, NO, OK];

/** Before each attempt `prepare` makes what is to be changed, as the operator does; `n` is new each time. */
interface Mutation {
  readonly title: string;
  readonly mutation: string;
  readonly input: (algorithm: string, n: number, prepared: string) => object;
  readonly prepare?: (world: World, algorithm: string, n: number) => Promise<string>;
  readonly outcomes: Outcomes;
}

const aBuild = (world: World, algorithm: string): Promise<string> => world.build(algorithm);
const aVersion = async (world: World, algorithm: string, n: number): Promise<string> =>
  (await world.publish(algorithm, `1.${n}.0`)).ref;
const aUser = async (world: World, _algorithm: string, n: number): Promise<string> => {
  await world.operator.mutate('createUser', { handle: `user${n}` });
  return `user${n}`;
};

/** Of an algorithm: an outsider of a private one gets NOT_FOUND where one of a public one gets FORBIDDEN. */
const OF_ALGORITHMS: readonly Mutation[] = [
  {
    title: 'register a build',
    mutation: 'registerBuild',
    input: (algorithm, n) => ({
      algorithm,
      sha: n.toString(16).padStart(40, 'f'),
      status: 'SUCCEEDED',
      backendUrl: 'http://127.0.0.1:1/',
    }),
    outcomes: MAINTAINERS,
  },
  {
    title: 'publish within a major',
    mutation: 'publishVersion',
    prepare: aBuild,
    input: (algorithm, n, sha) => ({ algorithm, sha, version: `1.${n}.0` }),
    outcomes: MAINTAINERS,
  },
  {
    title: 'open a major with inherited permissions',
    mutation: 'publishVersion',
    prepare: aBuild,
    input: (algorithm, n, sha) => ({ algorithm, sha, version: `${n}.0.0` }),
    outcomes: MAINTAINERS,
  },
  {
    title: 'open a major with permissions of its own',
    mutation: 'publishVersion',
    prepare: aBuild,
    input: (algorithm, n, sha) => ({
      algorithm,
      sha,
      version: `${n}.0.0`,
      permissions: { visibility: 'PRIVATE' },
    }),
    outcomes: ADMINS,
  },
  {
    title: 'yank',
    mutation: 'yankVersion',
    prepare: aVersion,
    input: (_algorithm, _n, version) => ({ version, reason: 'a test' }),
    outcomes: MAINTAINERS,
  },
  {
    title: 'unyank',
    mutation: 'unyankVersion',
    prepare: async (world, algorithm, n) => {
      const version = await aVersion(world, algorithm, n);
      await world.yank(version);
      return version;
    },
    input: (_algorithm, _n, version) => ({ version }),
    outcomes: MAINTAINERS,
  },
  {
    title: 'describe the algorithm',
    mutation: 'updateAlgorithm',
    input: (algorithm, n) => ({ algorithm, summary: `the ${n}th` }),
    outcomes: MAINTAINERS,
  },
  {
    title: 'set permissions of a major',
    mutation: 'setMajorPermissions',
    input: (algorithm, n) => ({ major: `${algorithm}/${n}`, callers: 'GRANTED' }),
    outcomes: ADMINS,
  },
  {
    title: 'grant access to a major',
    mutation: 'grantMajorAccess',
    prepare: aUser,
    input: (algorithm, n, grantee) => ({ major: `${algorithm}/${n}`, grantee, level: 'CALL' }),
    outcomes: ADMINS,
  },
  {
    title: 'revoke access to a major',
    mutation: 'revokeMajorAccess',
    prepare: async (world, algorithm, n) => {
      await world.grant(`${algorithm}/${n}`, await aUser(world, algorithm, n));
      return `user${n}`;
    },
    input: (algorithm, n, grantee) => ({ major: `${algorithm}/${n}`, grantee }),
    outcomes: ADMINS,
  },
];

/** Of an organisation, which all know of. */
const OF_OWNERS: readonly Mutation[] = [
  {
    title: 'create an algorithm',
    mutation: 'createAlgorithm',
    input: (_algorithm, n) => ({ owner: 'acme', name: `a${n}` }),
    outcomes: MAINTAINERS,
  },
  {
    title: 'promote a private version that the grantee may see as well',
    mutation: 'promoteVersion',
    prepare: async (world, _algorithm, n) =>
      (await world.publish('acme/open', `1.${n}.0`, { visibility: 'PRIVATE' })).ref,
    input: (_algorithm, _n, version) => ({ version }),
    outcomes: [ANON, NONE, NO, NO, NO, OK, OK],
  },
  {
    title: 'set a member',
    mutation: 'setMember',
    prepare: aUser,
    input: (_algorithm, _n, user) => ({ organization: 'acme', user, role: 'MEMBER' }),
    outcomes: ADMINS,
  },
  {
    title: 'remove a member',
    mutation: 'removeMember',
    prepare: async (world, algorithm, n) => {
      const user = await aUser(world, algorithm, n);
      await world.operator.mutate('setMember', { organization: 'acme', user, role: 'MEMBER' });
      return user;
    },
    input: (_algorithm, _n, user) => ({ organization: 'acme', user }),
    outcomes: ADMINS,
  },
  {
    title: 'make a key of the organisation',
    mutation: 'createApiKey',
    input: () => ({ owner: 'acme' }),
    outcomes: ADMINS,
  },
  {
    title: 'create a user',
    mutation: 'createUser',
    input: (_algorithm, n) => ({ handle: `new${n}` }),
    outcomes: OPERATORS,
  },
  {
    title: 'suspend a user',
    mutation: 'suspendUser',
    prepare: aUser,
    input: (_algorithm, _n, user) => ({ user, reason: 'a test' }),
    outcomes: OPERATORS,
  },
  {
    title: 'found an organisation of their own',
    mutation: 'createOrganization',
    input: (_algorithm, n) => ({ handle: `org${n}` }),
    // the operator is nobody who could be its admin
    outcomes: [ANON, OK, OK, OK, OK, OK, 'INVALID_INPUT'],
  },
];

describeOnEachServer('what a role may do', (world) => {
  let clients: Record<Who, Client>;
  let unpublished: string;
  /** No number of a version or a user is used twice, and none of those that the world begins with. */
  let n = 10;

  beforeAll(async () => {
    const key = (name: string): Promise<Client> => world().user(name);
    clients = {
      anonymous: world().anonymous,
      outsider: await key('otto'),
      grantee: await key('gus'),
      member: await key('mia'),
      maintainer: await key('max'),
      admin: await key('ann'),
      operator: world().operator,
    };
    await world().organization('acme', { admin: 'ann', members: { max: 'MAINTAINER', mia: 'MEMBER' } });
    await world().algorithm('acme/open');
    await world().publish('acme/open', '1.0.0');
    await world().publish('acme/open', '1.0.1', { visibility: 'PRIVATE' });
    await world().grant('acme/open/1', 'gus');
    unpublished = await world().build('acme/open');
    await world().algorithm('acme/closed');
    await world().publish('acme/closed', '1.0.0', { permissions: { visibility: 'PRIVATE' } });
  });

  async function expectOutcomes(expected: Outcomes, attempt: (who: Who) => Promise<string>): Promise<void> {
    const given: [Who, string][] = [];
    for (const who of WHO) given.push([who, await attempt(who)]);
    expect(given).toEqual(WHO.map((who, at) => [who, expected[at]]));
  }

  describe.each<[string, (client: Client, reference: string) => Promise<Answer>, boolean]>([
    ['see', (client, reference) => client.resolve(reference), false],
    ['call', (client, reference) => client.call(reference, 1), true],
  ])('who may %s', (_verb, ask, needsCredential) => {
    test.each([
      ['a public version', 'acme/open/1.0.0', ALL],
      ['a public version by a partial one', 'acme/open/1', ALL],
      ['a private version of a granted major', 'acme/open/1.0.1', GRANTED],
      ['a private version by latestPrivate', 'acme/open/latestPrivate', MEMBERS],
      ['a build that is not published', 'acme/open/SHA', MEMBERS],
      ['a version of a private algorithm', 'acme/closed/1.0.0', MEMBERS],
      ['a version that is missing', 'acme/open/9.0.0', [NONE, NONE, NONE, NONE, NONE, NONE, NONE]],
    ] as const)('%s', async (_what, reference, outcomes) => {
      const expected: Outcomes = needsCredential ? [ANON, ...tailOf(outcomes)] : outcomes;
      await expectOutcomes(expected, async (who) => {
        const { status, json } = await ask(clients[who], reference.replace('SHA', unpublished));
        return status === 200 ? OK : (json as { error: { code: string } }).error.code;
      });
    });
  });

  const rows = [
    ...OF_ALGORITHMS.map((row) => ['acme/open', row, row.outcomes] as const),
    ...OF_ALGORITHMS.map((row) => ['acme/closed', row, hiddenFromOutsiders(row.outcomes)] as const),
    ...OF_OWNERS.map((row) => ['acme', row, row.outcomes] as const),
  ].map(([of, row, outcomes]) => [row.title, of, row, outcomes] as const);

  test.each(rows)('who may %s of %s', async (_title, algorithm, row, outcomes) => {
    await expectOutcomes(outcomes, async (who) => {
      n += 1;
      const prepared = (await row.prepare?.(world(), algorithm, n)) ?? '';
      const before = await registryRows(world());
      const outcome = await clients[who].attempt(row.mutation, row.input(algorithm, n, prepared));
      const changed = JSON.stringify(await registryRows(world())) !== JSON.stringify(before);
      expect({ who, changed }).toEqual({ who, changed: outcome === OK });
      return outcome;
    });
  });
});

function tailOf([_anonymous, ...rest]: Outcomes) {
  return rest;
}

function hiddenFromOutsiders([anonymous, outsider, grantee, ...rest]: Outcomes): Outcomes {
  const hidden = (outcome: string): string => (outcome === NO ? NONE : outcome);
  return [anonymous, hidden(outsider), hidden(grantee), ...rest];
}

import { randomInt } from 'node:crypto';

import fc from 'fast-check';
import semver from 'semver';

import type { Answer, Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import {
  independentSelector,
  makeAlgorithm,
  type ModelAlgorithm,
  otherSelector,
  randomAlgorithm,
} from '../builders/random-registry';
import type { World } from '../builders/world';

/**
 * Chapter 1, the promise: an endpoint names the same version for every caller. A random registry, random references,
 * and everyone there can be. `ALGOGATE_TEST_SEED` repeats a run.
 */
const SEED = Number(process.env['ALGOGATE_TEST_SEED'] ?? randomInt(2 ** 31));
const ALGORITHMS = 18;
const OWNERS = ['acme', 'bolt', 'ulf'] as const;
const RUNS = { seed: SEED, numRuns: 60 };

/** Someone, and of which algorithms it may know what is private: as a member, or as a grantee. */
interface Someone {
  readonly client: Client;
  readonly isMember: (algorithm: ModelAlgorithm) => boolean;
  readonly isGrantee: boolean;
}

const RESOLVE = `query ($reference: String!) {
  resolve(reference: $reference) { reference canonical selector rule position version { ref } build { sha }
    trace { version reason } }
}`;

describeOnEachServer(`caller independence (seed ${SEED})`, (world) => {
  let everyone: Readonly<Record<string, Someone>>;
  let algorithms: readonly ModelAlgorithm[];

  beforeAll(async () => {
    everyone = await makeEveryone(world());
    const specs = fc.sample(randomAlgorithm, { seed: SEED, numRuns: ALGORITHMS });
    algorithms = await Promise.all(
      specs.map((spec, at) =>
        makeAlgorithm(world(), OWNERS[at % OWNERS.length]!, `a${at}`, spec, ['gus', 'guild']),
      ),
    );
  });

  /** Everyone's answers, over HTTP and in the graph, without what differs between any two answers. */
  async function ask(reference: string): Promise<Map<string, Asked>> {
    const asked = Object.entries(everyone).map(async ([name, { client }]) => {
      const [http, graph] = [await client.resolve(reference), await client.graphql(RESOLVE, { reference })];
      return [name, { http: plain(http), graph: plain(graph) }] as const;
    });
    return new Map(await Promise.all(asked));
  }

  test('what LATEST, PARTIAL, RANGE and CHANNEL name is the same for all, errors included', async () => {
    const anAlgorithm = fc.nat({ max: ALGORITHMS - 1 });
    await fc.assert(
      fc.asyncProperty(anAlgorithm, independentSelector, fc.boolean(), async (at, selector, upper) => {
        const algorithm = algorithms[at]!;
        const name = `${algorithm.owner}/${algorithm.name}`;
        const reference = `${upper ? name.toUpperCase() : name}/${selector}`.replace(/\/$/, '');
        const answers = await ask(reference);
        const first = answers.get('anonymous')!;
        for (const [who, answer] of answers) expect({ who, ...answer }).toEqual({ who, ...first });
        expectToBePublic(first, algorithm, selector);
      }),
      RUNS,
    );
  });

  test('what FULL, LATEST_PRIVATE and SHA name is the same for all who may know of it, and missing to all others', async () => {
    const algorithmAndSelector = fc.nat({ max: ALGORITHMS - 1 }).chain((at) => {
      const algorithm = algorithms[at]!;
      return fc.tuple(fc.constant(algorithm), otherSelector(algorithm));
    });
    await fc.assert(
      fc.asyncProperty(algorithmAndSelector, async ([algorithm, selector]) => {
        const reference = `${algorithm.owner}/${algorithm.name}/${selector}`;
        const answers = await ask(reference);
        const found = answers.get('operator')!;
        for (const [who, answer] of answers) {
          const knows = mayKnow(everyone[who]!, algorithm, selector);
          expect({ who, ...answer }).toEqual({ who, ...(knows ? found : missing(reference)) });
        }
      }),
      RUNS,
    );
  });
});

interface Plain {
  readonly status: number;
  readonly headers: object;
  readonly json: unknown;
}
type Asked = Readonly<Record<'http' | 'graph', Plain>>;

function plain({ status, headers, json }: Answer): Plain {
  const { date: _date, 'x-request-id': _id, 'keep-alive': _alive, ...others } = headers;
  // how much of its own budget a caller has left
  const { ratelimit: _left, 'ratelimit-policy': _policy, ...rest } = others;
  return { status, headers: rest, json };
}

/** Of what is the same for all, the version is public and not yanked; a plain highest one is the model's highest. */
function expectToBePublic({ http }: Asked, { versions }: ModelAlgorithm, selector: string): void {
  const candidates = versions
    .filter(({ isPublic, yanked }) => isPublic && !yanked)
    .map(({ version }) => version);
  const named = http.status === 200 ? (http.json as { version: string }).version : null;
  if (named !== null) expect(candidates).toContain(named);
  if (!/^(\d+(\.\d+)?(\.[x*^])?|latest|stable|)$/.test(selector)) return;
  const releases = candidates.filter((version) => semver.prerelease(version) === null);
  const line = /^\d/.test(selector) ? selector.replace(/\.[x*^]$/, '').concat('.') : '';
  const highest = releases.filter((version) => version.startsWith(line)).sort(semver.rcompare)[0];
  expect(named).toBe(highest ?? null);
}

/** Chapter 1, the last column of the table of selectors. */
function mayKnow({ isMember, isGrantee }: Someone, algorithm: ModelAlgorithm, selector: string): boolean {
  const member = isMember(algorithm);
  if (selector === 'latestPrivate' || selector === algorithm.unpublished) return member;
  const version = algorithm.versions.find(({ version, sha }) => version === selector || sha === selector);
  if (version === undefined) return true; // there is nothing to know of: the operator's answer is a NOT_FOUND too
  return member || version.isPublic || (isGrantee && version.granted);
}

function missing(reference: string): Readonly<Record<'http' | 'graph', unknown>> {
  const message = `algorithm algo://${reference} not found`;
  const errors = [{ message, path: ['resolve'], extensions: { code: 'NOT_FOUND' } }];
  const noted = (json: unknown, status: number): unknown => ({ status, headers: expect.any(Object), json });
  return {
    http: noted({ error: { message, code: 'NOT_FOUND' } }, 404),
    graph: noted({ data: { resolve: null }, errors }, 200),
  };
}

async function makeEveryone(world: World): Promise<Record<string, Someone>> {
  const users: Record<string, Client> = {};
  for (const name of ['ann', 'max', 'mia', 'gus', 'gil', 'otto', 'ulf']) users[name] = await world.user(name);
  for (const owner of ['acme', 'bolt']) {
    await world.organization(owner, { admin: 'ann', members: { max: 'MAINTAINER', mia: 'MEMBER' } });
  }
  await world.organization('guild', { admin: 'gil' });
  const key = (owner: string, ...scopes: string[]) => world.key(owner, { scopes });
  const someone = (client: Client, isMember: Someone['isMember'], isGrantee = false) => ({
    client,
    isMember,
    isGrantee,
  });
  const never = () => false;
  const ofBoth = ({ owner }: ModelAlgorithm) => owner !== 'ulf';
  const of =
    (...owners: string[]) =>
    ({ owner }: ModelAlgorithm) =>
      owners.includes(owner);
  return {
    anonymous: someone(world.anonymous, never),
    operator: someone(world.operator, () => true),
    outsider: someone(users['otto']!, never),
    grantee: someone(users['gus']!, never, true),
    'a member of a grantee': someone(users['gil']!, never, true),
    'a grantee organisation': someone(await key('guild'), never, true),
    member: someone(users['mia']!, ofBoth),
    maintainer: someone(users['max']!, ofBoth),
    admin: someone(users['ann']!, ofBoth),
    'a user of its own': someone(users['ulf']!, of('ulf')),
    'an organisation': someone(await key('acme'), of('acme')),
    'a key that reads': someone(await key('ann', 'read'), ofBoth),
    'a key that calls one owner': someone(await key('ann', 'call:acme/*'), of('acme')),
    'a key that publishes elsewhere': someone(await key('ann', 'publish:otto/*'), never),
    'a key of a grantee, for another owner': someone(await key('gus', 'admin:otto/*'), never),
  };
}

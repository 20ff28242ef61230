import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { registryRows } from '../builders/tables';
import { shaOf, type World } from '../builders/world';

/** Chapters 2 and 3: what is refused has its own code, changes nothing and leaves no entry in the ledger. */

/** Who acts: an admin, a maintainer, a member and an outsider of `acme`; `null`: nobody. */
type Who = 'ann' | 'max' | 'mia' | 'otto' | null;

interface Refused {
  readonly code: string;
  readonly who?: Who;
  readonly mutation?: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * `acme/detect`: 1.0.0, 1.0.5, 1.1.0 public, 1.2.0-beta.1 of the build BETA, 2.0.0 in a private major; a build FRESH,
 * a build FAILED. `acme/secret`: 1.0.0, private. `acme/empty`: no build.
 */
const SHAS = { ONE: shaOf('one'), BETA: shaOf('beta'), FRESH: shaOf('fresh'), FAILED: shaOf('failed') };
const { ONE, BETA, FRESH, FAILED } = SHAS;
const BACKEND = 'http://127.0.0.1:1/';

const PUBLICATIONS: Readonly<Record<string, Refused>> = {
  'a version that exists': { code: 'VERSION_EXISTS', input: { sha: FRESH, version: '1.0.5' } },
  'its number with build metadata': { code: 'VERSION_EXISTS', input: { sha: FRESH, version: '1.0.5+b' } },
  'a private version that exists': { code: 'VERSION_EXISTS', input: { sha: FRESH, version: '2.0.0' } },
  'one below the highest of its line': {
    code: 'VERSION_NOT_INCREASING',
    input: { sha: FRESH, version: '1.0.4' },
  },
  'a prerelease below the release': {
    code: 'VERSION_NOT_INCREASING',
    input: { sha: FRESH, version: '1.0.5-rc.1' },
  },
  'a prerelease below another': {
    code: 'VERSION_NOT_INCREASING',
    input: { sha: FRESH, version: '1.2.0-alpha' },
  },
  'a build that carries a release': {
    code: 'BUILD_ALREADY_PUBLISHED',
    input: { sha: ONE, version: '1.3.0' },
  },
  'a build that carries a release, as a prerelease': {
    code: 'BUILD_ALREADY_PUBLISHED',
    input: { sha: ONE, version: '1.3.0-rc.1' },
  },
  'a candidate that becomes another number': {
    code: 'BUILD_ALREADY_PUBLISHED',
    input: { sha: BETA, version: '1.3.0' },
  },
  'a failed build': { code: 'BUILD_FAILED', input: { sha: FAILED, version: '1.3.0' } },
  'a build that is not there': { code: 'NOT_FOUND', input: { sha: shaOf('nowhere'), version: '1.3.0' } },
  'no build at all': { code: 'NOT_FOUND', input: { algorithm: 'acme/empty', version: '1.3.0' } },
  'an algorithm that is not there': { code: 'NOT_FOUND', input: { algorithm: 'acme/none', sha: FRESH } },
  'a version and a bump': { code: 'INVALID_INPUT', input: { sha: FRESH, version: '1.3.0', bump: 'MINOR' } },
  'two numbers': { code: 'INVALID_INPUT', input: { sha: FRESH, version: '1.3' } },
  'a leading v': { code: 'INVALID_INPUT', input: { sha: FRESH, version: 'v1.3.0' } },
  'a leading zero': { code: 'INVALID_INPUT', input: { sha: FRESH, version: '1.03.0' } },
  'an empty version': { code: 'INVALID_INPUT', input: { sha: FRESH, version: '' } },
  'a number past all numbers': { code: 'INVALID_INPUT', input: { sha: FRESH, version: '99999999999.0.0' } },
  'permissions in a major that has versions': {
    code: 'PERMISSIONS_FIXED_BY_MAJOR',
    input: { sha: FRESH, version: '1.3.0', permissions: { visibility: 'PUBLIC' } },
  },
  'a public version of a private major': {
    code: 'VISIBILITY_EXCEEDS_MAJOR',
    input: { sha: FRESH, version: '2.1.0', visibility: 'PUBLIC' },
  },
  'a public version in a new major that is to be private': {
    code: 'VISIBILITY_EXCEEDS_MAJOR',
    input: { sha: FRESH, version: '3.0.0', visibility: 'PUBLIC', permissions: { visibility: 'PRIVATE' } },
  },
  'a new major that inherits private': {
    code: 'VISIBILITY_EXCEEDS_MAJOR',
    input: { sha: FRESH, version: '3.0.0', visibility: 'PUBLIC' },
  },
  'notes without end': {
    code: 'TOO_LARGE',
    input: { sha: FRESH, version: '1.3.0', releaseNotes: 'x'.repeat(65_536) },
  },
  'nobody publishes': { code: 'UNAUTHENTICATED', who: null, input: { sha: FRESH, version: '1.3.0' } },
  'an outsider publishes': { code: 'FORBIDDEN', who: 'otto', input: { sha: FRESH, version: '1.3.0' } },
  'an outsider publishes what is private': {
    code: 'NOT_FOUND',
    who: 'otto',
    input: { algorithm: 'acme/secret', sha: FRESH, version: '1.3.0' },
  },
  'a member publishes': { code: 'FORBIDDEN', who: 'mia', input: { sha: FRESH, version: '1.3.0' } },
  'a maintainer sets permissions': {
    code: 'FORBIDDEN',
    who: 'max',
    input: { sha: FRESH, version: '3.0.0', permissions: { visibility: 'PUBLIC' } },
  },
};

const build = (input: object) => ({ sha: shaOf('new'), status: 'SUCCEEDED', backendUrl: BACKEND, ...input });
const BUILDS: Readonly<Record<string, Refused>> = {
  'a commit with another backend': {
    code: 'BUILD_CONFLICT',
    input: build({ sha: FRESH, backendUrl: `${BACKEND}x` }),
  },
  'a commit with another status': { code: 'BUILD_CONFLICT', input: build({ sha: FRESH, status: 'FAILED' }) },
  'a commit with a log': { code: 'BUILD_CONFLICT', input: build({ sha: FRESH, log: 'all is well' }) },
  'no backend': { code: 'INVALID_INPUT', input: build({ backendUrl: null }) },
  'a private backend': { code: 'BACKEND_FORBIDDEN', input: build({ backendUrl: 'http://10.0.0.1/' }) },
  'the metadata address': {
    code: 'BACKEND_FORBIDDEN',
    input: build({ backendUrl: 'http://169.254.169.254/latest' }),
  },
  'a digest that is none': {
    code: 'INVALID_INPUT',
    input: build({ artifact: { uri: 's3://x', sha256: 'abc' } }),
  },
  'an interface that does not parse': { code: 'INVALID_INPUT', input: build({ interface: 'type Query {' }) },
  'a commit of no 40 digits': { code: 'BAD_USER_INPUT', input: build({ sha: 'abc' }) },
  'a member registers': { code: 'FORBIDDEN', who: 'mia', input: build({}) },
  'an outsider registers': { code: 'FORBIDDEN', who: 'otto', input: build({}) },
  'an outsider registers at a private one': {
    code: 'NOT_FOUND',
    who: 'otto',
    input: build({ algorithm: 'acme/secret' }),
  },
};

const major = (number: number) => `acme/detect/${number}`;
const OTHERS: Readonly<Record<string, Refused>> = {
  'promoting in a private major': {
    code: 'VISIBILITY_EXCEEDS_MAJOR',
    mutation: 'promoteVersion',
    input: { version: major(2) + '.0.0' },
  },
  'promoting what is not there': {
    code: 'NOT_FOUND',
    mutation: 'promoteVersion',
    input: { version: major(9) + '.0.0' },
  },
  'a maintainer promotes': {
    code: 'FORBIDDEN',
    who: 'max',
    mutation: 'promoteVersion',
    input: { version: major(2) + '.0.0' },
  },
  'a public major made private': {
    code: 'PERMISSIONS_NARROWING',
    mutation: 'setMajorPermissions',
    input: { major: major(1), visibility: 'PRIVATE' },
  },
  'callers made fewer': {
    code: 'PERMISSIONS_NARROWING',
    mutation: 'setMajorPermissions',
    input: { major: major(1), callers: 'GRANTED' },
  },
  'source closed again': {
    code: 'PERMISSIONS_NARROWING',
    mutation: 'setMajorPermissions',
    input: { major: major(1), sourceVisibility: 'CLOSED' },
  },
  'the network of a major with a private version': {
    code: 'PERMISSIONS_FIXED_BY_MAJOR',
    mutation: 'setMajorPermissions',
    input: { major: major(2), networkAccess: 'ISOLATED' },
  },
  'calling on, once versions are there': {
    code: 'PERMISSIONS_FIXED_BY_MAJOR',
    mutation: 'setMajorPermissions',
    input: { major: major(1), callsAlgorithms: true },
  },
  'promoting all of a private major': {
    code: 'VISIBILITY_EXCEEDS_MAJOR',
    mutation: 'setMajorPermissions',
    input: { major: major(2), promoteExisting: true },
  },
  'a maintainer sets permissions': {
    code: 'FORBIDDEN',
    who: 'max',
    mutation: 'setMajorPermissions',
    input: { major: major(2), visibility: 'PUBLIC' },
  },
  'a grant made lower': {
    code: 'PERMISSIONS_NARROWING',
    mutation: 'grantMajorAccess',
    input: { major: major(1), grantee: 'otto', level: 'CALL' },
  },
  'a yank without a reason': {
    code: 'INVALID_INPUT',
    mutation: 'yankVersion',
    input: { version: major(1) + '.0.0', reason: ' ' },
  },
  'a member yanks': {
    code: 'FORBIDDEN',
    who: 'mia',
    mutation: 'yankVersion',
    input: { version: major(1) + '.0.0', reason: 'x' },
  },
  'an algorithm that exists, in another case': {
    code: 'ALREADY_EXISTS',
    mutation: 'createAlgorithm',
    input: { owner: 'ACME', name: 'Detect' },
  },
  'a handle that is used, in another case': {
    code: 'ALREADY_EXISTS',
    who: 'otto',
    mutation: 'createOrganization',
    input: { handle: 'Acme' },
  },
  'a handle that is a path word': {
    code: 'INVALID_INPUT',
    mutation: 'createOrganization',
    input: { handle: 'GraphQL' },
  },
  'the last admin removed': {
    code: 'LAST_ADMIN',
    mutation: 'removeMember',
    input: { organization: 'acme', user: 'ann' },
  },
  'the last admin demoted': {
    code: 'LAST_ADMIN',
    mutation: 'setMember',
    input: { organization: 'acme', user: 'ann', role: 'MEMBER' },
  },
};

async function furnish(world: World): Promise<Record<string, Client>> {
  const names = ['ann', 'max', 'mia', 'otto'];
  const clients: Record<string, Client> = {};
  for (const name of names) clients[name] = await world.user(name);
  await world.organization('acme', { admin: 'ann', members: { max: 'MAINTAINER', mia: 'MEMBER' } });
  for (const name of ['detect', 'secret', 'empty']) await world.algorithm(`acme/${name}`);
  for (const sha of [ONE, BETA, FRESH]) await world.build('acme/detect', { sha, backend: BACKEND });
  await world.build('acme/detect', { sha: FAILED, status: 'FAILED' });
  const open = { visibility: 'PUBLIC', sourceVisibility: 'OPEN' };
  await world.publish('acme/detect', '1.0.0', { sha: ONE, permissions: open });
  await world.publish('acme/detect', '1.0.5');
  await world.publish('acme/detect', '1.1.0');
  await world.publish('acme/detect', '1.2.0-beta.1', { sha: BETA });
  await world.publish('acme/detect', '2.0.0', { permissions: { visibility: 'PRIVATE' } });
  await world.publish('acme/secret', '1.0.0', { permissions: { visibility: 'PRIVATE' } });
  await world.grant('acme/detect/1', 'otto', 'CALL_AND_SOURCE');
  return clients;
}

describeOnEachServer('refused, with nothing changed', (world) => {
  let clients: Record<string, Client>;

  beforeAll(async () => {
    clients = await furnish(world());
  });

  const table = (mutation: string, rows: Readonly<Record<string, Refused>>) =>
    Object.entries(rows).map(([title, row]) => [title, { mutation, ...row }] as const);

  test.each([
    ...table('publishVersion', PUBLICATIONS),
    ...table('registerBuild', BUILDS),
    ...table('', OTHERS),
  ])('%s', async (_title, { code, who = 'ann', mutation, input }) => {
    const client = who === null ? world().anonymous : clients[who]!;
    const named = mutation === 'publishVersion' || mutation === 'registerBuild';
    const before = await registryRows(world());
    const given = await client.attempt(mutation, named ? { algorithm: 'acme/detect', ...input } : input);
    expect({ code: given, rows: await registryRows(world()) }).toEqual({ code, rows: before });
  });
});

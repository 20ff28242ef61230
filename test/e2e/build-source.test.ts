import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { shaOf } from '../builders/world';

/** Chapter 2, `sourceVisibility`: who may read where a build's artifact is, its log and its environment. */

const SOURCE = 'build { artifactUri log environment artifactDigest }';
const ALL = {
  artifactUri: 'https://store.test/model',
  log: 'compiled',
  environment: 'node 20',
  artifactDigest: 'a'.repeat(64),
};
const HIDDEN = { ...ALL, artifactUri: null, log: null, environment: null };

describeOnEachServer('the source of a build', (world) => {
  const clients: Record<string, Client> = {};

  beforeAll(async () => {
    for (const handle of ['ann', 'mia', 'gus', 'sue', 'otto']) clients[handle] = await world().user(handle);
    clients['nobody'] = world().anonymous;
    clients['operator'] = world().operator;
    await world().organization('acme', { admin: 'ann', members: { mia: 'MEMBER' } });
    clients['a key that calls'] = await world().key('mia', { scopes: ['call'] });
    await world().algorithm('acme/detect');
    for (const [version, sourceVisibility] of [
      ['1.0.0', 'CLOSED'],
      ['2.0.0', 'OPEN'],
    ]) {
      const sha = await build(`detect ${version}`);
      await world().publish('acme/detect', version!, {
        sha,
        permissions: { visibility: 'PUBLIC', sourceVisibility },
      });
    }
    await world().grant('acme/detect/1', 'gus', 'CALL');
    await world().grant('acme/detect/1', 'sue', 'CALL_AND_SOURCE');
    await build('unpublished');
  });

  async function build(name: string): Promise<string> {
    const { artifactUri: uri, log, environment, artifactDigest: sha256 } = ALL;
    const input = {
      algorithm: 'acme/detect',
      sha: shaOf(name),
      status: 'SUCCEEDED',
      backendUrl: world().backend.url,
    };
    const said = { artifact: { uri, sha256 }, log, environment };
    expect(await clients['ann']!.mutate('registerBuild', { ...input, ...said }, SOURCE)).toMatchObject({
      build: ALL,
    });
    return shaOf(name);
  }

  test.each([
    ['nobody', HIDDEN],
    ['otto', HIDDEN],
    ['gus', HIDDEN],
    ['a key that calls', HIDDEN],
    ['sue', ALL],
    ['mia', ALL],
    ['ann', ALL],
    ['operator', ALL],
  ])('of a closed major, for %s', async (who, expected) => {
    const listed = `{ algorithm(ref: "acme/detect") { versions(major: 1) { nodes { ${SOURCE} } } } }`;
    const list = await clients[who]!.graphql(listed);
    expect(list.at('algorithm.versions.nodes.0.build')).toEqual(expected);
    const one = await clients[who]!.graphql(`{ version(ref: "acme/detect/1.0.0") { ${SOURCE} } }`);
    expect(one.at('version.build')).toEqual(expected);
  });

  test.each([
    ['nobody', HIDDEN],
    ['gus', HIDDEN],
    ['sue', ALL],
    // what a key calls it may resolve, and then read as its user may
    ['a key that calls', ALL],
    ['mia', ALL],
  ])('resolved, for %s', async (who, expected) => {
    for (const reference of ['acme/detect/1', `acme/detect/${shaOf('detect 1.0.0')}`]) {
      const answer = await clients[who]!.graphql(`{ resolve(reference: "${reference}") { ${SOURCE} } }`);
      expect(answer.at('resolve.build')).toEqual(expected);
    }
  });

  test('of an open major it is for all', async () => {
    for (const who of ['nobody', 'otto', 'mia']) {
      const answer = await clients[who]!.graphql(`{ resolve(reference: "acme/detect/2") { ${SOURCE} } }`);
      expect(answer.at('resolve.build')).toEqual(ALL);
    }
  });

  test('of a build that is not published it is for members', async () => {
    const query = `{ resolve(reference: "acme/detect/${shaOf('unpublished')}") { ${SOURCE} } }`;
    expect((await clients['mia']!.graphql(query)).at('resolve.build')).toEqual(ALL);
    expect((await clients['sue']!.graphql(query)).errors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  test('of what was taken down it is for nobody', async () => {
    const sha = await build('gone');
    await world().publish('acme/detect', '2.1.0', { sha });
    await world().operator.mutate('takeDownVersion', { version: 'acme/detect/2.1.0', reason: 'a court' });
    const query = `{ algorithm(ref: "acme/detect") { versions(first: 1) { nodes { version ${SOURCE} } } } }`;
    for (const who of ['nobody', 'mia', 'operator']) {
      expect((await clients[who]!.graphql(query)).at('algorithm.versions.nodes.0')).toEqual({
        version: '2.1.0',
        build: { artifactUri: null, log: null, environment: null, artifactDigest: null },
      });
    }
  });
});

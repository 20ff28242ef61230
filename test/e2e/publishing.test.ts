import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { entriesOf, ledgerOf } from '../builders/tables';

/** Chapter 3, "Builds" and "Publishing"; chapter 2, "Visibility of one version". */

const VERSION = 'version { version visibility build { sha } }';

describeOnEachServer('publishing', (world) => {
  let ann: Client;
  let made = 0;

  beforeAll(async () => {
    ann = await world().user('ann');
    await world().user('max');
    await world().organization('acme', { admin: 'ann', members: { max: 'MAINTAINER' } });
  });

  /** A new algorithm, with the public versions given. */
  async function algorithm(...versions: string[]): Promise<string> {
    made += 1;
    const ref = `acme/a${made}`;
    await world().algorithm(ref);
    for (const version of versions) await world().publish(ref, version);
    return ref;
  }

  async function published(input: Readonly<Record<string, unknown>>): Promise<unknown> {
    return valueAt(await ann.mutate('publishVersion', input, VERSION), 'version');
  }

  async function permissionsOf(major: string): Promise<unknown> {
    const fields = 'visibility callers sourceVisibility networkAccess callsAlgorithms';
    const answer = await ann.graphql(`query ($m: String!) { major(ref: $m) { permissions { ${fields} } } }`, {
      m: major,
    });
    return answer.at('major.permissions');
  }

  test.each([
    [[], undefined, '0.1.0'],
    [[], 'REVISION', '0.1.0'],
    [['1.0.0'], undefined, '1.0.1'],
    [['1.0.0', '1.4.0'], 'REVISION', '1.4.1'],
    [['1.0.0', '1.4.2'], 'MINOR', '1.5.0'],
    [['1.0.0', '1.4.2'], 'MAJOR', '2.0.0'],
    [['1.0.0', '1.1.0-rc.1'], 'MINOR', '1.1.0'],
  ])('after %j a bump of %s makes %s', async (versions, bump, expected) => {
    const ref = await algorithm(...versions);
    const sha = await world().build(ref);
    const made = await published({ algorithm: ref, ...(bump === undefined ? {} : { bump }) });
    expect(made).toEqual({
      version: expected,
      visibility: versions.length === 0 ? 'PRIVATE' : 'PUBLIC',
      build: { sha },
    });
  });

  test('a bump counts from private releases too', async () => {
    const ref = await algorithm('1.0.0');
    await world().publish(ref, '1.7.0', { visibility: 'PRIVATE' });
    await world().build(ref);
    expect(await published({ algorithm: ref, bump: 'MINOR' })).toMatchObject({ version: '1.8.0' });
  });

  test('without a SHA it is the newest succeeded build that is not published', async () => {
    const ref = await algorithm();
    const [first, second] = [await world().build(ref), await world().build(ref)];
    await world().build(ref, { status: 'FAILED' });
    expect(await published({ algorithm: ref })).toMatchObject({ version: '0.1.0', build: { sha: second } });
    expect(await published({ algorithm: ref })).toMatchObject({ version: '0.1.1', build: { sha: first } });
    expect(await ann.attempt('publishVersion', { algorithm: ref })).toBe('NOT_FOUND');
  });

  test('the very same publication again is answered with the version that it made, and changes nothing', async () => {
    const ref = await algorithm();
    const sha = await world().build(ref);
    const input = { algorithm: ref, sha, bump: 'MINOR', releaseNotes: 'first', stability: 'BETA' };
    const first = await published(input);
    const added = await entriesOf(world(), 'acme', async () => {
      expect(await published(input)).toEqual(first);
      expect(await published({ ...input, bump: undefined, version: '0.1.0' })).toEqual(first);
    });
    expect(added).toEqual([]);
    for (const other of [{ releaseNotes: 'other' }, { stability: 'STABLE' }, { visibility: 'PUBLIC' }]) {
      expect(
        await ann.attempt('publishVersion', { ...input, version: '0.1.0', bump: undefined, ...other }),
      ).toBe('VERSION_EXISTS');
    }
  });

  test('the same build registered again is the same build, and leaves no entry', async () => {
    const ref = await algorithm();
    const sha = await world().build(ref, { backend: 'http://127.0.0.1:1/' });
    const input = { algorithm: ref, sha, status: 'SUCCEEDED', backendUrl: 'http://127.0.0.1:1/' };
    const again = () => ann.mutate('registerBuild', input, 'build { sha status }');
    expect(
      await entriesOf(world(), 'acme', async () => {
        expect(await again()).toEqual({ build: { sha, status: 'SUCCEEDED' }, userErrors: [] });
      }),
    ).toEqual([]);
  });

  test('a tried candidate becomes the release, with its build', async () => {
    const ref = await algorithm('1.0.0');
    const sha = await world().build(ref);
    for (const version of ['1.1.0-beta.1', '1.1.0-rc.1', '1.1.0']) {
      expect(await published({ algorithm: ref, sha, version })).toMatchObject({ version, build: { sha } });
    }
    expect((await ann.resolve(`${ref}/${sha}`)).json).toMatchObject({ version: '1.1.0' });
  });

  test('a hotfix of an older line is fine, and moves that line alone', async () => {
    const ref = await algorithm('1.0.5', '1.1.0');
    await world().publish(ref, '1.0.6');
    const versions = ['1.0', '1', 'latest'].map(async (s) => (await ann.resolve(`${ref}/${s}`)).json);
    expect(await Promise.all(versions)).toMatchObject([
      { version: '1.0.6' },
      { version: '1.1.0' },
      { version: '1.1.0' },
    ]);
  });

  test('a new major takes the permissions of the highest one below it; minors take those of their major', async () => {
    const ref = await algorithm();
    const permissions = { visibility: 'PUBLIC', callers: 'GRANTED', networkAccess: 'ISOLATED' };
    await world().publish(ref, '1.0.0', { permissions });
    const max = await world().key('max');
    for (const [version, by] of [
      ['1.1.0', max],
      ['3.0.0', max],
      ['2.0.0', ann],
    ] as const) {
      const sha = await world().build(ref);
      await by.mutate('publishVersion', { algorithm: ref, sha, version });
    }
    const expected = { sourceVisibility: 'CLOSED', callsAlgorithms: false, ...permissions };
    for (const major of [1, 2, 3]) expect(await permissionsOf(`${ref}/${major}`)).toEqual(expected);
    await world().publish(ref, '4.0.0', { permissions: { callers: 'EVERYONE', callsAlgorithms: true } });
    expect(await permissionsOf(`${ref}/4`)).toEqual({
      ...expected,
      callers: 'EVERYONE',
      callsAlgorithms: true,
    });
    expect(await permissionsOf(`${ref}/3`)).toEqual(expected);
  });

  test('a major is configured before its first version; until then everything may change', async () => {
    const ref = await algorithm();
    const set = (input: object) => ann.attempt('setMajorPermissions', { major: `${ref}/1`, ...input });
    expect(await set({ visibility: 'PUBLIC', callers: 'GRANTED', networkAccess: 'ISOLATED' })).toBe('OK');
    expect(await set({ visibility: 'PRIVATE', networkAccess: 'FULL' })).toBe('OK');
    const sha = await world().build(ref);
    expect(await published({ algorithm: ref, sha, version: '1.0.0' })).toMatchObject({
      visibility: 'PRIVATE',
    });
    expect(await set({ callers: 'EVERYONE' })).toBe('OK');
    expect(await set({ callers: 'GRANTED' })).toBe('PERMISSIONS_NARROWING');
  });

  test('a private version is promoted when its major is public, once', async () => {
    const ref = await algorithm('1.0.0');
    const { ref: version } = await world().publish(ref, '1.0.1', { visibility: 'PRIVATE' });
    const promote = () => ann.attempt('promoteVersion', { version });
    expect((await world().anonymous.resolve(`${ref}/1`)).json).toMatchObject({ version: '1.0.0' });
    const added = await entriesOf(world(), 'acme', async () => {
      expect(await promote()).toBe('OK');
      expect(await promote()).toBe('OK');
    });
    expect(added).toMatchObject([{ chain: 'public', action: 'version.promoted', subject: version }]);
    expect((await world().anonymous.resolve(`${ref}/1`)).json).toMatchObject({ version: '1.0.1' });
  });

  test('opening a major leaves its versions private, until all are promoted in one entry', async () => {
    const ref = await algorithm();
    await world().publish(ref, '1.0.0', { permissions: { visibility: 'PRIVATE' } });
    await world().publish(ref, '1.1.0');
    const set = (input: object) => ann.mutate('setMajorPermissions', { major: `${ref}/1`, ...input });
    const status = async (selector: string) => (await world().anonymous.resolve(`${ref}/${selector}`)).status;
    await set({ visibility: 'PUBLIC' });
    expect([await status('1'), await status('1.0.0'), await status('1.1.0')]).toEqual([404, 404, 404]);
    expect(await entriesOf(world(), 'acme', () => set({ promoteExisting: true }))).toMatchObject([
      { chain: 'public', action: 'major.permissionsSet', subject: `${ref}/1` },
    ]);
    expect([await status('1'), await status('1.0.0'), await status('1.1.0')]).toEqual([200, 200, 200]);
  });

  test('a yank takes a version out of all but FULL and SHA, and is taken back', async () => {
    const ref = await algorithm('1.0.0', '1.0.1');
    const version = `${ref}/1.0.1`;
    const at = async (s: string) => valueAt((await world().anonymous.resolve(`${ref}/${s}`)).json, 'version');
    const seen = () => Promise.all(['1.0', 'latest', '*', 'edge', 'stable', '1.0.1'].map(at));
    await ann.mutate('yankVersion', { version, reason: 'broken' });
    expect(await seen()).toEqual(['1.0.0', '1.0.0', '1.0.0', '1.0.0', '1.0.0', '1.0.1']);
    await ann.mutate('unyankVersion', { version });
    expect(await seen()).toEqual(['1.0.1', '1.0.1', '1.0.1', '1.0.1', '1.0.1', '1.0.1']);
  });

  test.each([
    ['of 20 different builds that race for one number, exactly one wins', true],
    ['20 times the very same publication is one version', false],
  ])('%s, on two replicas', async (_title, different) => {
    const ref = await algorithm('1.0.0');
    const replica = await world().replica();
    const shas = [await world().build(ref)];
    while (different && shas.length < 20) shas.push(await world().build(ref));
    const before = (await ledgerOf(world(), 'acme')).length;
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, at) => {
        const input = { algorithm: ref, version: '1.1.0', sha: shas[at % shas.length] };
        return (at % 2 === 0 ? ann : ann.at(replica)).attempt('publishVersion', input);
      }),
    );
    const lost = different ? 'VERSION_EXISTS' : 'OK';
    expect(outcomes.sort()).toEqual(['OK', ...Array.from({ length: 19 }, () => lost)]);
    const added = (await ledgerOf(world(), 'acme')).slice(before);
    expect(added).toMatchObject([{ action: 'version.published', subject: `${ref}/1.1.0`, chain: 'public' }]);
  });
});

import { describeOnEachServer } from '../builders/each-server';
import { Releases, SDL, type VersionSpec } from '../builders/releases';
import { entriesOf } from '../builders/tables';

/** Chapter 3, "Publishing": without `version` or `bump` the smallest bump that the interface allows is taken. */

const { detect, described, added, second, removed } = SDL;
const none = undefined;
const PRIVATE = { visibility: 'PRIVATE' } as const;

describeOnEachServer('the smallest bump', (world) => {
  const releases = new Releases(world, 'ann', () => world().operator);

  beforeAll(() => world().user('ann'));

  test.each<[string, readonly VersionSpec[], string | undefined, string]>([
    ['a first version', [], detect, '0.1.0'],
    ['after a prerelease alone', [['1.0.0-rc.1', detect]], removed, '0.1.0'],
    ['the same functions', [['1.0.0', detect]], described, '1.0.1'],
    ['one more function', [['1.0.0', detect]], added, '1.1.0'],
    ['one function less', [['1.0.0', detect]], removed, '2.0.0'],
    ['no interfaces', [['1.2.3']], none, '1.2.4'],
    ['the interface is gone', [['1.2.3', detect]], none, '2.0.0'],
    ['while the major is 0, one more', [['0.1.0', detect]], added, '0.1.1'],
    ['while the major is 0, one less', [['0.1.0', detect]], removed, '0.2.0'],
    // the highest release is counted from; a hotfix of an older line is none
    [
      'after a hotfix',
      [
        ['1.0.5', detect],
        ['1.1.0', added],
        ['1.0.6', detect],
      ],
      added,
      '1.1.1',
    ],
    // counted from a private release, and compared with what is public: over 1.0.0 it is a minor
    [
      'above a private one',
      [
        ['1.0.0', detect],
        ['1.4.0', second, PRIVATE],
      ],
      added,
      '1.4.1',
    ],
    [
      'above a private one of another major',
      [
        ['1.0.0', detect],
        ['2.0.0', second, PRIVATE],
      ],
      removed,
      '2.0.1',
    ],
  ])('%s', async (_what, before, sdl, version) => {
    const ref = await releases.algorithm(...before);
    expect(await releases.attempt(ref, sdl, {})).toMatchObject({ code: 'OK', version });
  });

  test('a private version is compared with private ones too', async () => {
    const ref = await releases.algorithm(['1.0.0', detect], ['1.4.0', second, PRIVATE]);
    expect(await releases.attempt(ref, second, PRIVATE)).toMatchObject({ version: '1.4.1' });
    expect(await releases.attempt(ref, added, PRIVATE)).toMatchObject({ version: '2.0.0' });
  });

  test('the policy WARN takes it as well, and a transitive one compares with all', async () => {
    const ref = await releases.algorithm(['1.0.0', second]);
    await releases.policies(ref, { interface: 'WARN' });
    await releases.publish(ref, '1.1.0', detect);
    expect(await releases.attempt(ref, added, {})).toMatchObject({ version: '1.2.0' });
    await releases.policies(ref, { interfaceTransitive: true });
    expect(await releases.attempt(ref, added, {})).toMatchObject({ version: '2.0.0' });
  });

  test.each([
    ['a REVISION', detect],
    ['a MINOR', added],
    ['a MAJOR', removed],
  ])('repeated after %s, it is answered with the version and the report that it made', async (_what, sdl) => {
    const ref = await releases.algorithm(['1.0.0', detect]);
    const input = { releaseNotes: 'said' };
    const first = await releases.attempt(ref, sdl, input);
    expect(first.code).toBe('OK');
    const added = await entriesOf(world(), 'ann', async () => {
      expect(await releases.attemptBuild(ref, first.sha, input)).toEqual(first);
    });
    expect(added).toEqual([]);
    const other = await releases.attemptBuild(ref, first.sha, { releaseNotes: 'another' });
    expect(other.code).toBe('BUILD_ALREADY_PUBLISHED');
  });

  test('repeated after others came out below and above it, it is still the same publication', async () => {
    const ref = await releases.algorithm(['1.0.0', detect]);
    const first = await releases.attempt(ref, added, {});
    await releases.publish(ref, '1.0.1', detect);
    await releases.publish(ref, '1.2.0', second);
    expect(await releases.attemptBuild(ref, first.sha, {})).toEqual(first);
    // another number was asked for by name: an automatic one could not have made it
    const jumped = await releases.attempt(ref, second, { version: '7.3.1' });
    expect((await releases.attemptBuild(ref, jumped.sha, {})).code).toBe('BUILD_ALREADY_PUBLISHED');
  });

  test('repeated by its bump or version, it is the same too', async () => {
    const ref = await releases.algorithm(['1.0.0', detect]);
    const first = await releases.attempt(ref, added, { bump: 'MINOR' });
    expect(await releases.attemptBuild(ref, first.sha, { bump: 'MINOR' })).toEqual(first);
    expect(await releases.attemptBuild(ref, first.sha, { version: '1.1.0' })).toEqual(first);
    expect((await releases.attemptBuild(ref, first.sha, { bump: 'MAJOR' })).code).toBe(
      'BUILD_ALREADY_PUBLISHED',
    );
  });
});

import fc from 'fast-check';
import semver from 'semver';

import { bumpOver, needsApproval } from '../../../src/domain/release';
import { PROTECT_STABLE } from '../../../src/domain/terms';
import { anyVersion, nearVersion, version } from '../support';

const RELEASES = ['1.0.5', '1.1.0', '3.0.0', '0.9.0'];

/** What waits under NONE, MAJOR, MINOR and EVERY. */
const TABLE: readonly (readonly [text: string, releases: readonly string[], bump: string, waits: string])[] =
  [
    ['0.1.0', [], 'MAJOR', '-MME'],
    ['0.0.1', [], 'MAJOR', '-MME'],
    ['4.0.0', RELEASES, 'MAJOR', '-MME'],
    // a major that is opened late, above or below others
    ['2.0.0', RELEASES, 'MAJOR', '-MME'],
    ['2.3.4', RELEASES, 'MAJOR', '-MME'],
    ['0.1.0', RELEASES, 'MAJOR', '-MME'],
    ['1.2.0', RELEASES, 'MINOR', '--ME'],
    ['1.2.7', RELEASES, 'MINOR', '--ME'],
    ['3.1.0', RELEASES, 'MINOR', '--ME'],
    // a hotfix of an old line
    ['1.0.6', RELEASES, 'REVISION', '---E'],
    ['1.1.1', RELEASES, 'REVISION', '---E'],
    ['3.0.1', RELEASES, 'REVISION', '---E'],
    // a major whose lower lines are not public: what is below is of another major
    ['1.0.4', RELEASES, 'MAJOR', '-MME'],
    ['1.1.0', RELEASES, 'MINOR', '--ME'],
  ];
test.each(TABLE)('%s over %j is a %s', (text, releases, bump, waits) => {
  const others = releases.map(version);
  expect(bumpOver(version(text), others)).toBe(bump);
  const found = PROTECT_STABLE.map((policy) => needsApproval(policy, version(text), others));
  expect(found).toEqual(Array.from(waits, (letter) => letter !== '-'));
});

test('a prerelease never waits', () => {
  fc.assert(
    fc.property(anyVersion, fc.array(nearVersion), (text, others) => {
      const waits = PROTECT_STABLE.map((policy) =>
        needsApproval(policy, version(`${text.split('-')[0]}-rc.1`), others.map(version)),
      );
      expect(waits).toEqual([false, false, false, false]);
    }),
  );
});

test('a stricter policy lets through nothing that a laxer one stops, and the order of releases does not matter', () => {
  const release = nearVersion.map((text) => text.split('-')[0]!);
  fc.assert(
    fc.property(release, fc.array(release), (text, others) => {
      const waits = PROTECT_STABLE.map((policy) => needsApproval(policy, version(text), others.map(version)));
      expect([...waits].sort()).toEqual(waits);
      expect(waits[0]).toBe(false);
      expect(waits.at(-1)).toBe(true);
      const below = semver.rsort([...others]).find((other) => semver.lt(other, text));
      const difference = below === undefined ? 'major' : semver.diff(below, text);
      expect(bumpOver(version(text), others.map(version))).toBe(
        { major: 'MAJOR', minor: 'MINOR', patch: 'REVISION' }[String(difference)],
      );
    }),
  );
});

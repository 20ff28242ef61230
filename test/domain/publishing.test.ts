import fc from 'fast-check';
import semver from 'semver';

import {
  assertIncreasing,
  assertMajorPublic,
  assertPublishable,
  isRelease,
  numberOf,
  versionExists,
  visibilityOf,
  type WantedNumber,
} from '../../src/domain/publishing';
import type { Bump } from '../../src/domain/terms';
import { bump } from '../../src/domain/version';
import { anyVersion, errorOf, nearVersion, sha, version } from './support';

const RELEASE_OF: Readonly<Record<Bump, semver.ReleaseType>> = {
  MAJOR: 'major',
  MINOR: 'minor',
  REVISION: 'patch',
};
const bumps = fc.constantFrom<Bump[]>('MAJOR', 'MINOR', 'REVISION');
const release = fc.tuple(fc.nat(10_000), fc.nat(10_000), fc.nat(10_000)).map((numbers) => numbers.join('.'));

describe('the number of a publication', () => {
  const GOOD: readonly (readonly [WantedNumber, highest: string | null, number: string])[] = [
    [{}, null, '0.1.0'],
    [{ bump: 'MAJOR' }, null, '0.1.0'],
    [{}, '1.2.3', '1.2.4'],
    [{ version: null, bump: null }, '1.2.3', '1.2.4'],
    [{ bump: 'REVISION' }, '1.2.3', '1.2.4'],
    [{ bump: 'MINOR' }, '1.2.3', '1.3.0'],
    [{ bump: 'MAJOR' }, '1.2.3', '2.0.0'],
    [{ version: '1.0.6' }, '1.1.0', '1.0.6'],
    [{ version: '3.0.0-rc.1+exp.7' }, null, '3.0.0-rc.1+exp.7'],
    [{ version: '2147483647.0.0' }, null, '2147483647.0.0'],
  ];
  test.each(GOOD)('%j after %s is %s', (wanted, highest, number) => {
    expect(numberOf(wanted, highest === null ? null : version(highest)).text).toBe(number);
  });

  const BAD: readonly (readonly [WantedNumber, highest: string | null, message: string])[] = [
    [{ version: '1.0.0', bump: 'MINOR' }, null, 'give a version or a bump, not both'],
    [{ version: '1.0' }, null, '"1.0" is not a semantic version such as 1.2.3'],
    [{ version: 'v1.0.0' }, null, '"v1.0.0" is not a semantic version such as 1.2.3'],
    [{ version: '' }, null, '"" is not a semantic version such as 1.2.3'],
    [{ version: '1.0.00' }, null, '"1.0.00" is not a semantic version such as 1.2.3'],
    [{ version: '2147483648.0.0' }, null, 'a major is at most 2147483647'],
    [{ bump: 'MAJOR' }, '2147483647.1.0', 'a major is at most 2147483647'],
    [
      { bump: 'MINOR' },
      `1.${Number.MAX_SAFE_INTEGER}.0`,
      `no version number comes after ${Number.MAX_SAFE_INTEGER}`,
    ],
  ];
  test.each(BAD)('%j after %s is refused', (wanted, highest, message) => {
    const asked = () => numberOf(wanted, highest === null ? null : version(highest));
    expect(errorOf(asked)).toEqual({ code: 'INVALID_INPUT', message });
  });

  test('a bump is what semver makes of it', () => {
    fc.assert(
      fc.property(release, bumps, (highest, by) => {
        expect(bump(version(highest), by)).toBe(semver.inc(highest, RELEASE_OF[by]));
        expect(numberOf({ bump: by }, version(highest)).text).toBe(semver.inc(highest, RELEASE_OF[by]));
      }),
    );
  });
});

test('a version comes after the highest of its line, by precedence', () => {
  fc.assert(
    fc.property(nearVersion, fc.option(nearVersion), (next, highest) => {
      const asked = () => assertIncreasing(version(next), highest === null ? null : version(highest));
      if (highest === null || semver.compare(next, highest) >= 0) expect(asked).not.toThrow();
      else {
        const { major, minor } = version(next);
        expect(errorOf(asked)).toEqual({
          code: 'VERSION_NOT_INCREASING',
          message: `version ${next} does not come after ${highest}, the highest of ${major}.${minor}`,
        });
      }
    }),
  );
});

test('a version that is taken says so', () => {
  expect(versionExists(version('1.2.3+a'))).toMatchObject({
    code: 'VERSION_EXISTS',
    message: 'version 1.2.3+a exists already',
    field: ['version'],
  });
});

describe('a build that is about to be published', () => {
  const build = (...carried: readonly string[]) => ({
    sha: sha('a1'),
    status: 'SUCCEEDED' as const,
    carried: carried.map(version),
  });
  const SHARED: readonly (readonly [next: string, ...carried: readonly string[]])[] = [
    ['1.0.0'],
    ['1.0.0', '1.0.0-rc.1'],
    ['1.0.0', '1.0.0-rc.1', '1.0.0-rc.2'],
    ['1.0.0-rc.2', '1.0.0-rc.1'],
  ];
  test.each(SHARED)('%s may share it with %s', (next, ...carried) => {
    expect(() => assertPublishable(version(next), build(...carried))).not.toThrow();
  });

  const TAKEN: readonly (readonly [next: string, as: string, ...carried: readonly string[]])[] = [
    ['1.0.1', '1.0.0', '1.0.0'],
    ['1.0.0-rc.1', '1.0.0', '1.0.0'],
    ['1.0.1', '1.0.0-rc.1', '1.0.0-rc.1'],
    ['2.0.0-rc.1', '1.0.0-rc.1', '1.0.0-rc.1'],
    ['1.1.0', '1.0.0-rc.1', '1.1.0-rc.1', '1.0.0-rc.1'],
  ];
  test.each(TAKEN)('%s may not follow %s', (next, as, ...carried) => {
    expect(errorOf(() => assertPublishable(version(next), build(...carried)))).toEqual({
      code: 'BUILD_ALREADY_PUBLISHED',
      message: `build ${sha('a1')} is published as ${as} already`,
    });
  });

  test('one that failed is not published', () => {
    const failed = { ...build(), status: 'FAILED' as const };
    expect(errorOf(() => assertPublishable(version('1.0.0'), failed))).toEqual({
      code: 'BUILD_FAILED',
      message: `build ${sha('a1')} failed`,
    });
  });
});

test('a version is as visible as its major, or held back, and never more', () => {
  const table = (['PRIVATE', 'PUBLIC'] as const).flatMap((ofMajor) =>
    ([undefined, null, 'PRIVATE', 'PUBLIC'] as const).map((wanted) => {
      const asked = () => visibilityOf(wanted, ofMajor);
      return ofMajor === 'PRIVATE' && wanted === 'PUBLIC' ? errorOf(asked).code : asked();
    }),
  );
  expect(table).toEqual([
    ...['PRIVATE', 'PRIVATE', 'PRIVATE', 'VISIBILITY_EXCEEDS_MAJOR'],
    ...['PUBLIC', 'PUBLIC', 'PRIVATE', 'PUBLIC'],
  ]);
  expect(() => assertMajorPublic('PUBLIC')).not.toThrow();
  expect(errorOf(() => assertMajorPublic('PRIVATE')).code).toBe('VISIBILITY_EXCEEDS_MAJOR');
});

test('a release is what has no prerelease', () => {
  fc.assert(
    fc.property(anyVersion, (text) =>
      expect(isRelease(version(text))).toBe(semver.prerelease(text) === null),
    ),
  );
});

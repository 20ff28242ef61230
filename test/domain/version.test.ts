import fc from 'fast-check';
import semver from 'semver';

import {
  bump,
  lineKey,
  majorKey,
  MAX_VERSION_KEY_LENGTH,
  parseVersion,
  tripleKey,
  versionKey,
} from '../../src/domain/version';
import { anyVersion, errorOf, nearVersion, version } from './support';

const MAX = Number.MAX_SAFE_INTEGER;

describe('parseVersion', () => {
  it('gives the parts', () => {
    expect(parseVersion('1.20.3-beta.1.x-7+exp.001')).toEqual({
      text: '1.20.3-beta.1.x-7+exp.001',
      major: 1,
      minor: 20,
      patch: 3,
      prerelease: ['beta', 1, 'x-7'],
      build: ['exp', '001'],
      key: '1b203beta,+1,x-7',
    });
  });

  it.each([
    '0.0.0',
    `${MAX}.${MAX}.${MAX}`,
    '1.0.0-0',
    '1.0.0--',
    '1.0.0-0a',
    '1.0.0-01a',
    '1.0.0+-',
    '1.0.0+a-b',
    '1.0.0-a+b-c.d',
    '1.0.0-20240101123456789',
    `1.0.0-${'a'.repeat(250)}`,
  ])('accepts %s', (text) => {
    expect(parseVersion(text)?.text).toBe(text);
    expect(semver.valid(text)).not.toBeNull();
  });

  it.each([
    '',
    '1',
    '1.2',
    '1.2.3.4',
    'v1.2.3',
    '=1.2.3',
    ' 1.2.3',
    '1.2.3 ',
    '1.2.3\n',
    '01.2.3',
    '1.02.3',
    '1.2.03',
    '1.2.x',
    '1..3',
    '-1.2.3',
    '1.2.3-',
    '1.2.3-a..b',
    '1.2.3-01',
    '1.2.3-a_b',
    '1.2.3+',
    '1.2.3+a..b',
    '1.2.3+a+b',
    '1.2.3-é',
    '１.2.3',
    '1e3.0.0',
    '0x1.0.0',
    `${MAX + 1}.0.0`,
    '9007199254740993.0.0',
    `1.0.0-${'a'.repeat(251)}`,
  ])('refuses %j', (text) => {
    expect(parseVersion(text)).toBeNull();
  });

  it('accepts what semver accepts, but for white space and v', () => {
    const character = fc.constantFrom(...Array.from('0123.-+aAvx= '));
    const text = fc.oneof(
      fc.array(character, { maxLength: 14 }).map((all) => all.join('')),
      anyVersion,
    );
    fc.assert(
      fc.property(text, (candidate) => {
        const expected = semver.parse(candidate);
        const isStrict = expected !== null && /^[0-9]/.test(candidate) && candidate === candidate.trim();
        expect(parseVersion(candidate) !== null).toBe(isStrict);
        if (isStrict) {
          const { major, minor, patch, prerelease, build } = version(candidate);
          expect([major, minor, patch]).toEqual([expected.major, expected.minor, expected.patch]);
          expect(prerelease.map(String)).toEqual(expected.prerelease.map(String));
          expect(build).toEqual(expected.build);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('versionKey', () => {
  it('orders as the example of SemVer 2.0.0, 11, and what tempts a wrong key', () => {
    const ascending = [
      '0.0.0-0',
      '0.0.0',
      '0.0.9',
      '0.0.10',
      '0.9.0',
      '0.10.0',
      '0.99.0',
      '0.100.0',
      '1.0.0--',
      '1.0.0-0A',
      '1.0.0-Beta',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.2',
      '1.0.0-alpha.10',
      '1.0.0-alpha.9007199254740992',
      '1.0.0-alpha.9007199254740993',
      `1.0.0-alpha.1${'0'.repeat(30)}`,
      `1.0.0-alpha.9${'0'.repeat(30)}`,
      `1.0.0-alpha.1${'0'.repeat(120)}`,
      '1.0.0-alpha.-',
      '1.0.0-alpha.beta',
      '1.0.0-alpha-',
      '1.0.0-alpha-.1',
      '1.0.0-alpha0',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0-z',
      '1.0.0',
      '1.0.1-a',
      `1.0.${MAX}`,
      '1.1.0',
      '2.0.0',
      '10.0.0',
      `${MAX}.0.0`,
    ];
    const keys = ascending.map((text) => version(text).key);
    expect([...keys].sort()).toEqual(keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([
    ['1.2.3', '123~'],
    ['1.12.0', '1b120~'],
    ['1.0.0-beta.2', '100beta,+2'],
    ['1.0.0-a.b', '100a,b'],
    ['1.0.0-12.a', '100+b12,a'],
  ])('of %s is %s', (text, key) => {
    expect(version(text).key).toBe(key);
  });

  it.each([anyVersion, nearVersion])('compares as semver does', (arbitrary) => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => {
        const [keyA, keyB] = [version(a).key, version(b).key];
        expect(keyA === keyB ? 0 : keyA < keyB ? -1 : 1).toBe(semver.compare(a, b));
      }),
      { numRuns: 5000 },
    );
  });

  it('compares near neighbours as semver does: one version changed in one place', () => {
    const identifier = fc.constantFrom('a', 'a-', 'a0', 'A', '-', '--', '0', '1', '9', '10', '0a', 'z', 'Z9');
    const prerelease = fc.array(identifier, { maxLength: 4 }).map((all) => all.join('.'));
    const text = prerelease.map((suffix) => (suffix === '' ? '1.0.0' : `1.0.0-${suffix}`));
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [keyA, keyB] = [version(a).key, version(b).key];
        expect(keyA === keyB ? 0 : keyA < keyB ? -1 : 1).toBe(semver.compare(a, b));
      }),
      { numRuns: 5000 },
    );
  });

  it('leaves build metadata out', () => {
    expect(version('1.0.0-a.1+x').key).toBe(version('1.0.0-a.1+y').key);
  });

  it('is of printable characters without space, and no longer than a column may be', () => {
    fc.assert(fc.property(anyVersion, (text) => expect(version(text).key).toMatch(/^[!-~]+$/)));
    const longest = (identifier: string): string => {
      const times = Math.floor(251 / (identifier.length + 1));
      return `0.0.0-${Array<string>(times).fill(identifier).join('.')}`;
    };
    for (const identifier of ['1', '12', '123', '1'.repeat(26), 'a']) {
      expect(version(longest(identifier)).key.length).toBeLessThanOrEqual(MAX_VERSION_KEY_LENGTH);
    }
    expect(version(`${longest('12')}.1`).key).toHaveLength(420);
  });
});

describe('keys of lines', () => {
  it('begin the keys of their versions, and of no others', () => {
    fc.assert(
      fc.property(fc.oneof(anyVersion, nearVersion), nearVersion, (a, b) => {
        const [one, other] = [version(a), version(b)];
        expect(one.key.startsWith(majorKey(other.major))).toBe(one.major === other.major);
        expect(one.key.startsWith(lineKey(other.major, other.minor))).toBe(
          one.major === other.major && one.minor === other.minor,
        );
        expect(one.key.startsWith(tripleKey(other))).toBe(
          one.major === other.major && one.minor === other.minor && one.patch === other.patch,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('of different lines are different, whatever their lengths', () => {
    expect(majorKey(12)).not.toBe(lineKey(1, 2));
    expect(lineKey(11, 1)).not.toBe(lineKey(1, 11));
    expect(versionKey({ major: 1, minor: 1, patch: 1, prerelease: [1] })).not.toBe(
      versionKey({ major: 1, minor: 1, patch: 11, prerelease: [] }),
    );
  });
});

describe('bump', () => {
  it.each([
    [null, 'MAJOR', '0.1.0'],
    [null, 'MINOR', '0.1.0'],
    [null, 'REVISION', '0.1.0'],
    ['1.2.3', 'MAJOR', '2.0.0'],
    ['1.2.3', 'MINOR', '1.3.0'],
    ['1.2.3', 'REVISION', '1.2.4'],
    ['0.9.9', 'MAJOR', '1.0.0'],
    ['0.9.9', 'MINOR', '0.10.0'],
    ['0.9.9', 'REVISION', '0.9.10'],
    ['1.2.3+exp', 'REVISION', '1.2.4'],
  ] as const)('of %s by %s is %s', (highest, by, expected) => {
    expect(bump(highest === null ? null : version(highest), by)).toBe(expected);
  });

  it('stops at the greatest number', () => {
    expect(errorOf(() => bump(version(`1.2.${MAX}`), 'REVISION'))).toEqual({
      code: 'INVALID_INPUT',
      message: `no version number comes after ${MAX}`,
    });
    expect(bump(version(`1.2.${MAX}`), 'MINOR')).toBe('1.3.0');
  });
});

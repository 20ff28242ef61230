import fc from 'fast-check';

import {
  assertBump,
  bumpBetween,
  combineReports,
  compareInterfaces,
  type InterfaceChange,
  type InterfaceReport,
  predecessorsOf,
  requiredBump,
} from '../../../src/domain/interface';
import { type Bump, BUMPS, SEVERITIES, type Severity } from '../../../src/domain/terms';
import { bump } from '../../../src/domain/version';
import { errorOf, nearVersion, version } from '../support';

function change(severity: Severity, name: string): InterfaceChange {
  return { severity, code: 'FIELD_REMOVED', path: `Query.${name}`, message: `Query.${name} was removed.` };
}

function report(major: number, ...severities: readonly Severity[]): InterfaceReport {
  const changes = severities.map((severity, at) => change(severity, `f${at}`));
  return { severity: severities[0] ?? 'SAFE', requiredBump: requiredBump(changes, major), changes };
}

test.each<readonly [major: number, severities: readonly Severity[], bump: Bump]>([
  [0, [], 'REVISION'],
  [0, ['SAFE'], 'REVISION'],
  [0, ['DANGEROUS', 'SAFE'], 'REVISION'],
  [0, ['SAFE', 'BREAKING'], 'MINOR'],
  [1, [], 'REVISION'],
  [1, ['SAFE'], 'MINOR'],
  [1, ['DANGEROUS'], 'MINOR'],
  [1, ['BREAKING'], 'MAJOR'],
  [7, ['SAFE', 'DANGEROUS', 'BREAKING'], 'MAJOR'],
])('in major %s, %j need %s', (major, severities, smallest) => {
  const changes = severities.map((severity) => change(severity, 'f'));
  expect(requiredBump(changes, major)).toBe(smallest);
});

test.each<readonly [predecessor: string, version: string, bump: Bump]>([
  ['1.2.3', '1.2.4', 'REVISION'],
  ['1.2.3', '1.2.9', 'REVISION'],
  ['1.2.3', '1.3.0', 'MINOR'],
  ['1.2.3', '1.4.7', 'MINOR'],
  ['1.2.3', '1.3.0-rc.1', 'MINOR'],
  ['1.2.3', '2.0.0', 'MAJOR'],
  ['0.9.0', '2.4.1', 'MAJOR'],
  ['0.1.0', '0.1.1', 'REVISION'],
  ['0.1.0', '0.2.0', 'MINOR'],
])('from %s to %s is %s', (predecessor, next, expected) => {
  expect(bumpBetween(version(predecessor), version(next))).toBe(expected);
});

test('a version that a bump made is that bump away', () => {
  fc.assert(
    fc.property(nearVersion, fc.constantFrom(...BUMPS), (text, by) => {
      const highest = version(text);
      expect(bumpBetween(highest, version(bump(highest, by)))).toBe(by);
    }),
  );
});

describe('a bump that is too small', () => {
  const REFUSED: readonly (readonly [predecessor: string, version: string, severity: Severity])[] = [
    ['1.2.3', '1.2.4', 'SAFE'],
    ['1.2.3', '1.2.4', 'DANGEROUS'],
    ['1.2.3', '1.2.4', 'BREAKING'],
    ['1.2.3', '1.3.0', 'BREAKING'],
    ['0.2.3', '0.2.4', 'BREAKING'],
  ];
  test.each(REFUSED)('from %s to %s it is refused for a %s change', (predecessor, next, severity) => {
    const of = report(version(next).major, severity);
    expect(errorOf(() => assertBump(of, version(predecessor), version(next)))).toEqual({
      code: 'BUMP_TOO_SMALL',
      message:
        `the interface of ${next} needs a ${of.requiredBump} bump from ${predecessor}: ` +
        `${severity} Query.f0 was removed.`,
    });
  });

  const ACCEPTED: readonly (readonly [predecessor: string, version: string, readonly Severity[]])[] = [
    ['1.2.3', '1.2.4', []],
    ['1.2.3', '1.3.0', ['SAFE']],
    ['1.2.3', '1.3.0', ['DANGEROUS', 'SAFE']],
    ['1.2.3', '2.0.0', ['BREAKING']],
    ['0.2.3', '0.2.4', ['SAFE']],
    ['0.2.3', '0.2.4', ['DANGEROUS']],
    ['0.2.3', '0.3.0', ['BREAKING']],
    ['0.2.3', '1.0.0', ['BREAKING']],
    // prereleases are reported on, never refused
    ['1.2.3', '1.2.4-rc.1', ['BREAKING']],
  ];
  test.each(ACCEPTED)('from %s to %s it is none for %j', (predecessor, next, severities) => {
    const of = report(version(next).major, ...severities);
    expect(() => assertBump(of, version(predecessor), version(next))).not.toThrow();
  });

  test('lists the first changes, the worst first, and says how many more there are', () => {
    const functions = Array.from({ length: 2000 }, (_, at) => `f${String(at).padStart(4, '0')}: Int`);
    const of = compareInterfaces(`type Query { ${functions.join(' ')} }`, 'type Query { a: Int }', 1);
    const { message } = errorOf(() => assertBump(of, version('1.0.0'), version('1.1.0')));
    expect(message).toBe(
      'the interface of 1.1.0 needs a MAJOR bump from 1.0.0: BREAKING Query.f0000 was removed. ' +
        'BREAKING Query.f0001 was removed. BREAKING Query.f0002 was removed. BREAKING Query.f0003 was removed. ' +
        'BREAKING Query.f0004 was removed. and 1996 more',
    );
  });
});

describe('several reports on one version', () => {
  const reports = fc.array(
    fc.tuple(fc.nat(2), fc.array(fc.tuple(fc.constantFrom(...SEVERITIES), fc.constantFrom('a', 'b', 'c')))),
  );

  test('are one of all their changes, each once, of the worst severity and the largest bump', () => {
    fc.assert(
      fc.property(reports, (all) => {
        const each = all.map(([major, found]): InterfaceReport => {
          const changes = found.map(([severity, name]) => change(severity, name));
          return combineReports([{ severity: 'SAFE', requiredBump: requiredBump(changes, major), changes }]);
        });
        const combined = combineReports(each);
        const [severities, bumps] = [each.map((of) => of.severity), each.map((of) => of.requiredBump)];
        expect(combined.severity).toBe(SEVERITIES.find((of) => severities.includes(of)) ?? 'SAFE');
        expect(combined.requiredBump).toBe(BUMPS.find((of) => bumps.includes(of)) ?? 'REVISION');
        const distinct = new Set(each.flatMap((of) => of.changes).map((of) => JSON.stringify(of)));
        expect(new Set(combined.changes.map((of) => JSON.stringify(of)))).toEqual(distinct);
        expect(combined.changes).toHaveLength(distinct.size);
        expect(combineReports(each.toReversed())).toEqual(combined);
      }),
    );
  });

  test('of none is that of no change', () => {
    expect(combineReports([])).toEqual({ severity: 'SAFE', requiredBump: 'REVISION', changes: [] });
  });
});

describe('what a version is compared with', () => {
  const RELEASES = [
    '0.1.0',
    '0.2.0',
    '1.0.0',
    '1.0.5',
    '1.1.0',
    '3.0.0',
    '3.0.1',
    '2.0.0-rc.1',
    '1.2.0-rc.1',
  ];
  const TABLE: readonly (readonly [
    string,
    readonly string[],
    readonly string[],
    informationOnly: boolean,
  ])[] = [
    ['0.0.1', [], [], true],
    ['0.1.0', [], [], true],
    ['0.1.1', ['0.1.0'], ['0.1.0'], false],
    ['0.3.0', ['0.2.0'], ['0.2.0', '0.1.0'], false],
    ['1.0.0-rc.1', ['0.2.0'], ['0.2.0'], true],
    ['1.0.6', ['1.0.5'], ['1.0.5', '1.0.0'], false],
    ['1.1.1', ['1.1.0'], ['1.1.0', '1.0.5', '1.0.0'], false],
    ['1.2.0', ['1.1.0'], ['1.1.0', '1.0.5', '1.0.0'], false],
    ['1.2.0-rc.2', ['1.1.0'], ['1.1.0', '1.0.5', '1.0.0'], true],
    ['2.0.0', ['1.1.0'], ['1.1.0'], true],
    ['3.0.1', ['3.0.0'], ['3.0.0'], false],
    ['3.1.0', ['3.0.1'], ['3.0.1', '3.0.0'], false],
    ['4.0.0', ['3.0.1'], ['3.0.1'], true],
  ];
  test.each(TABLE)('%s with %j, or transitively with %j', (next, highest, all, informationOnly) => {
    for (const releases of [RELEASES, RELEASES.toReversed()].map((texts) => texts.map(version))) {
      const asked = (transitive: boolean) => {
        const found = predecessorsOf(version(next), releases, transitive);
        return { ...found, releases: found.releases.map(({ text }) => text) };
      };
      expect(asked(false)).toEqual({ releases: highest, informationOnly });
      expect(asked(true)).toEqual({ releases: all, informationOnly });
    }
  });

  test('is what a plain search finds', () => {
    fc.assert(
      fc.property(fc.uniqueArray(nearVersion), nearVersion, (texts, text) => {
        const [next, all] = [version(text), texts.map(version)];
        const below = all.filter((of) => of.prerelease.length === 0 && of.key < next.key);
        const inMajor = below.filter((of) => of.major === next.major);
        const { releases } = predecessorsOf(next, all, true);
        if (inMajor.length > 0) expect(new Set(releases)).toEqual(new Set(inMajor));
        const [nearest] = predecessorsOf(next, all, false).releases;
        expect(releases[0]).toBe(nearest);
        const candidates = inMajor.length > 0 ? inMajor : below;
        expect(candidates.filter((of) => of.key > (nearest?.key ?? ''))).toEqual([]);
        expect(nearest === undefined).toBe(below.length === 0);
      }),
    );
  });
});

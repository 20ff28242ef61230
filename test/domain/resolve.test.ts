import fc from 'fast-check';

import { AlgorithmCatalog, type PublicCatalog, type PublicVersion } from '../../src/domain/catalog';
import type { VersionFacts } from '../../src/domain/facts';
import { type LatestPrivateSelector, parseReference, parseSelector } from '../../src/domain/reference';
import { canonicalSelector, resolve, resolvePublic } from '../../src/domain/resolve';
import { VERSION_STATES } from '../../src/domain/terms';
import { trace } from '../../src/domain/trace';
import { build, catalogOf, facts, nearVersion, PRIVATE, sha, YANKED } from './support';

function named(catalog: AlgorithmCatalog, selector: string): string | null {
  const resolved = resolve(catalog, parseSelector(selector));
  return resolved && canonicalSelector(resolved);
}

test('the worked example: 1.0.1 is public, 1.0.2 is private, and org/algo/1.0 is 1.0.1', () => {
  const catalog = catalogOf('1.0.1', facts('1.0.2', PRIVATE));
  const { selector } = parseReference('org/algo/1.0');
  expect(resolve(catalog, selector)).toEqual({
    kind: 'PARTIAL',
    version: facts('1.0.1'),
    build: facts('1.0.1').build,
    rule: 'The highest public release of 1.0.',
    privateState: false,
  });
  expect(named(catalog, '1.0.2')).toBe('1.0.2');
  expect(named(catalog, 'latestPrivate')).toBe('1.0.2');
});

describe('each kind', () => {
  const catalog = AlgorithmCatalog.from(
    [
      facts('0.9.0'),
      facts('1.0.0'),
      facts('1.0.1'),
      facts('1.0.2', YANKED),
      facts('1.0.3', PRIVATE),
      facts('1.1.0-beta.1'),
      facts('1.1.0-beta.2', YANKED),
      facts('1.2.0', { state: 'PENDING_APPROVAL' }),
      facts('1.3.0', { state: 'REJECTED' }),
      facts('1.4.0', { state: 'TAKEN_DOWN' }),
      facts('2.0.0', { ...PRIVATE, build: build('2') }),
      facts('2.1.0-rc.1', PRIVATE),
      facts('2.2.0', { ...PRIVATE, ...YANKED }),
      facts('3.0.0+exp.1'),
    ],
    [build('f', { status: 'FAILED' }), build('e')],
  );

  it.each([
    ['', '3.0.0+exp.1'],
    ['latest', '3.0.0+exp.1'],
    ['stable', '3.0.0+exp.1'],
    ['edge', '3.0.0+exp.1'],
    ['lts', null],
    ['0', '0.9.0'],
    ['1', '1.0.1'],
    ['1.0', '1.0.1'],
    ['1.0.*', '1.0.1'],
    ['1.x', '1.0.1'],
    ['1.1', null],
    ['1.2', null],
    ['1.3', null],
    ['1.4', null],
    ['2', null],
    ['2.0', null],
    ['4', null],
    ['^1.0.0', '1.0.1'],
    ['>=1.0.2', '3.0.0+exp.1'],
    ['>=1.0.2 <3', null],
    ['=1.0.2', null],
    ['=1.0.3', null],
    ['>=1.1.0-alpha <2', '1.1.0-beta.1'],
    ['~1.1.0-beta.2', null],
    ['>2 <1', null],
    ['1.0.^', '1.0.1'],
    ['2.0.^', null],
    ['[0.9,1.0.1)', '1.0.0'],
    ['[1.1,3)', null],
    ['1.0.1', '1.0.1'],
    ['1.0.2', '1.0.2'],
    ['1.0.3', '1.0.3'],
    ['1.1.0-beta.1', '1.1.0-beta.1'],
    ['1.1.0-Beta.1', null],
    ['1.1.0', null],
    ['1.2.0', null],
    ['1.3.0', null],
    ['1.4.0', '1.4.0'],
    ['3.0.0', '3.0.0+exp.1'],
    ['3.0.0+other', '3.0.0+exp.1'],
    ['latestPrivate', '2.1.0-rc.1'],
    [sha('2'), '2.0.0'],
    [sha('E'), sha('e')],
    [sha('f'), null],
    [sha('d'), null],
    [facts('1.0.2').build.sha, '1.0.2'],
    [facts('1.4.0').build.sha, '1.4.0'],
    [facts('1.2.0').build.sha, facts('1.2.0').build.sha],
    [facts('1.3.0').build.sha, facts('1.3.0').build.sha],
  ])('%j names %j', (selector, expected) => {
    expect(named(catalog, selector)).toBe(expected);
  });

  it.each([
    ['', 'LATEST', 'The highest public release.', false],
    ['1', 'PARTIAL', 'The highest public release of 1.', false],
    ['^1', 'RANGE', 'The highest public version in the range ^1.', false],
    ['edge', 'CHANNEL', 'The public version that the channel edge points to.', false],
    ['1.0.2', 'FULL', 'Exactly this version.', false],
    ['1.0.3', 'FULL', 'Exactly this version.', true],
    ['latestPrivate', 'LATEST_PRIVATE', 'The highest private version, prereleases included.', true],
    [facts('1.0.2').build.sha, 'SHA', 'The successful build of this commit, published as 1.0.2.', false],
    [sha('2'), 'SHA', 'The successful build of this commit, published as 2.0.0.', true],
    [sha('e'), 'SHA', 'The successful build of this commit, which is not published.', true],
    [facts('1.2.0').build.sha, 'SHA', 'The successful build of this commit, which is not published.', true],
  ] as const)(
    '%j says its kind, its rule, and whether private state had a part',
    (selector, kind, rule, isPrivate) => {
      const resolved = resolve(catalog, parseSelector(selector));
      expect(resolved).toMatchObject({ kind, rule, privateState: isPrivate });
    },
  );
});

describe('a SHA that several versions carry', () => {
  const shared = build('5');
  const all = (...versions: readonly (readonly [string, Partial<VersionFacts>])[]): string | null =>
    named(
      catalogOf(...versions.map(([text, change]) => facts(text, { build: shared, ...change }))),
      shared.sha,
    );

  it.each([
    ['the highest public one', all(['1.0.0-rc.1', {}], ['1.0.0', {}], ['1.0.0-rc.2', {}]), '1.0.0'],
    ['a public one before a higher private one', all(['1.0.0-rc.1', {}], ['1.0.0', PRIVATE]), '1.0.0-rc.1'],
    ['a yanked one as well', all(['1.0.0-rc.1', {}], ['1.0.0', YANKED]), '1.0.0'],
    [
      'one that stands before one taken down',
      all(['1.0.0-a', {}], ['1.0.0', { state: 'TAKEN_DOWN' }]),
      '1.0.0-a',
    ],
    [
      'a public one taken down before a private one, lest an outsider learn of that',
      all(['1.0.0-a', { state: 'TAKEN_DOWN' }], ['1.0.0', PRIVATE]),
      '1.0.0-a',
    ],
    ['the highest private one', all(['1.0.0-a', PRIVATE], ['1.0.0-b', PRIVATE]), '1.0.0-b'],
    ['none that is pending', all(['1.0.0-a', {}], ['1.0.0', { state: 'PENDING_APPROVAL' }]), '1.0.0-a'],
    ['none at all, if all are', all(['1.0.0', { state: 'PENDING_APPROVAL' }]), shared.sha],
  ])('names %s', (_, name, expected) => {
    expect(name).toBe(expected);
  });
});

/** Everything that only members may know of: no public selector may tell whether it is there. */
const hidden = fc
  .record({
    text: nearVersion,
    visibility: fc.constantFrom('PRIVATE' as const, 'PUBLIC' as const),
    state: fc.constantFrom(...VERSION_STATES),
    yanked: fc.boolean(),
  })
  .map(({ text, ...change }) => facts(text, change))
  .filter(
    (one) => one.visibility === 'PRIVATE' || one.state === 'PENDING_APPROVAL' || one.state === 'REJECTED',
  );
const shown = fc
  .record({
    text: nearVersion,
    yanked: fc.boolean(),
    state: fc.constantFrom('PUBLISHED' as const, 'TAKEN_DOWN' as const),
  })
  .map(({ text, ...change }) => facts(text, change));
const callerIndependent = fc.constantFrom(
  ...[
    '',
    'latest',
    '0',
    '1',
    '2',
    '3',
    '0.0',
    '1.0',
    '1.1',
    '1.2',
    '2.1',
    '3.3',
    'edge',
    'stable',
    'lts',
    '1.1.^',
  ],
  ...['^1.0.0', '~1.1', '*', '>=0.0.0-0 <3.0.0', '>=1.1.1-a', '1 - 2', '<1 || >2', '[1,2)', '(0,3]'],
);

test('twin worlds: private state changes no caller-independent answer, and no trace', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(shown, { selector: ({ key }) => key, maxLength: 16 }),
      fc.uniqueArray(hidden, { selector: ({ key }) => key, maxLength: 16 }),
      callerIndependent,
      (open, secret, text) => {
        const selector = parseSelector(text);
        const taken = new Set(open.map(({ key }) => key));
        const outside = AlgorithmCatalog.from(open, []);
        const inside = AlgorithmCatalog.from(open, [build('1')]);
        for (const one of secret) if (!taken.has(one.key)) inside.put(one);
        const answers = [outside, inside].map((catalog) => {
          catalog.public.setPointer('lts', [...secret, ...open][0]?.key ?? null);
          const resolved = resolve(catalog, selector);
          return [resolved, resolved && trace(catalog, selector, resolved)];
        });
        expect(answers[1]).toEqual(answers[0]);
      },
    ),
    { numRuns: 2000 },
  );
});

test('twin worlds: a private version on a public build changes nothing of what its SHA names', () => {
  const shared = build('5');
  fc.assert(
    fc.property(shown, hidden, (open, secret) => {
      fc.pre(open.key !== secret.key);
      const outside = catalogOf({ ...open, build: shared });
      const inside = catalogOf({ ...open, build: shared }, { ...secret, build: shared });
      const selector = parseSelector(shared.sha);
      expect(resolve(inside, selector)).toEqual(resolve(outside, selector));
    }),
  );
});

/** Checked by the compiler: each line ceases to compile when the type beside it begins to accept the other. */
test('the types keep private state out of the heart', () => {
  type Heart = typeof resolvePublic;
  const refused = {
    theWholeCatalogue: true satisfies AlgorithmCatalog extends Parameters<Heart>[0] ? never : true,
    otherSelectors: true satisfies LatestPrivateSelector extends Parameters<Heart>[1] ? never : true,
    anyVersion: true satisfies VersionFacts extends PublicVersion ? never : true,
    writing: true satisfies 'put' extends keyof PublicCatalog['all'] ? never : true,
  };
  const given: PublicVersion | null = resolvePublic(catalogOf('1.0.0').public, { kind: 'LATEST', text: '' });
  expect([given, Object.values(refused)]).toEqual([facts('1.0.0'), [true, true, true, true]]);
});

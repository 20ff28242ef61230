import fc from 'fast-check';
import semver from 'semver';

import { AlgorithmCatalog, isPublicVersion, PublicCatalog } from '../../src/domain/catalog';
import type { BuildFacts, VersionFacts } from '../../src/domain/facts';
import { keysUnder } from '../../src/domain/interval';
import { parseSelector } from '../../src/domain/reference';
import { resolve } from '../../src/domain/resolve';
import { VERSION_STATES, VISIBILITIES } from '../../src/domain/terms';
import { majorKey } from '../../src/domain/version';
import { build, catalogOf, facts, nearVersion, PRIVATE, sha, version, YANKED } from './support';

const HIDDEN: readonly Partial<VersionFacts>[] = [
  PRIVATE,
  YANKED,
  { state: 'PENDING_APPROVAL' },
  { state: 'REJECTED' },
  { state: 'TAKEN_DOWN' },
];

describe('PublicCatalog', () => {
  it.each(HIDDEN)('keeps nothing that is %j, however it comes', (change) => {
    const hidden = facts('2.0.0', change);
    const made = new PublicCatalog([facts('1.0.0'), hidden]);
    const put = new PublicCatalog([facts('1.0.0')]);
    put.put(hidden);
    const turned = new PublicCatalog([facts('1.0.0'), facts('2.0.0')]);
    turned.put(hidden);
    for (const catalog of [made, put, turned]) {
      expect([...catalog.all].map((one) => one.version)).toEqual(['1.0.0']);
      expect([...catalog.releases].map((one) => one.version)).toEqual(['1.0.0']);
      expect(catalog.latest()?.version).toBe('1.0.0');
      expect(catalog.latestOf(2)).toBeUndefined();
      expect(catalog.latestOf(2, 0)).toBeUndefined();
      expect(catalog.releases.within(keysUnder(majorKey(2)))).toEqual([]);
      expect(catalog.channel('edge')?.version).toBe('1.0.0');
    }
  });

  it('falls back when the newest of a line is yanked, and comes back', () => {
    const catalog = new PublicCatalog(['1.0.0', '1.1.0', '1.1.1', '2.0.0-a'].map((text) => facts(text)));
    const heads = (): unknown[] => [
      catalog.latest()?.version,
      catalog.latestOf(1)?.version,
      catalog.latestOf(1, 1)?.version,
      catalog.channel('edge')?.version,
      catalog.channel('stable')?.version,
    ];
    expect(heads()).toEqual(['1.1.1', '1.1.1', '1.1.1', '2.0.0-a', '1.1.1']);
    catalog.put(facts('1.1.1', YANKED));
    expect(heads()).toEqual(['1.1.0', '1.1.0', '1.1.0', '2.0.0-a', '1.1.0']);
    catalog.put(facts('1.1.0', YANKED));
    expect(heads()).toEqual(['1.0.0', '1.0.0', undefined, '2.0.0-a', '1.0.0']);
    catalog.put(facts('1.1.1'));
    expect(heads()).toEqual(['1.1.1', '1.1.1', '1.1.1', '2.0.0-a', '1.1.1']);
  });

  it('lists the releases of a major, lowest first', () => {
    const texts = ['10.0.0', '1.10.0', '1.2.0', '1.3.0-a', '2.0.0', '11.0.0'];
    const catalog = new PublicCatalog(texts.map((text) => facts(text)));
    const ofOne = catalog.releases.within(keysUnder(majorKey(1)));
    expect(ofOne.map((one) => one.version)).toEqual(['1.2.0', '1.10.0']);
  });
});

describe('channels', () => {
  const key = (text: string): string => version(text).key;

  it('point at public versions alone, prereleases too', () => {
    const catalog = catalogOf('1.0.0', '1.1.0-a', facts('1.2.0', PRIVATE), facts('1.3.0', YANKED));
    for (const text of ['1.0.0', '1.1.0-a', '1.2.0', '1.3.0', '9.9.9'])
      catalog.public.setPointer(`to-${text[2]}`, key(text));
    const pointed = ['to-0', 'to-1', 'to-2', 'to-3', 'to-9', 'other'].map(
      (name) => catalog.public.channel(name)?.version,
    );
    expect(pointed).toEqual(['1.0.0', '1.1.0-a', undefined, undefined, undefined, undefined]);
  });

  it('follow what becomes of their version', () => {
    const catalog = catalogOf('1.0.0', '1.1.0');
    catalog.public.setPointer('lts', key('1.1.0'));
    catalog.put(facts('1.1.0', YANKED));
    expect(catalog.public.channel('lts')).toBeUndefined();
    catalog.put(facts('1.1.0', { id: 7 }));
    expect(catalog.public.channel('lts')?.id).toBe(7);
    catalog.public.setPointer('lts', null);
    expect(catalog.public.channel('lts')).toBeUndefined();
    expect(catalog.public.pointerNames).toEqual(['lts']);
  });

  it('stable names the highest release that has entered it, and once it is a pointer nothing else', () => {
    const catalog = catalogOf('1.0.0', facts('1.1.0', { stable: false }), '1.2.0-a');
    expect(catalog.public.channel('stable')?.version).toBe('1.0.0');
    catalog.put(facts('1.1.0'));
    expect(catalog.public.channel('stable')?.version).toBe('1.1.0');
    catalog.put(facts('1.1.0', YANKED));
    expect(catalog.public.channel('stable')?.version).toBe('1.0.0');
    catalog.put(facts('1.1.0'));
    catalog.public.setPointer('stable', key('1.0.0'));
    expect(catalog.public.channel('stable')?.version).toBe('1.0.0');
    catalog.public.setPointer('stable', null);
    expect(catalog.public.channel('stable')).toBeUndefined();
  });

  it('never make anything of edge but what is computed', () => {
    const catalog = catalogOf('1.0.0', '2.0.0-a');
    catalog.public.setPointer('edge', key('1.0.0'));
    expect(catalog.public.channel('edge')?.version).toBe('2.0.0-a');
    expect(catalog.public.isPointer('edge')).toBe(false);
  });
});

describe('what publishing asks', () => {
  const catalog = catalogOf(
    '1.0.0',
    facts('1.0.5', PRIVATE),
    facts('1.0.6-a', { state: 'REJECTED' }),
    facts('1.2.0', { state: 'PENDING_APPROVAL' }),
    facts('2.0.0', { state: 'TAKEN_DOWN' }),
    facts('3.0.0-a', PRIVATE),
  );

  it('counts whatever was published, in any state, but for the majors that are shown', () => {
    expect(catalog.size).toBe(6);
    expect(catalog.highestRelease()?.version).toBe('2.0.0');
    expect(catalog.highestInLine(1, 0)?.version).toBe('1.0.6-a');
    expect(catalog.highestInLine(1, 2)?.version).toBe('1.2.0');
    expect(catalog.highestInLine(1, 1)).toBeNull();
    expect([0, 1, 2, 3, 10].map((major) => catalog.hasMajor(major))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(catalog.find(version('1.2.0').key)?.version).toBe('1.2.0');
    expect(catalog.find(version('1.2.1').key)).toBeNull();
  });

  it('finds nothing in an empty catalogue', () => {
    const empty = catalogOf();
    expect([empty.size, empty.highestRelease(), empty.highestInLine(1, 0), empty.hasMajor(0)]).toEqual([
      0,
      null,
      null,
      false,
    ]);
  });
});

/** The same questions, answered by looking through everything, in semver's words. */
class NaiveCatalog {
  readonly versions = new Map<string, VersionFacts>();
  readonly builds = new Map<string, BuildFacts>();

  put(one: VersionFacts): void {
    this.versions.set(one.version, one);
    this.builds.set(one.build.sha, one.build);
  }

  private highest(isWanted: (one: VersionFacts) => boolean): VersionFacts | undefined {
    return [...this.versions.values()]
      .filter(isWanted)
      .sort((a, b) => semver.compare(a.version, b.version))
      .at(-1);
  }

  private highestPublic(isWanted: (one: VersionFacts) => boolean): VersionFacts | undefined {
    return this.highest((one) => isPublicVersion(one) && isWanted(one));
  }

  answers(): Record<string, string | undefined> {
    const release = (one: VersionFacts): boolean => !one.prerelease;
    const inRange = (range: string) => (one: VersionFacts) => semver.satisfies(one.version, range);
    const answers: Record<string, VersionFacts | undefined> = {
      latest: this.highestPublic(release),
      stable: this.highestPublic((one) => release(one) && one.stable),
      edge: this.highestPublic(() => true),
      latestPrivate: this.highest(
        (one) => one.visibility === 'PRIVATE' && one.state === 'PUBLISHED' && !one.yanked,
      ),
    };
    for (const range of RANGES) answers[range] = this.highestPublic(inRange(range));
    for (const partial of PARTIALS) answers[partial] = this.highestPublic(inRange(partial));
    for (const text of POOL) {
      const one = this.versions.get(text);
      answers[text] = one?.state === 'PUBLISHED' || one?.state === 'TAKEN_DOWN' ? one : undefined;
    }
    const names = Object.entries(answers).map(([selector, one]) => [selector, one?.version]);
    return { ...Object.fromEntries(names), ...this.shas() };
  }

  private shas(): Record<string, string | undefined> {
    const answers: Record<string, string | undefined> = {};
    for (const hex of SHAS) {
      const carried = (state: string, visibility: string): VersionFacts | undefined =>
        this.highest((one) => one.build.sha === hex && one.state === state && one.visibility === visibility);
      const name =
        carried('PUBLISHED', 'PUBLIC') ??
        carried('TAKEN_DOWN', 'PUBLIC') ??
        carried('PUBLISHED', 'PRIVATE') ??
        carried('TAKEN_DOWN', 'PRIVATE');
      const succeeded = this.builds.get(hex)?.status === 'SUCCEEDED';
      answers[hex] = succeeded ? (name?.version ?? `unpublished ${hex}`) : undefined;
    }
    return answers;
  }

  publishing(): unknown {
    const any = (isWanted: (one: VersionFacts) => boolean): string | undefined =>
      this.highest(isWanted)?.version;
    return {
      size: this.versions.size,
      highestRelease: any((one) => !one.prerelease),
      lines: LINES.map(([major, minor]) => any((one) => one.major === major && one.minor === minor)),
      majors: MAJORS.map((major) => {
        const published = (one: VersionFacts) => one.state === 'PUBLISHED' || one.state === 'TAKEN_DOWN';
        return any((one) => one.major === major && published(one)) !== undefined;
      }),
    };
  }
}

const POOL = fc
  .sample(nearVersion, { seed: 4711, numRuns: 60 })
  .filter((text, index, all) => all.indexOf(text) === index)
  .slice(0, 24);
const RANGES = ['^1.0.0', '~1.2.0', '>=1.0.0-0 <2.0.0', '>1 <=3.2', '^0.1 || ^3.0.0-a', '*', '1 - 2'];
const PARTIALS = ['0', '1', '2.x', '3.*', '0.0', '1.2', '1.3', '2.0', '2.1.x', '3.3', '7'];
const SHAS = ['a', 'b', 'c', 'd', 'e', 'f'].map(sha);
const MAJORS = [0, 1, 2, 3, 4];
const LINES = MAJORS.flatMap((major) => [0, 1, 2, 3].map((minor) => [major, minor] as const));

function answersOf(catalog: AlgorithmCatalog): Record<string, string | undefined> {
  const selectors = ['latest', 'stable', 'edge', 'latestPrivate', ...RANGES, ...PARTIALS, ...POOL, ...SHAS];
  return Object.fromEntries(
    selectors.map((text) => {
      const found = resolve(catalog, parseSelector(text));
      return [
        text,
        found === null ? undefined : (found.version?.version ?? `unpublished ${found.build.sha}`),
      ];
    }),
  );
}

function publishingOf(catalog: AlgorithmCatalog): unknown {
  return {
    size: catalog.size,
    highestRelease: catalog.highestRelease()?.version,
    lines: LINES.map(([major, minor]) => catalog.highestInLine(major, minor)?.version),
    majors: MAJORS.map((major) => catalog.hasMajor(major)),
  };
}

/** A version of the pool in any state; which build it has depends on nothing but the version. */
const change: fc.Arbitrary<VersionFacts> = fc
  .record({
    text: fc.constantFrom(...POOL),
    id: fc.nat(1000),
    visibility: fc.constantFrom(...VISIBILITIES, 'PUBLIC'),
    state: fc.constantFrom(...VERSION_STATES, 'PUBLISHED', 'PUBLISHED', 'PUBLISHED'),
    yanked: fc.boolean(),
    stable: fc.boolean(),
  })
  .map(({ text, ...rest }) => facts(text, { ...rest, build: build('abcd'.charAt(POOL.indexOf(text) % 4)) }));

describe('against a naive catalogue', () => {
  it('answers the same after any sequence of puts, and as one built anew', () => {
    const loose = [build('d'), build('e'), build('f', { status: 'FAILED' })];
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 30 }),
        fc.array(change, { maxLength: 30 }),
        (before, after) => {
          const naive = new NaiveCatalog();
          const catalog = AlgorithmCatalog.from(before, loose.slice(0, 1));
          for (const one of loose) {
            naive.builds.set(one.sha, one);
            catalog.putBuild(one);
          }
          for (const one of before) naive.put(one);
          expect(answersOf(catalog)).toEqual(naive.answers());
          for (const one of after) {
            catalog.put(one);
            naive.put(one);
          }
          const anew = AlgorithmCatalog.from([...before, ...after], loose);
          for (const one of [catalog, anew]) {
            expect(answersOf(one)).toEqual(naive.answers());
            expect(publishingOf(one)).toEqual(naive.publishing());
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('hands out the newest facts of a version', () => {
    const catalog = catalogOf('1.0.0');
    catalog.put(facts('1.0.0', { id: 9 }));
    for (const selector of ['latest', '1', '1.0', '^1', 'edge', '1.0.0', facts('1.0.0').build.sha]) {
      expect(resolve(catalog, parseSelector(selector))?.version?.id).toBe(9);
    }
    expect(catalog.highestRelease()?.id).toBe(9);
    expect(catalog.size).toBe(1);
  });
});

it('counts the builds that no version carries: they take memory too', () => {
  const published = facts('1.0.0');
  const catalog = AlgorithmCatalog.from([published], [published.build, build('b1'), build('b2')]);
  expect([catalog.size, catalog.unpublishedBuilds]).toEqual([1, 2]);
  catalog.putBuild(build('b3'));
  catalog.put(facts('1.0.1', { build: build('b1') }));
  expect([catalog.size, catalog.unpublishedBuilds]).toEqual([2, 2]);
});

import fc from 'fast-check';

import { Database } from '../../src/database';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { attempt, coldIndex, everythingOf, Process, shaOf } from './support';

const NAMES = ['Detect', 'Count', 'Absent'] as const;
const VERSIONS = [
  '0.1.0',
  '0.2.0',
  '1.0.0',
  '1.0.1',
  '1.1.0-rc.1',
  '1.1.0',
  '2.0.0-beta.1',
  '2.0.0',
  '2.1.0',
] as const;
const BUILDS = VERSIONS.map((_, at) => shaOf(`build ${at}`));
const SELECTORS = [
  ...['', 'latest', '0', '1', '1.0', '1.1', '2', '2.1.^', '1.x'],
  ...['^1.0.0', '~1.0', '*', '>=1.1.0-rc.0 <2.0.0', '[1.0,2)', '(1.0,2.0]', '>=2.0.0-beta.0'],
  ...['stable', 'edge', 'lts', 'latestPrivate'],
  ...VERSIONS,
  ...BUILDS,
];

/** One thing that is done to a registry. What it says may be refused: then it does nothing. */
const step = fc.record({
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constant('publish' as const) },
    { weight: 4, arbitrary: fc.constantFrom('promote', 'yank', 'unyank', 'openMajor', 'openAll', 'openAll') },
    {
      weight: 2,
      arbitrary: fc.constantFrom('build', 'failed', 'grant', 'revoke', 'algorithm', 'owner', 'look'),
    },
  ),
  name: fc.constantFrom(...NAMES, 'Detect', 'Detect', 'Detect', 'Detect'),
  version: fc.nat(VERSIONS.length - 1),
  /** Which build: mostly the version's own, so that publications succeed, now and then another's. */
  build: fc.option(fc.nat(VERSIONS.length - 1), { freq: 6 }),
  visibility: fc.constantFrom('PUBLIC', 'PRIVATE', undefined),
  open: fc.boolean(),
  level: fc.constantFrom('CALL', 'CALL_AND_SOURCE'),
});

/** Mostly one of the next versions to publish; else one that was published. */
function choose(published: ReadonlySet<number>, which: number, isNew: boolean): number {
  const candidates = VERSIONS.map((_, at) => at).filter((at) => published.has(at) !== isNew);
  return candidates[which % (isNew ? 3 : Math.max(1, candidates.length))] ?? which;
}

describe.each(DATABASES)('what is in memory, against what is stored, on %s', (name, create) => {
  const numRuns = name === 'SQLite' ? 12 : 5;
  let made: TestDatabase;
  let databases: readonly [here: Database, there: Database];
  let worlds = 0;

  beforeAll(async () => {
    made = await create();
    databases = [await Database.open(made.target), await Database.open(made.target)];
    await databases[0].migrate();
  });
  afterAll(async () => {
    for (const database of databases) await database.close();
    await made.drop();
  });

  test('after any history, in the process that writes at once, in another one when it has caught up', async () => {
    const here = await Process.on(databases[0]);
    const there = await Process.on(databases[1]);
    let done = 0;
    const history = async (steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) => {
      const owner = `Owner${++worlds}`;
      const late = `Late${worlds}`;
      const grantee = `Grantee${worlds}`;
      const algorithms = [...NAMES.map((name) => `${owner}/${name}`), `${late}/Detect`];
      await here.owner(grantee);
      const compare = async (other: Process) => {
        const cold = await coldIndex(databases[0]);
        for (const algorithm of algorithms) {
          const expected = await everythingOf(cold, algorithm, SELECTORS);
          expect(await everythingOf(other.index, algorithm, SELECTORS)).toEqual(expected);
        }
      };
      await compare(here); // nothing is there yet, and remembered as absent
      await here.owner(owner);
      await here.algorithm(owner, 'Detect');
      await compare(there);
      const published = new Map(NAMES.map((name) => [name, new Set<number>()]));
      for (const { what, name, version: which, build, visibility, open, level } of steps) {
        const algorithm = `${owner}/${name}`;
        const at = choose(published.get(name) ?? new Set(), which, what === 'publish');
        const version = `${algorithm}/${VERSIONS[at]}`;
        const major = `${algorithm}/${VERSIONS[at]?.charAt(0)}`;
        const sha = BUILDS[build ?? at] ?? '';
        const does = {
          publish: async () => {
            await attempt(here.algorithm(owner, name));
            await here.build(algorithm, sha);
            const version = VERSIONS[at] ?? '';
            published.get(name)?.add(at);
            if (open && (await attempt(here.publish(algorithm, version, { sha, open })))) return;
            await here.publish(algorithm, version, { sha, visibility });
          },
          build: () => here.build(algorithm, sha),
          failed: () => here.build(algorithm, sha, 'FAILED'),
          promote: () => here.promote(version),
          yank: () => here.yank(version),
          unyank: () => here.unyank(version),
          openMajor: () => here.openMajor(major, false),
          openAll: () => here.openMajor(major, true),
          grant: () => here.grant(major, grantee, level),
          revoke: () => here.revoke(major, grantee),
          algorithm: () => here.algorithm(owner, name),
          owner: async () => {
            await here.owner(late);
            await here.algorithm(late, 'Detect');
          },
          look: async () => {
            await there.caughtUp();
            await compare(there);
          },
        };
        if (await attempt(does[what]())) done += 1;
        await compare(here);
      }
      await there.caughtUp();
      await compare(there);
    };
    try {
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 20 }), history), {
        numRuns,
      });
    } finally {
      await here.stop();
      await there.stop();
    }
    expect(done).toBeGreaterThan(5 * numRuns);
  });

  test('with room for next to nothing, and readers at every moment, answers are right all the same', async () => {
    const here = await Process.on(databases[0], 6);
    const owners = [`Small${++worlds}`, `Small${++worlds}`];
    const algorithms = owners.flatMap((owner) => NAMES.map((name) => `${owner}/${name}`));
    for (const owner of owners) await here.owner(owner);
    for (const algorithm of algorithms.slice(0, -1)) {
      const [owner = '', name = ''] = algorithm.split('/');
      await here.algorithm(owner, name);
    }
    let reading = true;
    const reader = async (first: number) => {
      for (let at = first; reading; at += 1) {
        const algorithm = algorithms[at % algorithms.length] ?? '';
        await everythingOf(here.index, algorithm, SELECTORS);
        if (at % 5 === 0) await new Promise(setImmediate);
      }
    };
    const readers = [0, 1, 2, 3, 4, 5, 6].map(reader);
    const compare = async () => {
      const cold = await coldIndex(databases[0]);
      for (const algorithm of algorithms) {
        expect(await everythingOf(here.index, algorithm, SELECTORS)).toEqual(
          await everythingOf(cold, algorithm, SELECTORS),
        );
        expect(here.index.size).toBeLessThanOrEqual(6);
      }
    };
    for (const version of ['1.0.0', '1.0.1', '2.0.0']) {
      for (const algorithm of algorithms.slice(0, -1)) {
        const sha = shaOf(`${algorithm} ${version}`);
        await here.build(algorithm, sha);
        await here.publish(algorithm, version, { sha, open: version.endsWith('0.0') });
      }
      await compare();
    }
    reading = false;
    await Promise.all(readers);
    await compare();
    await here.stop();
  });
});

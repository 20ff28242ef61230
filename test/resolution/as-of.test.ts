import fc from 'fast-check';

import { Database } from '../../src/database';
import type { AsOf } from '../../src/domain/as-of';
import { parseAsOf } from '../../src/domain/as-of';
import { isCallerIndependent, parseReference, type Reference } from '../../src/domain/reference';
import { canonicalSelector } from '../../src/domain/resolve';
import { trace } from '../../src/domain/trace';
import { type Answer, answer, PastResolution, positionOf } from '../../src/resolution';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { refusal } from '../builders/services';
import { attempt, coldIndex, Process, shaOf } from './support';

const VERSIONS = ['0.1.0', '1.0.0', '1.0.1', '1.1.0-rc.1', '1.1.0', '2.0.0'] as const;
const NAMES = ['Detect', 'Detect-2'] as const;
/** One of every kind: test/e2e/as-of-history.test.ts asks for more, and as of times. */
const SELECTORS = [
  ...['', '1', '1.1', '>=1.1.0-rc.0 <2.0.0', 'stable', 'edge', 'lts', 'latestPrivate'],
  ...[...VERSIONS, shaOf('1.0.0'), shaOf('1.0.1')],
];

/** Something that is done; what it says may be refused. */
const step = fc.record({
  what: fc.constantFrom(
    ...(['publish', 'publish', 'publish', 'publish', 'hold', 'hold', 'build'] as const),
    ...(['promote', 'promote', 'yank', 'yank', 'unyank', 'unyank'] as const),
    ...(['open', 'openAll', 'grant', 'nothing'] as const),
  ),
  name: fc.constantFrom('Detect' as const, 'Detect' as const, 'Detect' as const, 'Detect-2' as const),
  /** Which of those that it can happen to. */
  which: fc.nat(),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** An answer as it is compared: what is named, by which rule, at which position, and what was passed over. */
function plain(found: Answer | null): unknown {
  if (found === null) return null;
  const { resolved, algorithm, reference } = found;
  const { kind, version, build, rule, privateState } = resolved;
  return {
    named: canonicalSelector(resolved),
    position: positionOf(found),
    ...{ kind, rule, privateState, sha: build.sha, buildId: build.id, versionId: version?.id ?? null },
    trace: trace(algorithm.catalog, reference.selector, resolved),
  };
}

/** A beginning in which every step that changes an answer does something. */
const OPENING: readonly Step[] = (['publish', 'hold', 'promote', 'yank', 'unyank'] as const).map((what) => ({
  what,
  name: 'Detect',
  which: 0,
}));

type Life = 'none' | 'held' | 'public' | 'yanked';
/** To versions in which state a step can do something. */
const CANDIDATES: Readonly<Partial<Record<Step['what'], readonly Life[]>>> = {
  publish: ['none'],
  hold: ['none'],
  build: ['none'],
  promote: ['held'],
  yank: ['held', 'public'],
  unyank: ['yanked'],
};

/** A question, its live answer, and the moment in which it was asked. */
interface Remembered {
  readonly reference: Reference;
  readonly answer: unknown;
  readonly position: string;
}

describe.each(DATABASES)('as of a moment, on %s', (_name, create) => {
  let made: TestDatabase;
  let databases: readonly [here: Database, there: Database];
  let worlds = 0;
  /** How often each step did something. */
  const done = new Map<string, number>();

  beforeAll(async () => {
    made = await create();
    databases = [await Database.open(made.target), await Database.open(made.target)];
    await databases[0].migrate();
  });
  afterAll(async () => {
    for (const database of databases) await database.close();
    await made.drop();
  });

  /** All questions, as they are answered now. */
  async function ask(process: Process, owner: string): Promise<Remembered[]> {
    const remembered: Remembered[] = [];
    for (const algorithm of NAMES) {
      for (const selector of SELECTORS) {
        const reference = parseReference(`${owner}/${algorithm}${selector === '' ? '' : '/'}${selector}`);
        const found = await answer(process.index, reference);
        const { publicSequence, privateSequence } = process.index.owner(reference.ownerKey)!;
        const position = `${owner}@${publicSequence}+${privateSequence}`;
        remembered.push({ reference, answer: plain(found), position });
      }
    }
    return remembered;
  }

  /** Does a step, and notes in `lives` what it made of a version. */
  async function does(
    { what, name: algorithm, which }: Step,
    here: Process,
    owner: string,
    lives: Map<string, Life>,
  ): Promise<void> {
    const ref = `${owner}/${algorithm}`;
    const lifeOf = (version: string): Life => lives.get(`${ref}/${version}`) ?? 'none';
    const wanted = CANDIDATES[what];
    const candidates = VERSIONS.filter((version) => wanted?.includes(lifeOf(version)) ?? true);
    // mostly the lowest, so that publications come in order
    const version = candidates[which % Math.min(2, candidates.length)];
    if (version === undefined) return;
    const [full, major] = [`${ref}/${version}`, `${ref}/${version.charAt(0)}`];
    const sha = shaOf(version);
    const publish = async (visibility?: 'PRIVATE'): Promise<boolean> => {
      await attempt(here.build(ref, sha));
      if (await attempt(here.publish(ref, version, { sha, visibility, open: true }))) return true;
      return attempt(here.publish(ref, version, { sha, visibility }));
    };
    const steps: Readonly<Record<Step['what'], () => Promise<Life | null>>> = {
      publish: async () => ((await publish()) ? 'public' : null),
      hold: async () => ((await publish('PRIVATE')) ? 'held' : null),
      promote: async () => ((await attempt(here.promote(full))) ? 'public' : null),
      yank: async () => ((await attempt(here.yank(full))) ? 'yanked' : null),
      unyank: async () => ((await attempt(here.unyank(full))) ? 'public' : null),
      build: async () => (await attempt(here.build(ref, sha)), null),
      open: async () => (await attempt(here.openMajor(major, false)), null),
      openAll: async () => (await attempt(here.openMajor(major, true)), null),
      grant: async () => (await attempt(here.grant(major, owner, 'CALL')), null),
      nothing: () => Promise.resolve(null),
    };
    const life = await steps[what]();
    if (life !== null) {
      lives.set(full, life);
      done.set(what, (done.get(what) ?? 0) + 1);
    }
  }

  test('every question is answered for ever as it was, whatever is in memory', async () => {
    const here = await Process.on(databases[0]);
    const there = await Process.on(databases[1]);
    let asked = 0;
    const history = async (steps: readonly Step[]) => {
      const owner = `Owner${++worlds}`;
      await here.owner(owner);
      for (const algorithm of ['Detect', 'Detect-2']) await here.algorithm(owner, algorithm);
      const remembered: Remembered[] = [];
      const lives = new Map<string, Life>();
      for (const one of [...OPENING, ...steps]) {
        await does(one, here, owner, lives);
        remembered.push(...(await ask(here, owner)));
        // some histories are in memory before they go on
        await here.past.answer(parseReference(`${owner}/Detect/stable`), parseAsOf(`${owner}@1`));
      }
      const cold = await coldIndex(databases[0]);
      const answering = {
        // which has not heard of the last steps yet
        there: there.past,
        cold: new PastResolution(databases[0], cold, { maxEvents: 10_000, maxEntries: 10_000 }),
        small: new PastResolution(databases[0], here.index, { maxEvents: 3, maxEntries: 3 }),
      };
      // in another order than they were asked in: what is in memory must not matter
      const order = remembered.map((_, at) => remembered[(at * 7919) % remembered.length]!);
      for (const [turn, [who, past]] of Object.entries(answering).entries()) {
        for (const [at, { reference, answer: expected, position }] of order.entries()) {
          if (at % 3 !== turn) continue;
          const ways: AsOf[] = [parseAsOf(position)];
          if (isCallerIndependent(reference.selector))
            ways.push(parseAsOf(`other@1,${position.replace(/\+.*/, '+999999')}`));
          for (const asOf of ways) {
            const found = plain((await past.answer(reference, asOf)).answer);
            expect({ who, reference: reference.written, asOf, found }).toEqual({
              who,
              reference: reference.written,
              asOf,
              found: expected,
            });
            asked += 1;
          }
        }
      }
    };
    try {
      await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), history), {
        numRuns: 2,
        endOnFailure: true,
      });
    } finally {
      await here.stop();
      await there.stop();
    }
    expect(asked).toBeGreaterThan(500);
    expect([...done.keys()].sort()).toEqual(['hold', 'promote', 'publish', 'unyank', 'yank']);
  });

  test('where a position does not name the private chain, it is as it was beside the public entry', async () => {
    const here = await Process.on(databases[0]);
    const owner = `Owner${++worlds}`;
    await here.owner(owner);
    await here.algorithm(owner, 'Detect');
    const ref = `${owner}/Detect`;
    const publish = async (version: string, visibility?: 'PRIVATE') => {
      await here.build(ref, shaOf(version));
      await here.publish(ref, version, { sha: shaOf(version), visibility, open: version === '1.0.0' });
    };
    await publish('1.0.0');
    await publish('1.0.1', 'PRIVATE');
    const first = here.index.owner(owner.toLowerCase())!.publicSequence;
    const asOf = async (selector: string, position: string) => {
      const found = await here.past.answer(parseReference(`${ref}/${selector}`), parseAsOf(position));
      return found.answer && [canonicalSelector(found.answer.resolved), positionOf(found.answer)];
    };
    await here.index.find(owner.toLowerCase(), 'detect');
    const head = (await here.index.findNow(owner.toLowerCase(), 'detect'))!.owner;
    // the algorithm, two builds, and the private version
    expect(head).toMatchObject({ publicSequence: first, privateSequence: 4 });
    expect(await asOf('1.0.1', `${owner}@${head.publicSequence}`)).toBeNull();
    expect(await asOf(shaOf('1.0.0'), `${owner}@${head.publicSequence}`)).toEqual([
      '1.0.0',
      `${owner}@${head.publicSequence}`,
    ]);
    await publish('1.1.0');
    const next = head.publicSequence + 1;
    const then = ['1.0.1', `${owner}@${next}+5`];
    expect(await asOf('1.0.1', `${owner}@${next}`)).toEqual(then);
    expect(await asOf('latestPrivate', `${owner}@${next}`)).toEqual(then);
    await publish('1.0.2', 'PRIVATE');
    expect(await asOf('latestPrivate', `${owner}@${next}`)).toEqual(then);
    expect(await asOf('latestPrivate', `${owner}@${next}+7`)).toEqual(['1.0.2', `${owner}@${next}+7`]);
    await here.stop();
  });

  test('a moment that has not come, or is of others, is refused; what nobody made is not found', async () => {
    const here = await Process.on(databases[0]);
    const owner = `Owner${++worlds}`;
    await here.owner(owner);
    const find = async (reference: string, asOf: AsOf) => here.past.answer(parseReference(reference), asOf);
    const nothing = { answer: null, ahead: null };
    const position = (text: string) => parseAsOf(text);
    const future: AsOf = { kind: 'time', time: Date.now() + 60_000 };
    for (const known of [owner, `Nobody${worlds}`]) {
      const ref = `${known}/Detect`;
      const refusals = [
        await refusal(find(ref, future)),
        await refusal(find(ref, position(`${known}@99`))),
        await refusal(find(ref, position('other@1,another@2'))),
      ];
      expect(refusals).toEqual([
        { code: 'INVALID_INPUT', message: 'asOf is in the future', field: ['asOf'] },
        { code: 'INVALID_INPUT', message: `asOf is beyond the ledger of ${known}`, field: ['asOf'] },
        { code: 'INVALID_INPUT', message: `asOf has no position of ${known}`, field: ['asOf'] },
      ]);
      expect(await find(ref, position(`${known.toUpperCase()}@0`))).toEqual(nothing);
      expect(await find(`${ref}/1.0.0`, position(`${known}@0+99999`))).toEqual(nothing);
      expect(await find(ref, { kind: 'time', time: 0 })).toEqual(nothing);
      expect(await find(ref, { kind: 'time', time: -(2 ** 50) })).toEqual(nothing);
      expect(await find(`${ref}/latestPrivate`, { kind: 'time', time: Date.now() })).toEqual(nothing);
    }
    await here.stop();
  });
});

import 'reflect-metadata';

import { readConfig } from '../../src/config';
import { Database } from '../../src/database';
import type { AsOf } from '../../src/domain/as-of';
import { parsePositions } from '../../src/domain/position';
import { parseReference } from '../../src/domain/reference';
import { Follower, Ledger } from '../../src/ledger';
import { answer, PastResolution, ResolutionIndex } from '../../src/resolution';
import { insertHistory } from '../tools/history';
import { insertAlgorithms, insertOwner } from '../tools/rows';
import { serve } from '../tools/serve';
import { median } from '../tools/statistics';
import { versionsOf } from '../tools/versions';

const ROUNDS = 15;
/** The one is told from the public chain alone, the other from both. */
const PARTIAL = parseReference('owner/cells/1.2');
const FULL = parseReference('owner/cells/1.2.3');

let database: Database;
let follower: Follower;
let versions = 0;

async function open(variables: Readonly<Record<string, string>>): Promise<void> {
  database = await Database.open(readConfig(variables).database);
  await database.migrate();
  follower = new Follower(database, new Ledger(database), { maxStalenessMs: 3_600_000 });
  await follower.start();
}

/** Writes one algorithm with a history of so many entries. */
async function fill(entries: number): Promise<void> {
  versions = entries / 2;
  const all = [...versionsOf(100_000)].slice(0, versions);
  await insertOwner(database, 1, 'owner');
  await insertAlgorithms(database, [{ id: 1, ownerId: 1, name: 'cells', versions: all }]);
  await insertHistory(database, { ownerId: 1, handle: 'owner', name: 'cells' }, all);
}

/** What is measured: each an answer as of a moment, or a live one. */
const MEASURED = [
  // of a process that has nothing in memory
  'firstPartial',
  'firstFull',
  'firstLive',
  // where the algorithm is in memory, and nothing of its history
  'besidePartial',
  'besideFull',
  // where its history is, as of another moment each time
  'otherPosition',
  'otherTime',
  // as of a moment that was asked for before
  'again',
  'live',
] as const;

/** Milliseconds of each. */
export type PastCost = Readonly<Record<(typeof MEASURED)[number], number>>;

async function measure(): Promise<PastCost> {
  const rounds: PastCost[] = [];
  // the first is the warm-up
  for (let round = 0; round <= ROUNDS; round += 1) rounds.push(await measureOnce(round));
  const counted = rounds.slice(1);
  const entries = MEASURED.map((what) => [what, median(counted.map((costs) => costs[what]))] as const);
  return Object.fromEntries(entries) as PastCost;
}

async function measureOnce(round: number): Promise<PastCost> {
  await follower.catchUp();
  const last = position(versions);
  const [one, other, third] = [fresh(), fresh(), fresh()];
  const firstPartial = await milliseconds(() => one.past.answer(PARTIAL, last));
  const firstFull = await milliseconds(() => other.past.answer(FULL, last));
  const { index, past } = third;
  const firstLive = await milliseconds(() => answer(index, PARTIAL));
  const besidePartial = await milliseconds(() => past.answer(PARTIAL, last));
  const besideFull = await milliseconds(() => new PastResolution(database, index, BOUNDS).answer(FULL, last));
  const earlier = versions - 2 * round - 1;
  const otherPosition = await milliseconds(() => past.answer(PARTIAL, position(earlier)));
  const time = { kind: 'time', time: 2 * (earlier - 1) } as const;
  const otherTime = await milliseconds(() => past.answer(PARTIAL, time));
  const again = await milliseconds(() => past.answer(PARTIAL, last));
  const live = await milliseconds(() => answer(index, PARTIAL));
  return {
    firstPartial,
    firstFull,
    firstLive,
    besidePartial,
    besideFull,
    otherPosition,
    otherTime,
    again,
    live,
  };
}

const BOUNDS = { maxEvents: 200_000, maxEntries: 100_000 };

function fresh(): { index: ResolutionIndex; past: PastResolution } {
  const index = new ResolutionIndex(database, follower, { maxEntries: 10_000_000 });
  return { index, past: new PastResolution(database, index, BOUNDS) };
}

function position(sequence: number): AsOf {
  return { kind: 'position', positions: parsePositions(`owner@${sequence}`) };
}

async function milliseconds(work: () => unknown): Promise<number> {
  const began = performance.now();
  const found = await work();
  const took = performance.now() - began;
  if (found === null || typeof found !== 'object') throw new Error('nothing was found');
  if ('answer' in found && found.answer === null) throw new Error('nothing was found as of then');
  return took;
}

serve({ open, fill, measure }, async () => {
  await (follower as Follower | undefined)?.stop();
  await (database as Database | undefined)?.close();
});

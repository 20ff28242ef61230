import 'reflect-metadata';

import { Database } from '../../src/database';
import { AlgorithmCatalog } from '../../src/domain/catalog';
import { parseReference } from '../../src/domain/reference';
import { resolve } from '../../src/domain/resolve';
import { Follower, Ledger } from '../../src/ledger';
import { answer, ResolutionIndex } from '../../src/resolution';
import { insertAlgorithms, insertOwner } from '../tools/rows';
import { serve } from '../tools/serve';
import { median } from '../tools/statistics';
import {
  MEASURED_KINDS,
  type MeasuredKind,
  referencesOf,
  type Size,
  SIZES,
  versionsOf,
} from '../tools/versions';

type BySize<T> = Record<(typeof SIZES)[number], T>;

const ROUNDS = 9;
const ROUND_MS = 40;
const REFERENCES = 64;
const BATCH = 4_096;

/** Nanoseconds of one `work`, which is run for some time, over and over with the next number. */
function nanoseconds(work: (at: number) => unknown): number {
  let [done, last] = [0, null as unknown];
  const began = performance.now();
  let now = began;
  while (now - began < ROUND_MS) {
    for (let at = 0; at < BATCH; at += 1) last = work(at);
    done += BATCH;
    now = performance.now();
  }
  if (last === null) throw new Error('nothing was found');
  return ((now - began) * 1e6) / done;
}

/** Nanoseconds to resolve a selector of each kind on catalogues of each size: the median of rounds, taken in turn. */
function catalogues(): Record<MeasuredKind, BySize<number>> {
  const all = SIZES.map((size) => ({ size, catalog: AlgorithmCatalog.from(versionsOf(size), []) }));
  const cases = MEASURED_KINDS.flatMap((kind) =>
    all.map(({ size, catalog }) => {
      const selectors = referencesOf(kind, 'owner/cells', size, REFERENCES).map(({ selector }) => selector);
      const work = (at: number): unknown => {
        const selector = selectors[at % REFERENCES];
        return selector === undefined ? null : resolve(catalog, selector);
      };
      return { kind, size, work, found: [] as number[] };
    }),
  );
  for (const { work } of cases) nanoseconds(work);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { work, found } of cases) found.push(nanoseconds(work));
  }
  const result = Object.fromEntries(MEASURED_KINDS.map((kind) => [kind, {}])) as Record<
    MeasuredKind,
    BySize<number>
  >;
  for (const { kind, size, found } of cases) result[kind][size] = median(found);
  return result;
}

let database: Database;
let follower: Follower;

function newIndex(): ResolutionIndex {
  return new ResolutionIndex(database, follower, { maxEntries: 10_000_000 });
}

async function open(path: string): Promise<void> {
  database = await Database.open({ dialect: 'sqlite', path });
  await database.migrate();
  follower = new Follower(database, new Ledger(database), { maxStalenessMs: 3_600_000 });
  await follower.start();
}

/** Algorithms in the database, and how many of them are to be in memory. */
export interface Many {
  readonly algorithms: number;
  readonly owners: number;
  readonly versionsEach: Size;
  readonly inMemory: number;
}

/** Writes so many algorithms. */
async function fill({ algorithms, owners, versionsEach }: Many): Promise<void> {
  for (let owner = 1; owner <= owners; owner += 1) await insertOwner(database, owner, `owner${owner}`);
  const perWrite = 20_000 / versionsEach;
  for (let from = 0; from < algorithms; from += perWrite) {
    const ids = Array.from({ length: Math.min(perWrite, algorithms - from) }, (_, at) => from + at + 1);
    await insertAlgorithms(
      database,
      ids.map((id) => ({
        id,
        ownerId: 1 + (id % owners),
        name: `algorithm${id}`,
        versions: versionsOf(versionsEach, 1 + versionsEach * (id - 1)),
      })),
    );
  }
}

/** What an answer of the whole index costs, for algorithms that are in its memory, and for such that are not yet. */
export interface IndexCost {
  readonly warmNanoseconds: number;
  readonly coldMilliseconds: number;
}

async function index({ algorithms, owners, versionsEach, inMemory }: Many): Promise<IndexCost> {
  const whole = newIndex();
  const stride = Math.floor(algorithms / inMemory);
  const references = Array.from({ length: inMemory }, (_, at) => {
    const id = 1 + at * stride;
    return parseReference(`owner${1 + (id % owners)}/algorithm${id}/1.${at % versionsEach}`);
  });
  const began = performance.now();
  for (const reference of references) {
    if ((await answer(whole, reference)) === null) throw new Error(`${reference.written} was not found`);
  }
  const coldMilliseconds = (performance.now() - began) / inMemory;
  let next = 0;
  const work = (): unknown => {
    next = (next + 7919) % inMemory;
    const reference = references[next];
    const found = reference === undefined ? null : answer(whole, reference);
    if (found instanceof Promise) throw new Error('the index was not in its steady state');
    return found;
  };
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    await new Promise((resume) => setTimeout(resume, 300)); // a poll of the ledger keeps the index fresh
    await follower.catchUp();
    rounds.push(nanoseconds(work));
  }
  return { warmNanoseconds: median(rounds.slice(1)), coldMilliseconds };
}

/** Milliseconds of the first answer for an algorithm of each size, and heap bytes that it takes for each version. */
async function cold(): Promise<BySize<{ milliseconds: number; bytes: number }>> {
  await insertOwner(database, 1_000_000, 'cold');
  let id = 1_000_000_000;
  for (const size of SIZES) {
    await insertAlgorithms(database, [
      { id, ownerId: 1_000_000, name: `cold${size}`, versions: versionsOf(size, id) },
    ]);
    id += size;
  }
  const found = {} as BySize<{ milliseconds: number; bytes: number }>;
  for (const size of SIZES) {
    const reference = parseReference(`cold/cold${size}/latest`);
    const times: number[] = [];
    const bytes: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const whole = newIndex();
      globalThis.gc?.();
      const before = process.memoryUsage().heapUsed;
      const began = performance.now();
      if ((await answer(whole, reference)) === null) throw new Error('nothing was found');
      times.push(performance.now() - began);
      globalThis.gc?.();
      bytes.push((process.memoryUsage().heapUsed - before) / size);
      if (whole.size !== 1) throw new Error('the index did not keep what it loaded');
    }
    found[size] = { milliseconds: median(times), bytes: median(bytes) };
  }
  return found;
}

/** Heap bytes that a million versions take, in ten algorithms. */
function memory(): number {
  const catalogs: AlgorithmCatalog[] = [];
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let at = 0; at < 10; at += 1) {
    const own = [...versionsOf(100_000, 1 + at * 100_000)];
    catalogs.push(
      AlgorithmCatalog.from(
        own,
        own.map(({ build }) => build),
      ),
    );
  }
  globalThis.gc?.();
  const bytes = process.memoryUsage().heapUsed - before;
  if (catalogs.some(({ size }) => size !== 100_000)) throw new Error('versions are missing');
  return bytes;
}

serve({ catalogues, open, fill, index, cold, memory }, async () => {
  await (follower as Follower | undefined)?.stop();
  await (database as Database | undefined)?.close();
});

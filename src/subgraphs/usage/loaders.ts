import DataLoader from 'dataloader';

import { chunksOf, type Database, pause } from '../../database';
import type { OwnerId } from '../../domain/principal';
import { parseSubject, type SubjectKey } from '../../domain/usage/subject';
import { type GraphContext, perRequest } from '../shared/context';
import type { UsageBounds } from './bounds';
import { Budget } from './budget';
import { callerLoaders, type CallerLoaders } from './callers/loaders';
import { groupedLoader, type Timed } from './grouped-loader';
import {
  type OwnerRecord,
  type PlaceNames,
  readAlgorithmIds,
  readAlgorithmNames,
  readAlgorithmOwners,
  readBuildNames,
  readOwners,
  readOwnersByKey,
  readVersionNames,
} from './names-store';
import { type Cell, type CellsByAlgorithm, cellsOf } from './series/cell';
import type { Detail } from './series/cells-store';
import { readRecords, type RecordsOf } from './series/records-store';
import {
  type FamiliesPart,
  type OwnCalls,
  readFamilies,
  readPairsOfCaller,
  readSubjects,
} from './series/store';

/** Something to read, and of which time. */
type Within<T> = T & Timed;

/** What one request reads, each kind in as many queries as one usage needs, whatever the number of those that are asked. */
export interface UsageLoaders extends CallerLoaders {
  /** What all of it together may cost. */
  readonly budget: Budget;
  readonly subjects: DataLoader<
    Within<{ readonly subject: SubjectKey; readonly detail: Detail }>,
    readonly Cell[]
  >;
  readonly families: DataLoader<Within<FamiliesPart>, readonly Cell[]>;
  readonly ownCalls: DataLoader<Within<OwnCalls>, readonly Cell[]>;
  /** By algorithm; what others asked for of the same time is among them. */
  readonly records: DataLoader<Within<RecordsOf>, CellsByAlgorithm>;
  readonly names: DataLoader<SubjectKey, PlaceNames | null>;
  readonly algorithmIds: DataLoader<OwnerId, readonly number[]>;
  /** Whose an algorithm is. */
  readonly providers: DataLoader<number, OwnerId | null>;
  readonly owners: DataLoader<OwnerId, OwnerRecord | null>;
  /** By handle in lower case. */
  readonly ownersByKey: DataLoader<string, OwnerRecord | null>;
}

const MOST_IDS = 500;
const BATCH_ONLY = { cache: false } as const;

export function usageLoaders(
  database: Database,
  bounds: UsageBounds,
): (context: GraphContext) => UsageLoaders {
  return perRequest(() => loadersOf(database, bounds, new Budget(bounds)));
}

function loadersOf(database: Database, bounds: UsageBounds, budget: Budget): UsageLoaders {
  const { reads } = database;
  return {
    budget,
    subjects: groupedLoader(
      ({ detail }) => detail,
      async ({ spans, detail }, keys) => {
        const subjects = unique(keys.map(({ subject }) => subject));
        const cells = await readSubjects(reads, { subjects, detail }, spans, budget);
        return keys.map(({ subject }) => cells.get(subject) ?? []);
      },
    ),
    families: groupedLoader(
      ({ without }) => String(without),
      async ({ spans, without }, keys) => {
        const all = unique(keys.flatMap(({ families }) => families));
        const cells = await readFamilies(reads, { families: all, without }, spans, budget);
        return keys.map(({ families }) => families.flatMap((family) => cells.get(family) ?? []));
      },
    ),
    ownCalls: groupedLoader(
      ({ callerId, algorithmIds, detail }) => `${callerId} ${algorithmIds === null} ${detail}`,
      async ({ spans, callerId, detail }, keys) => {
        const of = { callerId, algorithmIds: algorithmsOf(keys), detail };
        const cells = await readPairsOfCaller(reads, of, spans, budget);
        return keys.map(({ algorithmIds }) => cellsOf(cells, algorithmIds));
      },
    ),
    records: groupedLoader(
      ({ callerId, algorithmIds }) => `${callerId} ${algorithmIds === null}`,
      async ({ spans, callerId }, keys) => {
        const of = { callerId, algorithmIds: algorithmsOf(keys) };
        const cells = await readRecords(reads, of, spans, budget);
        return keys.map(() => cells);
      },
    ),
    names: new DataLoader((keys) => namesOf(database, keys)),
    algorithmIds: new DataLoader(
      async (ids) => {
        const found = await readAlgorithmIds(reads, unique(ids));
        await pause();
        return ids.map((id) => found.get(id) ?? []);
      },
      { ...BATCH_ONLY, maxBatchSize: MOST_IDS },
    ),
    providers: byKey((ids) => readAlgorithmOwners(reads, ids)),
    owners: byKey((ids) => readOwners(reads, ids)),
    ownersByKey: byKey((keys) => readOwnersByKey(reads, keys)),
    ...callerLoaders(database, bounds, budget),
  };
}

/** Null where whatever is asked for, else the algorithms of which something is. */
function algorithmsOf(keys: readonly Pick<RecordsOf, 'algorithmIds'>[]): number[] | null {
  const lists = keys.map(({ algorithmIds }) => algorithmIds).filter((ids) => ids !== null);
  return lists.length < keys.length ? null : unique(lists.flat());
}

/** The names of what was called, one query for each kind. */
async function namesOf({ reads }: Database, keys: readonly SubjectKey[]): Promise<(PlaceNames | null)[]> {
  const subjects = keys.map(parseSubject);
  const idsOf = (kind: string) =>
    unique(subjects.flatMap((subject) => (subject.kind === kind && 'id' in subject ? [subject.id] : [])));
  const majors = subjects.flatMap((subject) => (subject.kind === 'major' ? [subject.algorithmId] : []));
  const [versions, builds, algorithms] = [
    await inChunks(idsOf('version'), (ids) => readVersionNames(reads, ids)),
    await inChunks(idsOf('build'), (ids) => readBuildNames(reads, ids)),
    await inChunks(unique([...idsOf('algorithm'), ...majors]), (ids) => readAlgorithmNames(reads, ids)),
  ];
  return subjects.map((subject) => {
    if (subject.kind === 'version') return versions.get(subject.id) ?? null;
    if (subject.kind === 'build') return builds.get(subject.id) ?? null;
    if (subject.kind === 'algorithm') return algorithms.get(subject.id) ?? null;
    if (subject.kind !== 'major') return null;
    const names = algorithms.get(subject.algorithmId);
    return names === undefined ? null : { ...names, major: `${names.algorithm}/${subject.major}` };
  });
}

async function inChunks<T>(
  ids: readonly number[],
  read: (ids: readonly number[]) => Promise<ReadonlyMap<number, T>>,
): Promise<Map<number, T>> {
  const found = new Map<number, T>();
  for (const some of chunksOf(ids, MOST_IDS)) {
    for (const [id, one] of await read(some)) found.set(id, one);
    await pause();
  }
  return found;
}

function byKey<K, T>(read: (keys: readonly K[]) => Promise<ReadonlyMap<K, T>>): DataLoader<K, T | null> {
  return new DataLoader<K, T | null>(
    async (keys) => {
      const found = await read(unique(keys));
      await pause();
      return keys.map((key) => found.get(key) ?? null);
    },
    { ...BATCH_ONLY, maxBatchSize: MOST_IDS },
  );
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

import DataLoader from 'dataloader';

import { chunksOf, type Database } from '../../database';
import type { OwnerId } from '../../domain/principal';
import { parseSubject, type SubjectKey } from '../../domain/usage/subject';
import { type GraphContext, perRequest } from '../shared/context';
import type { UsageBounds } from './bounds';
import { callerLoaders, type CallerLoaders } from './callers/loaders';
import { groupedLoader, type Timed } from './grouped-loader';
import {
  type OwnerRecord,
  type PlaceNames,
  readAlgorithmIds,
  readAlgorithmNames,
  readBuildNames,
  readOwners,
  readOwnersByKey,
  readVersionNames,
} from './names-store';
import type { Cell } from './series/cell';
import { readRecords } from './series/records-store';
import {
  type FamilyPart,
  type OwnCalls,
  readFamilies,
  readPairsOfCaller,
  readSubjects,
} from './series/store';

/** Something to read, and of which time. */
type Within<T> = T & Timed;

/** What one request reads, each kind in as many queries as one usage needs, whatever the number of those that are asked. */
export interface UsageLoaders extends CallerLoaders {
  readonly subjects: DataLoader<Within<{ readonly subject: SubjectKey }>, readonly Cell[]>;
  readonly families: DataLoader<Within<FamilyPart>, readonly Cell[]>;
  readonly ownCalls: DataLoader<Within<OwnCalls>, readonly Cell[]>;
  readonly records: DataLoader<Within<OneRecords>, readonly Cell[]>;
  readonly names: DataLoader<SubjectKey, PlaceNames | null>;
  readonly algorithmIds: DataLoader<OwnerId, readonly number[]>;
  readonly owners: DataLoader<OwnerId, OwnerRecord | null>;
  /** By handle in lower case. */
  readonly ownersByKey: DataLoader<string, OwnerRecord | null>;
}

/** The records of one algorithm, or of one caller, or of both. */
interface OneRecords {
  readonly algorithmId: number | null;
  readonly callerId: number | null;
}

const MOST_IDS = 500;
const BATCH_ONLY = { cache: false } as const;

export function usageLoaders(
  database: Database,
  bounds: UsageBounds,
): (context: GraphContext) => UsageLoaders {
  const { reads } = database;
  return perRequest(() => ({
    subjects: groupedLoader(
      () => '',
      async ({ spans }, keys) => {
        const cells = await readSubjects(reads, unique(keys.map(({ subject }) => subject)), spans, bounds);
        return keys.map(({ subject }) => cells.get(subject) ?? []);
      },
    ),
    families: groupedLoader(
      ({ without }) => String(without),
      async ({ spans, without }, keys) => {
        const families = unique(keys.map(({ family }) => family));
        const cells = await readFamilies(reads, { families, without }, spans, bounds);
        return keys.map(({ family }) => cells.get(family) ?? []);
      },
    ),
    ownCalls: groupedLoader(
      ({ callerId, algorithmId }) => `${callerId} ${algorithmId === null}`,
      async ({ spans, callerId }, keys) => {
        const of = { callerId, algorithmIds: algorithmsOf(keys) };
        const cells = await readPairsOfCaller(reads, of, spans, bounds);
        return keys.map(({ algorithmId }) => ofAlgorithm(cells, algorithmId));
      },
    ),
    records: groupedLoader(
      ({ callerId, algorithmId }) => `${callerId} ${algorithmId === null}`,
      async ({ spans, callerId }, keys) => {
        const of = { callerId, algorithmIds: algorithmsOf(keys) };
        const cells = await readRecords(reads, of, spans, bounds);
        return keys.map(({ algorithmId }) => ofAlgorithm(cells, algorithmId));
      },
    ),
    names: new DataLoader((keys) => namesOf(database, keys)),
    algorithmIds: new DataLoader(
      async (ids) => {
        const found = await readAlgorithmIds(reads, ids);
        return ids.map((id) => found.get(id) ?? []);
      },
      { ...BATCH_ONLY, maxBatchSize: MOST_IDS },
    ),
    owners: byKey((ids) => readOwners(reads, ids)),
    ownersByKey: byKey((keys) => readOwnersByKey(reads, keys)),
    ...callerLoaders(database, bounds),
  }));
}

/** Null where whatever is asked for, else the algorithms of which something is. */
function algorithmsOf(keys: readonly { readonly algorithmId: number | null }[]): number[] | null {
  const ids = keys.map(({ algorithmId }) => algorithmId).filter((id) => id !== null);
  return ids.length < keys.length ? null : unique(ids);
}

function ofAlgorithm(
  cells: ReadonlyMap<number, readonly Cell[]>,
  algorithmId: number | null,
): readonly Cell[] {
  return algorithmId === null ? [...cells.values()].flat() : (cells.get(algorithmId) ?? []);
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
  }
  return found;
}

function byKey<K, T>(read: (keys: readonly K[]) => Promise<ReadonlyMap<K, T>>): DataLoader<K, T | null> {
  return new DataLoader<K, T | null>(
    async (keys) => {
      const found = await read(unique(keys));
      return keys.map((key) => found.get(key) ?? null);
    },
    { ...BATCH_ONLY, maxBatchSize: MOST_IDS },
  );
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

import { LRUCache } from 'lru-cache';
import { In } from 'typeorm';

import { AlgorithmRow, BuildRow, VersionRow } from '../../entities';
import { chunksOf, type Database, type Tx } from '../database';
import type { OwnerId } from '../domain/principal';
import type { CallRecord } from '../domain/usage/call';

/** What is not in a record and never changes: who owns an algorithm, and which major a version is of. */
export interface Facts {
  readonly owners: ReadonlyMap<number, OwnerId>;
  readonly majors: ReadonlyMap<number, number>;
}

/** A batch of records, each with its build, and what is to be known to count them. */
export interface Known {
  readonly records: readonly CallRecord[];
  readonly facts: Facts;
}

/** How many of each. A number in `max` would take the room for all of them as the replica starts. */
const REMEMBERED = { maxSize: 100_000, sizeCalculation: () => 1 } as const;
const IDS_AT_ONCE = 500;

type Load<K> = (tx: Tx, keys: readonly K[]) => Promise<readonly (readonly [K, number])[]>;

/**
 * The immutable facts behind records, remembered: in the steady state nothing is asked. What is not found (a journal
 * may outlive a database that was restored) is asked again next time; such calls are counted for what is known.
 */
export class FactsStore {
  private readonly owners = new LRUCache<number, number>(REMEMBERED);
  private readonly majors = new LRUCache<number, number>(REMEMBERED);
  private readonly builds = new LRUCache<string, number>(REMEMBERED);

  constructor(private readonly database: Database) {}

  async of(records: readonly CallRecord[]): Promise<Known> {
    const [algorithms, versions, builds] = [new Set<number>(), new Set<number>(), new Set<string>()];
    for (const record of records) {
      algorithms.add(record.algorithmId);
      if (record.versionId !== null) versions.add(record.versionId);
      if (record.buildId === null) builds.add(buildKey(record));
    }
    const owners = await this.known(this.owners, algorithms, readOwners);
    const majors = await this.known(this.majors, versions, readMajors);
    const facts = { owners, majors };
    if (builds.size === 0) return { records, facts };
    const ids = await this.known(this.builds, builds, readBuilds);
    return { records: records.map((record) => withBuild(record, ids)), facts };
  }

  private async known<K extends number | string>(
    cache: LRUCache<K, number>,
    keys: ReadonlySet<K>,
    load: Load<K>,
  ): Promise<ReadonlyMap<K, number>> {
    const known = new Map<K, number>();
    const missing: K[] = [];
    for (const key of keys) {
      const value = cache.get(key);
      if (value === undefined) missing.push(key);
      else known.set(key, value);
    }
    for (const chunk of chunksOf(missing, IDS_AT_ONCE)) {
      for (const [key, value] of await load(this.database.reads, chunk)) {
        cache.set(key, value);
        known.set(key, value);
      }
    }
    return known;
  }
}

function withBuild(record: CallRecord, ids: ReadonlyMap<string, number>): CallRecord {
  return record.buildId === null ? { ...record, buildId: ids.get(buildKey(record)) ?? null } : record;
}

/** A build is one commit of one algorithm: records from before builds were noted know these. */
function buildKey({ algorithmId, sha }: Pick<CallRecord, 'algorithmId' | 'sha'>): string {
  return `${algorithmId}/${sha}`;
}

const readOwners: Load<number> = async (tx, ids) => {
  const rows = await tx.find(AlgorithmRow, { select: { id: true, ownerId: true }, where: { id: In(ids) } });
  return rows.map(({ id, ownerId }) => [id, ownerId]);
};

const readMajors: Load<number> = async (tx, ids) => {
  const rows = await tx.find(VersionRow, { select: { id: true, major: true }, where: { id: In(ids) } });
  return rows.map(({ id, major }) => [id, major]);
};

const readBuilds: Load<string> = async (tx, keys) => {
  const wanted = new Set(keys);
  const parts = keys.map((key) => key.split('/') as [string, string]);
  const rows = await tx.find(BuildRow, {
    select: { id: true, algorithmId: true, sha: true },
    where: {
      algorithmId: In([...new Set(parts.map(([algorithmId]) => Number(algorithmId)))]),
      sha: In([...new Set(parts.map(([, sha]) => sha))]),
    },
  });
  return rows.map((row) => [buildKey(row), row.id] as const).filter(([key]) => wanted.has(key));
};

import { AlgorithmRow, BuildRow, LedgerHeadRow, MajorRow, OwnerRow, VersionRow } from '../../entities';
import type { Database } from '../../src/database';
import type { VersionFacts } from '../../src/domain/facts';

const ROWS_PER_INSERT = 500;
/** Rows of one transaction: one that takes long is rolled back. */
const ROWS_PER_WRITE = 20_000;

/** An algorithm to be put straight into the tables, as its publications would have left it. */
export interface AlgorithmRows {
  readonly id: number;
  readonly ownerId: number;
  readonly name: string;
  readonly versions: Iterable<VersionFacts>;
}

export async function insertOwner(database: Database, id: number, handle: string): Promise<void> {
  await database.write(async (tx) => {
    await tx.insert(OwnerRow, { id, handle, handleKey: handle, kind: 'USER', createdAt: 1 });
    await tx.insert(LedgerHeadRow, {
      ownerId: id,
      publicSequence: 1,
      publicAt: 1,
      privateSequence: 0,
      privateAt: 1,
      movedAt: 1,
    });
  });
}

/** Writes algorithms with all their versions, public, each on a build of its own with the version's id. */
export async function insertAlgorithms(
  database: Database,
  algorithms: Iterable<AlgorithmRows>,
): Promise<void> {
  const heads: Omit<AlgorithmRows, 'versions'>[] = [];
  const versions: (VersionFacts & { readonly algorithmId: number })[] = [];
  for (const { versions: own, ...head } of algorithms) {
    heads.push(head);
    for (const version of own) versions.push({ ...version, algorithmId: head.id });
  }
  await insertAll(database, AlgorithmRow, heads, ({ id, ownerId, name }) => ({
    id,
    ownerId,
    name,
    nameKey: name,
    tags: '[]',
    createdAt: 1,
    listedAt: 1,
  }));
  const majors = new Map(
    versions.map(({ algorithmId, major }) => [`${algorithmId}/${major}`, { algorithmId, major }]),
  );
  await insertAll(database, MajorRow, [...majors.values()], ({ algorithmId, major }) => ({
    algorithmId,
    number: major,
    visibility: 'PUBLIC',
    callers: 'EVERYONE',
    sourceVisibility: 'CLOSED',
    networkAccess: 'FULL',
    callsAlgorithms: false,
  }));
  await insertAll(database, BuildRow, versions, ({ algorithmId, build }) => ({
    ...build,
    algorithmId,
    createdAt: 1,
  }));
  await insertAll(database, VersionRow, versions, (version) => ({
    id: version.id,
    algorithmId: version.algorithmId,
    version: version.version,
    sortKey: version.key,
    major: version.major,
    buildId: version.build.id,
    releaseBuildId: version.build.id,
    visibility: version.visibility,
    state: version.state,
    stability: 'STABLE',
    publishedAt: 1,
  }));
}

type RowClass = typeof AlgorithmRow | typeof MajorRow | typeof BuildRow | typeof VersionRow;

async function insertAll<T>(
  database: Database,
  rowClass: RowClass,
  items: readonly T[],
  rowOf: (item: T) => object,
): Promise<void> {
  for (let from = 0; from < items.length; from += ROWS_PER_WRITE) {
    const some = items.slice(from, from + ROWS_PER_WRITE).map(rowOf);
    await database.write(async (tx) => {
      for (let at = 0; at < some.length; at += ROWS_PER_INSERT) {
        const rows = some.slice(at, at + ROWS_PER_INSERT);
        await tx.createQueryBuilder().insert().into(rowClass).values(rows).updateEntity(false).execute();
      }
    });
  }
}

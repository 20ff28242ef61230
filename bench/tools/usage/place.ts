import { AlgorithmRow, BuildRow, LedgerHeadRow, OwnerRow, VersionRow } from '../../../entities';
import { chunksOf, type Database } from '../../../src/database';
import type { Place, PlaceCaller } from './plan';

const ROWS_AT_ONCE = 500;

/** An algorithm as it is in the database: it must have versions, and a build that none of them names. */
export async function readPlace(database: Database, ownerKey: string, nameKey: string): Promise<Place> {
  const { reads } = database;
  const owner = await reads.findOneByOrFail(OwnerRow, { handleKey: ownerKey });
  const algorithm = await reads.findOneByOrFail(AlgorithmRow, { ownerId: owner.id, nameKey });
  const versions = await reads.find(VersionRow, {
    where: { algorithmId: algorithm.id },
    order: { sortKey: 'ASC' },
  });
  const builds = await reads.findBy(BuildRow, { algorithmId: algorithm.id });
  const named = new Map(versions.map(({ buildId }) => [buildId, true]));
  const loose = builds.find(({ id }) => !named.has(id));
  if (loose === undefined) throw new Error('every build is named by a version');
  const shaOf = new Map(builds.map(({ id, sha }) => [id, sha]));
  return {
    ownerId: owner.id,
    algorithmId: algorithm.id,
    ref: `${owner.handle}/${algorithm.name}`,
    versions: versions.map(({ id, version, major, buildId }) => ({
      ...{ id, version, major, buildId },
      sha: shaOf.get(buildId) ?? '',
    })),
    loose: { buildId: loose.id, sha: loose.sha },
  };
}

/**
 * Writes users that call, `prefix0` and so on, ids from `firstId` on. Their keys have the same ids: usage is counted
 * by them, and nobody calls by them here.
 */
export async function writeCallers(
  database: Database,
  { prefix, firstId, count }: { readonly prefix: string; readonly firstId: number; readonly count: number },
): Promise<PlaceCaller[]> {
  const ids = Array.from({ length: count }, (_, at) => firstId + at);
  await database.write(async (tx) => {
    for (const some of chunksOf(ids, ROWS_AT_ONCE)) {
      const owners = some.map((id) => {
        const handle = `${prefix}${id - firstId}`;
        return { id, handle, handleKey: handle, kind: 'USER' as const, createdAt: 1 };
      });
      await tx.createQueryBuilder().insert().into(OwnerRow).values(owners).updateEntity(false).execute();
      const heads = some.map((ownerId) => ({ ownerId, ...NO_LEDGER }));
      await tx.createQueryBuilder().insert().into(LedgerHeadRow).values(heads).updateEntity(false).execute();
    }
  });
  return ids.map((id) => ({ ownerId: id, keyId: id }));
}

const NO_LEDGER = { publicSequence: 0, publicAt: 1, privateSequence: 0, privateAt: 1, movedAt: 1 };

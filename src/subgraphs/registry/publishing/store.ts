import { In, IsNull } from 'typeorm';

import { AlgorithmRow, BuildRow, VersionRow } from '../../../../entities';
import type { Tx } from '../../../database';
import { ABOVE_ALL_KEYS, keysUnder } from '../../../domain/interval';
import { keptVersion, lineKey, majorKey, type SemVer } from '../../../domain/version';
import type { BuildRecord, VersionRecord } from '../records';

/** The highest release of an algorithm, of any visibility and state; below `below` (a sort key) where given. */
export async function highestRelease(
  tx: Tx,
  algorithmId: number,
  below = ABOVE_ALL_KEYS,
): Promise<SemVer | null> {
  return highest(
    tx
      .createQueryBuilder(VersionRow, 'v')
      .where('v.algorithm_id = :algorithmId AND v.sort_key < :below', { algorithmId, below })
      .andWhere('v.release_build_id IS NOT NULL'),
  );
}

/** The highest release below a version that outsiders know of, yanked ones included. */
export async function highestPublicRelease(
  tx: Tx,
  algorithmId: number,
  { key: below }: SemVer,
): Promise<SemVer | null> {
  return highest(
    tx
      .createQueryBuilder(VersionRow, 'v')
      .where('v.algorithm_id = :algorithmId AND v.sort_key < :below', { algorithmId, below })
      .andWhere("v.release_build_id IS NOT NULL AND v.visibility = 'PUBLIC' AND v.state = 'PUBLISHED'"),
  );
}

/** The highest version of a major.minor line, of any visibility and state, prereleases included. */
export async function highestInLine(
  tx: Tx,
  algorithmId: number,
  { major, minor }: SemVer,
): Promise<SemVer | null> {
  return highest(under(tx, algorithmId, lineKey(major, minor)));
}

export async function majorHasVersions(tx: Tx, algorithmId: number, major: number): Promise<boolean> {
  return (await highest(under(tx, algorithmId, majorKey(major)))) !== null;
}

export async function versionByKey(
  tx: Tx,
  algorithmId: number,
  sortKey: string,
): Promise<VersionRecord | null> {
  return tx.findOneBy(VersionRow, { algorithmId, sortKey });
}

/** The versions that a build carries, in whatever state. */
export async function carriedBy(tx: Tx, buildId: number): Promise<SemVer[]> {
  const rows = await tx.find(VersionRow, { where: { buildId }, select: { id: true, version: true } });
  return rows.map(({ version }) => keptVersion(version));
}

/** The newest succeeded build of an algorithm that no version carries. */
export async function newestUnpublishedBuild(tx: Tx, algorithmId: number): Promise<BuildRecord | null> {
  return tx
    .createQueryBuilder(BuildRow, 'build')
    .where("build.algorithm_id = :algorithmId AND build.status = 'SUCCEEDED'", { algorithmId })
    .andWhere('NOT EXISTS (SELECT 1 FROM versions v WHERE v.build_id = build.id)')
    .orderBy('build.id', 'DESC')
    .limit(1)
    .getOne();
}

export async function insertVersion(tx: Tx, row: Omit<VersionRow, 'id'>): Promise<number> {
  const result = await tx.insert(VersionRow, row);
  return Number(result.identifiers[0]?.['id']);
}

/** From its first public version on, an algorithm is in the public catalogue. */
export async function listAlgorithm(tx: Tx, id: number, at: number): Promise<void> {
  await tx.update(AlgorithmRow, { id, listedAt: IsNull() }, { listedAt: at });
}

export async function makePublic(tx: Tx, versionIds: readonly number[]): Promise<void> {
  await tx.update(
    VersionRow,
    { id: In([...versionIds]), visibility: 'PRIVATE', state: 'PUBLISHED' },
    { visibility: 'PUBLIC' },
  );
}

/** A private version with what its promotion looks at. */
export interface PrivateVersion {
  readonly id: number;
  readonly version: SemVer;
  readonly sha: string;
  readonly yanked: boolean;
  readonly interface: string | null;
}

/** How many `privateVersionsOf` would give. */
export async function countPrivateVersions(tx: Tx, algorithmId: number, major: number): Promise<number> {
  return tx.countBy(VersionRow, { algorithmId, major, visibility: 'PRIVATE', state: 'PUBLISHED' });
}

/** The private versions of a major that may be promoted, lowest first. */
export async function privateVersionsOf(
  tx: Tx,
  algorithmId: number,
  major: number,
): Promise<PrivateVersion[]> {
  const query = privateVersions(tx)
    .where('v.algorithm_id = :algorithmId AND v.major = :major', { algorithmId, major })
    .orderBy('v.sort_key');
  return readPrivate(query);
}

/** The same of one version; null where it is not private, or not published. */
export async function privateVersion(tx: Tx, versionId: number): Promise<PrivateVersion | null> {
  const [version] = await readPrivate(privateVersions(tx).where('v.id = :versionId', { versionId }));
  return version ?? null;
}

/**
 * Takes a version down, for good. One that waits for its approval, or was refused it, was never for the eyes of
 * outsiders: it becomes private, so that it is gone for its members alone.
 */
export async function takeDown(tx: Tx, { id, state, visibility }: VersionRecord): Promise<void> {
  const seen = state === 'PUBLISHED' ? visibility : 'PRIVATE';
  await tx.update(VersionRow, { id }, { state: 'TAKEN_DOWN', visibility: seen });
}

export async function setYank(
  tx: Tx,
  versionId: number,
  yank: { readonly reason: string; readonly at: number } | null,
): Promise<void> {
  await tx.update(
    VersionRow,
    { id: versionId },
    { yankReason: yank?.reason ?? null, yankedAt: yank?.at ?? null },
  );
}

function privateVersions(tx: Tx) {
  return tx
    .createQueryBuilder(VersionRow, 'v')
    .innerJoin(BuildRow, 'b', "b.id = v.build_id AND v.visibility = 'PRIVATE' AND v.state = 'PUBLISHED'")
    .select(['v.id AS `id`', 'v.version AS `version`', 'v.yanked_at AS `yankedAt`'])
    .addSelect(['b.sha AS `sha`', 'b.interface AS `interface`']);
}

async function readPrivate(query: ReturnType<typeof privateVersions>): Promise<PrivateVersion[]> {
  const rows = await query.getRawMany<
    Pick<PrivateVersion, 'id' | 'sha' | 'interface'> & { version: string; yankedAt: unknown }
  >();
  return rows.map(({ version, yankedAt, ...row }) => ({
    ...row,
    version: keptVersion(version),
    yanked: yankedAt !== null,
  }));
}

function under(tx: Tx, algorithmId: number, prefix: string) {
  return tx
    .createQueryBuilder(VersionRow, 'v')
    .where('v.algorithm_id = :algorithmId AND v.sort_key >= :low AND v.sort_key < :high', {
      algorithmId,
      ...keysUnder(prefix),
    });
}

async function highest(query: ReturnType<typeof under>): Promise<SemVer | null> {
  const row = await query.select(['v.id', 'v.version']).orderBy('v.sort_key', 'DESC').limit(1).getOne();
  return row === null ? null : keptVersion(row.version);
}

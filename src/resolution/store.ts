import {
  AlgorithmRow,
  BuildRow,
  ChannelEntryRow,
  GrantRow,
  LedgerHeadRow,
  MajorRow,
  OwnerRow,
  VersionRow,
} from '../../entities';
import type { Tx } from '../database';
import type { BuildFacts, VersionFacts } from '../domain/facts';
import { permissionsOf } from '../domain/permissions';
import type { OwnerId } from '../domain/principal';
import type { GrantLevel } from '../domain/terms';
import { parseVersion } from '../domain/version';
import { readReleaseControl } from './release-store';
import type { OwnerView, ReleaseControl, Standing } from './view';

export async function readOwner(tx: Tx, ownerKey: string): Promise<OwnerView | null> {
  const row = await tx
    .createQueryBuilder(OwnerRow, 'owner')
    .innerJoin(LedgerHeadRow, 'head', 'head.owner_id = owner.id')
    .select([
      'owner.id AS `id`',
      'owner.handle AS `handle`',
      'head.public_sequence AS `publicSequence`',
      'head.private_sequence AS `privateSequence`',
    ])
    .where('owner.handle_key = :ownerKey', { ownerKey })
    .getRawOne<OwnerView>();
  return row ?? null;
}

/** One algorithm as its rows say. */
export interface AlgorithmRead {
  readonly id: number;
  readonly name: string;
  readonly builds: readonly BuildFacts[];
  readonly versions: readonly VersionFacts[];
  readonly standing: Standing;
  readonly release: ReleaseControl;
}

/**
 * All of one algorithm. The queries are the same in number whether it exists or not: an outsider who counts or times
 * them learns nothing.
 */
export async function readAlgorithm(
  tx: Tx,
  ownerId: OwnerId | null,
  nameKey: string,
): Promise<AlgorithmRead | null> {
  const row = await tx
    .createQueryBuilder(AlgorithmRow, 'algorithm')
    .select(['algorithm.id', 'algorithm.name'])
    .where('algorithm.owner_id = :ownerId AND algorithm.name_key = :nameKey', {
      ownerId: ownerId ?? 0,
      nameKey,
    })
    .getOne();
  const id = row?.id ?? 0;
  const builds = await readBuilds(tx, id);
  const versions = await readVersions(tx, id, new Map(builds.map((build) => [build.id, build])));
  const standing = await readStanding(tx, id);
  const release = await readReleaseControl(tx, id);
  return row === null ? null : { id, name: row.name, builds, versions, standing, release };
}

/** The columns of a build that resolution and the call path need, as the driver gives them. */
type RawBuild = Omit<BuildFacts, 'hasInterface'> & { readonly hasInterface: number | string };

const BUILD_COLUMNS = [
  'build.id AS `id`',
  'build.sha AS `sha`',
  'build.status AS `status`',
  'build.backend_url AS `backendUrl`',
  // whether there is one, and not what it says: most of what is in memory is never called
  'build.interface IS NOT NULL AS `hasInterface`',
];

function buildFacts({ id, sha, status, backendUrl, hasInterface }: RawBuild): BuildFacts {
  return { id, sha, status, backendUrl, hasInterface: Number(hasInterface) === 1 };
}

/** The builds of an algorithm: all, or those named by their SHAs. */
export async function readBuilds(
  tx: Tx,
  algorithmId: number,
  shas?: readonly string[],
): Promise<BuildFacts[]> {
  const query = tx
    .createQueryBuilder(BuildRow, 'build')
    .select(BUILD_COLUMNS)
    .where('build.algorithm_id = :algorithmId', { algorithmId });
  if (shas !== undefined) query.andWhere('build.sha IN (:...shas)', { shas });
  return (await query.getRawMany<RawBuild>()).map(buildFacts);
}

/** The columns of a version that resolution needs, as the driver gives them: no entity is made for each row. */
interface RawVersion {
  readonly id: number;
  readonly version: string;
  readonly sortKey: string;
  readonly major: number;
  readonly buildId: number;
  readonly visibility: VersionFacts['visibility'];
  readonly state: VersionFacts['state'];
  readonly yankedAt: number | string | null;
  readonly enteredAt: number | string | null;
}

/** The versions of an algorithm: all, or those named by their sort keys. Their builds must be among `builds`. */
export async function readVersions(
  tx: Tx,
  algorithmId: number,
  builds: ReadonlyMap<number, BuildFacts>,
  sortKeys?: readonly string[],
): Promise<VersionFacts[]> {
  const query = tx
    .createQueryBuilder(VersionRow, 'v')
    .leftJoin(ChannelEntryRow, 'e', "e.version_id = v.id AND e.channel = 'stable'")
    .select([
      'v.id AS `id`',
      'v.version AS `version`',
      'v.sort_key AS `sortKey`',
      'v.major AS `major`',
      'v.build_id AS `buildId`',
      'v.visibility AS `visibility`',
      'v.state AS `state`',
      'v.yanked_at AS `yankedAt`',
      'e.at AS `enteredAt`',
    ])
    .where('v.algorithm_id = :algorithmId', { algorithmId });
  if (sortKeys !== undefined) query.andWhere('v.sort_key IN (:...sortKeys)', { sortKeys });
  const rows = await query.getRawMany<RawVersion>();
  return rows.map((row) => versionFacts(row, builds));
}

/** The builds that the named versions carry. */
export async function readBuildsOfVersions(
  tx: Tx,
  algorithmId: number,
  sortKeys: readonly string[],
): Promise<BuildFacts[]> {
  const rows = await tx
    .createQueryBuilder(BuildRow, 'build')
    .innerJoin(VersionRow, 'v', 'v.build_id = build.id')
    .select(BUILD_COLUMNS)
    .where('v.algorithm_id = :algorithmId AND v.sort_key IN (:...sortKeys)', { algorithmId, sortKeys })
    .getRawMany<RawBuild>();
  return rows.map(buildFacts);
}

export async function readStanding(tx: Tx, algorithmId: number): Promise<Standing> {
  const algorithm = await tx.findOne(AlgorithmRow, {
    where: { id: algorithmId },
    select: { id: true, listedAt: true },
  });
  const majors = await tx.findBy(MajorRow, { algorithmId });
  const grants = await tx.findBy(GrantRow, { algorithmId });
  const byMajor = new Map<number, Map<OwnerId, GrantLevel>>();
  for (const { major, granteeId, level } of grants) {
    const ofMajor = byMajor.get(major) ?? new Map<OwnerId, GrantLevel>();
    byMajor.set(major, ofMajor.set(granteeId, level));
  }
  return {
    listed: algorithm !== null && algorithm.listedAt !== null,
    permissions: new Map(majors.map((row) => [row.number, permissionsOf(row)])),
    grants: byMajor,
  };
}

function versionFacts(row: RawVersion, builds: ReadonlyMap<number, BuildFacts>): VersionFacts {
  const parsed = parseVersion(row.version);
  const build = builds.get(row.buildId);
  if (parsed === null || build === undefined) throw new Error(`version row ${row.id} is broken`);
  return {
    id: row.id,
    version: row.version,
    key: row.sortKey,
    major: row.major,
    minor: parsed.minor,
    patch: parsed.patch,
    prerelease: parsed.prerelease.length > 0,
    visibility: row.visibility,
    state: row.state,
    yanked: row.yankedAt !== null,
    stable: row.enteredAt !== null,
    build,
  };
}

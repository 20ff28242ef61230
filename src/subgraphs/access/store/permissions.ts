import { In } from 'typeorm';

import { GrantRow, MajorRow, OwnerRow, VersionRow } from '../../../../entities';
import type { Tx } from '../../../database';
import { keysUnder } from '../../../domain/interval';
import { type MajorPermissions, permissionsOf } from '../../../domain/permissions';
import type { OwnerId } from '../../../domain/principal';
import type { GrantLevel } from '../../../domain/terms';
import { majorKey } from '../../../domain/version';
import type { GrantRecord } from '../records';

export async function readMajors(
  tx: Tx,
  algorithmId: number,
): Promise<ReadonlyMap<number, MajorPermissions>> {
  const rows = await tx.findBy(MajorRow, { algorithmId });
  return new Map(rows.map((row) => [row.number, permissionsOf(row)]));
}

export async function insertMajor(
  tx: Tx,
  algorithmId: number,
  number: number,
  permissions: MajorPermissions,
): Promise<void> {
  await tx.insert(MajorRow, { algorithmId, number, ...permissions });
}

export async function updateMajor(
  tx: Tx,
  algorithmId: number,
  number: number,
  permissions: MajorPermissions,
): Promise<void> {
  await tx.update(MajorRow, { algorithmId, number }, { ...permissions });
}

/** Whether a major has versions at all, of any visibility and state, and whether outsiders see one of them. */
export interface VersionsOfMajor {
  readonly any: boolean;
  readonly public: boolean;
}

export async function readVersionsOfMajor(
  tx: Tx,
  algorithmId: number,
  major: number,
): Promise<VersionsOfMajor> {
  const { low, high } = keysUnder(majorKey(major));
  const row = await tx
    .createQueryBuilder(VersionRow, 'v')
    .select([
      'COUNT(*) AS `total`',
      "SUM(CASE WHEN v.visibility = 'PUBLIC' AND v.state IN (:...settled) THEN 1 ELSE 0 END) AS `visible`",
    ])
    .where('v.algorithm_id = :algorithmId AND v.sort_key >= :low AND v.sort_key < :high')
    .setParameters({ algorithmId, low, high, settled: ['PUBLISHED', 'TAKEN_DOWN'] })
    .getRawOne<{ total: number | string; visible: number | string | null }>();
  return { any: Number(row?.total ?? 0) > 0, public: Number(row?.visible ?? 0) > 0 };
}

export async function readGrant(
  tx: Tx,
  algorithmId: number,
  major: number,
  granteeId: OwnerId,
): Promise<GrantLevel | null> {
  return (await tx.findOneBy(GrantRow, { algorithmId, major, granteeId }))?.level ?? null;
}

export async function insertGrant(
  tx: Tx,
  algorithmId: number,
  major: number,
  granteeId: OwnerId,
  level: GrantLevel,
): Promise<void> {
  await tx.insert(GrantRow, { algorithmId, major, granteeId, level, grantedAt: Date.now() });
}

export async function updateGrant(
  tx: Tx,
  algorithmId: number,
  major: number,
  granteeId: OwnerId,
  level: GrantLevel,
): Promise<void> {
  await tx.update(GrantRow, { algorithmId, major, granteeId }, { level, grantedAt: Date.now() });
}

export async function deleteGrant(
  tx: Tx,
  algorithmId: number,
  major: number,
  granteeId: OwnerId,
): Promise<void> {
  await tx.delete(GrantRow, { algorithmId, major, granteeId });
}

/** Gives a major the grants of another one of its algorithm. */
export async function copyGrants(tx: Tx, algorithmId: number, from: number, to: number): Promise<void> {
  const grants = await tx.findBy(GrantRow, { algorithmId, major: from });
  const grantedAt = Date.now();
  if (grants.length === 0) return;
  await tx.insert(
    GrantRow,
    grants.map(({ granteeId, level }) => ({ algorithmId, major: to, granteeId, level, grantedAt })),
  );
}

/** One major of one algorithm. */
export interface MajorId {
  readonly algorithmId: number;
  readonly major: number;
}

/** The grants of several majors in one query, each in the order of the grantees' handles. */
export async function readGrants(tx: Tx, majors: readonly MajorId[]): Promise<(GrantRecord & MajorId)[]> {
  const rows = await tx
    .createQueryBuilder(GrantRow, 'g')
    .innerJoin(OwnerRow, 'o', 'o.id = g.grantee_id')
    .select([
      'g.algorithm_id AS `algorithmId`',
      'g.major AS `major`',
      'o.handle AS `grantee`',
      'g.level AS `level`',
      'g.granted_at AS `grantedAt`',
    ])
    .where({
      algorithmId: In(majors.map(({ algorithmId }) => algorithmId)),
      major: In(majors.map(({ major }) => major)),
    })
    .orderBy('o.handle_key')
    .getRawMany<GrantRecord & MajorId & { grantedAt: number | string }>();
  return rows.map((row) => ({ ...row, grantedAt: Number(row.grantedAt) }));
}

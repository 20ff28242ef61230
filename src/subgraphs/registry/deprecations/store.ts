import { In } from 'typeorm';

import { DeprecationRow, VersionRow } from '../../../../entities';
import type { Tx } from '../../../database';
import { type DeprecationStatement, parseDeprecationSelector } from '../../../domain/release';

/** What was said of some versions, as it is kept. Times are milliseconds since the epoch. */
export interface DeprecationRecord extends DeprecationStatement {
  readonly id: number;
  readonly replacement: string | null;
  readonly migrationGuide: string | null;
  readonly removalAt: number | null;
  readonly at: number;
}

/** All that was said of the versions of an algorithm, newest first. */
export async function deprecationsOf(tx: Tx, algorithmId: number): Promise<DeprecationRecord[]> {
  const rows = await tx.find(DeprecationRow, { where: { algorithmId }, order: { id: 'DESC' } });
  return rows.map(({ selector, removalAt, at, id, message, replacement, migrationGuide }) => ({
    id,
    selector: parseDeprecationSelector(selector),
    message,
    replacement,
    migrationGuide,
    removalAt: removalAt === null ? null : Number(removalAt),
    at: Number(at),
  }));
}

export async function insertDeprecation(tx: Tx, row: Omit<DeprecationRow, 'id'>): Promise<void> {
  await tx.insert(DeprecationRow, row);
}

/** A version, as far as a deprecation cares. */
export interface DeprecableVersion {
  readonly version: string;
  readonly key: string;
  readonly prerelease: boolean;
  /** Outsiders see it. */
  readonly isPublic: boolean;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
}

/** The versions of an algorithm, of every visibility; not those that were taken down. */
export async function deprecableVersions(tx: Tx, algorithmId: number): Promise<DeprecableVersion[]> {
  const rows = await tx
    .createQueryBuilder(VersionRow, 'v')
    .select([
      'v.version AS `version`',
      'v.sort_key AS `key`',
      'v.release_build_id AS `releaseBuildId`',
      'v.visibility AS `visibility`',
      'v.state AS `state`',
      'v.published_at AS `publishedAt`',
    ])
    .where("v.algorithm_id = :algorithmId AND v.state <> 'TAKEN_DOWN'", { algorithmId })
    .getRawMany<RawVersion>();
  return rows.map(({ version, key, releaseBuildId, visibility, state, publishedAt }) => ({
    version,
    key,
    prerelease: releaseBuildId === null,
    isPublic: visibility === 'PUBLIC' && state === 'PUBLISHED',
    publishedAt: Number(publishedAt),
  }));
}

type RawVersion = Pick<VersionRow, 'version' | 'releaseBuildId' | 'visibility' | 'state'> & {
  readonly key: string;
  readonly publishedAt: number | string;
};

/** The migration guides of some deprecations, by their ids. */
export async function migrationGuidesOf(
  tx: Tx,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string | null>> {
  const rows = await tx.find(DeprecationRow, {
    where: { id: In([...ids]) },
    select: { id: true, migrationGuide: true },
  });
  return new Map(rows.map(({ id, migrationGuide }) => [id, migrationGuide]));
}

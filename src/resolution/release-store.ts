import {
  AlgorithmPolicyRow,
  ArtifactPointerRow,
  ArtifactRevisionRow,
  ChannelRow,
  DeprecationRow,
  VersionArtifactRow,
  VersionRow,
} from '../../entities';
import type { Tx } from '../database';
import type { ArtifactFacts, DeprecationNotice, ReleaseControl } from './view';

/** What the owner of an algorithm says of its releases. As many queries whether the algorithm exists or not. */
export async function readReleaseControl(tx: Tx, algorithmId: number): Promise<ReleaseControl> {
  const policy = await tx.findOneBy(AlgorithmPolicyRow, { algorithmId });
  return {
    checksInput: policy?.checkInput !== false,
    pointers: await readPointers(tx, algorithmId),
    deprecations: await readDeprecations(tx, algorithmId),
    manifests: await readManifests(tx, algorithmId),
    pins: await readPins(tx, algorithmId),
  };
}

async function readPointers(tx: Tx, algorithmId: number): Promise<Map<string, string | null>> {
  const rows = await tx
    .createQueryBuilder(ChannelRow, 'c')
    .leftJoin(VersionRow, 'v', 'v.id = c.version_id')
    .select(['c.name AS `name`', 'v.sort_key AS `sortKey`'])
    .where('c.algorithm_id = :algorithmId', { algorithmId })
    .getRawMany<{ name: string; sortKey: string | null }>();
  return new Map(rows.map(({ name, sortKey }) => [name, sortKey]));
}

/** All but the migration guide, which nobody asks for as often. */
const NOTICE_COLUMNS = {
  id: true,
  selector: true,
  message: true,
  replacement: true,
  removalAt: true,
  at: true,
} as const;

async function readDeprecations(tx: Tx, algorithmId: number): Promise<DeprecationNotice[]> {
  const rows = await tx.find(DeprecationRow, {
    where: { algorithmId },
    select: NOTICE_COLUMNS,
    order: { id: 'DESC' },
  });
  return rows.map(({ id, selector, message, replacement, removalAt, at }) => ({
    id,
    selector,
    message,
    replacement,
    removalAt: removalAt === null ? null : Number(removalAt),
    since: Number(at),
  }));
}

async function readManifests(tx: Tx, algorithmId: number): Promise<Map<number, ArtifactFacts[]>> {
  const rows = await tx
    .createQueryBuilder(ArtifactPointerRow, 'p')
    .innerJoin(ArtifactRevisionRow, 'r', 'r.id = p.revision_id')
    .select(['p.major AS `of`', 'r.name AS `name`', 'r.revision AS `revision`'])
    .where('p.algorithm_id = :algorithmId', { algorithmId })
    .orderBy('r.name')
    .getRawMany<ArtifactFacts & { of: number }>();
  return grouped(rows);
}

async function readPins(tx: Tx, algorithmId: number): Promise<Map<number, ArtifactFacts[]>> {
  const rows = await tx
    .createQueryBuilder(VersionArtifactRow, 'p')
    .innerJoin(ArtifactRevisionRow, 'r', 'r.id = p.revision_id')
    .select(['p.version_id AS `of`', 'r.name AS `name`', 'r.revision AS `revision`'])
    .where('r.algorithm_id = :algorithmId', { algorithmId })
    .orderBy('r.name')
    .getRawMany<ArtifactFacts & { of: number }>();
  return grouped(rows);
}

function grouped(rows: readonly (ArtifactFacts & { readonly of: number })[]): Map<number, ArtifactFacts[]> {
  const groups = new Map<number, ArtifactFacts[]>();
  for (const { of, name, revision } of rows) {
    const group = groups.get(of) ?? [];
    groups.set(of, group);
    group.push({ name, revision });
  }
  return groups;
}

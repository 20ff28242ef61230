import { In } from 'typeorm';

import {
  ArtifactMoveRow,
  ArtifactPointerRow,
  ArtifactRevisionRow,
  MajorRow,
  VersionArtifactRow,
  VersionRow,
} from '../../../../entities';
import { shownRevisions, type Tx } from '../../../database';
import type { PointerMove } from '../../../domain/release';
import type { MoveKind } from '../../../domain/terms';
import type { Page } from '../../shared/paging';
import type { Stamp } from '../stamp';

/** One revision of an artifact of an algorithm. */
export interface ArtifactRecord {
  readonly id: number;
  readonly name: string;
  readonly revision: string;
  readonly uri: string;
  /** In lower-case hex. */
  readonly sha256: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Which pointer of which manifest. */
export interface PointerKey {
  readonly algorithmId: number;
  readonly major: number;
  readonly name: string;
}

/** What is said of a move beside where from and where to. */
export interface MoveFacts extends Stamp {
  readonly kind: MoveKind;
  readonly from: ArtifactRecord | null;
  readonly to: ArtifactRecord | null;
  readonly reason: string | null;
}

export async function revisionNamed(
  tx: Tx,
  algorithmId: number,
  { name, revision }: { readonly name: string; readonly revision: string },
): Promise<ArtifactRecord | null> {
  const row = await tx.findOneBy(ArtifactRevisionRow, { algorithmId, name, revision });
  return row && recordOf(row);
}

/** Those of some revisions that are there. */
export async function revisionsNamed(
  tx: Tx,
  algorithmId: number,
  wanted: readonly { readonly name: string; readonly revision: string }[],
): Promise<ArtifactRecord[]> {
  if (wanted.length === 0) return [];
  const where = wanted.map(({ name, revision }) => ({ algorithmId, name, revision }));
  return (await tx.findBy(ArtifactRevisionRow, where)).map(recordOf);
}

/** Gives its id. */
export async function insertRevision(tx: Tx, row: Omit<ArtifactRevisionRow, 'id'>): Promise<number> {
  const result = await tx.insert(ArtifactRevisionRow, row);
  return Number(result.identifiers[0]?.['id']);
}

/** A page of revisions: of one artifact alone, where `name` is given. */
export interface RevisionsPage extends Page {
  readonly name: string | null;
  /** Who reads it: the owner's members, or others, to whom these majors were granted. */
  readonly reader: 'member' | { readonly granted: readonly number[] };
}

/** A revision, and whose it is. */
export interface OwnedRevision extends ArtifactRecord {
  readonly algorithmId: number;
}

/** A page of the revisions of each of some algorithms, by name, and by revision within a name. */
export async function revisionsPage(
  tx: Tx,
  algorithmIds: readonly number[],
  { name, reader, after, limit }: RevisionsPage,
): Promise<OwnedRevision[]> {
  const [afterName = '', afterRevision = ''] = after?.split('/') ?? [];
  const ofName = name === null ? '' : ' AND name = ?';
  const shown = reader === 'member' ? null : shownRevisions(algorithmIds, reader.granted);
  const ofReader = shown === null ? '' : ` AND ${shown.sql}`;
  const behind = after === null ? '' : ' AND (name > ? OR (name = ? AND revision > ?))';
  const rows = await tx.query<(Omit<OwnedRevision, 'at'> & { at: number | string })[]>(
    `SELECT * FROM (
       SELECT id, algorithm_id AS algorithmId, name, revision, uri, sha256, at,
              ROW_NUMBER() OVER (PARTITION BY algorithm_id ORDER BY name, revision) AS number
         FROM artifact_revisions r
        WHERE algorithm_id IN (${algorithmIds.map(() => '?').join()})${ofName}${ofReader}${behind}) numbered
      WHERE number <= ? ORDER BY algorithmId, number`,
    [
      ...algorithmIds,
      ...(name === null ? [] : [name]),
      ...(shown?.parameters ?? []),
      ...(after === null ? [] : [afterName, afterName, afterRevision]),
      limit,
    ],
  );
  return rows.map(({ algorithmId, id, name: named, revision, uri, sha256, at }) => ({
    algorithmId,
    id,
    name: named,
    revision,
    uri,
    sha256,
    at: Number(at),
  }));
}

/** Where a pointer points; `exists` is false where nobody ever moved it. */
export async function pointerOf(
  tx: Tx,
  { algorithmId, major, name }: PointerKey,
): Promise<{ readonly exists: boolean; readonly current: ArtifactRecord | null }> {
  const row = await tx.findOneBy(ArtifactPointerRow, { algorithmId, major, name });
  const id = row?.revisionId ?? null;
  return { exists: row !== null, current: id === null ? null : await revisionById(tx, id) };
}

/** How many artifacts the manifest of a major has, those included that point nowhere. */
export async function countPointers(tx: Tx, algorithmId: number, major: number): Promise<number> {
  return tx.countBy(ArtifactPointerRow, { algorithmId, major });
}

/** Moves a pointer and keeps the move, under the lock of the owner's ledger. */
export async function movePointer(
  tx: Tx,
  { algorithmId, major, name }: PointerKey,
  exists: boolean,
  { from, to, ...move }: MoveFacts,
): Promise<void> {
  const key = { algorithmId, major, name };
  const revisionId = to?.id ?? null;
  if (exists) await tx.update(ArtifactPointerRow, key, { revisionId });
  else await tx.insert(ArtifactPointerRow, { ...key, revisionId });
  await tx.insert(ArtifactMoveRow, { ...key, ...move, fromId: from?.id ?? null, toId: revisionId });
}

/** All moves of a pointer, oldest first. */
export async function movesOf(
  tx: Tx,
  { algorithmId, major, name }: PointerKey,
): Promise<PointerMove<number>[]> {
  const rows = await tx.find(ArtifactMoveRow, {
    where: { algorithmId, major, name },
    order: { id: 'ASC' },
  });
  return rows.map(({ kind, fromId, toId }) => ({ kind, from: fromId, to: toId }));
}

export async function revisionById(tx: Tx, id: number): Promise<ArtifactRecord> {
  return recordOf(await tx.findOneByOrFail(ArtifactRevisionRow, { id }));
}

/** What there is of a major: whether it has versions or permissions at all, and whether outsiders see a version. */
export async function standingOfMajor(
  tx: Tx,
  algorithmId: number,
  major: number,
): Promise<{ readonly exists: boolean; readonly isPublic: boolean }> {
  const settled = In(['PUBLISHED', 'TAKEN_DOWN']);
  const isPublic = await tx.existsBy(VersionRow, {
    algorithmId,
    major,
    visibility: 'PUBLIC',
    state: settled,
  });
  const exists =
    isPublic ||
    (await tx.existsBy(MajorRow, { algorithmId, number: major })) ||
    (await tx.existsBy(VersionRow, { algorithmId, major }));
  return { exists, isPublic };
}

/** A line of the manifest of a major, or a pin of a version. */
export interface ManifestRecord extends ArtifactRecord {
  /** The major, or the id of the version. */
  readonly of: number;
}

/** The manifests of some algorithms, all their majors, by the id of the algorithm; entries by name. */
export async function manifestsOf(
  tx: Tx,
  algorithmIds: readonly number[],
): Promise<ReadonlyMap<number, readonly ManifestRecord[]>> {
  const rows = await withRevisions(
    tx
      .createQueryBuilder(ArtifactRevisionRow, 'r')
      .innerJoin(ArtifactPointerRow, 'p', 'p.revision_id = r.id')
      .where('p.algorithm_id IN (:...algorithmIds)', { algorithmIds: [...algorithmIds] }),
    ['p.algorithm_id AS `key`', 'p.major AS `of`'],
  );
  return grouped(rows);
}

/** What some versions pin, by the id of the version; entries by name. */
export async function pinsOf(
  tx: Tx,
  versionIds: readonly number[],
): Promise<ReadonlyMap<number, readonly ManifestRecord[]>> {
  const rows = await withRevisions(
    tx
      .createQueryBuilder(ArtifactRevisionRow, 'r')
      .innerJoin(VersionArtifactRow, 'p', 'p.revision_id = r.id')
      .where('p.version_id IN (:...versionIds)', { versionIds: [...versionIds] }),
    ['p.version_id AS `key`', 'p.version_id AS `of`'],
  );
  return grouped(rows);
}

export async function insertPins(
  tx: Tx,
  versionId: number,
  revisions: readonly ArtifactRecord[],
): Promise<void> {
  if (revisions.length === 0) return;
  const rows = revisions.map(({ id, name }) => ({ versionId, name, revisionId: id }));
  await tx.insert(VersionArtifactRow, rows);
}

type RawManifest = Omit<ManifestRecord, 'at'> & { readonly key: number; readonly at: number | string };

async function withRevisions(
  query: ReturnType<Tx['createQueryBuilder']>,
  keys: readonly string[],
): Promise<RawManifest[]> {
  const columns = ['id', 'name', 'revision', 'uri', 'sha256', 'at'].map((name) => `r.${name} AS \`${name}\``);
  return query
    .select([...keys, ...columns])
    .orderBy('r.name')
    .getRawMany<RawManifest>();
}

function grouped(rows: readonly RawManifest[]): Map<number, ManifestRecord[]> {
  const groups = new Map<number, ManifestRecord[]>();
  for (const { key, at, ...row } of rows) {
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push({ ...row, at: Number(at) });
  }
  return groups;
}

function recordOf({ id, name, revision, uri, sha256, at }: ArtifactRevisionRow): ArtifactRecord {
  return { id, name, revision, uri, sha256, at: Number(at) };
}

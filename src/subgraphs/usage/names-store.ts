import { In } from 'typeorm';

import { OwnerRow } from '../../../entities';
import { placesFor, type Tx } from '../../database';
import type { OwnerId } from '../../domain/principal';
import type { OwnerKind } from '../../domain/terms';

/** What something that was called is named; null for what it has not. */
export interface PlaceNames {
  /** `owner/name` */
  readonly algorithm: string;
  /** `owner/name/1` */
  readonly major: string | null;
  /** `owner/name/1.2.3`, or with the SHA of a commit that no version names. */
  readonly version: string | null;
}

export interface OwnerRecord {
  readonly id: OwnerId;
  readonly handle: string;
  readonly kind: OwnerKind;
}

interface NameRow {
  readonly id: number;
  readonly handle: string;
  readonly name: string;
}

const OF_ALGORITHM = 'JOIN algorithms a ON a.id = x.algorithm_id JOIN owners o ON o.id = a.owner_id';
const NAMES = 'o.handle AS handle, a.name AS name';

export async function readVersionNames(tx: Tx, ids: readonly number[]): Promise<Map<number, PlaceNames>> {
  const rows = await tx.query<(NameRow & { version: string; major: number })[]>(
    `SELECT x.id AS id, ${NAMES}, x.version AS version, x.major AS major
       FROM versions x ${OF_ALGORITHM} WHERE x.id IN (${placesFor(ids)})`,
    [...ids],
  );
  return byId(rows, (ref, { version, major }) => ({
    algorithm: ref,
    major: `${ref}/${major}`,
    version: `${ref}/${version}`,
  }));
}

export async function readBuildNames(tx: Tx, ids: readonly number[]): Promise<Map<number, PlaceNames>> {
  const rows = await tx.query<(NameRow & { sha: string })[]>(
    `SELECT x.id AS id, ${NAMES}, x.sha AS sha FROM builds x ${OF_ALGORITHM} WHERE x.id IN (${placesFor(ids)})`,
    [...ids],
  );
  return byId(rows, (ref, { sha }) => ({ algorithm: ref, major: null, version: `${ref}/${sha}` }));
}

export async function readAlgorithmNames(tx: Tx, ids: readonly number[]): Promise<Map<number, PlaceNames>> {
  const rows = await tx.query<NameRow[]>(
    `SELECT a.id AS id, ${NAMES} FROM algorithms a JOIN owners o ON o.id = a.owner_id
      WHERE a.id IN (${placesFor(ids)})`,
    [...ids],
  );
  return byId(rows, (ref) => ({ algorithm: ref, major: null, version: null }));
}

/** The algorithms of owners, by owner. */
export async function readAlgorithmIds(
  tx: Tx,
  ownerIds: readonly OwnerId[],
): Promise<Map<OwnerId, number[]>> {
  const rows = await tx.query<{ id: number; ownerId: OwnerId }[]>(
    `SELECT id, owner_id AS ownerId FROM algorithms WHERE owner_id IN (${placesFor(ownerIds)}) ORDER BY id`,
    [...ownerIds],
  );
  const found = new Map<OwnerId, number[]>();
  for (const { id, ownerId } of rows) {
    const known = found.get(ownerId);
    if (known === undefined) found.set(ownerId, [id]);
    else known.push(id);
  }
  return found;
}

/** Whose algorithms are, by algorithm. */
export async function readAlgorithmOwners(tx: Tx, ids: readonly number[]): Promise<Map<number, OwnerId>> {
  const rows = await tx.query<{ id: number; ownerId: OwnerId }[]>(
    `SELECT id, owner_id AS ownerId FROM algorithms WHERE id IN (${placesFor(ids)})`,
    [...ids],
  );
  return new Map(rows.map(({ id, ownerId }) => [id, ownerId]));
}

export async function readOwners(tx: Tx, ids: readonly OwnerId[]): Promise<Map<OwnerId, OwnerRecord>> {
  const rows = await tx.findBy(OwnerRow, { id: In([...ids]) });
  return new Map(rows.map(({ id, handle, kind }) => [id, { id, handle, kind }]));
}

/** @param keys lower case */
export async function readOwnersByKey(tx: Tx, keys: readonly string[]): Promise<Map<string, OwnerRecord>> {
  const rows = await tx.findBy(OwnerRow, { handleKey: In([...keys]) });
  return new Map(rows.map(({ id, handle, kind, handleKey }) => [handleKey, { id, handle, kind }]));
}

function byId<R extends NameRow>(rows: readonly R[], namesOf: (algorithm: string, row: R) => PlaceNames) {
  return new Map(rows.map((row) => [row.id, namesOf(`${row.handle}/${row.name}`, row)]));
}

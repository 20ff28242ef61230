import { In } from 'typeorm';

import { SbomRow, VersionLicenceRow } from '../../../../entities';
import type { Tx } from '../../../database';
import type { OfferedSbom } from './offered-sbom';

/** The SBOM of a version, without its document, which may be long. */
export type SbomRecord = Pick<SbomRow, 'versionId' | 'format' | 'sha256'>;

export type LicenceRecord = Pick<VersionLicenceRow, 'versionId' | 'licence' | 'components' | 'example'>;

/** The SBOMs of some versions; versions without are not among them. */
export async function sbomsOf(tx: Tx, versionIds: readonly number[]): Promise<SbomRecord[]> {
  return tx.find(SbomRow, {
    select: { versionId: true, format: true, sha256: true },
    where: { versionId: In([...versionIds]) },
  });
}

/** The documents themselves, by the ids of their versions. */
export async function sbomDocumentsOf(
  tx: Tx,
  versionIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.find(SbomRow, {
    select: { versionId: true, document: true },
    where: { versionId: In([...versionIds]) },
  });
  return new Map(rows.map(({ versionId, document }) => [versionId, document.toString()]));
}

/** What the SBOMs of some versions say of licences, in the order of each document. */
export async function licencesOf(tx: Tx, versionIds: readonly number[]): Promise<LicenceRecord[]> {
  return tx.find(VersionLicenceRow, {
    where: { versionId: In([...versionIds]) },
    order: { versionId: 'ASC', place: 'ASC' },
  });
}

/** Rows of one statement: SQLite takes 32,766 parameters, and these have five each. */
const CHUNK = 100;

export async function insertSbom(
  tx: Tx,
  versionId: number,
  { text, format, sha256, licences }: OfferedSbom,
  at: number,
): Promise<void> {
  await tx.insert(SbomRow, { versionId, format, sha256, document: Buffer.from(text), at });
  const rows = licences.map((licence, place) => ({ versionId, place, ...licence }));
  for (let from = 0; from < rows.length; from += CHUNK) {
    await tx.insert(VersionLicenceRow, rows.slice(from, from + CHUNK));
  }
}

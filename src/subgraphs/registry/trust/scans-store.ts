import { In } from 'typeorm';

import { VulnerabilityScanRow } from '../../../../entities';
import type { Tx } from '../../../database';
import type { Scan, Vulnerability } from '../../../domain/trust/vulnerability-policy';
import type { Stamp } from '../stamp';

/** A scan of a version, as it was submitted. */
export interface ScanRecord extends Scan {
  readonly versionId: number;
  readonly scanner: string;
}

/** The newest scan of each of some versions; versions that were never scanned are not among them. */
export async function newestScansOf(tx: Tx, versionIds: readonly number[]): Promise<ScanRecord[]> {
  const newest = await tx
    .createQueryBuilder(VulnerabilityScanRow, 's')
    .where('s.version_id IN (:...versionIds)', { versionIds: [...versionIds] })
    .groupBy('s.version_id')
    .select('MAX(s.id)', 'id')
    .getRawMany<{ id: number }>();
  if (newest.length === 0) return [];
  const rows = await tx.findBy(VulnerabilityScanRow, { id: In(newest.map(({ id }) => id)) });
  return rows.map(({ versionId, scanner, scannedAt, vulnerabilities }) => ({
    versionId,
    scanner,
    scannedAt: Number(scannedAt),
    vulnerabilities: JSON.parse(vulnerabilities.toString()) as Vulnerability[],
  }));
}

/** Keeps a scan for ever. */
export async function insertScan(
  tx: Tx,
  { vulnerabilities, ...scan }: ScanRecord,
  { at, byId }: Stamp,
): Promise<void> {
  const json = Buffer.from(JSON.stringify(vulnerabilities));
  await tx.insert(VulnerabilityScanRow, { ...scan, vulnerabilities: json, at, byId });
}

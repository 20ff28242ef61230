import DataLoader from 'dataloader';

import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import { grouped } from '../../shared/grouped';
import { type AttestationRecord, attestationsOf, envelopesById } from './attestations-store';
import { type LicenceRecord, licencesOf, sbomDocumentsOf, type SbomRecord, sbomsOf } from './sbom-store';
import { newestScansOf, type ScanRecord } from './scans-store';
import { signingKeysById, signingKeysOf, type SigningKeyRecord } from './keys-store';

/** What travels with versions, for all that one request asks for: queries that do not grow with it. */
export interface TrustLoaders {
  /** By the id of an owner, oldest first. */
  readonly signingKeysOfOwner: DataLoader<number, readonly SigningKeyRecord[]>;
  /** By the id of its row. */
  readonly signingKey: DataLoader<number, SigningKeyRecord>;
  /** By the id of a version. */
  readonly attestationsOfVersion: DataLoader<number, readonly AttestationRecord[]>;
  /** By the id of an attestation. */
  readonly envelope: DataLoader<number, string>;
  /** By the id of a version. */
  readonly licencesOfVersion: DataLoader<number, readonly LicenceRecord[]>;
  /** By the id of a version; null where it has none. */
  readonly sbomOfVersion: DataLoader<number, SbomRecord | null>;
  /** By the id of a version that has one. */
  readonly sbomDocument: DataLoader<number, string>;
  /** The newest scan of a version, by its id; null where it was never scanned. */
  readonly scanOfVersion: DataLoader<number, ScanRecord | null>;
}

/** A document may be long, and is in memory whole. */
const MAX_DOCUMENTS = 10;

export function trustLoaders(reads: Tx): TrustLoaders {
  return {
    signingKeysOfOwner: new DataLoader(async (ids) => {
      const found = grouped(await signingKeysOf(reads, ids), ({ ownerId }) => ownerId);
      return ids.map((id) => found.get(id) ?? []);
    }),
    signingKey: new DataLoader(async (ids) => {
      const found = new Map((await signingKeysById(reads, ids)).map((key) => [key.id, key]));
      return ids.map((id) => found.get(id) ?? new Error(`key row ${id} is missing`));
    }),
    attestationsOfVersion: new DataLoader(async (ids) => {
      const found = grouped(await attestationsOf(reads, ids), ({ versionId }) => versionId);
      return ids.map((id) => found.get(id) ?? []);
    }),
    envelope: new DataLoader(async (ids) => {
      const found = await envelopesById(reads, ids);
      return ids.map((id) => found.get(id) ?? new Error(`attestation row ${id} is missing`));
    }),
    licencesOfVersion: new DataLoader(async (ids) => {
      const found = grouped(await licencesOf(reads, ids), ({ versionId }) => versionId);
      return ids.map((id) => found.get(id) ?? []);
    }),
    sbomOfVersion: new DataLoader(async (ids) => {
      const found = new Map((await sbomsOf(reads, ids)).map((sbom) => [sbom.versionId, sbom]));
      return ids.map((id) => found.get(id) ?? null);
    }),
    sbomDocument: new DataLoader(async (ids) => {
      if (ids.length > MAX_DOCUMENTS) {
        throw new AlgogateError('QUERY_TOO_COMPLEX', `at most ${MAX_DOCUMENTS} SBOMs are read at once`);
      }
      const found = await sbomDocumentsOf(reads, ids);
      return ids.map((id) => found.get(id) ?? new Error(`the SBOM of version row ${id} is missing`));
    }),
    scanOfVersion: new DataLoader(async (ids) => {
      const found = new Map((await newestScansOf(reads, ids)).map((scan) => [scan.versionId, scan]));
      return ids.map((id) => found.get(id) ?? null);
    }),
  };
}

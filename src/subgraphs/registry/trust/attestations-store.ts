import { In } from 'typeorm';

import { AttestationKeyRow, AttestationRow, AttestationSignerRow } from '../../../../entities';
import type { Tx } from '../../../database';
import { grouped } from '../../shared/grouped';

/** An attestation of a version, without its envelope, which may be long. */
export interface AttestationRecord {
  readonly id: number;
  readonly versionId: number;
  readonly sha256: string;
  readonly predicateType: string;
  /** When it was verified, in milliseconds since the epoch. */
  readonly at: number;
  /** The rows of the keys that have signed it. */
  readonly signers: readonly number[];
}

/** What is kept of one. */
export interface NewAttestation extends Pick<AttestationRecord, 'sha256' | 'predicateType' | 'signers'> {
  readonly envelope: string;
}

/** The attestations of some versions, in the order in which they were given. */
export async function attestationsOf(tx: Tx, versionIds: readonly number[]): Promise<AttestationRecord[]> {
  const rows = await tx.find(AttestationRow, {
    select: { id: true, versionId: true, sha256: true, predicateType: true, at: true },
    where: { versionId: In([...versionIds]) },
    order: { versionId: 'ASC', place: 'ASC' },
  });
  if (rows.length === 0) return [];
  const signers = await tx.find(AttestationSignerRow, {
    where: { attestationId: In(rows.map(({ id }) => id)) },
    order: { keyId: 'ASC' },
  });
  const byId = grouped(signers, ({ attestationId }) => attestationId);
  return rows.map(({ id, versionId, sha256, predicateType, at }) => ({
    id,
    versionId,
    sha256,
    predicateType,
    at: Number(at),
    signers: (byId.get(id) ?? []).map(({ keyId }) => keyId),
  }));
}

/** The digests of the envelopes of one version, in the order in which they were given. */
export async function envelopeDigestsOf(tx: Tx, versionId: number): Promise<string[]> {
  const rows = await tx.find(AttestationRow, {
    select: { id: true, sha256: true },
    where: { versionId },
    order: { place: 'ASC' },
  });
  return rows.map(({ sha256 }) => sha256);
}

/** Envelopes by the ids of their rows. */
export async function envelopesById(tx: Tx, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.find(AttestationRow, {
    select: { id: true, envelope: true },
    where: { id: In([...ids]) },
  });
  return new Map(rows.map(({ id, envelope }) => [id, envelope]));
}

/** Which of some versions carry an attestation that a key has signed which holds today. */
export async function signedByHoldingKey(
  tx: Tx,
  versionIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const rows = await tx
    .createQueryBuilder(AttestationRow, 'a')
    .innerJoin(AttestationSignerRow, 's', 's.attestation_id = a.id')
    .innerJoin(AttestationKeyRow, 'k', 'k.id = s.key_id AND k.revoked_at IS NULL')
    .where('a.version_id IN (:...versionIds)', { versionIds: [...versionIds] })
    .select('DISTINCT a.version_id', 'versionId')
    .getRawMany<{ versionId: number }>();
  return new Set(rows.map(({ versionId }) => versionId));
}

export async function insertAttestations(
  tx: Tx,
  versionId: number,
  attestations: readonly NewAttestation[],
  at: number,
): Promise<void> {
  for (const [place, { signers, ...attestation }] of attestations.entries()) {
    const result = await tx.insert(AttestationRow, { ...attestation, versionId, place, at });
    const attestationId = Number(result.identifiers[0]?.['id']);
    await tx.insert(
      AttestationSignerRow,
      signers.map((keyId) => ({ attestationId, keyId })),
    );
  }
}

import { In, IsNull } from 'typeorm';

import { ApiKeyRow, TrustedPublisherRow } from '../../../../entities';
import type { Tx } from '../../../database';
import type { OwnerId } from '../../../domain/principal';
import type { PublisherFacts } from '../../../domain/trusted-publisher';
import type { PublisherRecord } from '../records';

export interface NewPublisher extends PublisherFacts {
  readonly publicId: string;
  readonly algorithmId: number;
  /** The user who adds it; null for the operator. */
  readonly createdBy: OwnerId | null;
}

/** Those of several algorithms that were not removed, oldest first. */
export async function publishersOf(tx: Tx, algorithmIds: readonly number[]): Promise<PublisherRecord[]> {
  const rows = await tx.find(TrustedPublisherRow, {
    where: { algorithmId: In([...algorithmIds]), removedAt: IsNull() },
    order: { id: 'ASC' },
  });
  return rows.map(recordOf);
}

/** Null where there is none, or it was removed. */
export async function publisherByPublicId(tx: Tx, publicId: string): Promise<PublisherRecord | null> {
  const row = await tx.findOneBy(TrustedPublisherRow, { publicId, removedAt: IsNull() });
  return row === null ? null : recordOf(row);
}

export async function insertPublisher(tx: Tx, publisher: NewPublisher): Promise<PublisherRecord> {
  const row = {
    ...publisher,
    claims: JSON.stringify(publisher.claims),
    createdAt: Date.now(),
    removedAt: null,
  };
  const result = await tx.insert(TrustedPublisherRow, row);
  return recordOf({ ...row, id: Number(result.identifiers[0]?.['id']) });
}

/** With it go the keys that its pipelines have. */
export async function removePublisher(tx: Tx, id: number, at: number): Promise<void> {
  await tx.update(TrustedPublisherRow, { id }, { removedAt: at });
  await tx.update(ApiKeyRow, { publisherId: id, revokedAt: IsNull() }, { revokedAt: at });
}

function recordOf(row: TrustedPublisherRow): PublisherRecord {
  const { id, publicId, algorithmId, issuer, repository, workflow, environment, createdBy } = row;
  const claims = JSON.parse(row.claims) as Record<string, string>;
  const facts = { issuer, repository, workflow, environment, claims };
  return { id, publicId, algorithmId, ...facts, createdBy, createdAt: Number(row.createdAt) };
}

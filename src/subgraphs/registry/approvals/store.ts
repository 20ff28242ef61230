import { In } from 'typeorm';

import { ApprovalRow, VersionRow } from '../../../../entities';
import type { Tx } from '../../../database';
import type { OwnerId } from '../../../domain/principal';
import type { VersionState } from '../../../domain/terms';

/** The decision on a protected release. */
export interface ApprovalRecord {
  readonly versionId: number;
  readonly approved: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly byId: OwnerId;
  readonly reason: string | null;
}

/** The decisions on some versions; versions on which nobody decided are not among them. */
export async function approvalsOf(tx: Tx, versionIds: readonly number[]): Promise<ApprovalRecord[]> {
  const rows = await tx.findBy(ApprovalRow, { versionId: In([...versionIds]) });
  return rows.map(({ versionId, approved, at, byId, reason }) => ({
    versionId,
    approved,
    at: Number(at),
    byId,
    reason,
  }));
}

/** Keeps a decision, once and for ever: the key refuses a second one. */
export async function insertApproval(tx: Tx, approval: ApprovalRecord): Promise<void> {
  await tx.insert(ApprovalRow, approval);
}

/** Ends the waiting of a version. Throws where it does not wait, which its caller has looked at under the lock. */
export async function endPending(
  tx: Tx,
  versionId: number,
  state: Extract<VersionState, 'PUBLISHED' | 'REJECTED'>,
): Promise<void> {
  const { affected } = await tx.update(VersionRow, { id: versionId, state: 'PENDING_APPROVAL' }, { state });
  if (affected !== 1) throw new Error(`version row ${versionId} does not wait for an approval`);
}

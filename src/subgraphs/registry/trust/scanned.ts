import type { Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import { barredBy } from '../../../domain/trust/vulnerability-policy';
import { policiesOf } from '../algorithms/policies-store';
import { newestScansOf } from './scans-store';

/** Whether entering `stable` of an algorithm is asked for any scan. */
export async function wantsScans(tx: Tx, algorithmId: number): Promise<boolean> {
  return (await policiesOf(tx, algorithmId)).vulnerabilities.maxSeverity !== 'ANY';
}

/**
 * Why the policy on vulnerabilities bars a version from entering `stable` now; null where it does not. Under the lock
 * of the owner's ledger.
 * @param at milliseconds since the epoch
 */
export async function barredFromStable(
  tx: Tx,
  algorithmId: number,
  versionId: number,
  at: number,
): Promise<string | null> {
  const { vulnerabilities: policy } = await policiesOf(tx, algorithmId);
  if (policy.maxSeverity === 'ANY') return null;
  const [scan] = await newestScansOf(tx, [versionId]);
  return barredBy(policy, scan ?? null, at);
}

/** The same as a refusal. @throws AlgogateError VULNERABILITY_DENIED */
export async function assertScanned(
  tx: Tx,
  algorithmId: number,
  { id, version }: { readonly id: number; readonly version: string },
  at: number,
): Promise<void> {
  const why = await barredFromStable(tx, algorithmId, id, at);
  if (why !== null) throw new AlgogateError('VULNERABILITY_DENIED', `${version} ${why}`, ['to']);
}

import type { Tx } from '../../database';
import { type GateJudgement, judgeGates, newestValues } from '../../domain/release';
import { gatePolicyOf, gateReportsOf, type Measured } from './gate-store';

/**
 * Judges what is about to enter a channel (or, for `artifact/NAME`, to be pointed to by a manifest) by the gates that
 * it has now and the reports that there are: one judgement for each gate, none where it has no gates.
 * To be asked under the lock of the owner's ledger. Source: chapter 3, "Gates and protection".
 * @param baseline what is on the channel now, null for nothing: `_delta` gates compare with it
 */
export async function judgeFor(
  tx: Tx,
  algorithmId: number,
  channel: string,
  measured: Measured,
  baseline: Measured | null,
): Promise<readonly GateJudgement[]> {
  const policy = await gatePolicyOf(tx, algorithmId, channel);
  if (policy === null) return [];
  const before = baseline && newestValues(await gateReportsOf(tx, baseline));
  return judgeGates(policy, await gateReportsOf(tx, measured), before);
}

/** Whether the way is free: every gate is passed, or there is none. */
export function allPassed(judgements: readonly GateJudgement[]): boolean {
  return judgements.every(({ passed }) => passed);
}

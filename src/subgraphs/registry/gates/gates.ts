import type { Tx } from '../../../database';
import {
  type Gate,
  type GateJudgement,
  type GatePolicy,
  type GateReport,
  isDelta,
  judgeGates,
  measuredName,
  newestValues,
} from '../../../domain/release';
import { gatePolicyOf, type Measured, newestReportsOf } from './store';

/** The gates of one channel (or of `artifact/NAME`), and what they are compared with. */
export interface Gated {
  readonly policy: GatePolicy;
  /** What is on the channel now, null for nothing: `_delta` gates compare with it. */
  readonly baseline: Measured | null;
}

/**
 * Judges what is about to enter a channel (or, for `artifact/NAME`, to be pointed to by a manifest) by the gates that
 * it has now and the reports that there are: one judgement for each gate, none where it has no gates.
 * To be asked under the lock of the owner's ledger. Source: chapter 3, "Gates and protection".
 * @param baseline as in `Gated`
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
  const [judgements = []] = await judgeEach(tx, measured, [{ policy, baseline }]);
  return judgements;
}

/**
 * The same for several channels at once, in their order. The reports on what is judged, and on each version that it is
 * compared with, are read once.
 */
export async function judgeEach(
  tx: Tx,
  measured: Measured,
  gated: readonly Gated[],
): Promise<readonly (readonly GateJudgement[])[]> {
  const read = onceEach((of) => newestReportsOf(tx, of, namesIn(gated)));
  const reports = await read(measured);
  const judgements: (readonly GateJudgement[])[] = [];
  for (const { policy, baseline } of gated) {
    const compares = baseline !== null && policy.gates.some(({ name }) => isDelta(name));
    // without a gate that compares, it does not matter what there is to compare with
    const before = compares ? newestValues(await read(baseline)) : null;
    judgements.push(judgeGates(policy, reports, before));
  }
  return judgements;
}

/** Whether the way is free: every gate is passed, or there is none. */
export function allPassed(judgements: readonly GateJudgement[]): boolean {
  return judgements.every(({ passed }) => passed);
}

type ReadReports = (measured: Measured) => Promise<readonly GateReport[]>;

function onceEach(read: ReadReports): ReadReports {
  const known = new Map<string, readonly GateReport[]>();
  return async (measured) => {
    const key = JSON.stringify(measured);
    const reports = known.get(key) ?? (await read(measured));
    known.set(key, reports);
    return reports;
  };
}

function namesIn(gated: readonly Gated[]): ReadonlySet<string> {
  const gates: readonly Gate[] = gated.flatMap(({ policy }) => policy.gates);
  return new Set(gates.map(({ name }) => measuredName(name)));
}

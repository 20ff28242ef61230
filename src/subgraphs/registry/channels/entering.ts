import type { Tx } from '../../../database';
import { isRelease } from '../../../domain/publishing';
import { type GateJudgement, STABLE } from '../../../domain/release';
import type { SemVer } from '../../../domain/version';
import { hasEntered, insertEntry, namedBy } from './store';
import { gatePolicyOf } from '../gates/store';
import { allPassed, judgeEach } from '../gates/gates';
import { barredFromStable } from '../trust/scanned';

/** A public, published version, about to enter channels. */
export interface Entering {
  readonly algorithmId: number;
  readonly versionId: number;
  readonly version: SemVer;
}

/**
 * Lets a public, published release into `stable` where all gates of it are passed now, or where it has none, and where
 * the policy on vulnerabilities does not bar it. What has entered stays entered. To be run under the lock of the owner's
 * ledger, at publication, promotion and approval, and when a report or a scan comes in. Source: chapter 3, "Channels" and
 * "Gates and protection"; chapter 7, "Vulnerabilities".
 * @param at milliseconds since the epoch
 * @param judged how the gates of `stable` judge it, where that was asked already: under the same lock
 * @returns the channels that it entered, for the ledger; none for a prerelease, which `stable` never computes
 */
export async function enterStable(
  tx: Tx,
  { algorithmId, versionId, version }: Entering,
  at: number,
  judged?: readonly GateJudgement[],
): Promise<string[]> {
  if (!isRelease(version) || (await hasEntered(tx, versionId, STABLE))) return [];
  if (!allPassed(judged ?? (await judgeForStable(tx, algorithmId, versionId)))) return [];
  if ((await barredFromStable(tx, algorithmId, versionId, at)) !== null) return [];
  await insertEntry(tx, { versionId, channel: STABLE, at });
  return [STABLE];
}

async function judgeForStable(
  tx: Tx,
  algorithmId: number,
  versionId: number,
): Promise<readonly GateJudgement[]> {
  const policy = await gatePolicyOf(tx, algorithmId, STABLE);
  if (policy === null) return [];
  const current = await namedBy(tx, algorithmId, STABLE);
  const baseline = current && { versionId: current.id };
  const [judgements = []] = await judgeEach(tx, { versionId }, [{ policy, baseline }]);
  return judgements;
}

import type { Tx } from '../../database';
import { isRelease } from '../../domain/publishing';
import { STABLE } from '../../domain/release';
import type { SemVer } from '../../domain/version';
import { hasEntered, insertEntry, namedBy } from './channel-store';
import { gatePolicyOf } from './gate-store';
import { allPassed, judgeFor } from './gates';

/** A public, published version, about to enter channels. */
export interface Entering {
  readonly algorithmId: number;
  readonly versionId: number;
  readonly version: SemVer;
}

/**
 * Lets a public, published release into `stable` where all gates of it are passed now, or where it has none. What has
 * entered stays entered. To be run under the lock of the owner's ledger, at publication, promotion and approval, and
 * when a report comes in. Source: chapter 3, "Channels" and "Gates and protection".
 * @param at milliseconds since the epoch
 * @returns the channels that it entered, for the ledger; none for a prerelease, which `stable` never computes
 */
export async function enterStable(
  tx: Tx,
  { algorithmId, versionId, version }: Entering,
  at: number,
): Promise<string[]> {
  if (!isRelease(version) || (await hasEntered(tx, versionId, STABLE))) return [];
  if (!(await mayEnter(tx, algorithmId, versionId))) return [];
  await insertEntry(tx, { versionId, channel: STABLE, at });
  return [STABLE];
}

async function mayEnter(tx: Tx, algorithmId: number, versionId: number): Promise<boolean> {
  if ((await gatePolicyOf(tx, algorithmId, STABLE)) === null) return true;
  const current = await namedBy(tx, algorithmId, STABLE);
  const baseline = current && { versionId: current.id };
  return allPassed(await judgeFor(tx, algorithmId, STABLE, { versionId }, baseline));
}

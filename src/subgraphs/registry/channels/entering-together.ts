import type { Tx } from '../../../database';
import { isRelease } from '../../../domain/publishing';
import { STABLE } from '../../../domain/release';
import { enteredOf, insertEntries } from './store';
import { type Entering, enterStable } from './entering';
import { enterAll, gatePolicyOf } from '../gates/store';
import { wantsScans } from '../trust/scanned';

/**
 * What `enterStable` does, for several versions of one algorithm: where `stable` has no gates and wants no scans, nothing
 * is asked of each of them.
 * @param at milliseconds since the epoch
 * @returns the channels that each entered, in the order of `entering`
 */
export async function enterStableTogether(
  tx: Tx,
  algorithmId: number,
  entering: readonly Omit<Entering, 'algorithmId'>[],
  at: number,
): Promise<string[][]> {
  if (!(await isFree(tx, algorithmId))) {
    const entered: string[][] = [];
    for (const one of entering) entered.push(await enterStable(tx, { algorithmId, ...one }, at));
    return entered;
  }
  const releases = entering.filter(({ version }) => isRelease(version)).map(({ versionId }) => versionId);
  const before = await enteredOf(tx, releases, STABLE);
  const fresh = new Set(releases.filter((id) => !before.has(id)));
  await insertEntries(
    tx,
    [...fresh].map((versionId) => ({ versionId, channel: STABLE, at })),
  );
  return entering.map(({ versionId }) => (fresh.has(versionId) ? [STABLE] : []));
}

/**
 * Lets every public release into `stable` where nothing bars any of them: for when the last gate of it, or its policy on
 * vulnerabilities, was taken away. Under the lock of the owner's ledger.
 * @param at milliseconds since the epoch
 * @returns whether they entered
 */
export async function enterAllIfFree(tx: Tx, algorithmId: number, at: number): Promise<boolean> {
  if (!(await isFree(tx, algorithmId))) return false;
  await enterAll(tx, algorithmId, at);
  return true;
}

async function isFree(tx: Tx, algorithmId: number): Promise<boolean> {
  return (await gatePolicyOf(tx, algorithmId, STABLE)) === null && !(await wantsScans(tx, algorithmId));
}

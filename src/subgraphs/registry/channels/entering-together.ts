import type { Tx } from '../../../database';
import { isRelease } from '../../../domain/publishing';
import { STABLE } from '../../../domain/release';
import { enteredOf, insertEntries } from './store';
import { type Entering, enterStable } from './entering';
import { gatePolicyOf } from '../gates/store';

/**
 * What `enterStable` does, for several versions of one algorithm: where `stable` has no gates, nothing is asked of
 * each of them.
 * @param at milliseconds since the epoch
 * @returns the channels that each entered, in the order of `entering`
 */
export async function enterStableTogether(
  tx: Tx,
  algorithmId: number,
  entering: readonly Omit<Entering, 'algorithmId'>[],
  at: number,
): Promise<string[][]> {
  if ((await gatePolicyOf(tx, algorithmId, STABLE)) !== null) {
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

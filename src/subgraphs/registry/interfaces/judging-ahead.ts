import { AlgogateError } from '../../../domain/errors';
import { buildToPublish } from '../publishing/build-to-publish';
import { comparedReleases, InterfaceJudge } from './interface-judge';
import { policiesOf } from '../algorithms/policies-store';
import type { Publication } from '../publishing/publication';
import { audienceIn, numberFor, repetitionOf } from '../publishing/publication-number';
import { carriedBy, versionByKey } from '../publishing/store';
import type { BuildRecord } from '../records';

/**
 * A judge that has made the comparisons of a publication before anybody waits for its lock. It decides nothing: what
 * it has seen may change until the lock is held, and what is new by then is compared then.
 * @param publication with reads as its transaction
 * @throws AlgogateError UNAVAILABLE where there is too much to compare
 */
export async function judgeAhead(publication: Publication): Promise<InterfaceJudge> {
  let judge = new InterfaceJudge(null);
  try {
    const build = await buildToPublish(publication);
    judge = new InterfaceJudge(build.interface);
    await compareAhead(publication, build, judge);
  } catch (error) {
    // every other refusal is the decision's, under the lock
    if (!(error instanceof AlgogateError) || error.code === 'UNAVAILABLE') throw error;
  }
  return judge;
}

async function compareAhead(
  publication: Publication,
  build: BuildRecord,
  judge: InterfaceJudge,
): Promise<void> {
  const { tx, algorithm } = publication;
  if ((await repetitionOf(publication, await carriedBy(tx, build.id))) !== null) return;
  const policies = await policiesOf(tx, algorithm.id);
  const { version, known } = await numberFor(publication, judge, policies);
  if ((await versionByKey(tx, algorithm.id, version.key)) !== null) return;
  const audience = await audienceIn(publication, version.major);
  const candidate = { algorithmId: algorithm.id, version, judge, audience, known };
  const { interfaceTransitive: transitive } = policies;
  await judge.judge(version, await comparedReleases(tx, candidate, transitive), transitive);
}

import { AlgogateError } from '../../../domain/errors';
import type { Publication } from './publication';
import { newestUnpublishedBuild } from './store';
import type { BuildRecord } from '../records';
import { buildBySha } from '../store';

/** The build that a publication names, or the newest that waits for one. @throws AlgogateError NOT_FOUND */
export async function buildToPublish({ tx, algorithm, input }: Publication): Promise<BuildRecord> {
  if (input.sha == null) {
    const newest = await newestUnpublishedBuild(tx, algorithm.id);
    if (newest !== null) return newest;
    throw new AlgogateError('NOT_FOUND', 'no succeeded build waits to be published', ['sha']);
  }
  const build = await buildBySha(tx, algorithm.id, input.sha);
  if (build === null) throw new AlgogateError('NOT_FOUND', `build ${input.sha} not found`, ['sha']);
  return build;
}

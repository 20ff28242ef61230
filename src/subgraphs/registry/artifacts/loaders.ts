import DataLoader from 'dataloader';

import type { Tx } from '../../../database';
import {
  type ArtifactRecord,
  type ManifestRecord,
  manifestsOf,
  pinsOf,
  revisionsPage,
  type RevisionsPage,
} from './store';
import { batchesByPage, type PagedKey } from '../paged-loader';

/** The revisions of which algorithm, and which page of them. */
export interface RevisionsKey extends PagedKey {
  readonly algorithmId: number;
  readonly page: RevisionsPage;
}

/** What one request asks of artifacts: one query for each kind, and for each kind of page. */
export interface ArtifactLoaders {
  readonly revisionsOfAlgorithm: DataLoader<RevisionsKey, readonly ArtifactRecord[], string>;
  /** By the id of an algorithm: the manifests of all its majors. */
  readonly manifestsOfAlgorithm: DataLoader<number, readonly ManifestRecord[]>;
  /** By the id of a version. */
  readonly pinsOfVersion: DataLoader<number, readonly ManifestRecord[]>;
}

export function artifactLoaders(reads: Tx): ArtifactLoaders {
  return {
    revisionsOfAlgorithm: new DataLoader(
      batchesByPage(async (keys: readonly RevisionsKey[]) => {
        const [first] = keys;
        if (first === undefined) return [];
        return revisionsPage(reads, [...new Set(keys.map(({ algorithmId }) => algorithmId))], first.page);
      }, algorithmOf),
      { cacheKeyFn: (key) => `${algorithmOf(key)} ${JSON.stringify(key.page)}` },
    ),
    manifestsOfAlgorithm: new DataLoader(async (ids) => {
      const found = await manifestsOf(reads, ids);
      return ids.map((id) => found.get(id) ?? []);
    }),
    pinsOfVersion: new DataLoader(async (ids) => {
      const found = await pinsOf(reads, ids);
      return ids.map((id) => found.get(id) ?? []);
    }),
  };
}

function algorithmOf({ algorithmId }: Pick<RevisionsKey, 'algorithmId'>): string {
  return String(algorithmId);
}

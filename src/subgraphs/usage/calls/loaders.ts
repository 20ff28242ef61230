import DataLoader from 'dataloader';

import type { Database } from '../../../database';
import { type GraphContext, perRequest } from '../../shared/context';
import { readKeyPrefixes } from './keys-store';
import { readRuns, type Run, type StoredCall } from './store';

/** What is read together, whatever the number of pages that want it. */
export interface CallLoaders {
  readonly runs: DataLoader<Run, readonly StoredCall[]>;
  readonly keyPrefixes: DataLoader<number, string | null>;
}

/** Databases bound the number of parameters of a statement. */
const MOST_KEYS = 500;

export function callLoaders({ reads }: Database): (context: GraphContext) => CallLoaders {
  return perRequest(() => ({
    runs: new DataLoader((runs) => readRuns(reads, runs), { cache: false }),
    // a prefix never changes
    keyPrefixes: new DataLoader(
      async (ids) => {
        const found = await readKeyPrefixes(reads, ids);
        return ids.map((id) => found.get(id) ?? null);
      },
      { maxBatchSize: MOST_KEYS },
    ),
  }));
}

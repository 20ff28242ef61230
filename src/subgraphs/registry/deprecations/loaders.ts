import DataLoader from 'dataloader';

import type { Tx } from '../../../database';
import { migrationGuidesOf } from './store';

export interface DeprecationLoaders {
  /** By the id of a deprecation. */
  readonly migrationGuide: DataLoader<number, string | null>;
}

export function deprecationLoaders(reads: Tx): DeprecationLoaders {
  return {
    migrationGuide: new DataLoader(async (ids) => {
      const found = await migrationGuidesOf(reads, ids);
      return ids.map((id) => found.get(id) ?? null);
    }),
  };
}

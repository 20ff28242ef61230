import DataLoader from 'dataloader';

import type { Database } from '../../../database';
import { nameKey } from '../../../domain/name';
import type { OwnerId, OwnerRef } from '../../../domain/principal';
import { type GraphContext, perRequest } from '../../shared/context';
import { readOwnersByKey } from '../names-store';
import {
  type ConsumerLimitsRecord,
  type ConsumersOf,
  type OwnerLimitsRecord,
  readConsumerLimits,
  readLimitsOfOwners,
} from './store';

/** What one request reads of limits. */
export interface LimitsLoaders {
  /** By handle in lower case. */
  readonly ownersByKey: DataLoader<string, OwnerRef | null>;
  readonly ofOwners: DataLoader<OwnerId, OwnerLimitsRecord | null>;
  readonly ofConsumers: DataLoader<ConsumersOf, readonly ConsumerLimitsRecord[]>;
}

/** They batch and remember nothing: the mutations of a request follow one another, and each is read after it. */
const BATCH_ONLY = { cache: false } as const;

export function limitsLoaders({ reads }: Database): (context: GraphContext) => LimitsLoaders {
  return perRequest(() => ({
    ownersByKey: new DataLoader(async (handles) => {
      const found = await readOwnersByKey(reads, [...new Set(handles.map(nameKey))]);
      return handles.map((handle) => found.get(nameKey(handle)) ?? null);
    }, BATCH_ONLY),
    ofOwners: new DataLoader(async (ids) => {
      const found = await readLimitsOfOwners(reads, [...new Set(ids)]);
      return ids.map((id) => found.get(id) ?? null);
    }, BATCH_ONLY),
    // one page for each algorithm: they are asked for by its admins, one at a time
    ofConsumers: new DataLoader(
      (pages) => Promise.all(pages.map((page) => readConsumerLimits(reads, page))),
      BATCH_ONLY,
    ),
  }));
}

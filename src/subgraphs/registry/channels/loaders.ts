import DataLoader from 'dataloader';

import type { Tx } from '../../../database';
import type { Page } from '../../shared/paging';
import { movesPage, type Pointer, pointersOf } from './store';
import { batchesByPage, type PagedKey } from '../paged-loader';
import type { ChannelMoveRecord } from '../records';

/** Which channel of which algorithm, and which page of its history. */
export interface HistoryKey extends PagedKey {
  readonly algorithmId: number;
  readonly name: string;
}

/** What one request asks of channels: one query for each kind, and for each kind of page. */
export interface ChannelLoaders {
  /** By the id of an algorithm: the channels that its owner moves. */
  readonly pointersOfAlgorithm: DataLoader<number, readonly Pointer[]>;
  /** Newest first. */
  readonly channelHistory: DataLoader<HistoryKey, readonly ChannelMoveRecord[], string>;
}

export function channelLoaders(reads: Tx): ChannelLoaders {
  return {
    pointersOfAlgorithm: new DataLoader(async (ids) => {
      const found = await pointersOf(reads, ids);
      return ids.map((id) => found.filter(({ algorithmId }) => algorithmId === id));
    }),
    channelHistory: new DataLoader(
      batchesByPage(
        (keys: readonly HistoryKey[], page: Page) =>
          movesPage(
            reads,
            [...new Set(keys.map(({ algorithmId }) => algorithmId))],
            [...new Set(keys.map(({ name }) => name))],
            page,
          ),
        historyOf,
      ),
      { cacheKeyFn: (key) => `${historyOf(key)} ${JSON.stringify(key.page)}` },
    ),
  };
}

function historyOf({ algorithmId, name }: Pick<HistoryKey, 'algorithmId' | 'name'>): string {
  return `${algorithmId}/${name}`;
}

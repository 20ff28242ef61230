import DataLoader from 'dataloader';

import type { Tx } from '../../../database';
import type { Page } from '../../shared/paging';
import { channelGatesOf, gateReportsPage } from './store';
import { batchesByPage, type PagedKey } from '../paged-loader';
import type { ChannelGates, GateReportRecord } from '../records';

/** The reports of which version, and which page of them. */
export interface ReportsKey extends PagedKey {
  readonly versionId: number;
}

/** What one request asks of gates: one query for each kind, and for each kind of page. */
export interface GateLoaders {
  /** By the id of an algorithm. */
  readonly gatesOfAlgorithm: DataLoader<number, readonly ChannelGates[]>;
  /** Newest first. */
  readonly gateReports: DataLoader<ReportsKey, readonly GateReportRecord[], string>;
}

export function gateLoaders(reads: Tx): GateLoaders {
  return {
    gatesOfAlgorithm: new DataLoader(async (ids) => {
      const found = await channelGatesOf(reads, ids);
      return ids.map((id) => found.filter(({ algorithmId }) => algorithmId === id));
    }),
    gateReports: new DataLoader(
      batchesByPage(
        (keys: readonly ReportsKey[], page: Page) =>
          gateReportsPage(reads, [...new Set(keys.map(({ versionId }) => versionId))], page),
        versionOf,
      ),
      { cacheKeyFn: (key) => `${key.versionId} ${JSON.stringify(key.page)}` },
    ),
  };
}

function versionOf({ versionId }: Pick<ReportsKey, 'versionId'>): string {
  return String(versionId);
}

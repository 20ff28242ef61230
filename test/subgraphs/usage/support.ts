import { DAY_MS } from '../../../src/domain/usage/granularity';
import { type UsageParts, UsageService } from '../../../src/subgraphs/usage';
import type { World } from '../../builders/services';

/** The slice on a world, where nobody calls. */
export function usageServiceOf(
  { database, ledger, index }: Pick<World, 'database' | 'ledger' | 'index'>,
  bounds: Pick<UsageParts, 'bounds'> = {},
): UsageService {
  return new UsageService({
    ...{ database, ledger, index },
    standings: { standsOf: () => Promise.resolve([]), standsAt: () => Promise.resolve([]) },
    pseudonyms: (owner, caller) => `${owner}|${caller}`,
    now: Date.now,
    callRetentionMs: 30 * DAY_MS,
    ...bounds,
  });
}

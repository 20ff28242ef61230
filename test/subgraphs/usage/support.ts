import type { UsagePairRow } from '../../../entities';
import type { Outcome } from '../../../src/domain/usage/call';
import { DAY_MS } from '../../../src/domain/usage/granularity';
import { Parts } from '../../../src/domain/usage/parts';
import { type UsageParts, UsageService } from '../../../src/subgraphs/usage';
import type { World } from '../../builders/services';

type CountsOfRow = Omit<UsagePairRow, 'algorithmId' | 'granularity' | 'bucket' | 'unit' | 'callerId'>;

/** What a row of a rollup or a pair has of calls, one of each of these outcomes. */
export function countsOfRow(...outcomes: readonly Outcome[]): CountsOfRow {
  const parts = new Parts();
  for (const outcome of outcomes) {
    parts.at({ selector: 'FULL', outcome }).add({ outcome, durationMs: 1, bytesIn: 1, bytesOut: 1 });
  }
  const { calls, errors, bytesIn, bytesOut, latencies } = parts.total();
  return {
    ...{ calls, errors, bytesIn, bytesOut },
    latencies: Buffer.from(latencies.encode()),
    parts: Buffer.from(parts.encode()),
  };
}

/** The same of calls that all ended well. */
export function countsOfCalls(calls: number): CountsOfRow {
  return countsOfRow(...Array.from({ length: calls }, () => 'OK' as const));
}

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

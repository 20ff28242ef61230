import type { Database } from '../database';
import { AlgogateError } from '../domain/errors';
import type { Counter } from '../domain/limits/counter';
import type { RateCounts } from './call-limiter';
import type { Counted, Counts } from './counts';
import { readCallsBeside } from './recorded-store';

/** What the rollups have, read each time: counts of a process that takes no calls, and sees none under way. */
export class RecordedCounts implements Counts {
  constructor(private readonly database: Database) {}

  reserve(): never {
    throw new AlgogateError('UNAVAILABLE', 'calls are counted elsewhere');
  }

  async look(counters: readonly Counter[]): Promise<Counted> {
    const { reads } = this.database;
    const totals = await Promise.all(counters.map((counter) => readCallsBeside(reads, counter, [])));
    return { kind: 'counted', totals };
  }

  // what is never missing is never set, and what is never reserved does not end
  begin(): void {}
  settle(): void {}
  release(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Rates are counted where the calls are, in that process's memory. */
export const UNKNOWN_RATES: RateCounts = {
  take: () => Promise.reject(new AlgogateError('UNAVAILABLE', 'requests are counted elsewhere')),
  giveBack: (_subject, _rate, taken) => Promise.resolve(taken),
  look: () => Promise.resolve(null),
};

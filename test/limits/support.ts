import { type Database, type Tx } from '../../src/database';
import { CallLimits } from '../../src/limits/call-limits';
import type { Counts } from '../../src/limits/counts';
import { LimitCache, type LimitEvents } from '../../src/limits/limit-cache';
import { Quotas } from '../../src/limits/quotas';
import { Rates } from '../../src/limits/rates';
import { LimitRow } from '../../entities';

/** The ledger's entries, as a test says that they came. */
export class TestEvents implements LimitEvents {
  isFresh = true;
  databaseAway = false;
  caughtUp = 0;
  private readonly listeners: Parameters<LimitEvents['onEvent']>[0][] = [];

  catchUp(): Promise<void> {
    this.caughtUp += 1;
    return Promise.resolve();
  }

  onEvent(listener: Parameters<LimitEvents['onEvent']>[0]): void {
    this.listeners.push(listener);
  }

  limitsSet(detail: object): void {
    for (const listener of this.listeners) {
      listener({ entry: { action: 'limits.set', changeJson: JSON.stringify(detail) } });
    }
  }
}

/** A clock that stands still until it is set. */
export class TestClock {
  constructor(public at: number) {}

  readonly now = (): number => this.at;
}

/** Limits as the call path has them, on a database, with counts and a clock of the test's. */
export function limitsOn(
  database: Database,
  counts: Counts,
  { events = new TestEvents(), now = Date.now }: { events?: TestEvents; now?: () => number } = {},
): CallLimits {
  const quotas = new Quotas({
    database,
    counts,
    drained: () => Promise.resolve(),
    settledAt: () => 0,
    onFault: (fault) => {
      throw fault;
    },
    now,
  });
  return new CallLimits({ cache: new LimitCache(database, events), rates: new Rates(null), quotas, now });
}

/** Limits of an owner, put straight into the table. */
export async function setOwnerLimits(tx: Tx, ownerId: number, limits: Partial<LimitRow>): Promise<void> {
  const subject = `owner:${ownerId}`;
  await tx.delete(LimitRow, { subject });
  await tx.insert(LimitRow, { subject, consumerId: ownerId, daySince: 1, monthSince: 1, ...limits });
}

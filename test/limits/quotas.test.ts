import type { Database } from '../../src/database';
import type { Counter } from '../../src/domain/limits/counter';
import { bucketOf, nextBucket } from '../../src/domain/usage/granularity';
import { keySubject } from '../../src/domain/usage/subject';
import { CountingLock, type LockHandle } from '../../src/limits/counting-lock';
import { MemoryCounts } from '../../src/limits/memory-counts';
import { Quotas } from '../../src/limits/quotas';
import { describeOnEachDatabase } from '../builders/databases';
import { outcomeOf } from '../builders/services';
import { expectSoon } from '../builders/soon';

const NOW = Date.now();
const DAY = bucketOf('DAY', NOW);
const COUNTER: Counter = {
  id: `key:4/DAY/${DAY}/1`,
  scope: 'KEY',
  period: 'DAY',
  limit: 2,
  bucket: DAY,
  end: nextBucket('DAY', DAY),
  since: 1,
  counted: { subject: keySubject(4) },
};
const HOLD_MS = 60_000;

describeOnEachDatabase('quotas whose lock is late', (open) => {
  let database: Database;
  let arrive: (handle: LockHandle) => void;
  let quotas: Quotas;

  beforeEach(async () => {
    database = await open();
    const opening = new Promise<LockHandle>((resolve) => {
      arrive = resolve;
    });
    const onRefused = (reason: string) => {
      throw new Error(reason);
    };
    quotas = new Quotas({
      database,
      counts: new MemoryCounts(new CountingLock({ open: () => opening, onRefused })),
      drained: () => Promise.resolve(),
      settledAt: () => 0,
      onFault: (fault) => {
        throw fault;
      },
      patienceMs: 50,
    });
  });

  test('keep no call waiting for it, nor where one stands', async () => {
    const asked = [
      Promise.resolve(quotas.reserve([COUNTER], { requestId: 'a', holdMs: HOLD_MS })),
      Promise.resolve(quotas.look([COUNTER])),
    ];
    expect(await Promise.all(asked.map(outcomeOf))).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
  });

  test('give back what was reserved for a call that had left', async () => {
    const left = Promise.resolve(quotas.reserve([COUNTER], { requestId: 'a', holdMs: HOLD_MS }));
    expect(await outcomeOf(left)).toBe('UNAVAILABLE');
    arrive({ isHeld: true, release: () => undefined });
    const totals = async () => (await quotas.look([COUNTER])).totals;
    await expectSoon(totals, [0]);
    expect(await quotas.reserve([COUNTER], { requestId: 'b', holdMs: HOLD_MS })).toEqual({
      kind: 'counted',
      totals: [1],
    });
  });
});

import type { Database } from '../../src/database';
import type { Counter } from '../../src/domain/limits/counter';
import { RetryLater } from '../../src/domain/limits/refusals';
import { bucketOf, nextBucket } from '../../src/domain/usage/granularity';
import { keySubject } from '../../src/domain/usage/subject';
import { CountingLock, type LockHandle } from '../../src/limits/counting-lock';
import type { Counts, Held } from '../../src/limits/counts';
import { MemoryCounts } from '../../src/limits/memory-counts';
import { Quotas } from '../../src/limits/quotas';
import { RedisCounts } from '../../src/limits/redis-counts';
import { RedisLink } from '../../src/limits/redis-link';
import { meteringSink } from '../../src/metering';
import { describeOnEachDatabase } from '../builders/databases';
import { describeWithRedis, TestRedis } from '../builders/redis';
import { outcomeOf } from '../builders/services';
import { expectSoon } from '../builders/soon';
import { record } from '../calls/support/records';
import { newAlgorithm, newUser } from './support';

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
const TEN: Counter = { ...COUNTER, limit: 10 };
const THREE: Counter = { ...COUNTER, limit: 3 };
const HOLD_MS = 60_000;

function fail(fault: unknown): never {
  throw fault;
}

function held(requestId: string, algorithmId = 1): Held {
  return { requestId, algorithmId, start: NOW, holdMs: HOLD_MS };
}

describeOnEachDatabase('quotas whose lock is late', (open) => {
  let database: Database;
  let arrive: (handle: LockHandle) => void;
  let quotas: Quotas;

  beforeEach(async () => {
    database = await open();
    const opening = new Promise<LockHandle>((resolve) => {
      arrive = resolve;
    });
    const onRefused = fail;
    quotas = new Quotas({
      database,
      counts: new MemoryCounts(new CountingLock({ open: () => opening, onRefused })),
      drained: () => Promise.resolve(),
      settledAt: () => 0,
      onFault: fail,
      patienceMs: 50,
    });
  });

  test('keep no call waiting for it, nor where one stands', async () => {
    const asked = [
      Promise.resolve(quotas.reserve([COUNTER], held('a'))),
      Promise.resolve(quotas.look([COUNTER])),
    ];
    expect(await Promise.all(asked.map(outcomeOf))).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
  });

  test('give back what was reserved for a call that had left', async () => {
    const left = Promise.resolve(quotas.reserve([COUNTER], held('a')));
    expect(await outcomeOf(left)).toBe('UNAVAILABLE');
    arrive({ isHeld: true, release: () => undefined });
    const totals = async () => (await quotas.look([COUNTER])).totals;
    await expectSoon(totals, [0]);
    expect(await quotas.reserve([COUNTER], held('b'))).toEqual({
      kind: 'counted',
      totals: [1],
    });
  });
});

describeOnEachDatabase('quotas whose counts are lost with calls under way', (open) => {
  let database: Database;
  let algorithmId: number;
  let drained: () => Promise<void>;

  beforeEach(async () => {
    database = await open();
    const ada = await newUser(database.reads, 'ada');
    algorithmId = await newAlgorithm(database.reads, ada, 'scarce');
    drained = () => Promise.resolve();
  });

  /** Brings the records of calls to the database, as the drain does. */
  const recorded = (...requestIds: string[]) =>
    meteringSink(database)(
      requestIds.map((requestId) => record(requestId, { start: NOW, algorithmId, keyId: 4 })),
    );
  const quotasOn = (counts: Counts) =>
    new Quotas({ database, counts, drained: () => drained(), settledAt: () => 0, onFault: fail });
  const totalsOf = async (quotas: Quotas) => (await quotas.look([TEN])).totals;

  /** Nine calls in every stage of their end, while their count is read anew: each counts once. */
  const countsEachOnce = async (quotas: Quotas, lose: () => Promise<void>) => {
    const names = ['past', 'before', 'soon', 'later', 'early', 'slow', 'running', 'void', 'gone'];
    for (const name of names) await quotas.reserve([TEN], held(name, algorithmId));
    quotas.settle([TEN], 'past');
    await recorded('past');
    await lose();
    quotas.settle([TEN], 'before');
    drained = async () => {
      quotas.settle([TEN], 'soon');
      quotas.settle([TEN], 'later');
      quotas.release([TEN], 'gone');
      // the end of `early` and `slow` is not heard of yet
      await recorded('before', 'soon', 'early', 'slow');
      drained = () => Promise.resolve();
    };
    expect(await totalsOf(quotas)).toEqual([8]);
    await recorded('later', 'running');
    for (const name of ['early', 'slow', 'running']) quotas.settle([TEN], name);
    quotas.release([TEN], 'void');
    await expectSoon(() => totalsOf(quotas), [7]);
    const more = await Promise.all(
      Array.from({ length: 9 }, async (_, at) => quotas.reserve([TEN], held(`more-${at}`, algorithmId))),
    );
    expect(more.filter(({ kind }) => kind === 'counted')).toHaveLength(3);
  };

  test('in memory, with its lock', async () => {
    let lost = false;
    const lock = new CountingLock({
      open: () => {
        const mine = { isHeld: true, release: () => undefined };
        return Promise.resolve({
          get isHeld() {
            return mine.isHeld && !lost;
          },
          release: () => {
            mine.isHeld = false;
            lost = false;
          },
        });
      },
      onRefused: fail,
    });
    await countsEachOnce(quotasOn(new MemoryCounts(lock)), () => {
      lost = true;
      return Promise.resolve();
    });
  });

  describeWithRedis('in Redis', () => {
    let redis: TestRedis;
    let link: RedisLink;
    let counts: RedisCounts;
    beforeEach(async () => {
      redis = await TestRedis.start();
      link = await RedisLink.to({ url: redis.url, onFault: () => undefined });
      await link.open();
      counts = new RedisCounts({ link, settleMs: 0, onFault: fail });
    });
    afterEach(async () => {
      await counts.close();
      link.close();
      await redis.stop();
    });
    const known = () => redis.command('ZCARD', `algogate:quotas:${TEN.id}:held`);

    test('that was emptied', async () => {
      await countsEachOnce(quotasOn(counts), async () => {
        await expectSoon(known, 8);
        await redis.command('FLUSHALL');
        await expectSoon(known, 8);
      });
    });

    test('that was restored as it was before', async () => {
      await redis.command('SAVE');
      await countsEachOnce(quotasOn(counts), async () => {
        await expectSoon(known, 8);
        await redis.kill();
        await redis.restart();
        await expectSoon(() => Promise.resolve(link.isReady), true);
        await expectSoon(known, 8);
      });
    });

    test('whose replica was killed before it could say that it had recorded its calls', async () => {
      const dying = await RedisLink.to({ url: redis.url, onFault: () => undefined });
      await dying.open();
      const died = new RedisCounts({ link: dying, settleMs: 0, onFault: () => undefined });
      for (const name of ['a', 'b', 'c']) {
        await quotasOn(died).reserve([THREE], { ...held(name, algorithmId), holdMs: 2_000 });
      }
      dying.close();
      await recorded('a', 'b');
      const quotas = quotasOn(counts);
      expect((await quotas.reserve([THREE], held('d', algorithmId))).kind).toBe('full');
      const kinds = async () => (await quotas.look([THREE])).totals;
      await expectSoon(kinds, [2]);
      expect((await quotas.reserve([THREE], held('d', algorithmId))).kind).toBe('counted');
      expect((await quotas.reserve([THREE], held('e', algorithmId))).kind).toBe('full');
      await died.close();
    });
  });

  test('with a journal that cannot be drained in time: refused at once, and told when to come again', async () => {
    const counts = new MemoryCounts(
      new CountingLock({
        open: () => Promise.resolve({ isHeld: true, release: () => undefined }),
        onRefused: fail,
      }),
    );
    const quotas = new Quotas({
      ...{
        database,
        counts,
        drained: () => fail(new Error('it is not waited for')),
        settledAt: () => 0,
        onFault: fail,
      },
      backlogMs: () => 31_500,
      patienceMs: 5_000,
    });
    await expect(quotas.reserve([TEN], held('a', algorithmId))).rejects.toEqual(
      new RetryLater('UNAVAILABLE', 'quotas are being counted anew', 32),
    );
    await expect(quotas.look([TEN])).rejects.toMatchObject({ retryAfterSeconds: 32 });
    expect(await quotasOn(counts).reserve([TEN], held('a', algorithmId))).toEqual({
      kind: 'counted',
      totals: [1],
    });
  });
});

import { setTimeout as pause } from 'node:timers/promises';

import type { Counter } from '../../src/domain/limits/counter';
import { bucketOf, nextBucket } from '../../src/domain/usage/granularity';
import { keySubject } from '../../src/domain/usage/subject';
import { CountingLock } from '../../src/limits/counting-lock';
import type { Counted, Counts } from '../../src/limits/counts';
import { MemoryCounts } from '../../src/limits/memory-counts';
import { RedisCounts } from '../../src/limits/redis-counts';
import { RedisLink } from '../../src/limits/redis-link';
import { describeWithRedis, TestRedis } from '../builders/redis';

const NOW = Date.now();
const DAY = bucketOf('DAY', NOW);
const HOLD_MS = 10_000;

function counter(subject: string, limit: number): Counter {
  return {
    id: `${subject}/DAY/${DAY}/1`,
    scope: 'KEY',
    period: 'DAY',
    limit,
    bucket: DAY,
    end: nextBucket('DAY', DAY),
    since: 1,
    counted: { subject: keySubject(1) },
  };
}

function fail(fault: unknown): never {
  throw fault;
}

/** What holds of counts wherever they are kept. */
function countsTests(countsOf: () => Counts): void {
  let subjects = 0;
  const fresh = (limit: number): Counter => counter(`key:${(subjects += 1)}`, limit);
  const reserve = async (counters: readonly Counter[], requestId: string, holdMs = HOLD_MS) =>
    countsOf().reserve(counters, { requestId, holdMs });
  /** Sets counters that are missing, as what reads the rollups does. */
  const begin = async (counters: readonly Counter[], used: number) => {
    const missing = await countsOf().look(counters);
    if (missing.kind !== 'missing') throw new Error('they are there already');
    for (const one of counters) await countsOf().begin(one, used, missing.life);
  };
  /** In Redis the end of a call is on its way for a moment. */
  const soon = async (counters: readonly Counter[], expected: Counted) => {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const counted = await countsOf().look(counters);
      if (JSON.stringify(counted) === JSON.stringify(expected)) break;
      await pause(10);
    }
    expect(await countsOf().look(counters)).toEqual(expected);
  };

  test('begin with what the rollups have, once', async () => {
    const one = fresh(10);
    const missing = await reserve([one], 'a');
    expect(missing).toEqual({ kind: 'missing', counters: [one], life: expect.any(String) });
    await begin([one], 4);
    await countsOf().begin(one, 9, missing.kind === 'missing' ? missing.life : '');
    expect(await reserve([one], 'a')).toEqual({ kind: 'counted', totals: [5] });
  });

  test('a count that was read for another life is not set', async () => {
    const one = fresh(10);
    await countsOf().begin(one, 4, 'another');
    expect(await countsOf().look([one])).toMatchObject({ kind: 'missing' });
  });

  test('of several counters, all count a call or none does', async () => {
    const [wide, narrow] = [fresh(10), fresh(1)];
    await begin([wide, narrow], 0);
    expect(await reserve([wide, narrow], 'a')).toEqual({ kind: 'counted', totals: [1, 1] });
    expect(await reserve([wide, narrow], 'b')).toEqual({ kind: 'full', totals: [1, 1] });
    expect(await reserve([wide], 'c')).toEqual({ kind: 'counted', totals: [2] });
  });

  test('only the missing ones are named, and nothing is reserved meanwhile', async () => {
    const [known, unknown] = [fresh(10), fresh(10)];
    await begin([known], 0);
    expect(await reserve([known, unknown], 'a')).toMatchObject({ kind: 'missing', counters: [unknown] });
    expect(await countsOf().look([known])).toEqual({ kind: 'counted', totals: [0] });
  });

  test('a recorded call is used up, one that never was is given back, and either only once', async () => {
    const one = fresh(2);
    await begin([one], 0);
    await reserve([one], 'a');
    await reserve([one], 'b');
    countsOf().settle([one], 'a');
    countsOf().settle([one], 'a');
    countsOf().release([one], 'a');
    countsOf().release([one], 'b');
    countsOf().settle([one], 'b');
    await soon([one], { kind: 'counted', totals: [1] });
    expect(await reserve([one], 'c')).toEqual({ kind: 'counted', totals: [2] });
    expect(await reserve([one], 'd')).toEqual({ kind: 'full', totals: [2] });
  });

  test('a limit that was lowered below what is used lets nothing through', async () => {
    const one = fresh(10);
    await begin([one], 7);
    expect(await reserve([{ ...one, limit: 5 }], 'a')).toEqual({ kind: 'full', totals: [7] });
    expect(await reserve([{ ...one, limit: 8 }], 'a')).toEqual({ kind: 'counted', totals: [8] });
  });

  test('of fifty calls at once on the last unit, one is counted', async () => {
    const one = fresh(3);
    await begin([one], 2);
    const kinds = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => (await reserve([one], `${at}`)).kind),
    );
    expect(kinds.filter((kind) => kind === 'counted')).toHaveLength(1);
  });
}

describe('counts in memory', () => {
  let clock = NOW;
  const lock = new CountingLock({
    open: () => Promise.resolve({ isHeld: true, release: () => undefined }),
    onRefused: fail,
  });
  const counts = new MemoryCounts(lock, () => clock);
  beforeEach(() => {
    clock = NOW;
  });
  countsTests(() => counts);

  test('a reservation expires', async () => {
    const one = counter('key:expiring', 1);
    const missing = await counts.look([one]);
    counts.begin(one, 0, missing.kind === 'missing' ? missing.life : '');
    await counts.reserve([one], { requestId: 'a', holdMs: HOLD_MS });
    clock = NOW + HOLD_MS - 1;
    expect(await counts.reserve([one], { requestId: 'b', holdMs: HOLD_MS })).toMatchObject({ kind: 'full' });
    clock = NOW + HOLD_MS;
    expect(await counts.reserve([one], { requestId: 'b', holdMs: HOLD_MS })).toMatchObject({
      kind: 'counted',
    });
  });
});

describeWithRedis('counts in Redis', () => {
  let redis: TestRedis;
  let link: RedisLink;
  let counts: RedisCounts;
  beforeAll(async () => {
    redis = await TestRedis.start();
    link = new RedisLink({ url: redis.url, onFault: () => undefined });
    counts = new RedisCounts({ link, settleMs: 0, onFault: () => undefined });
    await link.open();
  });
  afterAll(async () => {
    await counts.close();
    link.close();
    await redis.stop();
  });
  countsTests(() => counts);

  const begun = async (one: Counter) => {
    const missing = await counts.look([one]);
    await counts.begin(one, 0, missing.kind === 'missing' ? missing.life : '');
    return one;
  };

  test('a reservation expires', async () => {
    const one = await begun(counter('key:expiring', 1));
    await counts.reserve([one], { requestId: 'a', holdMs: 300 });
    expect(await counts.reserve([one], { requestId: 'b', holdMs: HOLD_MS })).toMatchObject({ kind: 'full' });
    await pause(350);
    expect(await counts.reserve([one], { requestId: 'b', holdMs: HOLD_MS })).toMatchObject({
      kind: 'counted',
    });
  });

  test('counts do not outlive their bucket for long', async () => {
    const one = await begun(counter('key:kept', 1));
    await counts.reserve([one], { requestId: 'a', holdMs: HOLD_MS });
    const keys = (await redis.command('KEYS', '*key:kept*')) as string[];
    const lives = await Promise.all(keys.map((key) => redis.command('PTTL', key)));
    expect(lives).toHaveLength(2);
    for (const life of lives) expect(life).toBeGreaterThan(86_000_000);
  });

  test('an end that Redis did not hear is sent again', async () => {
    const one = await begun(counter('key:resent', 1));
    await counts.reserve([one], { requestId: 'a', holdMs: HOLD_MS });
    // a cut connection, and not an empty Redis
    await redis.command('CLIENT', 'PAUSE', '400', 'ALL');
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal').catch(() => undefined);
    counts.settle([one], 'a');
    for (let attempt = 0; attempt < 100 && !link.isReady; attempt += 1) await pause(50);
    let held: unknown = null;
    for (let attempt = 0; attempt < 60 && held !== 0; attempt += 1) {
      await pause(50);
      held = await redis.command('ZCARD', `algogate:quotas:${one.id}:held`);
    }
    expect([held, await redis.command('GET', `algogate:quotas:${one.id}:used`)]).toEqual([0, '1']);
  });
});

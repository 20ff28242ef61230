import { setTimeout as pause } from 'node:timers/promises';

import type { Counter } from '../../src/domain/limits/counter';
import { bucketOf, nextBucket } from '../../src/domain/usage/granularity';
import { keySubject } from '../../src/domain/usage/subject';
import { CountingLock } from '../../src/limits/counting-lock';
import type { Counted, Counts, Held, Missing } from '../../src/limits/counts';
import { MemoryCounts } from '../../src/limits/memory-counts';
import { RedisCounts } from '../../src/limits/redis-counts';
import { RedisLink } from '../../src/limits/redis-link';
import { describeWithRedis, TestRedis } from '../builders/redis';
import { expectSoon } from '../builders/soon';

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

function held(requestId: string, holdMs = HOLD_MS): Held {
  return { requestId, algorithmId: 1, start: NOW, holdMs };
}

/** What a counter lacks, when it lacks something. */
async function missingOf(counts: Counts, one: Counter): Promise<Missing> {
  const counted = await counts.look([one]);
  const [missing] = counted.kind === 'missing' ? counted.missing : [];
  if (missing === undefined) throw new Error('it is there already');
  return missing;
}

/** The calls under way that a counter knows of, though it is not set. */
async function knownCalls(counts: Counts, one: Counter): Promise<string[]> {
  return (await missingOf(counts, one)).calls.map(({ requestId }) => requestId).sort();
}

/** What holds of counts wherever they are kept. */
function countsTests(countsOf: () => Counts): void {
  let subjects = 0;
  const fresh = (limit: number): Counter => counter(`key:${(subjects += 1)}`, limit);
  const reserve = async (counters: readonly Counter[], requestId: string, holdMs = HOLD_MS) =>
    countsOf().reserve(counters, held(requestId, holdMs));
  /** Sets counters that are missing, as what reads the rollups does. */
  const begin = async (counters: readonly Counter[], used: number) => {
    for (const one of counters) await countsOf().begin(await missingOf(countsOf(), one), used);
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
    const missing = { counter: one, life: expect.any(String), calls: [] };
    expect(await reserve([one], 'a')).toEqual({ kind: 'missing', missing: [missing] });
    const read = await missingOf(countsOf(), one);
    await begin([one], 4);
    await countsOf().begin(read, 9);
    expect(await reserve([one], 'a')).toEqual({ kind: 'counted', totals: [5] });
  });

  test('a count that was read for another life is not set', async () => {
    const one = fresh(10);
    await countsOf().begin({ counter: one, life: 'another', calls: [] }, 4);
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
    expect(await reserve([known, unknown], 'a')).toMatchObject({
      ...{ kind: 'missing', missing: [{ counter: unknown }] },
    });
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
  let lose: () => void = () => undefined;
  const lock = new CountingLock({
    open: () => {
      let isHeld = true;
      lose = () => {
        isHeld = false;
      };
      return Promise.resolve({
        get isHeld() {
          return isHeld;
        },
        release: () => undefined,
      });
    },
    onRefused: fail,
  });
  const counts = new MemoryCounts(lock, () => clock);
  beforeEach(() => {
    clock = NOW;
  });
  countsTests(() => counts);

  test('a reservation expires', async () => {
    const one = counter('key:expiring', 1);
    counts.begin(await missingOf(counts, one), 0);
    await counts.reserve([one], held('a'));
    clock = NOW + HOLD_MS - 1;
    expect(await counts.reserve([one], held('b'))).toMatchObject({ kind: 'full' });
    clock = NOW + HOLD_MS;
    expect(await counts.reserve([one], held('b'))).toEqual({ kind: 'counted', totals: [1] });
    // and it counts when it ends after all
    counts.settle([one], 'a');
    expect(counts.look([one])).toEqual({ kind: 'counted', totals: [2] });
  });

  test('a new life knows the calls under way, and those that end until it is set', async () => {
    const one = counter('key:lives', 10);
    counts.begin(await missingOf(counts, one), 0);
    for (const requestId of ['before', 'a', 'b', 'c', 'd']) await counts.reserve([one], held(requestId));
    counts.settle([one], 'before');
    lose();
    counts.settle([one], 'a'); // its record will be in the rollups
    expect(await knownCalls(counts, one)).toEqual(['b', 'c', 'd']);
    counts.settle([one], 'b');
    counts.release([one], 'c');
    expect(await knownCalls(counts, one)).toEqual(['b', 'd']);
    counts.begin(await missingOf(counts, one), 2);
    expect(counts.look([one])).toEqual({ kind: 'counted', totals: [4] });
    counts.settle([one], 'd');
    expect(counts.look([one])).toEqual({ kind: 'counted', totals: [4] });
  });
});

describeWithRedis('counts in Redis', () => {
  let redis: TestRedis;
  let link: RedisLink;
  let counts: RedisCounts;
  beforeAll(async () => {
    redis = await TestRedis.start();
    link = await RedisLink.to({ url: redis.url, onFault: () => undefined });
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
    await counts.begin(await missingOf(counts, one), 0);
    return one;
  };

  test('a reservation expires', async () => {
    const one = await begun(counter('key:expiring', 1));
    await counts.reserve([one], held('a', 300));
    expect(await counts.reserve([one], held('b'))).toMatchObject({ kind: 'full' });
    await pause(350);
    // a replica that died may have recorded it: what the rollups have is asked first
    expect(await knownCalls(counts, one)).toEqual([]);
    expect(await counts.reserve([one], held('b'))).toMatchObject({ kind: 'missing' });
    await counts.begin(await missingOf(counts, one), 0);
    expect(await counts.reserve([one], held('b'))).toEqual({ kind: 'counted', totals: [1] });
  });

  test('a call that ends when its reservation is over counts, as the rollups have it', async () => {
    const one = await begun(counter('key:late', 1));
    await counts.reserve([one], held('a', 50));
    await pause(60);
    await counts.begin(await missingOf(counts, one), 0);
    expect(await counts.look([one])).toEqual({ kind: 'counted', totals: [0] });
    counts.settle([one], 'a');
    expect(await knownCalls(counts, one)).toEqual(['a']);
    await counts.begin(await missingOf(counts, one), 0);
    expect(await counts.look([one])).toEqual({ kind: 'counted', totals: [1] });
  });

  test('a Redis that was emptied is told of the calls under way, before anyone asks', async () => {
    const one = await begun(counter('key:emptied', 9));
    for (const requestId of ['a', 'b', 'c']) await counts.reserve([one], held(requestId));
    await redis.command('FLUSHALL');
    await expectSoon(() => redis.command('ZCARD', `algogate:quotas:${one.id}:held`), 3);
    counts.settle([one], 'a');
    await expectSoon(() => redis.command('ZCARD', `algogate:quotas:${one.id}:held`), 2);
    expect(await knownCalls(counts, one)).toEqual(['a', 'b', 'c']);
    await counts.begin(await missingOf(counts, one), 4);
    expect(await counts.look([one])).toEqual({ kind: 'counted', totals: [7] });
    counts.settle([one], 'b');
    counts.release([one], 'c');
    await expectSoon(() => counts.look([one]), { kind: 'counted', totals: [6] });
  });

  test('a number that was read without a call under way is not believed when that is announced', async () => {
    const one = await begun(counter('key:announced', 9));
    await counts.reserve([one], held('a'));
    const before = await missingOf(counts, counter('key:other', 9));
    await redis.command('ZREM', `algogate:quotas:${one.id}:held`, `1 ${NOW} a`);
    expect(await counts.look([one])).toEqual({ kind: 'counted', totals: [0] });
    // another life, that knows the number already
    const life = `${before.life.split(' ')[0]} 1`;
    await redis.command('SET', 'algogate:quotas', life);
    await redis.command('HSET', `algogate:quotas:${one.id}:count`, 'life', life, 'used', '0');
    await expectSoon(async () => (await counts.look([one])).kind, 'missing');
    expect(await knownCalls(counts, one)).toEqual(['a']);
    counts.release([one], 'a');
  });

  test('a number that was read before a call came to light is not set', async () => {
    const one = await begun(counter('key:unasked', 9));
    await redis.command('FLUSHALL');
    const missing = await missingOf(counts, one);
    await redis.command('ZADD', `algogate:quotas:${one.id}:held`, String(NOW + HOLD_MS), `1 ${NOW} x`);
    await counts.begin(missing, 3);
    expect(await knownCalls(counts, one)).toEqual(['x']);
  });

  test('what a restored Redis knows of long ago is not believed', async () => {
    const one = await begun(counter('key:restored', 10));
    await counts.reserve([one], held('a'));
    counts.settle([one], 'a');
    await expectSoon(() => redis.command('HGET', `algogate:quotas:${one.id}:count`, 'used'), '1');
    await redis.command('SAVE');
    await counts.reserve([one], held('b'));
    await redis.kill();
    await redis.restart();
    expect(await redis.command('HGET', `algogate:quotas:${one.id}:count`, 'used')).toBe('1');
    await expectSoon(() => Promise.resolve(link.isReady), true);
    await expectSoon(() => knownCalls(counts, one), ['b']);
    await counts.begin(await missingOf(counts, one), 6);
    expect(await counts.look([one])).toEqual({ kind: 'counted', totals: [7] });
  });

  test('a Redis that hangs is given up, however many calls go on asking it', async () => {
    const one = await begun(counter('key:hanging', 9));
    const asking: Promise<unknown>[] = [];
    redis.hang();
    const end = Date.now() + 8_000;
    for (let at = 0; link.isReady && Date.now() < end; at += 1) {
      asking.push(Promise.resolve(counts.reserve([one], held(`${at}`))).catch(() => undefined));
      await pause(50);
    }
    const givenUp = !link.isReady;
    redis.wake();
    await Promise.all(asking);
    expect(givenUp).toBe(true);
    await expectSoon(() => Promise.resolve(link.isReady), true);
  });

  test('counts do not outlive their bucket for long', async () => {
    const one = await begun(counter('key:kept', 1));
    await counts.reserve([one], held('a'));
    const keys = (await redis.command('KEYS', '*key:kept*')) as string[];
    const lives = await Promise.all(keys.map((key) => redis.command('PTTL', key)));
    expect(lives).toHaveLength(2);
    for (const life of lives) expect(life).toBeGreaterThan(86_000_000);
  });

  test('an end that Redis did not hear is sent again', async () => {
    const one = await begun(counter('key:resent', 1));
    await counts.reserve([one], held('a'));
    // a cut connection, and not an empty Redis
    await redis.command('CLIENT', 'PAUSE', '400', 'ALL');
    await redis.command('CLIENT', 'KILL', 'TYPE', 'normal').catch(() => undefined);
    counts.settle([one], 'a');
    for (let attempt = 0; attempt < 100 && !link.isReady; attempt += 1) await pause(50);
    await expectSoon(() => redis.command('ZCARD', `algogate:quotas:${one.id}:held`), 0);
    expect(await redis.command('HGET', `algogate:quotas:${one.id}:count`, 'used')).toBe('1');
  });
});

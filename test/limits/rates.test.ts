import { setTimeout as pause } from 'node:timers/promises';

import { Rates } from '../../src/limits/rates';
import { RedisLink } from '../../src/limits/redis-link';
import { describeWithRedis, TestRedis } from '../builders/redis';

/** What holds of rates wherever they are counted. */
function ratesTests(ratesOf: () => Rates): void {
  test('what is given back may be taken again, of the second and of the reserve', async () => {
    const rate = { perSecond: 1, burst: 3 };
    const rates = ratesOf();
    const seen: unknown[] = [];
    for (const giveBack of [true, true, false, true, false, true, false, false]) {
      const taken = await rates.take('key:1', rate);
      const { remaining } = giveBack ? await rates.giveBack('key:1', rate, taken) : taken;
      seen.push([taken.from, remaining]);
    }
    expect(seen).toEqual([
      ...[
        ['steady', 3],
        ['steady', 3],
        ['steady', 2],
      ],
      ...[
        ['reserve', 2],
        ['reserve', 1],
      ],
      ...[
        ['reserve', 1],
        ['reserve', 0],
      ],
      [null, 0],
    ]);
  });

  test('a request that was refused has nothing to give back', async () => {
    const rate = { perSecond: 1, burst: 1 };
    const rates = ratesOf();
    await rates.take('key:2', rate);
    const refused = await rates.take('key:2', rate);
    expect(await rates.giveBack('key:2', rate, refused)).toMatchObject({ admitted: false, remaining: 0 });
    expect(await rates.look('key:2', rate)).toMatchObject({ admitted: false, remaining: 0 });
  });
}

describe('rates in memory', () => {
  const rates = new Rates(null);
  ratesTests(() => rates);

  test.each([
    [1, 3_600],
    [277, 277 * 3_600],
    [278, 1_000_000],
  ])(
    'a rate of %d with the largest burst of %d is kept for as long as it takes',
    async (perSecond, burst) => {
      const subject = `key:${perSecond}`;
      const rate = { perSecond, burst };
      // the reserve is drawn on once a second's own are taken, whenever that second began
      let taken = await rates.take(subject, rate);
      while (taken.from !== 'reserve') taken = await rates.take(subject, rate);
      await pause(20); // a timer that is too long ends at once, and what it keeps is forgotten
      expect(taken.spare).toBe(burst - perSecond - 1);
      expect((await rates.look(subject, rate)).spare).toBe(taken.spare);
    },
  );
});

describeWithRedis('rates in Redis', () => {
  let redis: TestRedis;
  let link: RedisLink;
  let rates: Rates;
  beforeAll(async () => {
    redis = await TestRedis.start();
    link = await RedisLink.to({ url: redis.url, onFault: () => undefined });
    await link.open();
    rates = new Rates(link);
  });
  afterAll(async () => {
    link.close();
    await redis.stop();
  });
  ratesTests(() => rates);
});

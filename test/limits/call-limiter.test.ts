import type { Database } from '../../src/database';
import { UNBOUNDED } from '../../src/domain/limits/call-limits';
import type { LimitReached } from '../../src/domain/limits/refusals';
import type { UserPrincipal } from '../../src/domain/principal';
import type { CallLimiter } from '../../src/limits/call-limiter';
import { CountingLock } from '../../src/limits/counting-lock';
import { MemoryCounts } from '../../src/limits/memory-counts';
import { describeOnEachDatabase } from '../builders/databases';
import {
  byNewKey,
  limitsOn,
  newAlgorithm,
  newUser,
  setLimits,
  setOwnerLimits,
  TestClock,
  TestEvents,
} from './support';

const LAST_SECOND = Date.parse('2026-02-28T23:59:59.500Z');
const MIDNIGHT = Date.parse('2026-03-01T00:00:00Z');

describeOnEachDatabase('limits of calls', (open) => {
  let database: Database;
  let ada: UserPrincipal;
  let algorithmId: number;
  let clock: TestClock;
  let events: TestEvents;
  let limits: CallLimiter;
  let calls = 0;

  beforeEach(async () => {
    database = await open();
    ada = await newUser(database.reads, 'ada');
    algorithmId = await newAlgorithm(database.reads, ada, 'scarce');
    clock = new TestClock(LAST_SECOND);
    events = new TestEvents();
    const lock = new CountingLock({
      open: () => Promise.resolve({ isHeld: true, release: () => undefined }),
      onRefused: (reason) => {
        throw new Error(reason);
      },
    });
    limits = limitsOn(database, new MemoryCounts(lock, clock.now), { events, now: clock.now });
  });

  const callOf = (requestId: string, start: number) => ({
    requestId,
    start,
    admission: { algorithmId },
    route: { timeoutMs: 1000 },
  });
  /** What a refusal says. */
  const refusalOf = (refused: unknown): readonly string[] => {
    const { code, retryAfterSeconds, standing } = refused as LimitReached;
    return [code, String(retryAfterSeconds), ...standing.headers];
  };
  /** One call that begins now: what the headers of its answer say of quotas, or those of its refusal. */
  const attempt = async (principal = ada): Promise<readonly string[] | null> => {
    try {
      const entered = await limits.enter(principal);
      const call = { ...callOf(`call-${(calls += 1)}`, clock.at), principal, entered };
      const reservation = await limits.reserve(call);
      reservation?.settle();
      return reservation?.standing.headers ?? null;
    } catch (refused) {
      return refusalOf(refused);
    }
  };
  const policy = (day: number, month: number) =>
    `"owner-day";q=2;w=86400, "owner-month";q=3;w=${month * day}`;

  test('days and months of UTC begin anew at midnight', async () => {
    await setOwnerLimits(database.reads, ada.owner.id, { perDay: 2, perMonth: 3 });
    const february = ['RateLimit-Policy', policy(86_400, 28), 'RateLimit'];
    expect(await attempt()).toEqual([...february, '"owner-day";r=1;t=1, "owner-month";r=2;t=1']);
    expect(await attempt()).toEqual([...february, '"owner-day";r=0;t=1, "owner-month";r=1;t=1']);
    const refused = ['QUOTA_EXCEEDED', '1', ...february, '"owner-day";r=0;t=1, "owner-month";r=1;t=1'];
    expect(await attempt()).toEqual(refused);
    clock.at += 500;
    const march = ['RateLimit-Policy', policy(86_400, 31), 'RateLimit'];
    const left = (day: number, month: number) =>
      `"owner-day";r=${day};t=86400, "owner-month";r=${month};t=${31 * 86_400}`;
    expect(await attempt()).toEqual([...march, left(1, 2)]);
    expect(await attempt()).toEqual([...march, left(0, 1)]);
    clock.at += 86_400_000;
    const nextDay = (month: number) => `"owner-day";r=1;t=86400, "owner-month";r=${month};t=${30 * 86_400}`;
    expect(await attempt()).toEqual([...march, nextDay(0)]);
    expect(await attempt()).toEqual([...['QUOTA_EXCEEDED', String(30 * 86_400), ...march], nextDay(0)]);
  });

  test('a call counts for the day in which it began', async () => {
    await setOwnerLimits(database.reads, ada.owner.id, { perDay: 1 });
    const entered = await limits.enter(ada);
    const begun = { ...callOf('yesterday', clock.at), principal: ada, entered };
    clock.at += 1000;
    expect((await limits.reserve(begun))?.standing.headers[3]).toBe('"owner-day";r=0;t=0');
    expect(await attempt()).toEqual([
      'RateLimit-Policy',
      '"owner-day";q=1;w=86400',
      'RateLimit',
      '"owner-day";r=0;t=86400',
    ]);
  });

  test('are read once, and again when the ledger says that they changed', async () => {
    expect(await attempt()).toBeNull();
    await setOwnerLimits(database.reads, ada.owner.id, { perDay: 5 });
    expect(await attempt()).toBeNull();
    events.limitsSet({ consumerId: ada.owner.id });
    expect(await attempt()).toEqual(expect.arrayContaining(['"owner-day";q=5;w=86400']));
    expect(events.caughtUp).toBe(3);
  });

  test('what was read before a change that was heard meanwhile is not kept', async () => {
    let heard = 0;
    database.queries.listener = (sql) => {
      if (/WHERE \(\(.LimitRow.\..consumer_id/.test(sql) && (heard += 1) === 1) {
        events.limitsSet({ consumerId: ada.owner.id });
      }
    };
    expect(await attempt()).toBeNull();
    expect(heard).toBe(1);
    await setOwnerLimits(database.reads, ada.owner.id, { perDay: 5 });
    expect(await attempt()).toEqual(expect.arrayContaining(['"owner-day";q=5;w=86400']));
  });

  test('memory that is not fresh is not trusted', async () => {
    await attempt();
    const before = events.caughtUp;
    events.isFresh = false;
    expect(await attempt()).toBeNull();
    expect(events.caughtUp).toBeGreaterThan(before);
  });

  test('nothing bounds the operator and the anonymous', () => {
    for (const kind of ['operator', 'anonymous'] as const) {
      const principal = { kind };
      expect(limits.enter(principal)).toBeNull();
      expect(limits.reserve({ ...callOf('free', clock.at), principal, entered: null })).toBeNull();
    }
  });

  test('who has no limits is let through at once, without a promise', async () => {
    await attempt();
    const entered = limits.enter(ada);
    expect(entered).toBe(UNBOUNDED);
    expect(limits.reserve({ ...callOf('free', clock.at), principal: ada, entered: UNBOUNDED })).toBeNull();
  });

  test('quotas that algorithms have for a consumer are no part of its own limits', async () => {
    for (const name of ['one', 'two', 'three']) {
      const parts = {
        keyId: null,
        consumerId: ada.owner.id,
        algorithmId: await newAlgorithm(database.reads, ada, name),
      };
      await setLimits(database.reads, parts, name === 'one' ? { perDay: 1 } : {});
    }
    const read: string[] = [];
    database.queries.listener = (sql) => {
      if (/FROM .limits/i.test(sql)) read.push(sql);
    };
    expect(await attempt()).toBeNull();
    expect([limits.enter(ada), await attempt()]).toEqual([UNBOUNDED, null]);
    // its own, the default of the algorithm, and whether that has others: what is set elsewhere is not read
    expect(read).toHaveLength(3);
  });

  test('a quota at one algorithm is heard of, and so is its end', async () => {
    const parts = { keyId: null, consumerId: ada.owner.id, algorithmId };
    const changed = async (change: object) => {
      await setLimits(database.reads, parts, change);
      events.limitsSet({ consumerId: ada.owner.id, algorithmId });
    };
    expect(await attempt()).toBeNull();
    await changed({ perDay: 5 });
    expect(await attempt()).toEqual(expect.arrayContaining(['"algorithm-day";q=5;w=86400']));
    await changed({});
    expect(await attempt()).toBeNull();
    const defaults = { keyId: null, consumerId: null, algorithmId };
    await setLimits(database.reads, defaults, { perDay: 9, daySince: LAST_SECOND - 60_000 });
    events.limitsSet({ consumerId: null, algorithmId });
    expect(await attempt()).toEqual(expect.arrayContaining(['"algorithm-day";q=9;w=86400']));
  });

  test('limits are those of the moment when the caller was let in', async () => {
    await setOwnerLimits(database.reads, ada.owner.id, { perDay: 5 });
    const entered = await limits.enter(ada);
    await setOwnerLimits(database.reads, ada.owner.id, {});
    events.limitsSet({ consumerId: ada.owner.id });
    const call = { ...callOf('late', MIDNIGHT), principal: ada, entered };
    expect((await limits.reserve(call))?.standing.headers[1]).toBe('"owner-day";q=5;w=86400');
  });

  describe('rates', () => {
    /** What the headers say of one request, or of its refusal; times are left out. */
    const request = async (principal: UserPrincipal): Promise<readonly string[]> => {
      const timeless = (headers: readonly string[]) => headers.map((header) => header.replace(/;t=\d+/g, ''));
      try {
        return timeless((await limits.enter(principal))?.standing?.headers ?? []);
      } catch (refused) {
        return timeless(refusalOf(refused));
      }
    };
    const limitKey = (key: UserPrincipal, change: object) =>
      setLimits(
        database.reads,
        { keyId: key.key?.id ?? null, consumerId: ada.owner.id, algorithmId: null },
        change,
      );
    const policyOf = (key: number, owner: number) =>
      `"key-second";q=${key};w=1, "owner-second";q=${owner};w=1`;
    const standing = (key: number, owner: number) => `"key-second";r=${key}, "owner-second";r=${owner}`;

    test('a key beyond its rate takes nothing from the other keys of its owner', async () => {
      const [loud, quiet] = [
        await byNewKey(database.reads, ada, 'loud'),
        await byNewKey(database.reads, ada, 'quiet'),
      ];
      await limitKey(loud, { perSecond: 1 });
      await setOwnerLimits(database.reads, ada.owner.id, { perSecond: 3 });
      await limits.standsOf(loud);
      const told = ['RateLimit-Policy', policyOf(1, 3), 'RateLimit'];
      expect(await request(loud)).toEqual([...told, standing(0, 2)]);
      const alone = ['RateLimit-Policy', '"key-second";q=1;w=1', 'RateLimit', '"key-second";r=0'];
      for (let at = 0; at < 5; at += 1) {
        expect(await request(loud)).toEqual(['RATE_LIMITED', '1', ...alone]);
      }
      const quietly = ['RateLimit-Policy', '"owner-second";q=3;w=1', 'RateLimit'];
      expect(await request(quiet)).toEqual([...quietly, '"owner-second";r=1']);
      expect(await request(quiet)).toEqual([...quietly, '"owner-second";r=0']);
    });

    test('what the owner has no more of costs the key nothing', async () => {
      const key = await byNewKey(database.reads, ada, 'key');
      await limitKey(key, { perSecond: 3, burst: 5 });
      await setOwnerLimits(database.reads, ada.owner.id, { perSecond: 1 });
      await limits.standsOf(key);
      const policies = '"key-second";q=3;w=1, "key-burst";q=2;w=7, "owner-second";q=1;w=1';
      const stands = '"key-second";r=2, "key-burst";r=2, "owner-second";r=0';
      const told = ['RateLimit-Policy', policies, 'RateLimit', stands];
      expect(await request(key)).toEqual(told);
      for (let at = 0; at < 8; at += 1) {
        expect(await request(key)).toEqual(['RATE_LIMITED', '1', ...told]);
      }
    });
  });
});

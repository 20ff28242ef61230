import type { CallLimits } from '../../src/limits/call-limits';
import { CountingLock } from '../../src/limits/counting-lock';
import { MemoryCounts } from '../../src/limits/memory-counts';
import { OwnerRow } from '../../entities';
import type { Database } from '../../src/database';
import type { LimitReached } from '../../src/domain/limits/refusals';
import type { Principal } from '../../src/domain/principal';
import { describeOnEachDatabase } from '../builders/databases';
import { limitsOn, setOwnerLimits, TestClock, TestEvents } from './support';

const ALGORITHM = { algorithmId: 12 };
const LAST_SECOND = Date.parse('2026-02-28T23:59:59.500Z');

async function newOwner(database: Database): Promise<Principal> {
  const { identifiers } = await database.reads.insert(OwnerRow, {
    handle: 'ada',
    handleKey: 'ada',
    kind: 'USER',
    displayName: null,
    suspendedAt: null,
    createdAt: 1,
  });
  const owner = { id: Number(identifiers[0]?.['id']), handle: 'ada' };
  return { kind: 'user', owner, roles: new Map(), key: null };
}

function idOf(principal: Principal): number {
  return 'owner' in principal ? principal.owner.id : 0;
}

describeOnEachDatabase('limits of calls', (open) => {
  let database: Database;
  let ada: Principal;
  let clock: TestClock;
  let events: TestEvents;
  let limits: CallLimits;
  let calls = 0;

  beforeEach(async () => {
    database = await open();
    ada = await newOwner(database);
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

  /** One call that begins now: the headers of its answer, or of its refusal. */
  const attempt = async (): Promise<readonly string[] | null> => {
    const call = { requestId: `call-${(calls += 1)}`, start: clock.at, deadline: clock.at + 1000 };
    try {
      const reservation = await limits.reserve(ada, ALGORITHM, call);
      reservation?.settle();
      return reservation?.standing.headers ?? null;
    } catch (refused) {
      const { code, retryAfterSeconds, standing } = refused as LimitReached;
      return [code, String(retryAfterSeconds), ...standing.headers];
    }
  };
  const policy = (day: number, month: number) =>
    `"owner-day";q=2;w=86400, "owner-month";q=3;w=${month * day}`;

  test('days and months of UTC begin anew at midnight', async () => {
    await setOwnerLimits(database.reads, idOf(ada), { perDay: 2, perMonth: 3 });
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
    await setOwnerLimits(database.reads, idOf(ada), { perDay: 1 });
    const begun = { requestId: 'yesterday', start: clock.at, deadline: clock.at + 1000 };
    clock.at += 1000;
    expect((await limits.reserve(ada, ALGORITHM, begun))?.standing.headers[3]).toBe('"owner-day";r=0;t=0');
    expect(await attempt()).toEqual([
      'RateLimit-Policy',
      '"owner-day";q=1;w=86400',
      'RateLimit',
      '"owner-day";r=0;t=86400',
    ]);
  });

  test('are read once, and again when the ledger says that they changed', async () => {
    expect(await attempt()).toBeNull();
    await setOwnerLimits(database.reads, idOf(ada), { perDay: 5 });
    expect(await attempt()).toBeNull();
    events.limitsSet({ consumerId: idOf(ada) });
    expect(await attempt()).toEqual(expect.arrayContaining(['"owner-day";q=5;w=86400']));
    expect(events.caughtUp).toBe(3);
  });

  test('what was read before a change that was heard meanwhile is not kept', async () => {
    let heard = 0;
    database.queries.listener = (sql) => {
      if (/WHERE \(\(.LimitRow.\..consumer_id/.test(sql) && (heard += 1) === 1) {
        events.limitsSet({ consumerId: idOf(ada) });
      }
    };
    expect(await attempt()).toBeNull();
    expect(heard).toBe(1);
    await setOwnerLimits(database.reads, idOf(ada), { perDay: 5 });
    expect(await attempt()).toEqual(expect.arrayContaining(['"owner-day";q=5;w=86400']));
  });

  test('memory that is not fresh is not trusted', async () => {
    await attempt();
    const before = events.caughtUp;
    events.isFresh = false;
    expect(await attempt()).toBeNull();
    expect(events.caughtUp).toBeGreaterThan(before);
  });

  test('nothing bounds the operator and the anonymous', async () => {
    for (const kind of ['operator', 'anonymous'] as const) {
      const call = { requestId: 'free', start: clock.at, deadline: clock.at };
      expect([limits.enter({ kind }), limits.reserve({ kind }, ALGORITHM, call)]).toEqual([null, null]);
    }
  });

  test('who has no limits is let through at once, without a promise', async () => {
    await limits.enter(ada);
    await attempt();
    const call = { requestId: 'free', start: clock.at, deadline: clock.at };
    expect([limits.enter(ada), limits.reserve(ada, ALGORITHM, call)]).toEqual([null, null]);
  });
});

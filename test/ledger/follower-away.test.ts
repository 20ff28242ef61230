import type { Database } from '../../src/database';
import { Follower, Ledger } from '../../src/ledger';
import { refusal } from '../builders/services';

const MAX_STALENESS_MS = 60_000;
/** Chapter 1: what another replica wrote is served within a second. */
const FRESH_MS = 1000;

describe('a follower whose database comes and goes', () => {
  let looks: number;
  let read: () => Promise<unknown[]>;
  let follower: Follower;

  beforeEach(async () => {
    jest.useFakeTimers();
    looks = 0;
    read = answering;
    // SQLite's clock is the process's own; the one read of a look in which nothing moved is of the heads
    const reads = { query: () => ((looks += 1), read()) };
    const database = { dialect: 'sqlite', reads } as unknown as Database;
    follower = new Follower(database, new Ledger(database), { maxStalenessMs: MAX_STALENESS_MS });
    await follower.start();
  });
  afterEach(async () => {
    read = answering;
    await follower.stop();
    jest.useRealTimers();
  });

  const answering = () => Promise.resolve([]);
  const away = () => Promise.reject(new Error('connect ECONNREFUSED'));
  const passes = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  /** Whether a promise is settled without any time passing. */
  const atOnce = async (promise: Promise<unknown>) => {
    let settled = false;
    const done = () => {
      settled = true;
    };
    promise.then(done, done);
    await passes(0);
    return settled;
  };

  test('before its first look nothing is fresh', () => {
    const database = { dialect: 'sqlite', reads: {} } as unknown as Database;
    const cold = new Follower(database, new Ledger(database), { maxStalenessMs: MAX_STALENESS_MS });
    expect(cold.isFresh).toBe(false);
  });

  test('while the database answers, memory is fresh all the time, and nobody waits', async () => {
    for (let ms = 0; ms < 10_000; ms += 100) {
      await passes(100);
      expect([follower.isFresh, follower.databaseAway, follower.stalenessMs < FRESH_MS]).toEqual([
        true,
        false,
        true,
      ]);
      expect(await atOnce(follower.catchUp())).toBe(true);
    }
  });

  test('while it is away, readers go on from memory at once, for as long as that is tolerated', async () => {
    read = away;
    await passes(FRESH_MS);
    expect([follower.isFresh, follower.databaseAway]).toEqual([false, true]);
    for (let ms = FRESH_MS; ms < MAX_STALENESS_MS - FRESH_MS; ms += 5000) {
      const reader = follower.catchUp();
      expect(await atOnce(reader)).toBe(true);
      await expect(reader).resolves.toBeUndefined();
      await passes(5000);
    }
    await passes(5000);
    expect(follower.stalenessMs).toBeGreaterThan(MAX_STALENESS_MS);
    expect(await refusal(follower.catchUp())).toEqual({
      code: 'UNAVAILABLE',
      message: 'the registry is not reachable',
    });
    read = answering;
    await passes(FRESH_MS / 2);
    expect([follower.isFresh, follower.databaseAway]).toEqual([true, false]);
    await expect(follower.catchUp()).resolves.toBeUndefined();
  });

  test('when it hangs, the first readers wait a second, and the next not at all', async () => {
    let answer: () => void = () => undefined;
    read = () =>
      new Promise((resolve) => {
        answer = () => resolve([]);
      });
    await passes(FRESH_MS - 100);
    expect([follower.isFresh, follower.databaseAway]).toEqual([false, false]);
    const first = follower.catchUp();
    expect(await atOnce(first)).toBe(false);
    await passes(1000);
    expect(await atOnce(first)).toBe(true);
    expect(follower.databaseAway).toBe(true);
    expect(await atOnce(follower.catchUp())).toBe(true);
    read = answering;
    answer();
    await passes(FRESH_MS / 2);
    expect([follower.isFresh, follower.databaseAway]).toEqual([true, false]);
  });

  test('a process that slept looks at the database before it serves anyone', async () => {
    await follower.stop();
    jest.setSystemTime(Date.now() + 2 * MAX_STALENESS_MS);
    expect(follower.isFresh).toBe(false);
    await expect(follower.catchUp()).resolves.toBeUndefined();
    expect([follower.isFresh, follower.databaseAway]).toEqual([true, false]);
  });

  test('readers that wait share one look', async () => {
    await follower.stop();
    jest.setSystemTime(Date.now() + FRESH_MS);
    looks = 0;
    await Promise.all(Array.from({ length: 20 }, () => follower.catchUp()));
    expect(looks).toBe(1);
  });

  test('once stopped it looks no more', async () => {
    await passes(FRESH_MS);
    await follower.stop();
    looks = 0;
    await passes(10 * FRESH_MS);
    expect(looks).toBe(0);
  });
});

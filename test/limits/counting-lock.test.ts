import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FileLock } from '../../src/calls';
import { NamedLock } from '../../src/database';
import { CountingLock, type LockHandle } from '../../src/limits/counting-lock';
import { DATABASES, mysqlDatabase } from '../builders/databases';
import { expectSoon } from '../builders/soon';
import { outcomeOf } from '../builders/services';

describe('the lock of whoever counts in memory', () => {
  let now = 0;
  let held = true;
  let taken = false;
  const reasons: string[] = [];
  const lock = () =>
    new CountingLock({
      open: () =>
        Promise.resolve(
          taken
            ? null
            : {
                get isHeld() {
                  return held;
                },
                release: () => undefined,
              },
        ),
      onRefused: (reason) => reasons.push(reason),
      now: () => now,
    });
  beforeEach(() => {
    [now, held, taken] = [10_000, true, false];
    reasons.length = 0;
  });

  test('is taken once, and is one life until it is lost', async () => {
    const one = lock();
    expect(one.life).toBeNull();
    expect(await Promise.all([one.acquire(), one.acquire()])).toEqual(['1', '1']);
    expect([one.life, one.settledAt(2000)]).toEqual(['1', 0]);
    held = false;
    expect(one.life).toBeNull();
    held = true;
    await one.close();
    expect(await one.acquire()).toBe('2');
  });

  test('that another has is told once, and asked for again after a second', async () => {
    const one = lock();
    taken = true;
    expect([await outcomeOf(one.acquire()), await outcomeOf(one.acquire())]).toEqual([
      'UNAVAILABLE',
      'UNAVAILABLE',
    ]);
    expect(reasons).toEqual([expect.stringContaining('ALGOGATE_REDIS_URL')]);
    taken = false;
    expect(await outcomeOf(one.acquire())).toBe('UNAVAILABLE');
    now += 1000;
    expect(await one.acquire()).toBe('1');
    // what the other recorded last may be on its way yet
    expect(one.settledAt(2000)).toBe(13_000);
  });

  test('that was lost begins another life, after what others counted', async () => {
    const one = lock();
    await one.acquire();
    held = false;
    const again = one.acquire();
    held = true;
    expect([await again, one.settledAt(2000)]).toEqual(['2', 12_000]);
  });
});

test('a file is locked by one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'algogate-lock-'));
  const path = join(folder, 'algogate.db.counting');
  const first = FileLock.acquire(path);
  expect([first === null, FileLock.acquire(path)]).toEqual([false, null]);
  first?.release(false);
  const second = FileLock.acquire(path);
  expect(second === null).toBe(false);
  second?.release(true);
  rmSync(folder, { recursive: true });
});

const describeOnMysql = DATABASES.some(([name]) => name === 'MySQL') ? describe : describe.skip;

describeOnMysql('the lock of a MySQL server', () => {
  let url = '';
  let drop: () => Promise<void>;
  const open: LockHandle[] = [];
  const acquire = async () => {
    const lock = await NamedLock.acquire(url);
    if (lock !== null) open.push(lock);
    return lock;
  };
  beforeAll(async () => {
    const made = await mysqlDatabase();
    if (made.target.dialect === 'mysql') ({ url } = made.target);
    drop = () => made.drop();
  });
  afterEach(async () => {
    for (const lock of open.splice(0)) await lock.release();
  });
  afterAll(() => drop());

  test('is held by one connection, and free when that one gives it up', async () => {
    const first = await acquire();
    expect([first?.isHeld, await acquire()]).toEqual([true, null]);
    await first?.release();
    expect(first?.isHeld).toBe(false);
    await expectSoon(async () => (await acquire())?.isHeld, true);
  });

  test('is lost with its connection, and that is noticed', async () => {
    const first = await acquire();
    await killConnections(url);
    await expectSoon(() => Promise.resolve(first?.isHeld), false);
    await expectSoon(async () => (await acquire())?.isHeld, true);
  });
});

/** Ends all other connections to the database of a test. */
async function killConnections(url: string): Promise<void> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection(url);
  const [rows] = await connection.query(
    'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()',
  );
  for (const { id } of rows as { id: number }[]) await connection.query(`KILL ${id}`);
  await connection.end();
}

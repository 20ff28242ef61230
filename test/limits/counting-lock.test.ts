import { CountingLock, type LockHandle } from '../../src/limits/counting-lock';
import { outcomeOf } from '../builders/services';

describe('the lock of whoever counts in memory', () => {
  let now = 0;
  let held = true;
  let taken = false;
  let released = 0;
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
                release: () => void (released += 1),
              },
        ),
      onRefused: (reason) => reasons.push(reason),
      now: () => now,
    });
  beforeEach(() => {
    [now, held, taken, released] = [10_000, true, false, 0];
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
    expect(one.life).toBe('1');
  });

  test('is given up for good', async () => {
    const one = lock();
    await one.acquire();
    await one.close();
    expect([one.life, released, await outcomeOf(one.acquire())]).toEqual([null, 1, 'UNAVAILABLE']);
  });

  test('that arrives when it is given up already is released', async () => {
    let arrive: (handle: LockHandle) => void = () => undefined;
    const opening = new Promise<LockHandle>((resolve) => {
      arrive = resolve;
    });
    const one = new CountingLock({ open: () => opening, onRefused: (reason) => reasons.push(reason) });
    const acquiring = outcomeOf(one.acquire());
    await one.close();
    arrive({ isHeld: true, release: () => void (released += 1) });
    expect([await acquiring, one.life, released, reasons]).toEqual(['UNAVAILABLE', null, 1, []]);
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

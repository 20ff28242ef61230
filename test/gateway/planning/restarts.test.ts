import { Restarts } from '../../../src/gateway/planning/restarts';

test('the more often a process ended of late, the later it is started again', () => {
  let now = 0;
  const restarts = new Restarts(() => now);
  const delays = Array.from({ length: 12 }, () => {
    now += 100;
    return restarts.delayAfterEnd();
  });
  expect(delays).toEqual([0, 0, 0, 0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  now += 60_000;
  expect(restarts.delayAfterEnd()).toBe(0);
});

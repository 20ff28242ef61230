import { PlanningTime } from '../../../src/gateway/planning/planning-time';
import { plannersInProcess } from '../../../src/gateway/planning/planners';
import { BOMB, CHAIN_SDL } from './support';

const request = { text: BOMB, labels: [], percentage: 100 };
const tooLong = { code: 'PLANNING_TOO_LONG' };

test('an operation has one time for all of its attempts, also in this process', async () => {
  const planner = plannersInProcess().open(CHAIN_SDL);
  const time = new PlanningTime(200);
  const began = performance.now();
  await Promise.all([
    expect(planner.plan(request, time)).rejects.toMatchObject(tooLong),
    expect(planner.plan(request, time)).rejects.toMatchObject(tooLong),
  ]);
  expect(time.leftMs).toBe(0);
  await expect(planner.plan(request, time)).rejects.toMatchObject(tooLong);
  expect(performance.now() - began).toBeGreaterThan(190);
});

test('what is planned in time leaves the rest of it', async () => {
  const time = new PlanningTime(60_000);
  const plan = await plannersInProcess()
    .open(CHAIN_SDL)
    .plan({ ...request, text: '{ t { f0_0 } }' }, time);
  expect(plan).toMatchObject({ kind: 'QueryPlan' });
  expect(time.leftMs).toBeGreaterThan(0);
  expect(time.leftMs).toBeLessThan(60_000);
});

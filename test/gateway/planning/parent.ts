import { guardedPlanners } from '../../../src/gateway';
import { PlanningTime } from '../../../src/gateway/planning/planning-time';
import { BOMB, CHAIN_SDL } from './support';

/** Plans something small, says which process did, and then either ends, or plans something very long. */
async function main(mode: string): Promise<void> {
  const planners = guardedPlanners();
  const planner = planners.open(CHAIN_SDL);
  const text = '{ t { f0_0 } }';
  await planner.plan({ text, labels: [], percentage: 100 }, new PlanningTime(10_000));
  process.stdout.write(`${String(planners.pid)}\n`);
  if (mode === 'ends') return;
  await planner.plan({ text: BOMB, labels: [], percentage: 100 }, new PlanningTime(600_000));
}

void main(process.argv[2] ?? '');

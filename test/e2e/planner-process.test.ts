import { execFileSync } from 'node:child_process';

import { sqliteDatabase } from '../builders/databases';
import { expectSoon } from '../builders/soon';
import { World } from '../builders/world';

/** Chapter 5: a replica outlives its planner, which runs in a process of its own. */

/** The processes of planners that this one has started. */
function planners(): Promise<number[]> {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const all = lines.map((line) => /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? []);
  const ours = all.filter(
    ([, , parent, args]) =>
      Number(parent) === process.pid && args?.includes('planning/process-main') === true,
  );
  return Promise.resolve(ours.map(([, pid]) => Number(pid)));
}

test('a replica starts its planner with the first operation, outlives it, and takes it along when it ends', async () => {
  const world = await World.start(sqliteDatabase);
  try {
    expect(await planners()).toEqual([]);
    const ask = async (alias: string): Promise<unknown> =>
      (await world.anonymous.graphql(`{ ${alias}: algorithms { nodes { name } } }`)).json;
    const answer = (alias: string): object => ({ data: { [alias]: { nodes: [] } } });
    expect(await ask('a')).toEqual(answer('a'));
    const [pid = 0, ...others] = await planners();
    expect(others).toEqual([]);

    process.kill(pid, 'SIGKILL');
    await expectSoon(planners, []);
    expect(await ask('a')).toEqual(answer('a'));
    expect(await planners()).toEqual([]);
    expect(await ask('b')).toEqual(answer('b'));
    expect(await planners()).toEqual([expect.any(Number)]);
  } finally {
    await world.stop();
  }
  expect(await planners()).toEqual([]);
});

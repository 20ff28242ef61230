import { expectSoon } from '../../builders/soon';
import { BOMB, CHAIN_SDL, DEADLY_SDL, isThere, PANICS, type Served, serveZoo, ZOO } from './support';

/** A fault of the native planner costs the operation that met it, and nothing else. */

const ZONES = { data: { zones: [{ name: 'Reef' }, { name: 'Den' }] } };
const NO_PLAN = {
  errors: [{ message: 'The gateway has no plan for this operation.', extensions: { code: 'UNAVAILABLE' } }],
};
const TOO_LONG = {
  errors: [{ message: 'The query takes too long to plan.', extensions: { code: 'QUERY_TOO_COMPLEX' } }],
};
const NOT_NOW = {
  errors: [{ message: 'The gateway cannot plan this operation now.', extensions: { code: 'UNAVAILABLE' } }],
};

let served: Served | null = null;
afterEach(async () => {
  await served?.stop();
  served = null;
});

/** What is smuggled is asked for by an alias that has its name. */
const named = (word: string): string => `{ ${word}: zones { name } }`;
/** Operations that nobody has asked for before. */
const fresh = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, at) => `query Q { ${'zones { name } '.repeat(from + at + 1)} }`);

test('an operation that ends the planner is refused; those beside it are answered', async () => {
  served = await serveZoo({}, { deadly: PANICS });
  const { ask, faults, guard } = served;
  const [first, ...others] = await Promise.all([named('deadly'), ...fresh(20)].map(ask));
  expect(first).toEqual(NO_PLAN);
  expect(others).toEqual(others.map(() => ZONES));
  // before that, maybe, once with others beside it
  expect(faults.at(-1)).toBe('PLANNER_ENDED');
  const told = faults.length;
  expect(told).toBeLessThanOrEqual(2);

  // whoever sends it again keeps nothing down
  await ask('{ zones { id } }');
  const { pid } = guard;
  expect(pid).toBeDefined();
  expect(await ask(named('deadly'))).toEqual(NO_PLAN);
  expect(await ask('{ zones { name id } }')).toEqual({
    data: {
      zones: [
        { name: 'Reef', id: 'z1' },
        { name: 'Den', id: 'z2' },
      ],
    },
  });
  expect([guard.pid, faults.length]).toEqual([pid, told]);
});

test('alone, it is known at once', async () => {
  served = await serveZoo({}, { deadly: PANICS });
  expect(await served.ask(named('deadly'))).toEqual(NO_PLAN);
  expect(served.faults).toEqual(['PLANNER_ENDED']);
});

test('sent many times at once, it ends the planner twice at the most', async () => {
  served = await serveZoo({}, { deadly: PANICS });
  const { ask, faults } = served;
  const many = Array.from({ length: 30 }, (_, at) => `{ deadly${at}: zones { name } }`);
  expect(await Promise.all(many.map(ask))).toEqual(many.map(() => NO_PLAN));
  expect(faults).toEqual(['PLANNER_UNAVAILABLE', 'PLANNER_ENDED']);
});

test('the same operation of a client is no danger, as the planner gets to see another', async () => {
  served = await serveZoo();
  expect(await served.ask(PANICS)).toEqual({
    data: { zones: [{ photo: { url: 'p1@1' } }, { photo: { url: 'p2@2' } }] },
  });
  expect(served.faults).toEqual([]);
});

test("a process that somebody else ends is nobody's fault: what was under way is planned by the next", async () => {
  served = await serveZoo();
  const { ask, guard, faults } = served;
  await ask('{ zones { id } }');
  const before = Number(guard.pid);
  process.kill(before, 'SIGSTOP');
  const asked = Promise.all(fresh(10).map(ask));
  await new Promise((resolve) => setImmediate(resolve));
  process.kill(before, 'SIGKILL');
  expect(await asked).toEqual(Array(10).fill(ZONES));
  expect(guard.pid).not.toBe(before);
  expect(faults).toEqual(['PLANNER_UNAVAILABLE']);
});

test('what takes too long is called off, and the process goes on', async () => {
  served = await serveZoo({ deadlineMs: 500 });
  const { gateway, guard, ask, faults } = served;
  await ask('{ zones { id } }');
  const { pid } = guard;
  const runners = Object.fromEntries([0, 1, 2, 3, 4, 5, 6].map((at) => [`s${at}`, () => ({ data: null })]));
  await gateway.update({ supergraphSdl: CHAIN_SDL, runners });
  const began = performance.now();
  expect(await ask(BOMB)).toEqual(TOO_LONG);
  expect(performance.now() - began).toBeGreaterThan(450);
  const again = performance.now();
  expect(await ask(BOMB)).toEqual(TOO_LONG);
  expect(performance.now() - again).toBeLessThan(300);
  expect([guard.pid, faults]).toEqual([pid, ['PLANNING_TOO_LONG']]);
});

test('what hangs beyond that is killed; those beside it are answered by the next process', async () => {
  served = await serveZoo({ deadlineMs: 500 });
  const { ask, guard, faults } = served;
  await ask('{ zones { id } }');
  process.kill(Number(guard.pid), 'SIGSTOP');
  // as many as are under way at once are held up; what waits behind them is not
  const asked = [...fresh(4).map(ask), ...fresh(4, 4).map(ask)];
  expect(await ask('{ zones { id } }')).toEqual({ data: { zones: [{ id: 'z1' }, { id: 'z2' }] } });
  const answers = await Promise.all(asked);
  expect(answers.slice(4)).toEqual(Array(4).fill(ZONES));
  expect(answers.slice(0, 4)).toContainEqual(TOO_LONG);
  expect(new Set(faults)).toEqual(new Set(['PLANNING_TOO_LONG']));
});

test('plans that are known need no planner', async () => {
  served = await serveZoo();
  const { ask, guard } = served;
  await ask('{ zones { name } }');
  process.kill(Number(guard.pid), 'SIGKILL');
  await expectSoon(() => Promise.resolve(guard.pid), undefined);
  for (let times = 0; times < 100; times += 1) expect(await ask('{ zones { name } }')).toEqual(ZONES);
  expect(guard.pid).toBeUndefined();
});

test('nothing is started before something is to be planned, and nothing is left when the gateway stops', async () => {
  served = await serveZoo();
  const { ask, guard, stop } = served;
  expect(guard.pid).toBeUndefined();
  await ask('{ zones { name } }');
  const pid = Number(guard.pid);
  expect(isThere(pid)).toBe(true);
  process.kill(pid, 'SIGSTOP');
  const underWay = ask('{ zones { id } }');
  await new Promise((resolve) => setTimeout(resolve, 20));
  await stop();
  expect([isThere(pid), guard.pid]).toEqual([false, undefined]);
  expect(await underWay).toEqual(NOT_NOW);
});

test('more than may wait are refused, and so is what waits too long', async () => {
  served = await serveZoo({ maxWaiting: 3, maxWaitMs: 400, deadlineMs: 5000 });
  const { ask, guard, faults } = served;
  await ask('{ zones { id } }');
  const pid = Number(guard.pid);
  process.kill(pid, 'SIGSTOP');
  const asked = fresh(8).map(ask);
  expect(await asked[7]).toEqual(NOT_NOW);
  expect(await Promise.all(asked.slice(4, 7))).toEqual([NOT_NOW, NOT_NOW, NOT_NOW]);
  process.kill(pid, 'SIGCONT');
  expect(await Promise.all(asked.slice(0, 4))).toEqual(Array(4).fill(ZONES));
  expect(faults).toEqual([]);
});

test('a supergraph that ends the planner is refused, and the graph goes on', async () => {
  served = await serveZoo();
  const { ask, gateway, faults } = served;
  await ask('{ zones { id } }');
  const swapped = gateway.update({ ...ZOO, supergraphSdl: DEADLY_SDL });
  await expect(swapped).rejects.toMatchObject({
    code: 'INVALID_SUPERGRAPH',
    details: [expect.stringContaining('It ends the planner. It ended with SIGABRT.')],
  });
  expect(await ask('{ zones { name } }')).toEqual(ZONES);
  expect(faults).toEqual(['INVALID_SUPERGRAPH']);
});

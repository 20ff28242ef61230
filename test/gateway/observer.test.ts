import { ApolloServer } from '@apollo/server';
import { GraphQLError } from 'graphql';
import {
  compose,
  createGateway,
  explain,
  explainedText,
  HttpFailure,
  inProcess,
  toSubgraph,
  type Runner,
} from '../../src/gateway';
import { CountingMeter, flat, Recorder } from './observing';
import { executable, World } from './world';
import { blog } from './worlds';

/** Issue 5, point 6: what looks on at a request is told of its planning and of each node of the plan that runs. */

/** A world of the blog, whose requests have what looks on at them as their context. */
function watched() {
  const meter = new CountingMeter();
  const world = blog({ meter, observe: (context) => (context instanceof Recorder ? context : null) });
  const ask = async (query: string, variables = {}, signal?: AbortSignal) => {
    const recorder = new Recorder();
    const rest = { context: recorder, ...(signal && { signal }) };
    const answer = await world.ask(query, variables, rest).catch((error: unknown) => error);
    return { answer, recorder };
  };
  return { world, meter, ask };
}

/** Of what `explain` prints, the nodes. */
async function explained({ supergraphSdl }: World, query: string): Promise<string> {
  const text = explainedText(await explain(supergraphSdl, query));
  return text
    .split('\n')
    .filter((line) => /^ *(sequence|parallel|fetch from \w+)$/.test(line))
    .map((line) => `${line}\n`)
    .join('');
}

const JOIN = '{ users(ids: ["1", "2", "1"]) { name karma posts { title score author { name } } } }';

test.each([
  ['{ user { name } }'],
  ['{ user { karma } }'],
  ['{ user { name } post(id: "p1") { title } }'],
  ['{ user { weight karma } posts { score author { name } } }'],
  [JOIN],
])('what runs reads like the plan that is explained: %s', async (query) => {
  const { world, ask } = watched();
  const { recorder } = await ask(query);
  expect(recorder.text).toBe(await explained(world, query));
  expect(flat(recorder.seen).map(({ ending }) => ending?.outcome)).toEqual(
    flat(recorder.seen).map(() => 'OK'),
  );
});

test('a mutation that runs field by field is a sequence', async () => {
  const subgraph = (name: string) => ({
    sdl: `type Query { ${name}: Int } type Mutation { set${name}: Int }`,
    resolvers: { Mutation: { [`set${name}`]: () => 1 } },
  });
  const world = new World({ subgraphs: { a: subgraph('a'), b: subgraph('b') } }, { observe: asContext });
  const query = 'mutation { seta setb again: seta }';
  const recorder = new Recorder();
  await world.ask(query, {}, { context: recorder });
  expect(recorder.text).toBe(await explained(world, query));
  expect(recorder.text).toBe('sequence\n  fetch from a\n  fetch from b\n  fetch from a\n');
});

const asContext = (context: unknown): Recorder | null => (context instanceof Recorder ? context : null);

test('a fetch of entities says how many places want one, and how many are sent', async () => {
  const { meter, ask } = watched();
  const { recorder } = await ask('{ posts { author { name } } matrix { karma } }');
  const user = (asked: number, sent: number) => ({ types: ['User'], asked, sent });
  expect(recorder.fetches.sort()).toEqual([
    ['posts', 'OK', null],
    ['scores', 'OK', user(3, 2)],
    ['users', 'OK', null],
    ['users', 'OK', user(3, 2)],
  ]);
  expect(meter.fetches.sort()).toEqual([
    ['posts', 'OK', 0, 0],
    ['scores', 'OK', 3, 2],
    ['users', 'OK', 0, 0],
    ['users', 'OK', 3, 2],
  ]);
  expect(meter.milliseconds.every((ms) => ms >= 0 && ms < 60_000)).toBe(true);
});

test('what has nothing to ask for does not run', async () => {
  const { ask, meter } = watched();
  const { recorder } = await ask('{ user(id: "9") { karma posts { score } } }');
  expect(recorder.fetches).toEqual([['users', 'OK', null]]);
  expect(meter.fetches).toEqual([['users', 'OK', 0, 0]]);
});

test('a plan is made, waited for by whoever asks meanwhile, and then kept', async () => {
  const { meter, ask } = watched();
  const query = '{ user { name } }';
  const burst = await Promise.all([ask(query), ask(query), ask(query)]);
  const later = await ask('{user{name}}');
  const told = [...burst, later].map(({ recorder: { lookups, seen } }) => [
    lookups,
    seen.map(({ part, ending }) => `${part.kind} ${ending?.outcome}`),
  ]);
  expect(told).toEqual([
    [['miss'], ['plan OK', 'fetch OK']],
    [['shared'], ['plan OK', 'fetch OK']],
    [['shared'], ['plan OK', 'fetch OK']],
    [['hit'], ['fetch OK']],
  ]);
  expect(meter.lookups).toEqual(['miss', 'shared', 'shared', 'hit']);
  expect(meter.plannings).toEqual([true]);
});

test('a planning that gives no plan is told, and made anew the next time', async () => {
  const { meter, ask } = watched();
  const query = '{ user { latest { author { weight } } } }';
  for (const { recorder, answer } of [await ask(query), await ask(query)]) {
    expect(recorder.lookups).toEqual(['miss']);
    expect(recorder.seen).toEqual([
      { part: { kind: 'plan' }, within: [], ending: { outcome: 'FAILED', errors: 0, cause: answer } },
    ]);
  }
  expect(meter.plannings).toEqual([false, false]);
});

describe('how a fetch ended', () => {
  const failing = new HttpFailure('late');
  const leaving = new HttpFailure('aborted');
  const refusing = new GraphQLError('no');
  const cases: readonly (readonly [how: string, runner: Runner, ending: unknown])[] = [
    [
      'data and errors',
      () => ({ data: { user: null }, errors: [refusing, refusing] }),
      { outcome: 'PARTIAL', errors: 2, cause: null },
    ],
    [
      'errors alone',
      () => ({ data: null, errors: [refusing] }),
      { outcome: 'FAILED', errors: 1, cause: null },
    ],
    ['a rejection', () => Promise.reject(failing), { outcome: 'UNAVAILABLE', errors: 0, cause: failing }],
    [
      'an exception',
      () => {
        throw refusing;
      },
      { outcome: 'UNAVAILABLE', errors: 0, cause: refusing },
    ],
    [
      'neither data nor errors',
      () => ({}),
      {
        outcome: 'UNAVAILABLE',
        errors: 0,
        cause: new Error('Its answer has neither data nor errors.'),
      },
    ],
    [
      'a caller who left the subgraph',
      () => Promise.reject(leaving),
      { outcome: 'ABORTED', errors: 0, cause: leaving },
    ],
  ];
  test.each(cases)('%s', async (_how, runner, ending) => {
    const { world, meter, ask } = watched();
    world.instead['users'] = runner;
    const { recorder } = await ask('{ user { name } }');
    expect(recorder.seen.map((seen) => seen.ending).slice(1)).toEqual([ending]);
    expect(meter.fetches).toEqual([['users', (ending as { outcome: string }).outcome, 0, 0]]);
  });

  test('a request that is given up, with all that it was within', async () => {
    const { world, meter, ask } = watched();
    const controller = new AbortController();
    world.instead['posts'] = () => {
      controller.abort();
      return new Promise(() => undefined);
    };
    const { answer, recorder } = await ask('{ user { posts { title } } }', {}, controller.signal);
    expect(answer).toMatchObject({ message: 'The request was aborted.' });
    expect(flat(recorder.seen).map(({ part, ending }) => [part.kind, ending?.outcome])).toEqual([
      ['plan', 'OK'],
      ['sequence', 'ABORTED'],
      ['fetch', 'OK'],
      ['fetch', 'ABORTED'],
    ]);
    expect(meter.fetches).toEqual([
      ['users', 'OK', 0, 0],
      ['posts', 'ABORTED', 1, 1],
    ]);
  });
});

test('nothing that a caller wrote is told', async () => {
  const { ask } = watched();
  const query = 'query Secret1($secret2: ID) { secret3: user(id: $secret2) { secret4: karma } }';
  const { recorder } = await ask(query, { secret2: '1' });
  expect(recorder.fetches).toHaveLength(2);
  expect(JSON.stringify(flat(recorder.seen).map(({ part }) => part))).not.toMatch(/secret/i);
});

test('a runner gets what looks on at its request, and nothing where nobody does', async () => {
  const { world, ask } = watched();
  const had: unknown[] = [];
  world.instead['users'] = ({ observation }) => {
    had.push(observation === undefined ? null : typeof observation.begin);
    return { data: { user: null } };
  };
  await ask('{ user { name } }');
  await world.ask('{ user { name } }');
  expect(had).toEqual(['function', null]);
});

describe('a meter outlives a swap', () => {
  const subgraphOf = (name: string) =>
    toSubgraph({ name, schema: executable(`type Query { ${name}: Int }`), references: {} });
  const sourceOf = (...names: string[]) => {
    const subgraphs = names.map(subgraphOf);
    return {
      supergraphSdl: compose(subgraphs),
      runners: Object.fromEntries(subgraphs.map(({ name, schema }) => [name, inProcess(schema)])),
    };
  };

  test('and is told which subgraphs are served, of graphs that are', async () => {
    const meter = new CountingMeter();
    const gateway = createGateway({ ...sourceOf('one'), meter });
    const server = new ApolloServer({ gateway });
    await server.start();
    const ask = () => server.executeOperation({ query: '{ one }' });
    await ask();
    await ask();
    const kept = gateway.plans;
    await gateway.update(sourceOf('one', 'two'));
    await expect(gateway.update({ ...sourceOf('three'), runners: {} })).rejects.toThrow(
      'Subgraphs have no runner.',
    );
    const none = gateway.plans;
    await ask();
    await server.stop();
    expect([meter.served, meter.lookups]).toEqual([
      [['one'], ['one', 'two']],
      ['miss', 'hit', 'miss'],
    ]);
    expect(meter.fetches).toHaveLength(3);
    expect([kept.operations, none, gateway.plans.operations]).toEqual([1, { operations: 0, weight: 0 }, 1]);
    expect(kept.weight).toBeGreaterThan('{ one }'.length);
  });
});

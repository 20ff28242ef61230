import { setTimeout as pause } from 'node:timers/promises';

import fc from 'fast-check';

import { type Answer, type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { HISTORY_VERSIONS, OPENING, RandomHistory, randomStep, STEP_KINDS } from '../builders/random-history';
import type { TestServer } from '../builders/server';

/**
 * Chapter 1, "As of": after each step of a random history everyone asks everything; at the end each question, asked
 * as of its moment, is answered as it was then, at a replica that has just begun as well. `ALGOGATE_TEST_SEED` gives
 * another history, `ALGOGATE_TEST_STEPS` a longer one.
 */
const SEED = Number(process.env['ALGOGATE_TEST_SEED'] ?? 20_261_120);
/** Beside those that a history begins with, which are one of every kind at least. */
const STEPS = Number(process.env['ALGOGATE_TEST_STEPS'] ?? 8);

const SELECTORS = [
  ...['', '1', '1.0', '1.x', '2', '2.1.^', '^1.0.0', '*', '>=1.0.1-rc.0 <3.0.0', '[1.0,2)'],
  ...['stable', 'edge', 'lts', 'beta', 'latestPrivate', ...HISTORY_VERSIONS],
];

/** One question and its answer, and the moment in which it was asked. */
interface Remembered {
  readonly who: string;
  readonly reference: string;
  readonly was: Compared;
  /** Of both chains, as the operator is told it. */
  readonly position: string;
  readonly time: string;
}

/** The same in the graph. */
interface InGraph extends Pick<Remembered, 'who' | 'reference' | 'position' | 'time'> {
  readonly was: unknown;
}

const RESOLVE = `query ($reference: String!, $asOf: AsOf) {
  resolve(reference: $reference, asOf: $asOf) {
    reference canonical selector rule position version { ref } build { sha } trace { version reason } } }`;

interface Compared {
  readonly status: number;
  readonly headers: object;
  readonly json: unknown;
}

function compared({ status, headers, json }: Answer): Compared {
  const { date: _date, 'x-request-id': _id, 'keep-alive': _alive, ...others } = headers;
  // how much of its own budget a caller has left
  const { ratelimit: _left, 'ratelimit-policy': _policy, ...rest } = others;
  return { status, headers: rest, json };
}

describeOnEachServer(`as of every moment of a history (seed ${SEED})`, (world) => {
  let everyone: Readonly<Record<string, Client>>;
  let history: RandomHistory;
  const remembered: Remembered[] = [];
  const inGraph: InGraph[] = [];

  beforeAll(async () => {
    const users: Record<string, Client> = {};
    for (const name of ['ann', 'mia', 'gus', 'otto']) users[name] = await world().user(name);
    await world().organization('Acme', { admin: 'ann', members: { mia: 'MEMBER' } });
    everyone = {
      anonymous: world().anonymous,
      outsider: users['otto']!,
      grantee: users['gus']!,
      member: users['mia']!,
      'a key that calls': await world().key('mia', { scopes: ['call'] }),
      operator: world().operator,
    };
    const { ann: admin } = users;
    history = await RandomHistory.begin(world(), 'Acme/Detect', { admin: admin!, grantee: 'gus' });
    const steps = [...OPENING, ...fc.sample(randomStep, { seed: SEED, numRuns: STEPS })];
    for (const [index, step] of steps.entries()) {
      await history.does(step);
      await askEverything(index);
    }
  }, 120_000);

  async function askEverything(step: number): Promise<void> {
    const references = [
      ...SELECTORS,
      history.spare,
      ...HISTORY_VERSIONS.map((version) => history.shaOf(version)),
    ];
    const spare = await world().operator.resolve(`acme/detect/${history.spare}`);
    const position = String(valueAt(spare.json, 'position'));
    // the times of entries that were made within one millisecond are ahead of the clock
    await pause(5);
    const time = new Date().toISOString();
    for (const selector of references) {
      const reference = `acme/Detect${selector === '' ? '' : '/'}${selector}`;
      const answers = Object.entries(everyone).map(async ([who, client]) => {
        const was = compared(await client.resolve(reference));
        remembered.push({ who, reference, was, position, time });
      });
      await Promise.all(answers);
    }
    for (const [index, selector] of SELECTORS.entries()) {
      if (index % 6 !== step % 6) continue;
      const reference = `acme/Detect${selector === '' ? '' : '/'}${selector}`;
      for (const who of ['anonymous', 'operator']) {
        const was = (await everyone[who]!.graphql(RESOLVE, { reference })).json;
        inGraph.push({ who, reference, was, position, time });
      }
    }
    await pause(2);
  }

  /** What a grantee may see has become more since: only what was seen must be seen again. */
  const comparable = ({ who, was: { status } }: Remembered): boolean => who !== 'grantee' || status === 200;

  async function expectTheSame(
    questions: readonly Remembered[],
    momentOf: (question: Remembered) => string,
    at: Pick<TestServer, 'url'>,
  ): Promise<void> {
    const ask = async (question: Remembered): Promise<void> => {
      const { who, reference, was } = question;
      const moment = momentOf(question);
      const path = `/v1/resolve/${encodeURI(reference)}?asOf=${encodeURIComponent(moment)}`;
      const is = compared(await everyone[who]!.at(at).http(path));
      expect({ who, reference, moment, ...is }).toEqual({ who, reference, moment, ...was });
    };
    for (let from = 0; from < questions.length; from += 8)
      await Promise.all(questions.slice(from, from + 8).map(ask));
  }

  const positionOf = ({ was, position }: Remembered): string =>
    (valueAt(was.json, 'position') as string | undefined) ?? position;
  const timeOf = ({ time }: Remembered): string => time;

  test('the history has something of everything, and answers of each kind', () => {
    expect([...history.done.keys()].sort()).toEqual([...new Set(STEP_KINDS)].sort());
    const kinds = new Set(remembered.map(({ was }) => valueAt(was.json, 'selector') ?? was.status));
    expect([...kinds].map(String).sort()).toEqual([
      '404',
      '410',
      'CHANNEL',
      'FULL',
      'LATEST',
      'LATEST_PRIVATE',
      'PARTIAL',
      'RANGE',
      'SHA',
    ]);
  });

  test('as of the position of its answer each question has the same answer', async () => {
    await expectTheSame(remembered.filter(comparable), positionOf, world().server);
  }, 120_000);

  test('as of its time, and at a replica that has just begun, in another order', async () => {
    const replica = await world().replica();
    const shuffled = remembered
      .map((_, at) => remembered[(at * 7919) % remembered.length]!)
      .filter(comparable);
    const some = (every: number): Remembered[] => shuffled.filter((_, at) => at % every === 0);
    await expectTheSame(some(3), positionOf, replica);
    // each waits for its turn at the lock of the owner
    await expectTheSame(some(17), timeOf, replica);
    await expectTheSame(some(19), timeOf, world().server);
  }, 120_000);

  test('the graph gives the same, with the trace of then', async () => {
    const traced = inGraph.filter(({ was }) => valueAt(was, 'data.resolve.trace.0') !== undefined);
    expect(traced.length).toBeGreaterThan(20);
    for (const [index, { who, reference, was, position, time }] of inGraph.entries()) {
      const asOf = index % 5 === 0 ? { time } : { position };
      const is = (await everyone[who]!.graphql(RESOLVE, { reference, asOf })).json;
      expect({ who, reference, asOf, is }).toEqual({ who, reference, asOf, is: was });
    }
  }, 120_000);

  test('what is the same for all has no part of the private chain, whatever the position says of it', async () => {
    const independent = remembered
      .filter(
        ({ reference, who }) =>
          who === 'anonymous' && !/\/(\d+\.\d+\.\d+|[0-9a-f]{40}|latestP)/.test(reference),
      )
      .filter((_, at) => at % 6 === 0);
    expect(independent.length).toBeGreaterThan(50);
    for (const [index, question] of independent.entries()) {
      const [observable = ''] = question.position.split('+');
      const moments = [observable, `${observable}+0`, `${observable}+${index}`, `${observable}+999999999`];
      for (const moment of moments) await expectTheSame([question], () => moment, world().server);
    }
  }, 120_000);
});

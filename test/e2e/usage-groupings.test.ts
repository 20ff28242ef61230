import { DAY_MS, GROUPINGS, HOUR_MS, MINUTE_MS, type Grouping } from '../../src/domain/usage/granularity';
import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { type CallSpec, expectedUsage, recordCalls, SERIES, TOTALS, within } from '../builders/usage';
import type { World } from '../builders/world';

/** Chapter 6, "What can be asked": every grouping of everything that has usage, as the calls one by one add up to. */

const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;
/** Three days, cut within hours at both ends, so that every way of reading has a part in it. */
const FROM = TODAY - 5 * DAY_MS + 90 * MINUTE_MS + 17;
const TO = TODAY - 2 * DAY_MS + 7 * HOUR_MS + 11 * MINUTE_MS + 3;

interface Subject {
  readonly query: string;
  readonly has: (call: CallSpec) => boolean;
}

const DETECT = ['acme/detect/1.0.0', 'acme/detect/1.1.0', 'acme/detect/2.0.0'] as const;
const SUBJECTS: Readonly<Record<string, Subject>> = {
  'the provider': { query: 'owner(handle: "acme")', has: ({ of }) => of.startsWith('acme/') },
  'an algorithm': { query: 'algorithm(ref: "acme/detect")', has: ({ of }) => of.startsWith('acme/detect/') },
  'a major': { query: 'major(ref: "acme/detect/1")', has: ({ of }) => of.startsWith('acme/detect/1.') },
  'a version': { query: 'version(ref: "acme/detect/1.1.0")', has: ({ of }) => of === 'acme/detect/1.1.0' },
};

const KEYS: Readonly<Record<Exclude<Grouping, 'CALLER'>, (call: CallSpec) => string | null>> = {
  VERSION: ({ of }) => of,
  MAJOR: ({ of }) => /^(.*\/\d+)\.\d+\.\d+$/.exec(of)?.[1] ?? null,
  ALGORITHM: ({ of }) => of.split('/').slice(0, 2).join('/'),
  SELECTOR: ({ selector = 'FULL' }) => selector,
  OUTCOME: ({ outcome = 'OK' }) => outcome,
};

describeOnEachServer('usage by every grouping', (world) => {
  let ann: Client;
  let otto: Client;
  let lab: Client;
  let calls: CallSpec[];
  /** What `acme` knows each caller by. */
  let names: ReadonlyMap<string, string>;

  beforeAll(async () => {
    [ann, otto] = [await world().user('ann'), await world().user('otto')];
    await world().organization('acme', { admin: 'ann' });
    await world().organization('lab', { admin: 'otto' });
    lab = await world().key('lab');
    for (const ref of ['acme/detect', 'acme/other', 'lab/own']) await world().algorithm(ref);
    for (const ref of DETECT) await world().publish('acme/detect', ref.split('/')[2] ?? '');
    await world().publish('acme/other', '1.0.0');
    await world().publish('lab/own', '1.0.0');
    const unpublished = `acme/detect/${await world().build('acme/detect')}`;
    calls = callsOf([...DETECT, 'acme/other/1.0.0', 'lab/own/1.0.0', unpublished]);
    await recordCalls(world(), calls);
    names = await namesOf(world(), ['ann', 'otto']);
  });

  const cases = Object.keys(SUBJECTS).flatMap((subject) =>
    [null, ...GROUPINGS].map((groupBy) => [subject, groupBy] as const),
  );

  test.each(cases)('%s by %s, for its owner', async (subject, groupBy) => {
    const { query, has } = SUBJECTS[subject]!;
    for (const granularity of ['HOUR', 'DAY', 'MONTH'] as const) {
      const args = within(granularity, FROM, TO, groupBy === null ? '' : `, groupBy: ${groupBy}`);
      const answer = await ann.graphql(
        `{ s: ${query} { usage(${args}) { totals { ${TOTALS} } ${SERIES} } } }`,
      );
      const keyOf =
        groupBy === 'CALLER' ? ({ by }: CallSpec) => names.get(by) ?? by : groupBy && KEYS[groupBy];
      const expected = expectedUsage(calls.filter(has), {
        granularity,
        from: FROM,
        to: TO,
        ...(keyOf && { keyOf }),
        ...(groupBy === 'CALLER' && { callerOf: (key) => (key === 'lab' || key === 'ann' ? key : null) }),
      });
      expect({ errors: answer.errors, usage: answer.at('s.usage') }).toEqual({ errors: [], usage: expected });
    }
  });

  const own = [...Object.keys(SUBJECTS), 'the viewer', 'the consumer'].flatMap((subject) =>
    [null, ...GROUPINGS].map((groupBy) => [subject, groupBy] as const),
  );

  test.each(own)('%s by %s, for one who called', async (subject, groupBy) => {
    const asConsumer = { 'the viewer': 'viewer', 'the consumer': 'owner(handle: "otto")' }[subject];
    const query = asConsumer ?? SUBJECTS[subject]!.query;
    const has = SUBJECTS[subject]?.has ?? (() => true);
    const side = subject === 'the consumer' ? ', as: CONSUMER' : '';
    const args = within('DAY', FROM, TO, groupBy === null ? side : `${side}, groupBy: ${groupBy}`);
    const answer = await otto.graphql(
      `{ s: ${query} { usage(${args}) { totals { ${TOTALS} } ${SERIES} } } }`,
    );
    const keyOf = groupBy === 'CALLER' ? ({ by }: CallSpec) => by : groupBy && KEYS[groupBy];
    const expected = expectedUsage(
      calls.filter((call) => call.by === 'otto' && has(call)),
      {
        granularity: 'DAY',
        from: FROM,
        to: TO,
        ...(keyOf && { keyOf }),
        ...(groupBy === 'CALLER' && { callerOf: (key) => key }),
      },
    );
    expect({ errors: answer.errors, usage: answer.at('s.usage') }).toEqual({ errors: [], usage: expected });
  });

  test('minutes of the last day', async () => {
    const start = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 30 * MINUTE_MS;
    const late: CallSpec[] = [
      { by: 'otto', of: 'acme/other/1.0.0', at: start + 59_999 },
      { by: 'lab', of: 'acme/other/1.0.0', at: start + MINUTE_MS, outcome: 'TIMEOUT' },
      { by: 'lab', of: 'acme/other/1.0.0', at: start + 4 * MINUTE_MS, times: 3 },
    ];
    await recordCalls(world(), late);
    for (const [from, to] of [
      [start, start + 5 * MINUTE_MS],
      [start + 59_999, start + 4 * MINUTE_MS],
    ] as const) {
      const usage = `usage(${within('MINUTE', from, to)}) { totals { ${TOTALS} } ${SERIES} }`;
      const answer = await ann.graphql(`{ algorithm(ref: "acme/other") { ${usage} } }`);
      const expected = expectedUsage(late, { granularity: 'MINUTE', from, to });
      expect({ errors: answer.errors, usage: answer.at('algorithm.usage') }).toEqual({
        errors: [],
        usage: expected,
      });
    }
  });

  test('an organisation sees its own calls by its own key', async () => {
    const args = within('DAY', FROM, TO, ', groupBy: CALLER');
    const answer = await lab.graphql(
      `{ algorithm(ref: "acme/detect") { usage(${args}) { totals { ${TOTALS} } ${SERIES} } } }`,
    );
    const ofLab = calls.filter(({ by, of }) => by === 'lab' && of.startsWith('acme/detect/'));
    const expected = expectedUsage(ofLab, {
      granularity: 'DAY',
      from: FROM,
      to: TO,
      keyOf: ({ by }) => by,
      callerOf: (key) => key,
    });
    expect(answer.at('algorithm.usage')).toEqual(expected);
  });
});

/** Calls of all callers to all of these, in and around the range, no two kinds alike in number. */
function callsOf(refs: readonly string[]): CallSpec[] {
  const times = [
    FROM - 1,
    FROM,
    FROM + 40 * MINUTE_MS,
    TODAY - 4 * DAY_MS,
    TODAY - 3 * DAY_MS - 1,
    TO - 1,
    TO,
  ];
  const callers = ['ann', 'otto', 'lab', 'operator'];
  const kinds = [
    { outcome: 'OK', selector: 'LATEST' },
    { outcome: 'TIMEOUT', selector: 'FULL' },
    { outcome: 'ALGORITHM_ERROR', selector: 'RANGE' },
  ] as const;
  return refs.flatMap((of, a) =>
    times.flatMap((at, t) =>
      callers.flatMap((by, c) =>
        kinds
          .filter((_, k) => (a + t + c + k) % 3 !== 0)
          .map((kind, k): CallSpec => ({
            by,
            of,
            at,
            ...kind,
            times: 1 + ((a * 7 + c * 3 + k) % 4),
            ms: 1 + a + 10 * t + 3 * k,
          })),
      ),
    ),
  );
}

/** What the backends of `acme` know these by. */
async function namesOf(world: World, users: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const user of users) {
    const before = world.backend.seen.length;
    await (await world.key(user)).call('acme/detect/1.0.0', 1);
    names.set(user, String(world.backend.seen[before]?.headers['x-algogate-caller']));
  }
  names.set('ann', 'ann');
  return names;
}

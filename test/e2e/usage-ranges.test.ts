import { DAY_MS, HOUR_MS, type Granularity, MINUTE_MS } from '../../src/domain/usage/granularity';
import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { type CallSpec, expectedUsage, recordCalls, SERIES, TOTALS, within } from '../builders/usage';

/** Chapter 6: buckets are UTC, gaps are zeros, intervals are half-open, also where a range ends within a bucket. */

const REF = 'acme/detect/1.0.0';
const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const AT = (days: number, hours = 0, minutes = 0, ms = 0): number =>
  TODAY - days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + ms;
/** Whole hours, long ago: around a change of daylight saving time in Europe, and around the end of a year. */
const LONG_AGO = [
  '2024-03-30T22:59:59.999Z',
  '2024-03-30T23:00:00Z',
  '2024-03-31T21:59:59.999Z',
  '2024-03-31T22:00:00Z',
];
const NEW_YEAR = [
  '2023-12-31T23:59:59.999Z',
  '2024-01-01T00:00:00Z',
  '2024-02-29T23:00:00Z',
  '2024-03-01T00:00:00Z',
];

const CALLS: readonly CallSpec[] = [
  ...[
    AT(6) - 1,
    AT(6),
    AT(6, 0, 0, 1),
    AT(5, 12),
    AT(4, 3, 30),
    AT(4, 3, 59, 59_999),
    AT(4, 4),
    AT(2) - 1,
    AT(2),
  ],
  ...[...LONG_AGO, ...NEW_YEAR].map((text) => Date.parse(text)),
].map((at, index) => ({
  by: index % 2 === 0 ? 'ann' : 'otto',
  of: REF,
  at,
  times: 1 + (index % 3),
  ms: 5 + index,
}));

const RANGES: readonly (readonly [string, Granularity, number | string, number | string])[] = [
  ['days that begin and end with a bucket', 'DAY', AT(6), AT(2)],
  ['the last moment is not in the range, the first is', 'DAY', AT(6) + 1, AT(2) + 1],
  ['a range within a day', 'DAY', AT(4, 3, 30), AT(4, 4)],
  ['a range within an hour', 'HOUR', AT(4, 3, 31), AT(4, 3, 59, 59_999)],
  ['one millisecond', 'HOUR', AT(4, 3, 59, 59_999), AT(4, 4)],
  ['hours of which most are empty', 'HOUR', AT(6), AT(5)],
  [
    'a day that ends by an offset that changes within it',
    'HOUR',
    '2024-03-31T00:00:00+01:00',
    '2024-04-01T00:00:00+02:00',
  ],
  [
    'the same as days of UTC, the first and the last in part',
    'DAY',
    '2024-03-31T00:00:00+01:00',
    '2024-04-01T00:00:00+02:00',
  ],
  [
    'months over the end of a year and a 29th of February',
    'MONTH',
    '2023-12-01T00:00:00Z',
    '2024-04-01T00:00:00Z',
  ],
  [
    'months of which the first and the last are in part',
    'MONTH',
    '2023-12-31T23:00:00Z',
    '2024-03-01T01:00:00Z',
  ],
  ['years of days', 'DAY', '2023-12-31T00:00:00Z', TODAY],
  ['time to come', 'DAY', AT(2), TODAY + 3 * DAY_MS],
  ['before there was anything', 'DAY', '1970-01-01T00:00:00Z', '1970-01-05T00:00:00Z'],
];

const REFUSED: readonly (readonly [string, Granularity, number | string, number | string, string])[] = [
  ['reversed', 'DAY', AT(2), AT(3), 'to'],
  ['ten years by minute', 'MINUTE', TODAY - 3650 * DAY_MS, TODAY, 'from'],
  ['minutes of the day before yesterday', 'MINUTE', AT(2), AT(2, 1), 'from'],
  ['hours of four months', 'HOUR', AT(120), AT(0), 'from'],
  ['part of an hour that is only kept whole', 'HOUR', '2024-03-31T00:30:00Z', '2024-03-31T02:00:00Z', 'from'],
  ['the same at the end', 'DAY', '2024-03-31T00:00:00Z', '2024-04-01T02:00:00.001Z', 'to'],
];

describeOnEachServer('ranges of usage', (world) => {
  let ann: Client;
  let otto: Client;

  beforeAll(async () => {
    [ann, otto] = [await world().user('ann'), await world().user('otto')];
    await world().organization('acme', { admin: 'ann' });
    await world().algorithm('acme/detect');
    await world().publish('acme/detect', '1.0.0');
    await recordCalls(world(), CALLS);
  });

  const ask = (client: Client, args: string) =>
    client.graphql(
      `{ version(ref: "${REF}") { usage(${args}) { from to totals { ${TOTALS} } ${SERIES} } } }`,
    );

  test.each(RANGES)('%s', async (_what, granularity, from, to) => {
    const asked = { granularity, from: momentOf(from), to: momentOf(to) };
    const shown = { from: new Date(asked.from).toISOString(), to: new Date(asked.to).toISOString() };
    for (const [client, calls] of [
      [ann, CALLS],
      [otto, CALLS.filter(({ by }) => by === 'otto')],
    ] as const) {
      const answer = await ask(client, within(granularity, from, to));
      const usage = { ...shown, ...expectedUsage(calls, asked) };
      expect({ errors: answer.errors, usage: answer.at('version.usage') }).toEqual({ errors: [], usage });
    }
  });

  test('an empty range has no buckets, and nothing in it', async () => {
    const totals = {
      calls: 0,
      errors: 0,
      callers: 0,
      bytesIn: 0,
      bytesOut: 0,
      p50: null,
      p90: null,
      p99: null,
    };
    const series = { key: null, isRest: false, caller: null, buckets: [] };
    const at = new Date(AT(4, 3, 30)).toISOString();
    const answer = await ask(ann, within('HOUR', at, at));
    expect(answer.at('version.usage')).toEqual({ from: at, to: at, totals, series: [series] });
    const grouped = await ask(ann, within('HOUR', at, at, ', groupBy: CALLER'));
    expect(grouped.at('version.usage')).toEqual({ from: at, to: at, totals, series: [] });
  });

  test.each(REFUSED)(
    '%s is refused, whatever is asked and whoever asks',
    async (_what, granularity, from, to, field) => {
      const args = within(granularity, from, to);
      const fields = `{ owner(handle: "acme") { usage(${args}) { from } } version(ref: "${REF}") { usage(${args}) { from } } }`;
      for (const client of [ann, otto, world().anonymous]) {
        const answer = await client.graphql(fields);
        const errors = valueAt(answer.json, 'errors') as readonly { path: unknown; extensions: unknown }[];
        const extensions = { code: 'INVALID_INPUT', field: [field] };
        // which subgraph's answer comes first is no promise
        expect(new Map(errors.map((error) => [String(error.path), error.extensions]))).toEqual(
          new Map([
            ['owner,usage', extensions],
            ['version,usage', extensions],
          ]),
        );
      }
    },
  );

  test('more buckets than an answer, or a request, may have', async () => {
    const hours = within('HOUR', AT(90), AT(0));
    const ten = Array.from({ length: 10 }, (_, at) => `a${at}: usage(${hours}) { from }`).join(' ');
    const answer = await ann.graphql(`{ version(ref: "${REF}") { ${ten} } }`);
    expect(answer.errors.map(({ code }) => code)).toEqual(Array(10).fill('QUERY_TOO_COMPLEX'));
    const specs = Array.from({ length: 5 }, (_, at): CallSpec => ({
      by: 'otto',
      of: REF,
      at: AT(80),
      selector: (['LATEST', 'FULL', 'PARTIAL', 'RANGE', 'CHANNEL'] as const)[at]!,
    }));
    await recordCalls(world(), specs);
    const grouped = await ask(ann, within('HOUR', AT(90), AT(0), ', groupBy: SELECTOR'));
    expect({ codes: grouped.errors.map(({ code }) => code), usage: grouped.at('version.usage') }).toEqual({
      codes: ['QUERY_TOO_COMPLEX'],
      usage: null,
    });
  });
});

function momentOf(at: number | string): number {
  return typeof at === 'string' ? Date.parse(at) : at;
}

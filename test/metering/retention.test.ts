import { Database } from '../../src/database';
import { bucketOf } from '../../src/domain/usage/granularity';
import { minutesFrom, recordsFrom } from '../../src/metering';
import { purge } from '../../src/metering/retention';
import { Meter } from '../../src/metering/sink';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { call, type Callable, market, NOW, randomRecords } from './support/market';
import { counted } from './support/recount';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const never = () => false;

describe('what is kept', () => {
  test.each([
    ['2026-03-31T23:58:30Z', '2026-03-01T00:00:00Z', '2026-03-29T22:58:00Z'],
    ['2026-04-01T00:00:00Z', '2026-03-02T00:00:00Z', '2026-03-29T23:00:00Z'],
    ['1970-01-01T12:00:00Z', '1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
  ])('at %s: records since %s, minutes since %s', (now, records, minutes) => {
    expect({
      records: recordsFrom(Date.parse(now), 30 * DAY),
      minutes: minutesFrom(Date.parse(now)),
    }).toEqual({ records: Date.parse(records), minutes: Date.parse(minutes) });
  });

  test('a retention longer than time keeps everything', () => {
    expect(recordsFrom(NOW, 999_999_999 * DAY)).toBe(0);
  });
});

describe.each(DATABASES)('the purge on %s', (_name, create) => {
  let made: TestDatabase;
  let database: Database;
  /** Of another replica. */
  let other: Database;
  let callables: readonly Callable[];

  beforeAll(async () => {
    made = await create();
    database = await Database.open(made.target);
    other = await Database.open(made.target);
    await database.migrate();
    callables = await market(database);
  });

  afterEach(async () => {
    for (const table of ['calls', 'usage_rollups', 'usage_pairs']) {
      await database.reads.query(`DELETE FROM ${table}`);
    }
  });

  afterAll(async () => {
    await database.close();
    await other.close();
    await made.drop();
  });

  /** Counted when they came, so that there are minutes of all of them. */
  async function taken(to: readonly Callable[], starts: readonly number[]): Promise<void> {
    const records = starts.flatMap((start, i) => to.map((it, j) => call(it, `r-${i}-${j}`, { start })));
    await new Meter(database, () => 0).take(records);
  }

  async function starts(): Promise<string[]> {
    const rows = await database.reads.query<{ started_at: number }[]>(
      'SELECT DISTINCT started_at FROM calls ORDER BY started_at',
    );
    return rows.map((row) => new Date(Number(row.started_at)).toISOString());
  }

  test('takes whole days of records, and an hour later than it might', async () => {
    const kept = recordsFrom(NOW - HOUR, 30 * DAY);
    await taken(callables, [kept - 40 * DAY, kept - 1, kept, kept + 1, NOW]);
    await purge(database, { retentionMs: 30 * DAY, now: NOW }, never);
    const left = ['2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.001Z', '2026-03-31T23:58:30.000Z'];
    expect(await starts()).toEqual(left);
    expect((await counted(database)).calls).toHaveLength(3 * callables.length);

    await purge(database, { retentionMs: 30 * DAY, now: NOW + HOUR }, never);
    expect(await starts()).toEqual(left);
    await purge(database, { retentionMs: 30 * DAY, now: NOW + HOUR + 90_000 }, never);
    expect(await starts()).toEqual(left.slice(2));
  });

  test('takes minutes that nobody can ask for, and nothing longer', async () => {
    const kept = minutesFrom(NOW - HOUR);
    await taken(callables, [kept - 40 * DAY, kept - 1, kept, NOW]);
    const before = await counted(database);
    await purge(database, { retentionMs: 365 * DAY, now: NOW }, never);
    const isKept = (row: string): boolean => {
      const [granularity, bucket] = row.split(' ');
      return granularity !== 'MINUTE' || Number(bucket) >= kept;
    };
    expect(await counted(database)).toEqual({
      calls: before.calls,
      rollups: before.rollups.filter(isKept),
      pairs: before.pairs.filter(isKept),
    });
    expect(before.rollups.every(isKept)).toBe(false);
    expect(before.pairs.every(isKept)).toBe(false);
  });

  test('goes on until all of it is gone, also beside another replica and new calls', async () => {
    const old = Array.from({ length: 600 }, (_, i) => NOW - 40 * DAY + i * 60_000);
    await taken(callables.slice(0, 2), old);
    const fresh = randomRecords(callables, 50, 5, NOW).filter(({ start }) => start >= NOW);
    await Promise.all([
      ...[database, other].map((it) => purge(it, { retentionMs: DAY, now: NOW }, never)),
      new Meter(other, () => NOW).take(fresh),
    ]);
    const left = await counted(database);
    expect(left.calls).toEqual(fresh.map(({ requestId }) => requestId).sort());
    const oldMinute = (row: string) =>
      row.startsWith('MINUTE') && Number(row.split(' ')[1]) < NOW - 50 * HOUR;
    expect([...left.rollups, ...left.pairs].filter(oldMinute)).toEqual([]);
  });

  test('stops where it is told to', async () => {
    await taken(callables.slice(0, 1), [bucketOf('DAY', NOW - 50 * DAY)]);
    const before = await counted(database);
    await purge(database, { retentionMs: DAY, now: NOW }, () => true);
    expect(await counted(database)).toEqual(before);
  });
});

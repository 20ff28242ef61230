import { insertAlgorithms, insertOwner } from '../../bench/tools/rows';
import { slotsOf, writeHistory } from '../../bench/tools/usage/history';
import type { HistoryPlan, Place } from '../../bench/tools/usage/plan';
import { oneByOne } from '../../bench/tools/usage/traffic';
import { versionsOf } from '../../bench/tools/versions';
import type { Database } from '../../src/database';
import type { CallRecord } from '../../src/domain/usage/call';
import { DAY_MS } from '../../src/domain/usage/granularity';
import { GRACE_MS, minutesFrom } from '../../src/metering/kept';
import { Meter } from '../../src/metering/sink';
import { describeOnEachDatabase } from '../builders/databases';

/** Histories that are written for measurements hold what the calls themselves would have left. */

const NOW = Date.UTC(2026, 2, 2, 13, 14, 15);
const VERSIONS = [...versionsOf(10)];

const PLACE: Place = {
  ownerId: 1,
  algorithmId: 1,
  ref: 'owner/cells',
  versions: VERSIONS.map(({ id, version, major, build }) => ({
    ...{ id, version, major },
    buildId: build.id,
    sha: build.sha,
  })),
  loose: { buildId: 99, sha: 'f'.repeat(40) },
};

const PLAN: HistoryPlan = {
  from: NOW - 4 * DAY_MS,
  to: NOW,
  calls: 300,
  callers: Array.from({ length: 120 }, (_, at) => ({ ownerId: 10 + at, keyId: 10 + at })),
  steady: 8,
  // the sink counts by the hour whatever comes, by the minute what is of late
  hoursFrom: 0,
  minutesFrom: minutesFrom(NOW - GRACE_MS),
  recorded: { from: 0, to: NOW },
  seed: 3,
};

describeOnEachDatabase('a written history', (open) => {
  async function marketplace(): Promise<Database> {
    const database = await open();
    await insertOwner(database, 1, 'owner');
    await insertAlgorithms(database, [{ id: 1, ownerId: 1, name: 'cells', versions: VERSIONS }]);
    return database;
  }

  test('has the rows that the sink makes of its calls', async () => {
    const [written, recorded] = [await marketplace(), await marketplace()];
    const records: CallRecord[] = [];
    for (const { calls, from, to } of slotsOf(PLACE, PLAN)) {
      for (const alike of calls) {
        records.push(...oneByOne(alike, to - from, `request-${from}-${records.length}`));
      }
    }
    expect(records).toHaveLength(PLAN.calls);
    await new Meter(recorded, () => NOW).take(records);
    const rows = await rowsOf(recorded);
    expect(rows.length).toBeGreaterThan(1_500);

    expect(await writeHistory(written, PLACE, PLAN)).toEqual({
      calls: PLAN.calls,
      rows: rows.length - PLAN.calls,
    });
    expect(await rowsOf(written)).toEqual(rows);
  });
});

/** All rollups, pairs and records, in the order of their keys; sketches as hex. */
async function rowsOf({ reads }: Database): Promise<unknown[]> {
  const rollups = await reads.query<object[]>(
    `SELECT subject, granularity, bucket, family, calls, errors, bytes_in, bytes_out,
            HEX(latencies) AS latencies, HEX(callers) AS callers, HEX(parts) AS parts
       FROM usage_rollups ORDER BY subject, granularity, bucket`,
  );
  const pairs = await reads.query<object[]>(
    `SELECT algorithm_id, granularity, bucket, unit, caller_id, calls, errors, bytes_in, bytes_out,
            HEX(latencies) AS latencies, HEX(parts) AS parts
       FROM usage_pairs ORDER BY algorithm_id, granularity, bucket, unit, caller_id`,
  );
  const records = await reads.query<object[]>('SELECT * FROM calls ORDER BY started_at, request_id');
  return [...rollups, ...pairs, ...records];
}

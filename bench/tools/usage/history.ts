import type { Database } from '../../../src/database';
import { bucketOf, type Granularity, nextBucket } from '../../../src/domain/usage/granularity';
import type { CallRecord } from '../../../src/domain/usage/call';
import { insertRecords } from '../../../src/metering/record-store';
import type { HistoryPlan, Place } from './plan';
import { addRows, type Rows, writeRows } from './rows';
import { Sums } from './sums';
import { type AlikeCalls, oneByOne, Traffic } from './traffic';

/** What was written. */
export interface Written {
  readonly calls: number;
  readonly rows: number;
}

/** Calls of one stretch of time that are counted by the same granularities. */
export interface Slot {
  readonly granularities: readonly Granularity[];
  readonly calls: Iterable<AlikeCalls>;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Rows that wait to be written together: in the order of the key they are cheaper. */
const ROWS_AT_ONCE = 150_000;

/**
 * Writes the rollups that the calls of a plan would have left, each of them as the sink writes it, without the records.
 * What the plan says is left out or recorded all the same.
 */
export async function writeHistory(database: Database, place: Place, plan: HistoryPlan): Promise<Written> {
  const sums = new Sums({
    owners: new Map([[place.algorithmId, place.ownerId]]),
    majors: new Map(place.versions.map(({ id, major }) => [id, major])),
  });
  let written = { calls: 0, rows: 0 };
  let rows: Rows = { rollups: [], pairs: [] };
  const flush = async (): Promise<void> => {
    written = { ...written, rows: written.rows + (await writeRows(database, rows)) };
    rows = { rollups: [], pairs: [] };
  };
  const records: CallRecord[] = [];
  let day = bucketOf('DAY', plan.from);
  for (const { granularities, calls, from, to } of slotsOf(place, plan)) {
    const isRecorded = plan.recorded !== null && from >= plan.recorded.from && from < plan.recorded.to;
    for (const alike of calls) {
      sums.add(alike, granularities);
      if (isRecorded) records.push(...oneByOne(alike, to - from, `request-${from}-${written.calls}`));
      written.calls += alike.calls;
    }
    if (bucketOf('DAY', to) === day) continue;
    day = bucketOf('DAY', to);
    for (const bucket of sums.take(day)) addRows(rows, bucket);
    if (rows.rollups.length + rows.pairs.length >= ROWS_AT_ONCE) await flush();
  }
  for (const bucket of sums.take(Infinity)) addRows(rows, bucket);
  await flush();
  await database.write((tx) => insertRecords(tx, records));
  return written;
}

/** The calls of a plan in the order of time: by days, by hours or by minutes, whatever is the shortest that counts them. */
export function* slotsOf(place: Place, plan: HistoryPlan): Generator<Slot> {
  const traffic = new Traffic(place, plan);
  for (let from = plan.from; from < plan.to;) {
    const granularities = granularitiesAt(from, plan);
    const [shortest = 'DAY'] = granularities;
    const ends = [plan.to, plan.hoursFrom, plan.minutesFrom, nextBucket(shortest, bucketOf(shortest, from))];
    const to = Math.min(...ends.filter((end) => end > from));
    yield { granularities, calls: traffic.between(from, to), from, to };
    from = to;
  }
}

function granularitiesAt(at: number, { hoursFrom, minutesFrom }: HistoryPlan): readonly Granularity[] {
  if (at >= minutesFrom) return ['MINUTE', 'HOUR', 'DAY', 'MONTH'];
  return at >= hoursFrom ? ['HOUR', 'DAY', 'MONTH'] : ['DAY', 'MONTH'];
}

import { AlgogateError } from '../errors';
import { countBuckets, DAY_MS, type Granularity, MINUTE_MS } from './granularity';

/** A range that is asked for, and what is kept to answer it; moments in epoch milliseconds. */
export interface AskedRange {
  readonly from: number;
  /** Not of the range itself. */
  readonly to: number;
  readonly granularity: Granularity;
  readonly now: number;
  /** The oldest minute of which rollups are kept. */
  readonly minutesFrom: number;
  /** The oldest moment of which records are kept. */
  readonly recordsFrom: number;
}

/** The most buckets of one series: a day of minutes, three months of hours, ten years of days, a century of months. */
export const MAX_BUCKETS: Readonly<Record<Granularity, number>> = {
  MINUTE: 1_500,
  HOUR: 2_300,
  DAY: 3_700,
  MONTH: 1_200,
};

/** Minutes are told of the last 24 hours, and a minute more: the question takes a while to come. */
const MINUTES_TOLD_MS = DAY_MS + MINUTE_MS;

/** @throws AlgogateError INVALID_INPUT, of `from` or `to`, for a range that may not be asked */
export function assertAskable(asked: AskedRange): void {
  if (asked.from > asked.to) throw invalid('to', 'the range ends before it begins');
  if (asked.from === asked.to) return;
  if (asked.granularity === 'MINUTE') assertRecent(asked);
  assertFewBuckets(asked);
}

/** An INVALID_INPUT of one end of the range. */
export function invalid(field: 'from' | 'to', message: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, [field]);
}

function assertRecent({ from, now, minutesFrom }: AskedRange): void {
  if (from >= Math.max(now - MINUTES_TOLD_MS, minutesFrom)) return;
  throw invalid('from', 'minutes are told of the last 24 hours; what is older has hours, days and months');
}

function assertFewBuckets({ granularity, from, to }: AskedRange): void {
  const [count, most] = [countBuckets(granularity, from, to), MAX_BUCKETS[granularity]];
  if (count <= most) return;
  throw invalid(
    'from',
    `the range has ${count} buckets of the granularity ${granularity}, of at most ${most}`,
  );
}

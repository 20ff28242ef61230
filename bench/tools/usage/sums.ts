import { type CallRecord, isError } from '../../../src/domain/usage/call';
import { bucketOf, type Granularity, nextBucket } from '../../../src/domain/usage/granularity';
import { Latencies } from '../../../src/domain/usage/latencies';
import { Parts } from '../../../src/domain/usage/parts';
import { unitOf } from '../../../src/domain/usage/subject';
import { Tally } from '../../../src/domain/usage/tally';
import { consumerOf, type Counted, countedFor, isCountedBy } from '../../../src/metering/counted';
import type { AlikeCalls } from './traffic';

type Facts = Parameters<typeof countedFor>[1];

/** What a row counts the calls of: a subject, or a pair of a caller and what it called. */
type CountedBy =
  | (Counted & { readonly kind: 'rollup' })
  | { readonly kind: 'pair'; readonly algorithmId: number; readonly unit: string; readonly callerId: number };

/** Where alike calls are counted, with a name that is unique among the rows of a bucket. */
type Row = CountedBy & { readonly name: string };

/** A row of a bucket. */
export interface Sum {
  readonly of: CountedBy;
  readonly parts: Parts;
}

/** All rows of one stretch of time. */
export interface Bucket {
  readonly granularity: Granularity;
  readonly start: number;
  readonly sums: Map<string, Sum>;
}

/** Adds up calls by the rows that count them. */
export class Sums {
  private readonly buckets = new Map<string, Bucket>();
  /** By all that they depend on in a call. */
  private readonly rows = new Map<string, readonly Row[]>();

  constructor(private readonly facts: Facts) {}

  /** @param granularities of the rows that are to count the calls */
  add(alike: AlikeCalls, granularities: readonly Granularity[]): void {
    const counts = countsOf(alike);
    const part = { selector: alike.record.selectorKind, outcome: alike.record.outcome };
    const rows = this.rowsOf(alike.record);
    for (const granularity of granularities) {
      const { sums } = this.bucket(granularity, alike.record.start);
      for (const row of rows) {
        if (row.kind === 'rollup' && !isCountedBy(row, granularity)) continue;
        let sum = sums.get(row.name);
        if (sum === undefined) sums.set(row.name, (sum = { of: row, parts: new Parts() }));
        const isOfMany = row.kind === 'rollup' && row.hasCallers;
        sum.parts.at(part).merge(isOfMany ? counts : counts.anonymous());
      }
    }
  }

  /** The buckets that are over at a moment, and forgets them. */
  take(at: number): Bucket[] {
    const over = [...this.buckets].filter(
      ([, { granularity, start }]) => nextBucket(granularity, start) <= at,
    );
    for (const [name] of over) this.buckets.delete(name);
    return over.map(([, bucket]) => bucket);
  }

  private bucket(granularity: Granularity, at: number): Bucket {
    const start = bucketOf(granularity, at);
    const name = `${granularity} ${start}`;
    const bucket = this.buckets.get(name) ?? { granularity, start, sums: new Map<string, Sum>() };
    this.buckets.set(name, bucket);
    return bucket;
  }

  private rowsOf(record: CallRecord): readonly Row[] {
    const { versionId, buildId, principal, keyId } = record;
    const all = `${versionId} ${buildId} ${principal} ${keyId}`;
    const known = this.rows.get(all);
    if (known !== undefined) return known;
    const rows = countedBys(record, this.facts).map((of) => ({
      ...of,
      name: of.kind === 'rollup' ? of.subject : `${of.unit} ${of.callerId}`,
    }));
    this.rows.set(all, rows);
    return rows;
  }
}

function countedBys(record: CallRecord, facts: Facts): readonly CountedBy[] {
  const { algorithmId } = record;
  const unit = unitOf(record);
  return [
    ...countedFor(record, facts).map((counted) => ({ ...counted, kind: 'rollup' as const })),
    ...(unit === null ? [] : [{ kind: 'pair' as const, algorithmId, unit, callerId: consumerOf(record) }]),
  ];
}

function countsOf({ record, calls, durations }: AlikeCalls): Tally {
  const tally = new Tally();
  const latencies = new Latencies();
  for (const [milliseconds, times] of durations) latencies.add(milliseconds, times);
  const errors = isError(record.outcome) ? calls : 0;
  const bytes = { bytesIn: calls * record.bytesIn, bytesOut: calls * record.bytesOut };
  tally.merge({ calls, errors, ...bytes, latencies, callers: null });
  tally.callers.add(consumerOf(record));
  return tally;
}

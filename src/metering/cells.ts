import type { CallRecord, Outcome } from '../domain/usage/call';
import { Distinct } from '../domain/usage/distinct';
import { bucketOf, GRANULARITIES, type Granularity } from '../domain/usage/granularity';
import { Latencies } from '../domain/usage/latencies';
import { type FamilyKey, type SubjectKey, type UnitKey, unitOf } from '../domain/usage/subject';
import type { SelectorKind } from '../domain/terms';
import { consumerOf, type Counted, countedFor, isCountedBy } from './counted';
import type { Facts } from './facts-store';

/** Calls, added up. */
export interface Sums {
  calls: number;
  bytesIn: number;
  bytesOut: number;
  readonly latencies: Latencies;
  /** Null where they are not counted. */
  readonly callers: Distinct | null;
}

interface Bucketed extends Sums {
  readonly granularity: Granularity;
  readonly bucket: number;
  readonly selector: SelectorKind;
  readonly outcome: Outcome;
}

/** What is to be added to one row of `usage_rollups`. */
export interface RollupCell extends Bucketed {
  readonly subject: SubjectKey;
  readonly family: FamilyKey | null;
}

/** What is to be added to one row of `usage_pairs`. */
export interface PairCell extends Bucketed {
  readonly algorithmId: number;
  readonly unit: UnitKey;
  readonly callerId: number;
}

/** What a batch of records adds. */
export interface Added {
  readonly rollups: readonly RollupCell[];
  readonly pairs: readonly PairCell[];
}

/** Calls that are alike in all that any cell looks at, and the cells that they are added to. */
interface Alike extends Sums {
  readonly callers: null;
  readonly callerId: number;
  readonly cells: readonly Sums[];
}

/**
 * Adds up records for the database. A record costs one look into a map, by all that cells can differ in; what came
 * together there is handed on to its two dozen cells at the end.
 */
export class Cells {
  private readonly rollups = new Map<string, RollupCell>();
  private readonly pairs = new Map<string, PairCell>();
  private readonly minutes = new Map<number, Map<string, Alike>>();
  private minute = NaN;
  private inMinute = new Map<string, Alike>();

  /** @param minutesFrom for minutes before it nothing is counted by the minute: nobody could ask for that */
  constructor(
    private readonly facts: Facts,
    private readonly minutesFrom: number,
  ) {}

  /** Rows that are to be read and written. */
  get size(): number {
    return this.rollups.size + this.pairs.size;
  }

  add(record: CallRecord): void {
    const minute = bucketOf('MINUTE', record.start);
    if (minute !== this.minute) this.turnTo(minute);
    const key = keyOf(record);
    let alike = this.inMinute.get(key);
    if (alike === undefined) this.inMinute.set(key, (alike = this.begin(record, minute)));
    alike.calls += 1;
    alike.bytesIn += record.bytesIn;
    alike.bytesOut += record.bytesOut;
    alike.latencies.add(record.durationMs);
  }

  /** The cells, each with the sums of its records. To be called once, after the last record. */
  finish(): Added {
    for (const inMinute of this.minutes.values()) inMinute.forEach(handOn);
    return { rollups: [...this.rollups.values()], pairs: [...this.pairs.values()] };
  }

  private turnTo(minute: number): void {
    this.minute = minute;
    this.inMinute = this.minutes.get(minute) ?? new Map<string, Alike>();
    this.minutes.set(minute, this.inMinute);
  }

  private begin(record: CallRecord, minute: number): Alike {
    const counted = countedFor(record, this.facts);
    const cells = GRANULARITIES.filter((it) => it !== 'MINUTE' || minute >= this.minutesFrom).flatMap(
      (granularity) => {
        const bucket = bucketOf(granularity, minute);
        const pair = this.pair(record, granularity, bucket);
        const rollups = counted
          .filter((it) => isCountedBy(it, granularity))
          .map((it) => this.rollup(it, record, granularity, bucket));
        return pair === null ? rollups : [...rollups, pair];
      },
    );
    return { ...sums(), callers: null, callerId: consumerOf(record), cells };
  }

  private rollup(
    { subject, family, hasCallers }: Counted,
    { selectorKind: selector, outcome }: CallRecord,
    granularity: Granularity,
    bucket: number,
  ): RollupCell {
    return cellIn(this.rollups, `${subject} ${granularity} ${bucket} ${selector} ${outcome}`, () => ({
      ...{ subject, family, granularity, bucket, selector, outcome },
      ...sums(),
      callers: hasCallers ? new Distinct() : null,
    }));
  }

  private pair(record: CallRecord, granularity: Granularity, bucket: number): PairCell | null {
    const unit = unitOf(record);
    if (unit === null) return null;
    const { algorithmId, selectorKind: selector, outcome } = record;
    const callerId = consumerOf(record);
    const key = `${algorithmId} ${unit} ${callerId} ${granularity} ${bucket} ${selector} ${outcome}`;
    return cellIn(this.pairs, key, () => ({
      ...{ algorithmId, unit, callerId, granularity, bucket, selector, outcome },
      ...sums(),
      callers: null,
    }));
  }
}

/** All that a cell looks at in a record, beside its minute. */
function keyOf(r: CallRecord): string {
  return `${r.algorithmId} ${r.versionId} ${r.buildId} ${r.principal} ${r.keyId} ${r.selectorKind} ${r.outcome}`;
}

function cellIn<C>(cells: Map<string, C>, key: string, make: () => C): C {
  const there = cells.get(key);
  if (there !== undefined) return there;
  const made = make();
  cells.set(key, made);
  return made;
}

function sums(): Omit<Sums, 'callers'> {
  return { calls: 0, bytesIn: 0, bytesOut: 0, latencies: new Latencies() };
}

function handOn(alike: Alike): void {
  for (const cell of alike.cells) {
    cell.calls += alike.calls;
    cell.bytesIn += alike.bytesIn;
    cell.bytesOut += alike.bytesOut;
    cell.latencies.merge(alike.latencies);
    cell.callers?.add(alike.callerId);
  }
}

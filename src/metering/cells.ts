import type { CallRecord } from '../domain/usage/call';
import { bucketOf, GRANULARITIES, type Granularity } from '../domain/usage/granularity';
import { Parts } from '../domain/usage/parts';
import { type FamilyKey, type SubjectKey, type UnitKey, unitOf } from '../domain/usage/subject';
import { Tally } from '../domain/usage/tally';
import { consumerOf, type Counted, countedFor, isCountedBy } from './counted';
import type { Facts } from './facts-store';

interface Bucketed {
  readonly granularity: Granularity;
  readonly bucket: number;
  readonly parts: Parts;
}

/** What is to be added to one row of `usage_rollups`. */
export interface RollupCell extends Bucketed {
  readonly subject: SubjectKey;
  readonly family: FamilyKey | null;
  readonly hasCallers: boolean;
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

/** Calls that are alike in all that any cell looks at, and what they are added to. */
interface Alike {
  readonly counts: Tally;
  /** Of the cells that tell who called. */
  readonly ofMany: readonly Tally[];
  /** Of those that one alone called. */
  readonly ofOne: readonly Tally[];
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
    alike.counts.add(record);
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
    const part = { selector: record.selectorKind, outcome: record.outcome };
    const ofMany: Tally[] = [];
    const ofOne: Tally[] = [];
    for (const granularity of GRANULARITIES) {
      if (granularity === 'MINUTE' && minute < this.minutesFrom) continue;
      const bucket = bucketOf(granularity, minute);
      for (const it of counted.filter((one) => isCountedBy(one, granularity))) {
        const tally = this.rollup(it, granularity, bucket).parts.at(part);
        (it.hasCallers ? ofMany : ofOne).push(tally);
      }
      const pair = this.pair(record, granularity, bucket);
      if (pair !== null) ofOne.push(pair.parts.at(part));
    }
    const counts = new Tally();
    counts.callers.add(consumerOf(record));
    return { counts, ofMany, ofOne };
  }

  private rollup(
    { subject, family, hasCallers }: Counted,
    granularity: Granularity,
    bucket: number,
  ): RollupCell {
    return cellIn(this.rollups, `${subject} ${granularity} ${bucket}`, () => ({
      ...{ subject, family, hasCallers, granularity, bucket },
      parts: new Parts(),
    }));
  }

  private pair(record: CallRecord, granularity: Granularity, bucket: number): PairCell | null {
    const unit = unitOf(record);
    if (unit === null) return null;
    const { algorithmId } = record;
    const callerId = consumerOf(record);
    const key = `${algorithmId} ${unit} ${callerId} ${granularity} ${bucket}`;
    return cellIn(this.pairs, key, () => ({
      ...{ algorithmId, unit, callerId, granularity, bucket },
      parts: new Parts(),
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

function handOn({ counts, ofMany, ofOne }: Alike): void {
  for (const tally of ofMany) tally.merge(counts);
  for (const tally of ofOne) tally.merge(counts.anonymous());
}

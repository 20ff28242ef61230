import type { CallRecord, Outcome } from '../../../src/domain/usage/call';
import { bucketOf, DAY_MS, HOUR_MS } from '../../../src/domain/usage/granularity';
import { Chance } from './chance';
import { type Habit, Habits } from './habits';
import type { HistoryPlan, Place, PlaceCaller } from './plan';

/** Calls of one moment that differ in nothing that is counted, but in how long they took. */
export interface AlikeCalls {
  /** One of them. */
  readonly record: CallRecord;
  /** How many of them took how many milliseconds. */
  readonly durations: readonly (readonly [milliseconds: number, calls: number])[];
  readonly calls: number;
}

interface Regular {
  readonly caller: PlaceCaller;
  readonly habits: readonly Habit[];
  /** Its share of what those like it call. */
  readonly share: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** The same calls one by one, spread over a time. @param name what their request ids begin with */
export function* oneByOne(
  { record, durations, calls }: AlikeCalls,
  milliseconds: number,
  name: string,
): Generator<CallRecord> {
  let at = 0;
  for (const [durationMs, count] of durations) {
    for (const end = at + count; at < end; at += 1) {
      const start = record.start + Math.floor((at * milliseconds) / calls);
      yield { ...record, start, durationMs, requestId: `${name}-${at}` };
    }
  }
}

/** Shares of the calls that did not end well; the others are OK. */
const FAILING: readonly (readonly [Outcome, number])[] = [
  ['ALGORITHM_ERROR', 0.02],
  ['TIMEOUT', 0.004],
  ['BACKEND_UNAVAILABLE', 0.002],
  ['CLIENT_CLOSED', 0.002],
];
/** The share of days on which a caller calls that does not call all the time. */
const BURSTS = 0.03;
/** Of all calls, those of callers that do not call all the time. */
const OF_BURSTS = 0.1;
const MAX_BURST_HOURS = 3;
/** What a caller's first habit makes of its calls. */
const FIRST_HABIT = 0.8;
const DIFFERENT_DURATIONS = 6;
const MEDIAN_MS = 60;
const DEVIATION = 0.8;

/** Who calls an algorithm when: a few all the time, most now and then. */
export class Traffic {
  private readonly chance: Chance;
  private readonly steady: readonly Regular[];
  private readonly others: readonly Regular[];
  private readonly durations: readonly number[];
  private day = NaN;
  /** Those who call on that day, and the hours of it, from and before. */
  private today: readonly { readonly regular: Regular; readonly from: number; readonly to: number }[] = [];

  constructor(
    private readonly place: Place,
    private readonly plan: HistoryPlan,
  ) {
    this.chance = new Chance(plan.seed);
    const habits = new Habits(place);
    const regulars = plan.callers.map((caller, at) => this.regular(caller, at, habits));
    this.steady = regulars.slice(0, plan.steady);
    this.others = regulars.slice(plan.steady);
    this.durations = Array.from({ length: 4096 }, () => this.duration());
  }

  /** The calls that began in a slot of time, which is a minute, an hour or a day at most. */
  *between(from: number, to: number): Generator<AlikeCalls> {
    this.turnTo(bucketOf('DAY', from));
    let left = this.madeBefore(to) - this.madeBefore(from);
    const total = left;
    const active = this.today.filter((one) => one.from < to && from < one.to);
    const ofBursts = active.length === 0 || this.steady.length === 0 ? 0 : total * OF_BURSTS;
    for (const { regular } of active) {
      const calls = Math.min(left, this.chance.rounded(ofBursts / active.length));
      left -= calls;
      yield* this.ofRegular(regular, calls, from);
    }
    const shares = this.steady.reduce((sum, { share }) => sum + share, 0);
    const ofSteady = left;
    const [first, ...others] = this.steady;
    for (const regular of others) {
      const calls = Math.min(left, this.chance.rounded((ofSteady * regular.share) / shares));
      left -= calls;
      yield* this.ofRegular(regular, calls, from);
    }
    // whoever calls most takes what is left, so that the sum is exact
    if (first !== undefined) yield* this.ofRegular(first, left, from);
  }

  /** Of the calls of the whole history, how many began before a moment. */
  private madeBefore(at: number): number {
    const { from, to, calls } = this.plan;
    return Math.floor((calls * (at - from)) / (to - from));
  }

  private turnTo(day: number): void {
    if (day === this.day) return;
    this.day = day;
    this.today = this.others
      .filter(() => this.chance.next() < BURSTS)
      .map((regular) => {
        const from = day + this.chance.below(24) * HOUR_MS;
        const to = from + (1 + this.chance.below(MAX_BURST_HOURS)) * HOUR_MS;
        return { regular, from, to: Math.min(to, day + DAY_MS) };
      });
  }

  private *ofRegular(regular: Regular, calls: number, at: number): Generator<AlikeCalls> {
    const [first, ...others] = regular.habits;
    let left = calls;
    for (const habit of others) {
      const some = this.chance.rounded((calls * (1 - FIRST_HABIT)) / others.length);
      yield* this.ofHabit(regular, habit, Math.min(left, some), at);
      left -= Math.min(left, some);
    }
    if (first !== undefined) yield* this.ofHabit(regular, first, left, at);
  }

  private *ofHabit(regular: Regular, habit: Habit, calls: number, at: number): Generator<AlikeCalls> {
    let left = calls;
    for (const [outcome, share] of FAILING) {
      const failed = Math.min(left, this.chance.rounded(calls * share));
      left -= failed;
      if (failed > 0) yield this.alike(regular, habit, outcome, failed, at);
    }
    if (left > 0) yield this.alike(regular, habit, 'OK', left, at);
  }

  private alike(regular: Regular, habit: Habit, outcome: Outcome, calls: number, start: number): AlikeCalls {
    const { caller, bytesIn, bytesOut } = regular;
    const durations = this.split(calls);
    const durationMs = durations[0]?.[0] ?? 0;
    const record = {
      requestId: '',
      start,
      durationMs,
      backendMs: durationMs,
      principal: `owner:${caller.ownerId}`,
      keyId: caller.keyId,
      calledFor: null,
      reference: habit.reference,
      selectorKind: habit.selector,
      algorithmId: this.place.algorithmId,
      versionId: habit.versionId,
      buildId: habit.build.buildId,
      sha: habit.build.sha,
      position: `${this.place.ref.split('/')[0] ?? ''}@1`,
      outcome,
      bytesIn,
      bytesOut,
      artifacts: null,
    };
    return { record, durations, calls };
  }

  /** Calls by how long they took. */
  private split(calls: number): [number, number][] {
    const parts = Math.min(calls, DIFFERENT_DURATIONS);
    const each = Math.floor(calls / parts);
    return Array.from({ length: parts }, (_, at) => [
      this.chance.pick(this.durations),
      at === 0 ? calls - each * (parts - 1) : each,
    ]);
  }

  private regular(caller: PlaceCaller, at: number, habits: Habits): Regular {
    const isSteady = at < this.plan.steady;
    return {
      caller,
      habits: habits.some(this.chance, isSteady || this.chance.next() < 0.3 ? 2 : 1),
      share: 1 / (at + 5),
      bytesIn: 100 + this.chance.below(10_000),
      bytesOut: 200 + this.chance.below(50_000),
    };
  }

  /** Log-normal, to a tenth of a millisecond, as records are kept. */
  private duration(): number {
    return Math.round(MEDIAN_MS * Math.exp(DEVIATION * this.chance.normal()) * 10) / 10;
  }
}

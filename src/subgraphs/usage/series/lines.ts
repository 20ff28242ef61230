import { pause } from '../../../database';
import { bucketOf, bucketsBetween, type Granularity } from '../../../domain/usage/granularity';
import { Tally, type UsageTotals } from '../../../domain/usage/tally';
import { type Cell, ROWS_IN_A_ROW } from './cell';

/** A series before it is shown: counts by the start of their bucket. */
export interface Line {
  readonly key: string | null;
  readonly calls: number;
  readonly tallies: ReadonlyMap<number, Tally>;
}

/** A moment in time and what was called from then on; epoch milliseconds. */
interface Bucket {
  readonly start: number;
  readonly totals: UsageTotals;
}

const NOTHING = new Tally().totals();

/** All cells together. */
export async function sumOf(cells: readonly Cell[]): Promise<Tally> {
  const sum = new Tally();
  await eachInTurns(cells, (cell) => {
    addTo(sum, cell);
  });
  return sum;
}

/** One line of each key that has cells; those with the most calls first. */
export async function linesOf(
  cells: readonly Cell[],
  granularity: Granularity,
  keyOf: (cell: Cell) => string | null,
): Promise<Line[]> {
  const lines = new Map<string | null, Map<number, Tally>>();
  await eachInTurns(cells, (cell) => {
    const key = keyOf(cell);
    const tallies = lines.get(key) ?? new Map<number, Tally>();
    lines.set(key, tallies);
    const start = bucketOf(granularity, cell.at);
    const tally = tallies.get(start) ?? new Tally();
    tallies.set(start, tally);
    addTo(tally, cell);
  });
  return [...lines].map(([key, tallies]) => ({ key, tallies, calls: callsOf(tallies) })).sort(byCalls);
}

/**
 * What is left of a line when others, that are among it, are taken out; null for nothing. How many callers there are
 * in it is the difference: exact where they are few, else with the error of the whole.
 * @param all is used up: its tallies become those of the rest, since a copy of each would be as much work again
 */
export function restOf(all: Line, others: readonly Line[]): ReadonlyMap<number, RestTally> | null {
  const rest = new Map<number, RestTally>();
  for (const [start, tally] of all.tallies) {
    let present = 0;
    const callers = tally.callers.estimate();
    for (const { tallies } of others) {
      const taken = tallies.get(start);
      if (taken === undefined) continue;
      present += 1;
      tally.subtract(taken);
    }
    if (tally.calls > 0) rest.set(start, { tally, callers: Math.max(1, callers - present) });
  }
  return rest.size === 0 ? null : rest;
}

/** Counts of which it is known otherwise how many callers made them. */
interface RestTally {
  readonly tally: Tally;
  readonly callers: number;
}

/** The buckets of a range, with zeros for those in which nothing was called. */
export function bucketsOf(
  range: { readonly granularity: Granularity; readonly from: number; readonly to: number },
  totalsOf: (start: number) => UsageTotals | undefined,
): Bucket[] {
  return bucketsBetween(range.granularity, range.from, range.to).map((start) => ({
    start,
    totals: totalsOf(start) ?? NOTHING,
  }));
}

/** The order of series: the most calls first, and of as many by their keys. */
export function byCalls(a: Pick<Line, 'key' | 'calls'>, b: Pick<Line, 'key' | 'calls'>): number {
  return b.calls - a.calls || (String(a.key) < String(b.key) ? -1 : 1);
}

/** Adding up is work: others must have their turn in between. */
async function eachInTurns(cells: readonly Cell[], add: (cell: Cell) => void): Promise<void> {
  for (const [at, cell] of cells.entries()) {
    add(cell);
    if (at % ROWS_IN_A_ROW === ROWS_IN_A_ROW - 1) await pause();
  }
}

function addTo(tally: Tally, { counts, callerId }: Cell): void {
  tally.merge(counts);
  if (callerId !== null) tally.callers.add(callerId);
}

function callsOf(tallies: Line['tallies']): number {
  let calls = 0;
  for (const tally of tallies.values()) calls += tally.calls;
  return calls;
}

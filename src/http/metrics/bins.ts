/** Seconds, from a call that is answered at once to one that takes all the time that calls have by default. */
export const CALL_SECONDS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
];

/** Seconds, from a fetch that memory answers, or a plan, to what a mutation elsewhere may take. */
export const GRAPH_SECONDS: readonly number[] = [
  0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** Counts durations in fixed bins: a few comparisons and two additions for each, and nothing is allocated. */
export class Bins {
  /** By bin; the last is of all that is over the highest bound. */
  readonly counts: Float64Array;
  /** In seconds. */
  sum = 0;

  /** @param bounds in seconds, ascending; a bin has what is at most its bound */
  constructor(readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  addMs(ms: number): void {
    const seconds = ms / 1000;
    const { bounds, counts } = this;
    let at = 0;
    while (at < bounds.length && seconds > (bounds[at] ?? 0)) at += 1;
    counts[at] = (counts[at] ?? 0) + 1;
    this.sum += seconds;
  }
}

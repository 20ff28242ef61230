/** How long ago an end of a process still counts, in milliseconds. */
const REMEMBERED_MS = 30_000;
/** So many in that time cost nothing: one operation that ends the process does so twice, at the most. */
const FREE = 4;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;

/** When a process that ended may be started again: the more often it ended of late, the later. */
export class Restarts {
  private ends: number[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns milliseconds to wait */
  delayAfterEnd(): number {
    const now = this.now();
    this.ends = [...this.ends.filter((at) => now - at < REMEMBERED_MS), now];
    const excess = this.ends.length - FREE;
    return excess <= 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (excess - 1), LONGEST_DELAY_MS);
  }
}

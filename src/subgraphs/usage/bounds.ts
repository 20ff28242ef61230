/** What is taken on at the most, so that one question neither fills the memory nor holds up the others. */
export interface UsageBounds {
  /** Cells that one reading takes into memory. */
  readonly cells: number;
  /** Records that one reading counts one by one, at the edges of a range. */
  readonly records: number;
  /** Callers that one reading takes into memory. */
  readonly callers: number;
  /**
   * Calls that are looked at for one page that does not want all of them. Where few match, a page is short, or has
   * nothing on it, and the next one goes on from there: no page ever reads a whole history.
   */
  readonly callsOfPage: number;
  /** Calls that all the pages of one request may look at together. */
  readonly callsOfRequest: number;
}

/** About a second's work each. */
export const USAGE_BOUNDS: UsageBounds = {
  cells: 100_000,
  records: 100_000,
  callers: 100_000,
  callsOfPage: 2_000,
  callsOfRequest: 50_000,
};

/** What is taken on at the most, so that one request neither fills the memory nor holds up the others. */
export interface UsageBounds {
  /** Cells that all the readings of one request take into memory together. */
  readonly cells: number;
  /** Cells that all the answers of one request are added up from: usages that differ little are read once. */
  readonly addedUp: number;
  /** Records that one request counts one by one, at the edges of its ranges. */
  readonly records: number;
  /** Counts that the database adds up by caller for one request. */
  readonly byCaller: number;
  /** Different times that one request asks of: each of them is read by itself. */
  readonly times: number;
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
  addedUp: 200_000,
  records: 100_000,
  byCaller: 1_000_000,
  times: 30,
  callers: 100_000,
  callsOfPage: 2_000,
  callsOfRequest: 50_000,
};

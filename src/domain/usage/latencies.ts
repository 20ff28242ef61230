import { ByteReader, ByteWriter } from './bytes';

/** The greatest relative error of any quantile of Latencies (chapter 6 wants it stated). */
export const LATENCY_ERROR = 0.01;

/** What is shorter counts as nothing, in milliseconds: records are kept to a tenth. */
const SHORTEST_MS = 0.1;
const LOG_SHORTEST = Math.log(SHORTEST_MS);
/** What is longer counts as this: 285,000 years. */
const LONGEST_MS = Number.MAX_SAFE_INTEGER;
const ZERO_BIN = 0;

/** The upper end of a bin over its lower end: the widest whose middle is within the error of both. */
const RATIO = (1 + LATENCY_ERROR) / (1 - LATENCY_ERROR);
const BINS_PER_E = 1 / Math.log(RATIO);

const MAX_BIN = binOf(LONGEST_MS);
const FORMAT = 1;

/** Above the rounding of `q * count`, and far below what a count's fractions can be. */
const ROUNDING = 2 ** -50;

/**
 * How long calls took: a histogram of logarithmic bins, whose quantiles are within LATENCY_ERROR of the nearest-rank
 * ones, however many histograms were merged. Source: chapter 6; Masson, Rim, Lee, "DDSketch" (VLDB 2019), without
 * its collapsing of bins.
 */
export class Latencies {
  /** How many by bin; no bin has zero. */
  private readonly bins = new Map<number, number>();
  private total = 0;

  /**
   * @param ms how long; below a tenth counts as zero
   * @param times how many calls took that long, at least one
   */
  add(ms: number, times = 1): void {
    this.addTo(binOf(ms), times);
  }

  merge(other: Latencies): void {
    for (const [bin, times] of other.bins) this.addTo(bin, times);
  }

  /**
   * Takes out what was merged in before; leaves the counts that there were.
   * @throws Error when some of `other` was never in
   */
  subtract(other: Latencies): void {
    for (const [bin, times] of other.bins) this.takeFrom(bin, times);
  }

  /**
   * The duration that a share `q` of the calls did not exceed, by nearest rank.
   * @param q 0 to 1
   * @returns milliseconds, within LATENCY_ERROR; null where there are no calls
   */
  quantile(q: number): number | null {
    if (this.total === 0) return null;
    const rank = Math.max(1, Math.ceil(q * this.total * (1 - ROUNDING)));
    let seen = 0;
    for (const bin of this.sortedBins()) {
      seen += this.bins.get(bin) ?? 0;
      if (seen >= rank) return middleOf(bin);
    }
    throw new RangeError(`${q} is not a share of 0 to 1`);
  }

  /** A version, then for each bin its distance from the one before and its count, as varints. */
  encode(): Uint8Array {
    const writer = new ByteWriter().byte(FORMAT);
    let before = -1;
    for (const bin of this.sortedBins()) {
      writer.varint(bin - before).varint(this.bins.get(bin) ?? 0);
      before = bin;
    }
    return writer.finish();
  }

  /** @throws Error for bytes that `encode` did not give */
  static decode(bytes: Uint8Array): Latencies {
    const reader = new ByteReader(bytes, 'latencies');
    if (reader.byte() !== FORMAT) throw reader.garbage('its version is unknown');
    const latencies = new Latencies();
    for (let bin = -1; !reader.done;) {
      const distance = reader.varint();
      const times = reader.varint();
      bin += distance;
      if (distance === 0 || bin > MAX_BIN) throw reader.garbage('a bin is out of order');
      if (times === 0) throw reader.garbage('a bin is empty');
      latencies.bins.set(bin, times); // none comes twice
      latencies.total += times;
    }
    return latencies;
  }

  private addTo(bin: number, times: number): void {
    this.bins.set(bin, (this.bins.get(bin) ?? 0) + times);
    this.total += times;
  }

  private takeFrom(bin: number, times: number): void {
    const left = (this.bins.get(bin) ?? 0) - times;
    if (left < 0) throw new Error('latencies are taken out that were never in');
    if (left === 0) this.bins.delete(bin);
    else this.bins.set(bin, left);
    this.total -= times;
  }

  private sortedBins(): number[] {
    return [...this.bins.keys()].sort((a, b) => a - b);
  }
}

/** Bin n, from 1 up, has what is at least SHORTEST_MS * RATIO ** (n - 1), and below the next. */
function binOf(ms: number): number {
  if (!(ms >= SHORTEST_MS)) return ZERO_BIN;
  return 1 + Math.floor((Math.log(Math.min(ms, LONGEST_MS)) - LOG_SHORTEST) * BINS_PER_E);
}

/** The value that is within the error of all that is in the bin. */
function middleOf(bin: number): number {
  if (bin === ZERO_BIN) return 0;
  return SHORTEST_MS * RATIO ** bin * (2 / (1 + RATIO));
}

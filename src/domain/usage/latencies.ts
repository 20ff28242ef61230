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
 *
 * Dashboards merge thousands of them, of some hundred bins each: so the bins from the lowest to the highest lie in one
 * array, which costs a few nanoseconds a bin, where a map by bin costs ten times that.
 */
export class Latencies {
  /** How many by bin, from the bin `first` on; those at both ends need not have any. */
  private counts: number[] = [];
  private first = 0;
  private total = 0;

  /**
   * @param ms how long; below a tenth counts as zero
   * @param times how many calls took that long, at least one
   */
  add(ms: number, times = 1): void {
    const bin = binOf(ms);
    this.reach(bin, bin);
    this.counts[bin - this.first] = this.at(bin) + times;
    this.total += times;
  }

  merge(other: Latencies): void {
    if (this.counts.length === 0) {
      this.counts = other.counts.slice();
      this.first = other.first;
    } else if (other.counts.length > 0) this.addAll(other);
    this.total += other.total;
  }

  /**
   * Takes out what was merged in before; leaves the counts that there were.
   * @throws Error when some of `other` was never in, and takes out nothing
   */
  subtract(other: Latencies): void {
    const { counts } = this;
    const from = other.first - this.first;
    const isIn = other.counts.every((times, at) => times === 0 || (counts[from + at] ?? 0) >= times);
    if (!isIn) throw new Error('latencies are taken out that were never in');
    other.counts.forEach((times, at) => {
      if (times > 0) counts[from + at] = (counts[from + at] ?? 0) - times;
    });
    this.total -= other.total;
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
    let bin = this.first;
    for (const times of this.counts) {
      seen += times;
      if (seen >= rank) return middleOf(bin);
      bin += 1;
    }
    throw new RangeError(`${q} is not a share of 0 to 1`);
  }

  /** A version, then for each bin that has any its distance from the one before and its count, as varints. */
  encode(): Uint8Array {
    const writer = new ByteWriter().byte(FORMAT);
    let before = -1;
    let bin = this.first;
    for (const times of this.counts) {
      if (times > 0) {
        writer.varint(bin - before).varint(times);
        before = bin;
      }
      bin += 1;
    }
    return writer.finish();
  }

  /** @throws Error for bytes that `encode` did not give */
  static decode(bytes: Uint8Array): Latencies {
    const reader = new ByteReader(bytes, 'latencies');
    if (reader.byte() !== FORMAT) throw reader.garbage('its version is unknown');
    const latencies = new Latencies();
    const { counts } = latencies;
    for (let bin = -1; !reader.done;) {
      const distance = reader.varint();
      const times = reader.varint();
      bin += distance;
      if (distance === 0 || bin > MAX_BIN) throw reader.garbage('a bin is out of order');
      if (times === 0) throw reader.garbage('a bin is empty');
      if (counts.length === 0) latencies.first = bin;
      else for (let gap = 1; gap < distance; gap += 1) counts.push(0);
      counts.push(times);
      latencies.total += times;
    }
    return latencies;
  }

  private addAll(other: Latencies): void {
    this.reach(other.first, other.last);
    const { counts } = this;
    let at = other.first - this.first;
    for (const times of other.counts) {
      counts[at] = (counts[at] ?? 0) + times;
      at += 1;
    }
  }

  private get last(): number {
    return this.first + this.counts.length - 1;
  }

  private at(bin: number): number {
    return this.counts[bin - this.first] ?? 0;
  }

  /** Makes room for the bins from `low` to `high`. */
  private reach(low: number, high: number): void {
    if (this.counts.length === 0) this.first = low;
    if (low < this.first) {
      this.counts = [...new Array<number>(this.first - low).fill(0), ...this.counts];
      this.first = low;
    }
    for (let bin = this.last; bin < high; bin += 1) this.counts.push(0);
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

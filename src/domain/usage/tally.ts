import { type CallRecord, isError } from './call';
import { Distinct } from './distinct';
import { Latencies } from './latencies';

/** What is told of the calls of a bucket or a series (chapter 6, "What can be asked"). */
export interface UsageTotals {
  readonly calls: number;
  /** Calls that did not end as OK. */
  readonly errors: number;
  /** Distinct callers: exact up to EXACT_UP_TO, above with a standard error of DISTINCT_ERROR. */
  readonly callers: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Latencies in milliseconds, within LATENCY_ERROR; null where there were no calls. */
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
}

/** What is counted of a call. */
export type CountedCall = Pick<CallRecord, 'outcome' | 'durationMs' | 'bytesIn' | 'bytesOut'>;

/** Counts that are over: those of a tally, or of a stored rollup. */
export interface Counts {
  readonly calls: number;
  readonly errors: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly latencies: Latencies;
  /** Null where nobody keeps them, since there is only one. */
  readonly callers: Distinct | null;
}

/** Calls counted, so that counts can be merged: never an average, never a percentile of percentiles. */
export class Tally implements Counts {
  calls = 0;
  errors = 0;
  bytesIn = 0;
  bytesOut = 0;
  readonly latencies = new Latencies();
  readonly callers = new Distinct();

  /** One call. Who made it is not noted. */
  add({ outcome, durationMs, bytesIn, bytesOut }: CountedCall): void {
    this.calls += 1;
    if (isError(outcome)) this.errors += 1;
    this.bytesIn += bytesIn;
    this.bytesOut += bytesOut;
    this.latencies.add(durationMs);
  }

  merge(counts: Counts): void {
    this.calls += counts.calls;
    this.errors += counts.errors;
    this.bytesIn += counts.bytesIn;
    this.bytesOut += counts.bytesOut;
    this.latencies.merge(counts.latencies);
    if (counts.callers !== null) this.callers.merge(counts.callers);
  }

  /**
   * Takes out what is among these counts, for the rest that `other` is. The callers stay as they are: who of them
   * made only the calls that are taken out, a sketch cannot know.
   * @throws Error when its latencies were never in
   */
  subtract(counts: Omit<Counts, 'callers'>): void {
    this.latencies.subtract(counts.latencies);
    this.calls -= counts.calls;
    this.errors -= counts.errors;
    this.bytesIn -= counts.bytesIn;
    this.bytesOut -= counts.bytesOut;
  }

  /** The same, where nobody is to keep who called. */
  anonymous(): Counts {
    const { calls, errors, bytesIn, bytesOut, latencies } = this;
    return { calls, errors, bytesIn, bytesOut, latencies, callers: null };
  }

  /** @param callers how many, where that is known better than by what was added: of a rest, or of one caller */
  totals(callers = this.callers.estimate()): UsageTotals {
    const { calls, errors, bytesIn, bytesOut, latencies } = this;
    return {
      ...{ calls, errors, callers, bytesIn, bytesOut },
      p50: latencies.quantile(0.5),
      p90: latencies.quantile(0.9),
      p99: latencies.quantile(0.99),
    };
  }
}

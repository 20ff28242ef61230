import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

import type { Families, Sample } from './families';

/** How often the delay is looked at. */
const RESOLUTION_MS = 10;
const WINDOW_MS = 60_000;

const QUANTILES = [0.5, 0.99, 1] as const;

/** How late what is due is run, over the last minute or two, whoever asks and however often. */
export function eventLoopFamilies(families: Families): void {
  const delays = new LoopDelays();
  setInterval(() => {
    delays.turn();
  }, WINDOW_MS).unref();
  families.gauge(
    'algogate_event_loop_delay_seconds',
    'How late the event loop ran what was due, over the last minute or two: p50, p99 and the longest.',
    () => delays.samples(),
  );
}

/**
 * Delays of the event loop since the turn before the last. Two histograms measure, and a turn begins one of them anew:
 * what is asked for is always of a whole window, and asking takes nothing from whoever asks next.
 */
export class LoopDelays {
  private older = measuring();
  private younger = measuring();

  turn(): void {
    const begun = this.older;
    begun.reset();
    this.older = this.younger;
    this.younger = begun;
  }

  /**
   * In seconds. Node measures from one look to the next, so that a loop that is idle has a delay of a whole resolution
   * (as `nodejs_eventloop_lag_*` have it): that is taken off here.
   */
  samples(): Sample[] {
    return QUANTILES.map((quantile) => ({
      labels: { quantile: String(quantile) },
      value: Math.max(0, this.older.percentile(100 * quantile) / 1e6 - RESOLUTION_MS) / 1000,
    }));
  }
}

function measuring(): IntervalHistogram {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return delays;
}

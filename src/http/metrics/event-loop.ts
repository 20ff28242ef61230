import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { Families } from './families';

/** How often the delay is looked at. */
const RESOLUTION_MS = 10;

const QUANTILES = [0.5, 0.99, 1] as const;

/**
 * How late what is due is run, since it was last asked for. Node measures from one look to the next, so that a loop
 * that is idle has a delay of a whole resolution (as `nodejs_eventloop_lag_*` have it): that is taken off here.
 */
export function eventLoopFamilies(families: Families): void {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  families.gauge(
    'algogate_event_loop_delay_seconds',
    'How late the event loop ran what was due, since the last time this was asked for: p50, p99 and the longest.',
    () => {
      const samples = QUANTILES.map((quantile) => ({
        labels: { quantile: String(quantile) },
        value: Math.max(0, delays.percentile(100 * quantile) / 1e6 - RESOLUTION_MS) / 1000,
      }));
      delays.reset();
      return samples;
    },
  );
}

import type { CallPath } from '../../calls';
import { ERROR_CODES } from '../../domain/errors';
import type { CallMeter } from './call-meter';
import type { Families } from './families';

/** Calls, refusals, and how backends are doing, all of them together. */
export function callFamilies(families: Families, calls: CallPath, recorded: CallMeter): void {
  families.counter(
    'algogate_calls_total',
    'Recorded calls by their outcome and the kind of selector that they were made with.',
    () => recorded.samples(),
  );
  families.histogram(
    'algogate_call_duration_seconds',
    'From the arrival of a call until its answer was ready.',
    recorded.durations,
  );
  families.histogram(
    'algogate_call_backend_duration_seconds',
    "The backend's part of that, of calls that had one.",
    recorded.backendDurations,
  );
  families.counter('algogate_refusals_total', 'Refused calls since the start, by error code.', () =>
    ERROR_CODES.map((code) => ({ labels: { code }, value: calls.stats.refusals.get(code) ?? 0 })),
  );
  families.gauge('algogate_calls_in_flight', 'Calls under way.', () => calls.stats.inFlight);
  backendFamilies(families, calls);
}

function backendFamilies(families: Families, calls: CallPath): void {
  families.gauge(
    'algogate_backends',
    'Backends (origins) with connections of their own.',
    () => calls.backends.origins,
  );
  families.gauge('algogate_backend_breakers', 'Backends by the state of their circuit breakers.', () => {
    const { closed, open, 'half-open': halfOpen } = calls.backends.breakers;
    return [
      { labels: { state: 'closed' }, value: closed },
      { labels: { state: 'open' }, value: open },
      { labels: { state: 'half_open' }, value: halfOpen },
    ];
  });
  families.gauge('algogate_backend_connections', 'Connections to backends, of all of them together.', () => {
    const { connections, free } = calls.backends;
    return [
      { labels: { state: 'in_use' }, value: connections - free },
      { labels: { state: 'free' }, value: free },
    ];
  });
  families.gauge(
    'algogate_backend_queued_calls',
    'Calls that wait for a connection to their backend.',
    () => calls.backends.queued,
  );
}

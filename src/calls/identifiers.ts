import { randomBytes } from 'node:crypto';
import { parseTraceparent } from '../tracing';

const ENTROPY_BYTES = 8192;
let entropy = '';
let used = 0;

/** `bytes` random bytes in hex, out of a pool: asking the generator for each call would cost more than the call. */
function randomHex(bytes: number): string {
  if (used + 2 * bytes > entropy.length) {
    entropy = randomBytes(ENTROPY_BYTES).toString('hex');
    used = 0;
  }
  used += 2 * bytes;
  return entropy.slice(used - 2 * bytes, used);
}

/**
 * A request id: 128 random bits. A counter in it would tell every caller how many calls all others make.
 */
export function newRequestId(): string {
  return randomHex(16);
}

/**
 * The `traceparent` for the backend of a call that we do not trace: the caller's trace goes on under a span of ours;
 * without a valid one a new trace begins, not sampled. Source: W3C Trace Context, 2.2 and 3.2.
 */
export function traceparent(incoming: string | readonly string[] | undefined): string {
  const parent = parseTraceparent(incoming);
  return parent === null
    ? `00-${randomHex(16)}-${randomHex(8)}-00`
    : `00-${parent.traceId}-${randomHex(8)}-${parent.flags}`;
}

import { randomBytes } from 'node:crypto';

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

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/**
 * The `traceparent` for the backend: the caller's trace goes on under a span of ours; without a valid one a new
 * trace begins, not sampled. Source: W3C Trace Context, 2.2 and 3.2.
 */
export function traceparent(incoming: string | readonly string[] | undefined): string {
  const match = typeof incoming === 'string' ? TRACEPARENT.exec(incoming) : null;
  const [, trace, parent, flags] = match ?? [];
  if (trace === undefined || parent === undefined || isZero(trace) || isZero(parent)) {
    return `00-${randomHex(16)}-${randomHex(8)}-00`;
  }
  return `00-${trace}-${randomHex(8)}-${flags}`;
}

function isZero(hex: string): boolean {
  return /^0+$/.test(hex);
}

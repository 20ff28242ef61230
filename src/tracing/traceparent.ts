/** The span that a request came from, as its `traceparent` names it. */
export interface RemoteParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Two hex digits; the lowest bit says that the trace is sampled. */
  readonly flags: string;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/**
 * Reads a `traceparent`, of this version or a later one.
 * @returns null where there is none, or it is not valid. Source: W3C Trace Context, 2.2 and 3.2
 */
export function parseTraceparent(header: string | readonly string[] | undefined): RemoteParent | null {
  const match = typeof header === 'string' ? TRACEPARENT.exec(header) : null;
  const [, traceId, spanId, flags] = match ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  return isZero(traceId) || isZero(spanId) ? null : { traceId, spanId, flags };
}

function isZero(hex: string): boolean {
  return /^0+$/.test(hex);
}

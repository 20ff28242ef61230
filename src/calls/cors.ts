import type { IncomingMessage } from 'node:http';

/** What a page may send: the credential is a header, so no cookie ever is. */
const ALLOWED_HEADERS = 'Authorization, Content-Type, Idempotency-Key, Traceparent';

/** What a page may read beside the body. */
const EXPOSED_HEADERS =
  'X-Request-Id, X-Algogate-Version, X-Algogate-Receipt, Content-Location, Idempotent-Replayed, Retry-After, RateLimit, RateLimit-Policy, Deprecation, Sunset, Link';

const PREFLIGHT_SECONDS = '86400';

/**
 * The CORS headers of an answer to a browser's call; names and values in turn, and none of them for an origin that is
 * not allowed. Credentials (cookies) are never allowed. Source: Fetch standard, "CORS protocol".
 * @param origins allowed ones, or `*` among them for all
 */
export function corsHeaders(request: IncomingMessage, origins: readonly string[]): string[] {
  if (origins.includes('*')) {
    return ['Access-Control-Allow-Origin', '*', 'Access-Control-Expose-Headers', EXPOSED_HEADERS];
  }
  const origin = request.headers.origin;
  if (origin === undefined || !origins.includes(origin)) return ['Vary', 'Origin'];
  return [
    'Vary',
    'Origin',
    'Access-Control-Allow-Origin',
    origin,
    'Access-Control-Expose-Headers',
    EXPOSED_HEADERS,
  ];
}

/** What a preflight is told beside them. */
export const PREFLIGHT_HEADERS: readonly string[] = [
  'Access-Control-Allow-Methods',
  'POST',
  'Access-Control-Allow-Headers',
  ALLOWED_HEADERS,
  'Access-Control-Max-Age',
  PREFLIGHT_SECONDS,
];

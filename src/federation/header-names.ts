/** A name as HTTP has it. Source: RFC 9110, 5.1 */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** Words in the names of headers that carry what somebody is let in by: `x-api-key`, `x-amz-security-token`, … */
const CREDENTIAL =
  /auth|cookie|token|secret|api-?key|credential|passw|session|signature|jwt|bearer|client-cert/;

/** What the gateway says itself, and what belongs to one connection alone. */
const OWN: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'traceparent',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
]);

/**
 * Why a caller's header may not be sent on to a subgraph of an operator; null where it may.
 * @param name in small letters
 */
export function whyNotPropagated(name: string): string | null {
  if (!TOKEN.test(name)) return 'is no name of a header';
  if (CREDENTIAL.test(name)) return 'carries a credential of the caller, which is never sent on';
  if (OWN.has(name)) return 'is set by the gateway itself';
  return null;
}

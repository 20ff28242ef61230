/** A name as HTTP has it. Source: RFC 9110, 5.1 */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** What stands anywhere in the names of headers that carry what somebody is let in by: `x-api-key`, `x-amz-security-token`, … */
const CREDENTIAL =
  /auth|cookie|token|secret|api[-_.]?key|credential|passw|session|signature|jwt|bearer|assertion|client[-_.]?cert|csrf|xsrf/;

/** The same, where it is a word of its own: `x-access-key`, but not `x-keyboard`. */
const CREDENTIAL_WORD = /(?<![a-z0-9])(?:key|pass|pwd|pin|otp|pat|sid|dpop|oidc|sso|ticket)(?![a-z0-9])/;

/** It is no secret, and named like one. */
const HARMLESS: ReadonlySet<string> = new Set(['idempotency-key']);

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
  const isCredential = CREDENTIAL.test(name) || CREDENTIAL_WORD.test(name);
  if (isCredential && !HARMLESS.has(name))
    return 'carries a credential of the caller, which is never sent on';
  if (OWN.has(name)) return 'is set by the gateway itself';
  return null;
}

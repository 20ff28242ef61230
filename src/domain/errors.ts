/**
 * Every error that the product tells the outside world, one row each: its code, the HTTP status that carries
 * it, and what it means. `docs/errors.md` and the `ErrorCode` enum of the graph are generated from this table.
 * Source: chapters 1 to 8 of the specification, `api.graphql`.
 */
export const ERROR_TABLE = {
  INVALID_REFERENCE: [
    400,
    'The reference does not parse; the message names the column and what was expected.',
  ],
  INVALID_INPUT: [400, 'An input is malformed, out of bounds, or contradicts another.'],
  NOT_FOUND: [404, 'Nothing matches, or what matches is not for this caller to know of.'],
  UNAUTHENTICATED: [401, 'A credential is missing where one is needed, or the one given is not valid.'],
  FORBIDDEN: [403, 'The caller may know of the thing, and may not do this with it.'],
  UNAUTHORIZED_FIELD_OR_TYPE: [
    403,
    'A part of a query that the graph does not give to this credential; the rest of the answer is there.',
  ],
  UNTRUSTED_DOCUMENT: [403, 'This server runs the documents alone that its operator trusts.'],
  GONE: [410, 'Taken down by the operator.'],
  ALREADY_EXISTS: [409, 'The name is taken.'],
  VERSION_EXISTS: [409, 'The version number is already in use, and is never free again.'],
  VERSION_NOT_INCREASING: [409, 'The version does not come after the highest of its major.minor line.'],
  BUILD_CONFLICT: [409, 'The commit was already registered with other facts; a build is immutable.'],
  BUILD_ALREADY_PUBLISHED: [409, 'The build already carries another version number.'],
  BUILD_FAILED: [409, 'A failed build can be neither published nor called.'],
  BUMP_TOO_SMALL: [409, 'The interface changed more than the version number says.'],
  PERMISSIONS_FIXED_BY_MAJOR: [409, 'Permissions belong to the major, and this one has versions already.'],
  PERMISSIONS_NARROWING: [409, 'Permissions of a major with versions only widen; publish a new major.'],
  VISIBILITY_EXCEEDS_MAJOR: [409, 'A version cannot be more visible than its major.'],
  LAST_ADMIN: [409, 'An organisation always keeps one admin.'],
  PRIVATE_DEPENDENCY: [409, 'A public version cannot depend on a private one.'],
  UNDECLARED_DEPENDENCY: [403, 'The calling version did not declare this algorithm as a dependency.'],
  CHANNEL_MOVED: [409, 'The channel no longer points where the caller expected.'],
  CHANNEL_POINTS_HERE: [409, 'A channel points at this version.'],
  GATES_NOT_PASSED: [409, 'A gate of the channel is not passed.'],
  APPROVAL_REQUIRED: [409, 'The release waits for a second person.'],
  SIGNATURE_REQUIRED: [409, 'The policy of the algorithm demands a signature.'],
  LICENCE_DENIED: [409, 'The licence policy of the owner denies a licence.'],
  VULNERABILITY_DENIED: [409, 'The vulnerability policy bars this version.'],
  DEPENDENCY_CYCLE: [409, 'The dependencies form a cycle.'],
  BACKEND_FORBIDDEN: [400, 'The backend address is private, and not on the allow-list of the operator.'],
  BACKEND_UNAVAILABLE: [502, 'The backend cannot be reached, or its answer broke off.'],
  BACKEND_BAD_ANSWER: [
    502,
    'The answer of the backend is over the limit, or not what its content type says.',
  ],
  TOO_LARGE: [413, 'The body is over the limit.'],
  IDEMPOTENCY_IN_PROGRESS: [
    409,
    'The first call with this Idempotency-Key is still under way, or was too large to keep.',
  ],
  IDEMPOTENCY_MISMATCH: [422, 'This Idempotency-Key was used with another body.'],
  RATE_LIMITED: [429, 'Too many requests.'],
  QUOTA_EXCEEDED: [429, 'The quota is used up.'],
  QUERY_TOO_COMPLEX: [400, 'The query is over one of the limits of the graph.'],
  UNAVAILABLE: [503, 'Overloaded, shutting down, or without a part that it needs.'],
} as const satisfies Record<string, readonly [status: number, meaning: string]>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export const ERROR_CODES = Object.keys(ERROR_TABLE) as readonly ErrorCode[];

/** The HTTP status that carries `code`. */
export function httpStatusOf(code: ErrorCode): number {
  return ERROR_TABLE[code][0];
}

/**
 * An error made for the outside: its message is safe to show to whoever asked. Anything else that is thrown is a
 * fault of ours, and is shown as nothing but `UNAVAILABLE` and a request id.
 */
export class AlgogateError extends Error {
  override readonly name = 'AlgogateError';

  /** @param field path of the input that is at fault, outermost first */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly field?: readonly string[],
  ) {
    super(message);
  }

  get status(): number {
    return httpStatusOf(this.code);
  }

  /** Where graphql-js looks for what an error of a resolver is to carry. */
  get extensions(): { readonly code: ErrorCode; readonly field?: readonly string[] } {
    return { code: this.code, ...(this.field === undefined ? {} : { field: this.field }) };
  }
}

/**
 * Why a subgraph could not be asked over HTTP, or why its answer is none.
 * - `unreachable`: no connection, or one that broke off
 * - `unavailable`: a status of 502, 503 or 504
 * - `late`: the deadline was over first
 * - `malformed`: an answer that breaks off within its JSON
 * - `foreign`: an answer that is no GraphQL response, by its status, type or shape
 * - `overlong`: an answer over the bound
 * - `open`: the circuit breaker lets nothing through
 * - `busy`: too many requests wait for this subgraph already
 * - `unsent`: its headers could not be made
 * - `aborted`: the caller is gone
 */
export type HttpFailureKind = keyof typeof WORDS;

const WORDS = {
  unreachable: 'It cannot be reached, or broke off.',
  unavailable: 'It says that it is not available.',
  late: 'It did not answer in time.',
  malformed: 'Its answer is no JSON.',
  foreign: 'Its answer is no GraphQL response.',
  overlong: 'Its answer is too long.',
  open: 'It failed too often of late, and is left alone for a while.',
  busy: 'Too many requests wait for it.',
  unsent: 'The request could not be made.',
  aborted: 'The request was aborted.',
} as const;

export const HTTP_FAILURE_KINDS = Object.keys(WORDS) as readonly HttpFailureKind[];

/** The same request may fare better a moment later. */
const TRANSIENT: ReadonlySet<HttpFailureKind> = new Set(['unreachable', 'unavailable', 'malformed']);

/** What speaks against the subgraph itself, for its breaker. Whoever answers anything at all is there. */
const DAMNING: ReadonlySet<HttpFailureKind> = new Set(['unreachable', 'unavailable', 'late', 'malformed']);

/** The error of a request that got no GraphQL response. It says nothing of the address; its cause may. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';

  /** @param detail what there is to say beside the kind, with nothing of the address in it */
  constructor(
    readonly kind: HttpFailureKind,
    detail?: string,
    options?: ErrorOptions,
  ) {
    super(detail === undefined ? WORDS[kind] : `${WORDS[kind]} ${detail}`, options);
  }

  get isTransient(): boolean {
    return TRANSIENT.has(this.kind);
  }

  get isDamning(): boolean {
    return DAMNING.has(this.kind);
  }
}

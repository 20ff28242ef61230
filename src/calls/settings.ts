/** Bounds of the call path. Every one of them can be set by the operator; the defaults are those of chapter 4. */
export interface CallSettings {
  /** Largest request body, in bytes. */
  readonly maxInputBytes: number;
  /** Largest answer of a backend, in bytes. */
  readonly maxOutputBytes: number;
  /** Calls under way at once, void ones included; one more is 503. */
  readonly maxConcurrentCalls: number;
  /** Calls of one principal under way at once, void ones included; one more is 429. */
  readonly maxConcurrentCallsPerCaller: number;
  /** Connections kept to one backend origin. */
  readonly connectionsPerBackend: number;
  /** Calls that may wait for a connection of one backend origin; one more is 503. */
  readonly queuePerBackend: number;
  /** Backend origins with a pool at once; the longest idle one makes room. */
  readonly maxBackends: number;
  /** Time to connect to a backend, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Failures in a row that open the circuit breaker of a backend origin. */
  readonly breakerFailures: number;
  /** How long a breaker stays open before one call may try again, in milliseconds. */
  readonly breakerOpenMs: number;
  /** Routes (URLs already parsed) that are remembered. */
  readonly routeCacheSize: number;
  /** Bytes of a refused body that are read and thrown away so that the refusal reaches its caller. */
  readonly discardBytes: number;
  /** Time that such reading may take, in milliseconds. */
  readonly discardMs: number;
  /** Origins whose pages may use `/v1/web/algo/`; `*` for all (no cookie is ever read, so that is safe). */
  readonly webOrigins: readonly string[];
}

export const DEFAULT_CALL_SETTINGS: CallSettings = {
  maxInputBytes: 10 * 1024 * 1024,
  maxOutputBytes: 15 * 1024 * 1024,
  maxConcurrentCalls: 2048,
  maxConcurrentCallsPerCaller: 512,
  connectionsPerBackend: 128,
  queuePerBackend: 512,
  maxBackends: 1024,
  connectTimeoutMs: 5_000,
  breakerFailures: 5,
  breakerOpenMs: 5_000,
  routeCacheSize: 20_000,
  discardBytes: 64 * 1024 * 1024,
  discardMs: 10_000,
  webOrigins: ['*'],
};

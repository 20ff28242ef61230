import type { OwnerId } from '../../domain/principal';
import type { SelectorKind } from '../../domain/terms';

/** How an admitted call ended (chapter 6). A backend that broke the protocol counts as `BACKEND_UNAVAILABLE`. */
export const OUTCOMES = ['OK', 'ALGORITHM_ERROR', 'TIMEOUT', 'BACKEND_UNAVAILABLE', 'CLIENT_CLOSED'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What is recorded of one admitted call (chapter 6, "What is recorded"). Never an input, never an output. */
export interface CallRecord {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly start: number;
  /** From the request's arrival until its answer was ready, in milliseconds. */
  readonly durationMs: number;
  /** The backend's part of it. */
  readonly backendMs: number;
  /** `principalId` of who called. */
  readonly principal: string;
  readonly keyId: number | null;
  /** The organisation that was called for, beside the principal itself. */
  readonly calledFor: OwnerId | null;
  /** As written. */
  readonly reference: string;
  readonly selectorKind: SelectorKind;
  readonly algorithmId: number;
  readonly versionId: number | null;
  readonly sha: string;
  readonly position: string;
  readonly outcome: Outcome;
  /** Bytes of the caller's body. */
  readonly bytesIn: number;
  /** Bytes of the backend's answer, before it was wrapped. */
  readonly bytesOut: number;
  /** The artifacts that held for it, `name@revision,…`; null for none. */
  readonly artifacts: string | null;
}

/** Where calls are recorded before their answers leave. */
export interface Journal {
  /** False when it is full or cannot be written: calls are refused rather than unmetered. */
  admitting(): boolean;
  /**
   * Notes that a call is under way whose caller has its answer before the end: should this process die first,
   * `record` is what is left of it. Resolves when it would survive that.
   * @param record as it counts without an end; the call's own record, when it is appended, takes its place
   */
  begin(record: CallRecord): Promise<void>;
  /** Resolves when the record would survive the death of this process. */
  append(record: CallRecord): Promise<void>;
}

/** Takes records out of the journal; a record may come more than once, and counts once, by its request id. */
export type RecordSink = (records: readonly CallRecord[]) => Promise<void>;

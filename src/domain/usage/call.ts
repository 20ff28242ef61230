import type { OwnerId } from '../principal';
import type { SelectorKind } from '../terms';

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
  /** The organisation that was called for: the one whose key called; null for a user and for the operator. */
  readonly calledFor: OwnerId | null;
  /** As written. */
  readonly reference: string;
  readonly selectorKind: SelectorKind;
  readonly algorithmId: number;
  readonly versionId: number | null;
  /** The build that was called; null only in what was recorded before builds were. */
  readonly buildId: number | null;
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

/** Takes records out of a journal; a record may come more than once, and counts once, by its request id. */
export type RecordSink = (records: readonly CallRecord[]) => Promise<void>;

/** Whether a call that ended so counts among the errors. */
export function isError(outcome: Outcome): boolean {
  return outcome !== 'OK';
}

/** Stands for the operator among the ids of callers: no owner has it. */
export const OPERATOR_CALLER = 0;

const OWNER = 'owner:';

/**
 * The consumer of a call: the owner whose key called.
 * @param principal as `principalId` writes it
 * @returns null for the operator, who is no owner
 */
export function callerIdOf(principal: string): OwnerId | null {
  return principal.startsWith(OWNER) ? Number(principal.slice(OWNER.length)) : null;
}

import { createHash } from 'node:crypto';
import { AlgogateError } from '../domain/errors';
import type { Answer } from './answer';
import type { Reply } from './reply';
import type { Route } from './route';

/** Answers above this are not kept: their key stays used, and says so. 64 KiB but for a byte: what MySQL puts in a BLOB. */
export const LARGEST_KEPT_ANSWER = 64 * 1024 - 1;

/** How long a used key is remembered, in milliseconds. */
export const KEPT_FOR_MS = 24 * 60 * 60 * 1000;

/** Time between a call's deadline and the moment when its claim is taken for abandoned, in milliseconds. */
const LEASE_GRACE_MS = 60_000;

const LONGEST_KEY = 255;

/** One use of an `Idempotency-Key`. Who keeps or releases it holds it only while (key, principal, lease) are those. */
export interface IdempotencyClaim {
  readonly principalId: string;
  readonly key: string;
  /** SHA-256, hex, of all that decides what is computed. */
  readonly digest: string;
  /** Epoch milliseconds: after it, a claim that was neither kept nor released is free again. */
  readonly leaseUntil: number;
}

/** The first answer to a key. */
export interface KeptAnswer {
  readonly requestId: string;
  readonly status: number;
  readonly contentType: string;
  /** Names and values in turn, `Content-Location` among them. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export type ClaimResult =
  | { readonly state: 'claimed' }
  /** Answered before; null: with an answer too large to keep. */
  | { readonly state: 'done'; readonly answer: KeptAnswer | null }
  | { readonly state: 'in-progress' }
  /** The key was used with another digest. */
  | { readonly state: 'mismatch' };

/** The keys that were used, in the database: every replica must see them. */
export interface IdempotencyStore {
  /** Claims the key, or says what became of it. Of parallel claims exactly one is `claimed`. */
  claim(claim: IdempotencyClaim): Promise<ClaimResult>;
  /** Ends a claim with its answer, for `KEPT_FOR_MS`; null where the answer is too large. */
  keep(claim: IdempotencyClaim, answer: KeptAnswer | null): Promise<void>;
  /** Ends a claim as if it had never been. */
  release(claim: IdempotencyClaim): Promise<void>;
}

/**
 * The `Idempotency-Key` of a request.
 * @throws AlgogateError INVALID_INPUT
 */
export function idempotencyKey(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header !== 'string' || header.length > LONGEST_KEY || !/^[\x21-\x7e]+$/.test(header)) {
    throw new AlgogateError(
      'INVALID_INPUT',
      `Idempotency-Key must be 1 to ${LONGEST_KEY} printable ASCII characters, without spaces`,
    );
  }
  return header;
}

/**
 * The claim of one call. Its digest covers the body, its content type, the reference, function and artifacts, and the
 * kind of answer asked for; not the deadline: a retry may be more patient.
 */
export function claimFor(
  principalId: string,
  key: string,
  route: Route,
  contentType: string,
  body: Buffer,
): IdempotencyClaim {
  const { ownerKey, nameKey, selector } = route.reference;
  const { output, stdout, receipt, functionName, artifacts } = route;
  const computed = [functionName, artifacts && [...artifacts]];
  // only where it is asked for: keys that were used before there were receipts are still known
  const signed = receipt ? ['receipt'] : [];
  const asked = JSON.stringify([
    ownerKey,
    nameKey,
    selector.text,
    contentType,
    output,
    stdout,
    ...computed,
    ...signed,
  ]);
  const digest = createHash('sha256').update(asked).update('\n').update(body).digest('hex');
  return { principalId, key, digest, leaseUntil: Date.now() + route.timeoutMs + LEASE_GRACE_MS };
}

/** What is kept of an answer; null where it is too large. */
export function keepable(
  answer: Answer,
  requestId: string,
  { contentLocation, notices }: Pick<Reply, 'contentLocation' | 'notices'>,
): KeptAnswer | null {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  if (body.length > LARGEST_KEPT_ANSWER) return null;
  const location = contentLocation === null ? [] : ['Content-Location', contentLocation];
  const { status, contentType, headers } = answer;
  return { requestId, status, contentType, headers: [...headers, ...location, ...notices], body };
}

/** A kept answer as an answer, marked. */
export function replayed(kept: KeptAnswer): Answer {
  return { ...kept, headers: [...kept.headers, 'Idempotent-Replayed', 'true'] };
}

/** @returns the kept answer, or null where the call is ours to make
 *  @throws AlgogateError IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_MISMATCH */
export function resultOfClaim(result: ClaimResult): KeptAnswer | null {
  switch (result.state) {
    case 'claimed':
      return null;
    case 'done':
      if (result.answer !== null) return result.answer;
      throw new AlgogateError(
        'IDEMPOTENCY_IN_PROGRESS',
        `the first call with this Idempotency-Key is done, and its answer was too large to keep (over ${LARGEST_KEPT_ANSWER} bytes)`,
      );
    case 'in-progress':
      throw new AlgogateError(
        'IDEMPOTENCY_IN_PROGRESS',
        'the first call with this Idempotency-Key is still under way',
      );
    case 'mismatch':
      throw new AlgogateError(
        'IDEMPOTENCY_MISMATCH',
        'this Idempotency-Key was used with another body or call',
      );
  }
}

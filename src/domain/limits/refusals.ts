import { AlgogateError, type ErrorCode } from '../errors';
import type { Standing } from './standing';

/** A refusal that knows when another attempt is worth its while. */
export class RetryLater extends AlgogateError {
  /** @param retryAfterSeconds a whole number, 1 at least */
  constructor(
    code: ErrorCode,
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(code, message);
  }
}

/** A rate or a quota that lets no more through, with where the caller stands. */
export class LimitReached extends RetryLater {
  constructor(
    code: 'RATE_LIMITED' | 'QUOTA_EXCEEDED',
    message: string,
    retryAfterSeconds: number,
    readonly standing: Standing,
  ) {
    super(code, message, retryAfterSeconds);
  }
}

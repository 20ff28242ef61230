import { AlgogateError } from '../errors';
import type { VersionNumbers } from '../version';

/** Months that `lts` promises when it is moved into a new line and nothing else is said. */
const DEFAULT_MONTHS = 12;

/** What `lts` promised so far. Times are in milliseconds since the epoch. */
export interface LtsPromise {
  /** What it names, or named last where it points nowhere: taking that down does not end the promise. */
  readonly current: VersionNumbers | null;
  readonly supportedUntil: number | null;
}

/** Whether `lts` may go to a version: until `supportedUntil` only within its `major.minor`. For rollbacks as well. */
export function isWithinLts(
  { current, supportedUntil }: LtsPromise,
  to: VersionNumbers,
  now: number,
): boolean {
  return current === null || !isRunning(supportedUntil, now) || sameLine(current, to);
}

/**
 * @throws AlgogateError INVALID_INPUT for a move out of the line that it still supports
 */
export function assertLtsMove(promise: LtsPromise, to: VersionNumbers, now: number): void {
  const { current, supportedUntil } = promise;
  if (current === null || supportedUntil === null || isWithinLts(promise, to, now)) return;
  throw new AlgogateError(
    'INVALID_INPUT',
    `lts supports ${current.major}.${current.minor} until ${new Date(supportedUntil).toISOString()}, and moves within it alone`,
    ['to'],
  );
}

/**
 * The end of support after a move that is allowed. A new line begins a window of its own: until `wanted`, or for
 * twelve months. Within its line a move keeps the window; it may be extended, and is never shortened while it runs.
 * @param wanted as the mover asked for, null for nothing
 * @throws AlgogateError INVALID_INPUT
 */
export function supportedUntilOf(
  { current, supportedUntil }: LtsPromise,
  to: VersionNumbers,
  wanted: number | null,
  now: number,
): number {
  const kept = current !== null && sameLine(current, to) ? supportedUntil : null;
  if (wanted === null) return kept ?? addMonths(now, DEFAULT_MONTHS);
  if (wanted === kept) return kept;
  if (wanted <= now) throw invalid('the end of support lies in the future');
  if (kept !== null && isRunning(kept, now) && wanted < kept) {
    throw invalid(`support until ${new Date(kept).toISOString()} was promised, and may only be extended`);
  }
  return wanted;
}

/** Whether what is supported until `supportedUntil` is so now. */
function isRunning(supportedUntil: number | null, now: number): boolean {
  return supportedUntil !== null && now < supportedUntil;
}

function sameLine(a: VersionNumbers, b: VersionNumbers): boolean {
  return a.major === b.major && a.minor === b.minor;
}

/** The same day and time of day, in UTC, some months later; the month's last day where it has no such day. */
export function addMonths(time: number, months: number): number {
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + months);
  if (date.getUTCDate() !== day) date.setUTCDate(0);
  return date.getTime();
}

function invalid(message: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, ['supportedUntil']);
}

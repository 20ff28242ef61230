import { isDigit, isLetter } from './chars';
import { AlgogateError } from './errors';

/** Handles of owners and names of algorithms. Source: chapter 1, "Handles and names". */
export const MAX_NAME_LENGTH = 63;

export type NameKind = 'handle' | 'name';

/**
 * The path words of the API itself, which no handle may be, since handles come first in an address; and the words
 * that stand among handles for callers that have none, `operator` and `other` (chapter 6). Names never do: an
 * algorithm may be called `algo`. Lower case.
 */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'algo',
  'console',
  'events',
  'flows',
  'graphql',
  'healthz',
  'jwks',
  'metrics',
  'operator',
  'other',
  'packages',
  'readyz',
  'resolve',
  'runs',
  'v1',
  'web',
  'well-known',
]);

/** What is wrong with a name: at which index (from 0), and what was expected there. */
export interface NameFault {
  readonly index: number;
  readonly expected: string;
}

/** The first fault of `text` as `[A-Za-z][A-Za-z0-9_-]{0,62}`, or null when it is one. Linear. */
export function nameFault(text: string, what: NameKind): NameFault | null {
  if (!isLetter(text.charCodeAt(0))) return { index: 0, expected: `a letter, the first of the ${what}` };
  for (let index = 1; index < text.length; index += 1) {
    if (index === MAX_NAME_LENGTH) {
      return { index, expected: `the end of the ${what}: it has at most ${MAX_NAME_LENGTH} characters` };
    }
    if (!isNameCharacter(text.charCodeAt(index))) {
      return { index, expected: `a letter, a digit, "_" or "-" in the ${what}` };
    }
  }
  return null;
}

/**
 * A handle or a name, as it was written.
 * @throws AlgogateError INVALID_INPUT, with the column (from 1) and what was expected
 */
export function parseName(text: string, what: NameKind): string {
  const fault = nameFault(text, what);
  if (fault !== null) {
    throw new AlgogateError('INVALID_INPUT', `column ${fault.index + 1}: expected ${fault.expected}`);
  }
  return text;
}

/** Under which a handle or a name is unique and looked up: without regard to case. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

/**
 * For creation only: in a reference a reserved word parses, and finds nothing.
 * @throws AlgogateError INVALID_INPUT when `name` is, in any case, one of RESERVED_NAMES
 */
export function assertNotReserved(name: string, what: NameKind): void {
  if (RESERVED_NAMES.has(nameKey(name))) {
    throw new AlgogateError('INVALID_INPUT', `the ${what} "${name}" is reserved`);
  }
}

function isNameCharacter(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x5f || code === 0x2d;
}

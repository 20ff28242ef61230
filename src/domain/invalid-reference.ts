import { AlgogateError } from './errors';

/**
 * The error of everything in a reference that does not parse. It says where and what was expected, and repeats
 * nothing of the input.
 * @param column counted from 1, in UTF-16 code units
 */
export function invalidReference(column: number, expected: string): AlgogateError {
  return new AlgogateError('INVALID_REFERENCE', `column ${column}: expected ${expected}`);
}

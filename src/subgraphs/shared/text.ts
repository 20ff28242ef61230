import { AlgogateError } from '../../domain/errors';

/** MySQL's bound for TEXT, in bytes of UTF-8. */
const MAX_TEXT_BYTES = 65_535;

/**
 * A text that fits its column; null where there is none.
 * @throws AlgogateError TOO_LARGE naming the field
 */
export function textWithin(
  text: string | null | undefined,
  field: string,
  maxBytes = MAX_TEXT_BYTES,
): string | null {
  if (text == null) return null;
  assertWellFormed(text, field);
  if (Buffer.byteLength(text) > maxBytes) {
    throw new AlgogateError('TOO_LARGE', `${field} is over ${maxBytes} bytes`, [field]);
  }
  return text;
}

/**
 * A short text; null where there is none.
 * @throws AlgogateError INVALID_INPUT naming the field
 */
export function lineWithin(
  text: string | null | undefined,
  field: string,
  maxCharacters: number,
): string | null {
  if (text == null) return null;
  assertWellFormed(text, field);
  if ([...text].length > maxCharacters) {
    throw new AlgogateError('INVALID_INPUT', `${field} is over ${maxCharacters} characters`, [field]);
  }
  return text;
}

/** Half a surrogate pair has no UTF-8: a database would keep something else than what was sent. */
function assertWellFormed(text: string, field: string): void {
  if (text.isWellFormed()) return;
  throw new AlgogateError('INVALID_INPUT', `${field} is not well-formed Unicode`, [field]);
}

import { isDigit, isLetter } from '../chars';

/** Where the pieces of a gate end in its text. All linear. */

/** Of the run of a name's characters that begins at `start`; upper case too, so that a fault is found whole. */
export function endOfName(text: string, start: number): number {
  return endOfRun(text, start, isNameCharacter);
}

/** Of the run of a word's characters that begins at `start`. */
export function endOfWord(text: string, start: number): number {
  return endOfRun(text, start, (code) => isNameCharacter(code) || code === 0x2d || code === 0x2e);
}

/** Of the number of JSON that begins at `start`; null where none does. Leading zeros are let in. */
export function endOfNumber(text: string, start: number): number | null {
  const integer = text[start] === '-' ? start + 1 : start;
  let end = endOfRun(text, integer, isDigit);
  if (end === integer) return null;
  if (text[end] === '.') {
    const fraction = end + 1;
    end = endOfRun(text, fraction, isDigit);
    if (end === fraction) return null;
  }
  if (text[end] !== 'e' && text[end] !== 'E') return end;
  const exponent = text[end + 1] === '-' || text[end + 1] === '+' ? end + 2 : end + 1;
  end = endOfRun(text, exponent, isDigit);
  return end === exponent ? null : end;
}

/** Of the string in double quotes that begins at `start`, after the closing one; null where it is missing. */
export function endOfQuoted(text: string, start: number): number | null {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return null;
}

/** What a string of JSON says, from its opening to its closing quote; null where it is none. */
export function stringOf(quoted: string): string | null {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

function endOfRun(text: string, start: number, isInClass: (code: number) => boolean): number {
  let end = start;
  while (isInClass(text.charCodeAt(end))) end += 1;
  return end;
}

function isNameCharacter(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x5f;
}

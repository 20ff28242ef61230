import { isAll, isDigit } from './chars';

/**
 * Sort keys of versions: ASCII strings that compare, byte by byte, in the order of SemVer precedence, so that
 * a database column with a binary collation and JavaScript's `<` agree, and nothing parses a version to order it.
 *
 *     1.2.3            123~
 *     1.12.0           1b120~
 *     1.0.0-beta.2     100beta,+2
 *
 * - A number of one digit is the digit; a longer one carries a letter for its length: `b12`, `c345`. No number's
 *   key begins another's, so a key's first one, two or three numbers are its major, its line and its triple.
 * - `~` ends a release: above whatever may begin a prerelease, so that a release comes after all of its own.
 * - Identifiers are separated by `,` and a numeric one begins with `+`. Both are below `-`, the lowest character of
 *   an identifier: fewer identifiers are lower (`a` < `a.b` < `a-`), numeric ones below all others.
 * - Nothing is below `!`: a collation that pads with spaces orders and tells apart the same.
 *
 * Build metadata is not in the key: two versions that differ in nothing else are one. Source: SemVer 2.0.0, 11.
 */
export interface VersionNumbers {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** What precedence looks at. A numeric identifier too large for a number is the string of its digits. */
export interface Precedence extends VersionNumbers {
  readonly prerelease: readonly (string | number)[];
}

/** The longest key that a version of 256 characters can have; a column must hold it. */
export const MAX_VERSION_KEY_LENGTH = 424;

export function versionKey(version: Precedence): string {
  const triple = tripleKey(version);
  return triple + (version.prerelease.length === 0 ? '~' : version.prerelease.map(identifierKey).join(','));
}

/** With which the keys of all versions of a major begin, and no others. */
export function majorKey(major: number): string {
  return numberKey(String(major));
}

/** With which the keys of all versions of a `major.minor` line begin, and no others. */
export function lineKey(major: number, minor: number): string {
  return majorKey(major) + numberKey(String(minor));
}

/** With which the keys of `major.minor.patch` and of all its prereleases begin, and no others. */
export function tripleKey({ major, minor, patch }: VersionNumbers): string {
  return lineKey(major, minor) + numberKey(String(patch));
}

function identifierKey(identifier: string | number): string {
  const text = String(identifier);
  return isAll(text, isDigit) ? `+${numberKey(text)}` : text;
}

/** `b` to `y` for 2 to 25 digits; `z` and three digits of length beyond, which only a prerelease can reach. */
function numberKey(digits: string): string {
  if (digits.length === 1) return digits;
  if (digits.length <= 25) return String.fromCharCode(0x60 + digits.length) + digits;
  return `z${String(digits.length).padStart(3, '0')}${digits}`;
}

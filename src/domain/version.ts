import { isAll, isDigit, isIdentifierCharacter } from './chars';
import { AlgogateError } from './errors';
import type { Bump } from './terms';
import { type VersionNumbers, versionKey } from './version-key';

export {
  lineKey,
  majorKey,
  MAX_VERSION_KEY_LENGTH,
  type Precedence,
  tripleKey,
  versionKey,
  type VersionNumbers,
} from './version-key';

export const MAX_VERSION_LENGTH = 256;

/** A semantic version. Source: SemVer 2.0.0; chapter 1, "Versions". */
export interface SemVer extends VersionNumbers {
  /** As written, build metadata included. */
  readonly text: string;
  /** Empty for a release. A numeric identifier too large for a number is the string of its digits. */
  readonly prerelease: readonly (string | number)[];
  readonly build: readonly string[];
  /** `versionKey` of it. */
  readonly key: string;
}

/** A version as it was kept: parsed before it was written. @throws Error where it is none, and its row is broken */
export function keptVersion(text: string): SemVer {
  const version = parseVersion(text);
  if (version === null) throw new Error(`the version ${text} in the database is broken`);
  return version;
}

/**
 * Strict SemVer 2.0.0: no leading `v`, no white space, at most 256 characters, major, minor and patch up to
 * `Number.MAX_SAFE_INTEGER`. Linear. Gives null for anything else.
 */
export function parseVersion(text: string): SemVer | null {
  if (text.length > MAX_VERSION_LENGTH) return null;
  const [precedence, build] = cut(text, '+');
  const [core, suffix] = cut(precedence, '-');
  const [major, minor, patch, ...rest] = core.split('.').map(parseNumber);
  if (major == null || minor == null || patch == null || rest.length > 0) return null;
  const prerelease = parseIdentifiers(suffix, parsePrereleaseIdentifier);
  const buildIdentifiers = parseIdentifiers(build, parseBuildIdentifier);
  if (prerelease === null || buildIdentifiers === null) return null;
  const key = versionKey({ major, minor, patch, prerelease });
  return { text, major, minor, patch, prerelease, build: buildIdentifiers, key };
}

/** A number without leading zeros, up to `Number.MAX_SAFE_INTEGER`; null for anything else. */
export function parseNumber(text: string): number | null {
  if (!isNumeric(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/**
 * The version that a bump makes of the highest release: 2.0.0, 1.3.0 or 1.2.4 of 1.2.3, and 0.1.0 where there is
 * none. Source: chapter 3, "Publishing".
 * @throws AlgogateError INVALID_INPUT when the number to raise is the greatest there is
 */
export function bump(highest: VersionNumbers | null, by: Bump): string {
  if (highest === null) return '0.1.0';
  switch (by) {
    case 'MAJOR':
      return `${next(highest.major)}.0.0`;
    case 'MINOR':
      return `${highest.major}.${next(highest.minor)}.0`;
    case 'REVISION':
      return `${highest.major}.${highest.minor}.${next(highest.patch)}`;
  }
}

function next(value: number): number {
  if (value >= Number.MAX_SAFE_INTEGER) {
    throw new AlgogateError('INVALID_INPUT', `no version number comes after ${value}`);
  }
  return value + 1;
}

/** What comes before the first `separator`, and what after it; null where there is none. */
function cut(text: string, separator: string): readonly [before: string, after: string | null] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function parseIdentifiers<T>(
  text: string | null,
  parse: (identifier: string) => T | null,
): readonly T[] | null {
  if (text === null) return [];
  const identifiers: T[] = [];
  for (const part of text.split('.')) {
    const identifier = parse(part);
    if (identifier === null) return null;
    identifiers.push(identifier);
  }
  return identifiers;
}

/** SemVer bounds numeric identifiers nowhere: what is too large for a number stays exact as its digits. */
function parsePrereleaseIdentifier(text: string): string | number | null {
  if (!isAll(text, isDigit)) return parseBuildIdentifier(text);
  return isNumeric(text) ? (parseNumber(text) ?? text) : null;
}

function parseBuildIdentifier(text: string): string | null {
  return isAll(text, isIdentifierCharacter) ? text : null;
}

function isNumeric(text: string): boolean {
  return isAll(text, isDigit) && (text.length === 1 || !text.startsWith('0'));
}

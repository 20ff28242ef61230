import { deprecationOf, firstDeprecationOf } from '../domain/release';
import type { Statement, VersionLine } from './facts';

/** What programs are told of a version that is not to be used any more. */
export interface Deprecated {
  readonly message: string;
  /** A reference; null: there is none. */
  readonly replacement: string | null;
  /** RFC 3339, as `since`. */
  readonly removal_date: string | null;
  /** Since when it is so without a break. */
  readonly since: string;
}

/** @param notice its times are milliseconds since the epoch */
export function deprecated(notice: {
  readonly message: string;
  readonly replacement: string | null;
  readonly removalAt: number | null;
  readonly since: number;
}): Deprecated {
  const { message, replacement, removalAt, since } = notice;
  return {
    message,
    replacement,
    removal_date: removalAt === null ? null : new Date(removalAt).toISOString(),
    since: new Date(since).toISOString(),
  };
}

/** @param statements newest first */
export function deprecatedOf(line: VersionLine, statements: readonly Statement[]): Deprecated | null {
  const found = deprecationOf(line, statements);
  if (found === null) return null;
  const first = firstDeprecationOf(line, statements) ?? found;
  return deprecated({ ...found, since: first.at });
}

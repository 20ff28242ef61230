import { AlgogateError } from '../errors';
import { parseReference, type Reference } from '../reference';

/** What answers say of a deprecated version. Times are in milliseconds since the epoch. */
export interface DeprecationNotice {
  readonly message: string;
  readonly since: number;
  readonly removalAt: number | null;
  /** What its owner says to use instead, in words or as a reference; null: nothing. */
  readonly replacement: string | null;
}

/**
 * The headers of an answer for a deprecated version, names and values in turn: `Deprecation` (RFC 9745), with a removal
 * date `Sunset` (RFC 8594), and where the replacement is a reference of ours a `Link` to its successor (RFC 5829). No
 * word of the owner gets into them: a reference is taken apart and written anew, so nothing can be injected.
 */
export function deprecationHeaders({
  since,
  removalAt,
  replacement,
}: Omit<DeprecationNotice, 'message'>): readonly string[] {
  const headers = ['Deprecation', `@${Math.floor(since / 1000)}`];
  // toUTCString writes what HTTP calls an IMF-fixdate
  if (removalAt !== null) headers.push('Sunset', new Date(removalAt).toUTCString());
  const successor = replacement === null ? null : referenceIn(replacement);
  if (successor !== null) headers.push('Link', `<${pathOf(successor)}>; rel="successor-version"`);
  return headers;
}

/** One sentence on one line: `Acme/Detect/1.2.3 is deprecated: …; use Acme/Detect/2; it will be removed on 2027-01-31.` */
export function deprecationWarning(
  canonical: string,
  { message, removalAt, replacement }: Omit<DeprecationNotice, 'since'>,
): string {
  const parts = [`${canonical} is deprecated: ${clauseOf(message)}`];
  parts.push(isNone(replacement) ? 'there is no replacement' : `use ${clauseOf(replacement)} instead`);
  if (removalAt !== null)
    parts.push(`it will be removed on ${new Date(removalAt).toISOString().slice(0, 10)}`);
  return `${parts.join('; ')}.`;
}

/** A replacement is named, or it is said that there is none. */
function isNone(replacement: string | null): replacement is null {
  return replacement === null || ['', 'none'].includes(replacement.trim().toLowerCase());
}

function referenceIn(text: string): Reference | null {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof AlgogateError) return null;
    throw error;
  }
}

/** Where a reference is called. Names need no escapes, a selector may: ranges have spaces, `<` and `>`. */
function pathOf({ owner, name, selector }: Reference): string {
  const endpoint = `/v1/algo/${owner}/${name}`;
  return selector.text === '' ? endpoint : `${endpoint}/${encodeURIComponent(selector.text)}`;
}

/** Free text as a part of a sentence: on one line, without the stop at its end. */
function clauseOf(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.endsWith('.') ? line.slice(0, -1) : line;
}

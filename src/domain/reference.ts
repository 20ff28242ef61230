import { isHexDigit } from './chars';
import { invalidReference } from './invalid-reference';
import { nameFault, nameKey, type NameKind } from './name';
import { parseSelector, type Selector } from './selector';

export {
  CALLER_INDEPENDENT_KINDS,
  type CallerIndependentSelector,
  type ChannelSelector,
  type FullSelector,
  isCallerIndependent,
  type LatestPrivateSelector,
  type LatestSelector,
  parseChannelName,
  parseSelector,
  type PartialSelector,
  type RangeSelector,
  type Selector,
  type ShaSelector,
} from './selector';

export const MAX_REFERENCE_LENGTH = 512;

const SCHEME = 'algo://';

/** What a caller writes to name a version: `OWNER/NAME[/SELECTOR]`. The grammar is in reference.bnf. */
export interface Reference {
  /** The whole of it, as given. */
  readonly written: string;
  /** As the caller wrote it. */
  readonly owner: string;
  /** As the caller wrote it. */
  readonly name: string;
  readonly ownerKey: string;
  readonly nameKey: string;
  readonly selector: Selector;
}

/**
 * Parses a reference. `algo://`, one leading and one trailing slash are dropped. Percent escapes are not decoded:
 * an HTTP edge does that with `decodeSelector`. Linear. Source: chapter 1.
 * @throws AlgogateError INVALID_REFERENCE, with the column (from 1) and what was expected
 */
export function parseReference(text: string): Reference {
  checkLength(text);
  const start = startOfOwner(text);
  const end = text.endsWith('/') ? Math.max(start, text.length - 1) : text.length;
  const slash = indexOfSlash(text, start, end);
  const owner = checkedName(text.slice(start, slash), 'handle', start);
  if (slash === end) throw invalidReference(end + 1, '"/" and the name of an algorithm');
  const secondSlash = indexOfSlash(text, slash + 1, end);
  const name = checkedName(text.slice(slash + 1, secondSlash), 'name', slash + 1);
  if (secondSlash + 1 === end) throw invalidReference(end + 1, 'a selector, or nothing after the name');
  const selector = parseSelector(text.slice(secondSlash + 1, end), secondSlash + 2);
  return reference(text, owner, name, selector);
}

/**
 * The same for a reference that came in parts. Columns are those of `owner/name/selector`.
 * @param selector already decoded; undefined and empty are the same
 * @throws AlgogateError INVALID_REFERENCE
 */
export function parseReferenceParts(owner: string, name: string, selector?: string): Reference {
  const endpoint = `${owner}/${name}`;
  const written = selector === undefined || selector === '' ? endpoint : `${endpoint}/${selector}`;
  checkLength(written);
  checkedName(owner, 'handle', 0);
  checkedName(name, 'name', owner.length + 1);
  return reference(written, owner, name, parseSelector(selector ?? '', endpoint.length + 2));
}

/**
 * Decodes the percent escapes of a selector in an HTTP path, once.
 * @throws AlgogateError INVALID_REFERENCE at a malformed escape, with its column in the selector
 */
export function decodeSelector(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidReference(malformedEscape(text) + 1, 'a percent escape of UTF-8');
  }
}

function reference(written: string, owner: string, name: string, selector: Selector): Reference {
  return { written, owner, name, ownerKey: nameKey(owner), nameKey: nameKey(name), selector };
}

function checkLength(text: string): void {
  if (text.length > MAX_REFERENCE_LENGTH) {
    throw invalidReference(
      MAX_REFERENCE_LENGTH + 1,
      `the end: a reference has at most ${MAX_REFERENCE_LENGTH} characters`,
    );
  }
}

/** After `algo://` and one slash, on either side of it. */
function startOfOwner(text: string): number {
  const afterSlash = text.startsWith('/') ? 1 : 0;
  if (!text.startsWith(SCHEME, afterSlash)) return afterSlash;
  const afterScheme = afterSlash + SCHEME.length;
  return afterSlash === 0 && text[afterScheme] === '/' ? afterScheme + 1 : afterScheme;
}

function indexOfSlash(text: string, from: number, end: number): number {
  const slash = text.indexOf('/', from);
  return slash < 0 || slash > end ? end : slash;
}

function checkedName(text: string, what: NameKind, start: number): string {
  const fault = nameFault(text, what);
  if (fault !== null) throw invalidReference(start + fault.index + 1, fault.expected);
  return text;
}

/** The first `%` without two hex digits; or, where the bytes are no UTF-8, the first `%`. */
function malformedEscape(text: string): number {
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
    if (!isHexDigit(text.charCodeAt(at + 1)) || !isHexDigit(text.charCodeAt(at + 2))) return at;
  }
  return text.indexOf('%');
}

import { AlgogateError } from '../domain/errors';

/** Deeper than any document that we take; RFC 8259, 9, lets us bound it. */
const MAX_NESTING = 64;

/** Where a document stands in the input of a mutation, and what it is called in messages. */
export interface DocumentName {
  /** `an envelope`, `the SBOM` */
  readonly what: string;
  readonly field: readonly string[];
}

/**
 * JSON that means one thing: no name comes twice in an object, of which parsers keep the first, the last, or both, so
 * that a signer and a verifier could read different documents (RFC 8259, 4). In time that grows with its length alone.
 * @throws AlgogateError INVALID_INPUT
 */
export function parseStrictJson(text: string, name: DocumentName): unknown {
  const twice = faultOf(text);
  if (twice !== null) throw malformed(name, twice);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformed(name, 'is no JSON');
  }
}

/** @param why what is wrong with it: `is no JSON` */
export function malformed({ what, field }: DocumentName, why: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', `${what} ${why}`, field);
}

/** What is wrong with a text that would parse as JSON all the same; what is no JSON is told by its parser. */
function faultOf(text: string): string | null {
  const names: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') {
      names.push(character === '{' ? new Set() : null);
      if (names.length > MAX_NESTING) return `is nested over ${MAX_NESTING} deep`;
    } else if (character === '}' || character === ']') {
      names.pop();
    } else if (character === '"') {
      const end = endOfString(text, at + 1);
      if (isName(text, end)) {
        const name = nameIn(text.slice(at, end));
        const known = names.at(-1);
        if (known?.has(name) === true) return `has the name ${JSON.stringify(name)} twice in one object`;
        known?.add(name);
      }
      at = end - 1;
    }
  }
  return null;
}

/** @param from after its first quote. Gives what is after its last. */
function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '"') return at + 1;
    if (text[at] === '\\') at += 1;
  }
  return text.length;
}

const SPACE = new Set([' ', '\t', '\n', '\r']);

/** Whether a string is the name of a member: in what is JSON, those alone stand before a colon. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (SPACE.has(text[at] ?? '')) at += 1;
  return text[at] === ':';
}

/** `"a"` is a name as well: names are compared as they are read, not as they are written. */
function nameIn(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}

import { isAll, isDigit, isHexDigit, isLowerCase } from './chars';
import { AlgogateError } from './errors';
import { type CompiledRange, compileRange, isNpmRange } from './range';
import type { SelectorKind } from './terms';
import { parseNumber, parseVersion, type SemVer } from './version';

/**
 * The third part of a reference. `text` is as the caller wrote it, empty when it was left out.
 * Source: chapter 1, "Selectors".
 */
export type Selector =
  | LatestSelector
  | FullSelector
  | PartialSelector
  | RangeSelector
  | ChannelSelector
  | LatestPrivateSelector
  | ShaSelector;

export interface LatestSelector {
  readonly kind: 'LATEST';
  readonly text: string;
}

export interface FullSelector {
  readonly kind: 'FULL';
  readonly text: string;
  readonly version: SemVer;
}

export interface PartialSelector {
  readonly kind: 'PARTIAL';
  readonly text: string;
  readonly major: number;
  /** Absent for a whole major. */
  readonly minor?: number;
}

export interface RangeSelector {
  readonly kind: 'RANGE';
  readonly text: string;
  readonly range: CompiledRange;
}

export interface ChannelSelector {
  readonly kind: 'CHANNEL';
  readonly text: string;
  readonly name: string;
}

export interface LatestPrivateSelector {
  readonly kind: 'LATEST_PRIVATE';
  readonly text: string;
}

export interface ShaSelector {
  readonly kind: 'SHA';
  readonly text: string;
  /** In lower case, however it was written. */
  readonly sha: string;
}

/** Those that name the same version for every caller. Source: chapter 1, "The first four". */
export const CALLER_INDEPENDENT_KINDS = [
  'LATEST',
  'PARTIAL',
  'RANGE',
  'CHANNEL',
] as const satisfies readonly SelectorKind[];

export type CallerIndependentSelector = Extract<
  Selector,
  { kind: (typeof CALLER_INDEPENDENT_KINDS)[number] }
>;

export function isCallerIndependent(selector: Selector): selector is CallerIndependentSelector {
  return CALLER_INDEPENDENT_KINDS.some((kind) => kind === selector.kind);
}

const EXPECTED_SELECTOR =
  '"latest", a version, a version range, a channel name, "latestPrivate" or a commit of 40 hex digits';
const SHA_LENGTH = 40;
const MAX_CHANNEL_LENGTH = 31;

/**
 * Classifies a selector. The order settles what could be read in two ways: forty digits are a SHA, `1.x` is PARTIAL
 * and not a range, `x` and `v1` are ranges and not channels. Linear. Source: chapter 1, rule 1.
 * @param column of the text's first character in the reference, from 1
 * @throws AlgogateError INVALID_REFERENCE
 */
export function parseSelector(text: string, column = 1): Selector {
  if (text === '' || text === 'latest') return { kind: 'LATEST', text };
  if (text === 'latestPrivate') return { kind: 'LATEST_PRIVATE', text };
  if (text.length === SHA_LENGTH && isAll(text, isHexDigit)) {
    return { kind: 'SHA', text, sha: text.toLowerCase() };
  }
  const version = parseVersion(text);
  if (version !== null) return { kind: 'FULL', text, version };
  return (
    parsePartial(text) ??
    parseChannel(text) ?? { kind: 'RANGE', text, range: compileRange(text, column, EXPECTED_SELECTOR) }
  );
}

/**
 * A name that a channel may have: `[a-z][a-z0-9-]{0,30}`, not `latest`, and not readable as any other selector.
 * @throws AlgogateError INVALID_INPUT
 */
export function parseChannelName(text: string): string {
  if (text === 'latest' || parseChannel(text) === null) {
    throw new AlgogateError(
      'INVALID_INPUT',
      'a channel name is a lower-case letter and up to 30 lower-case letters, digits and hyphens, and no other selector',
    );
  }
  return text;
}

/** `1`, `1.2`, and the same with `.*` or `.x` after it. */
function parsePartial(text: string): PartialSelector | null {
  const parts = text.split('.');
  if (parts.length > 1 && isWildcard(parts.at(-1))) parts.pop();
  const [major, minor, ...rest] = parts.map(parseNumber);
  if (major == null || minor === null || rest.length > 0) return null;
  return { kind: 'PARTIAL', text, major, ...(minor !== undefined && { minor }) };
}

function isWildcard(part: string | undefined): boolean {
  return part === '*' || part === 'x';
}

function parseChannel(text: string): ChannelSelector | null {
  if (text.length > MAX_CHANNEL_LENGTH || !isLowerCase(text.charCodeAt(0))) return null;
  if (!isAll(text, isChannelCharacter) || isRangeOfChannelCharacters(text)) return null;
  return { kind: 'CHANNEL', text, name: text };
}

function isChannelCharacter(code: number): boolean {
  return isLowerCase(code) || isDigit(code) || code === 0x2d;
}

/** A range that begins with a letter begins with `x` or `v`; only then is the slower question worth asking. */
function isRangeOfChannelCharacters(text: string): boolean {
  return (text.startsWith('x') || text.startsWith('v')) && isNpmRange(text);
}

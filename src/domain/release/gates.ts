import { isLetter } from '../chars';
import { endOfWord } from './gate-scan';

/**
 * A named check that a version passes before it enters a channel: `recall >= 0.92`, `device_tier in edge, phone`. A
 * name that ends in `_delta` is measured against the version that is on the channel: `recall_delta >= -0.01` compares
 * the `recall` of the version about to enter minus the `recall` of that one. Source: chapter 3, "Gates and protection".
 */
export type Gate = OrderGate | EqualityGate | ListGate;

/** Compares numbers. */
export interface OrderGate {
  readonly name: string;
  readonly comparator: '>=' | '<=' | '>' | '<';
  readonly threshold: number;
}

/** Compares with a number or with a string, as the threshold is one. */
export interface EqualityGate {
  readonly name: string;
  readonly comparator: '==' | '!=';
  readonly threshold: number | string;
}

/** Looks for the value in a list, of at least one, all numbers or all strings. */
export interface ListGate {
  readonly name: string;
  readonly comparator: 'in';
  readonly threshold: readonly number[] | readonly string[];
}

/** In an order in which no comparator hides a longer one. */
export const COMPARATORS = [
  '>=',
  '<=',
  '==',
  '!=',
  '>',
  '<',
  'in',
] as const satisfies readonly Gate['comparator'][];

/** The longest gate, as written and as `formatGate` writes it. In UTF-16 code units. */
export const MAX_GATE_LENGTH = 300;

const DELTA = '_delta';
const MAX_NAME_LENGTH = 63;

/** `[a-z][a-z0-9_]{0,62}`: the name of what is measured. */
export function isGateName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && /^[a-z][a-z0-9_]*$/.test(text);
}

/** Whether a gate of this name is measured against the version on the channel. */
export function isDelta(name: string): boolean {
  return name.endsWith(DELTA);
}

/** The name that reports give the measured value: `recall` for `recall_delta`, else the gate's own. */
export function measuredName(name: string): string {
  return isDelta(name) ? name.slice(0, -DELTA.length) : name;
}

/** The canonical text of a gate: `parseGate` of it gives an equal gate. */
export function formatGate(gate: Gate): string {
  return `${gate.name} ${gate.comparator} ${formatThreshold(gate)}`;
}

/** What comes after the comparator in the canonical text. */
export function formatThreshold({ threshold }: Gate): string {
  if (typeof threshold === 'number') return String(threshold);
  if (typeof threshold === 'string') return JSON.stringify(threshold);
  return threshold
    .map((item) => (typeof item === 'string' && isWord(item) ? item : JSON.stringify(item)))
    .join(', ');
}

/** What reads like a value of another type, and is no string unless it stands in quotes. */
const NO_WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'nan', 'infinity']);

/** A string that needs no quotes: a letter, and letters, digits, `_`, `-` and `.` after it. */
export function isWord(text: string): boolean {
  return (
    isLetter(text.charCodeAt(0)) && endOfWord(text, 0) === text.length && !NO_WORDS.has(text.toLowerCase())
  );
}

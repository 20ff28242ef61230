import { type Comparator, Range, type SemVer, validRange } from 'semver';

import { isIdentifierCharacter } from './chars';
import type { CompiledRange } from './compiled-range';
import { ALL_KEYS, intersect, isEmptyInterval, type KeyInterval } from './interval';
import { invalidReference } from './invalid-reference';
import { tripleKey, versionKey } from './version-key';

export const MAX_RANGE_LENGTH = 512;
export const MAX_COMPARATORS = 32;

const OPERATOR_CHARACTERS = new Set('<>=~^-');
const RANGE_CHARACTERS = new Set('.+*|<>=~^');

/** True for what the `semver` package accepts as a range, `includePrerelease` and `loose` off. */
export function isNpmRange(text: string): boolean {
  return validRange(text) !== null;
}

/**
 * Compiles an npm range; it means exactly what the `semver` package says that it means (`includePrerelease` and
 * `loose` off). One that nothing can satisfy (`>2 <1`) compiles, and matches nothing. Its size is bounded before
 * the package sees it. Source: chapter 1, "borrowed grammars"; node-semver's range.bnf.
 * @param column of the text's first character in the reference, from 1
 * @param expected what to say was expected when it is no range
 * @throws AlgogateError INVALID_REFERENCE
 */
export function compileNpmRange(text: string, column = 1, expected = 'an npm version range'): CompiledRange {
  checkSize(text, column);
  if (!isNpmRange(text)) throw invalidReference(column + faultIndex(text), expected);
  const { set } = new Range(text);
  return {
    text,
    releases: set.map(releasesOf).filter((interval) => !isEmptyInterval(interval)),
    prereleases: set.flatMap(prereleasesOf),
  };
}

function checkSize(text: string, column: number): void {
  if (text.length > MAX_RANGE_LENGTH) {
    throw invalidReference(
      column + MAX_RANGE_LENGTH,
      `the end of the range: it has at most ${MAX_RANGE_LENGTH} characters`,
    );
  }
  const excess = comparatorIndices(text)[MAX_COMPARATORS];
  if (excess !== undefined) {
    throw invalidReference(
      column + excess,
      `the end of the range: it has at most ${MAX_COMPARATORS} comparators`,
    );
  }
}

/** All comparators of an alternative hold at once: their keys are one interval. */
function releasesOf(comparators: readonly Comparator[]): KeyInterval {
  return comparators.map(keysOf).reduce(intersect, ALL_KEYS);
}

/** A comparator with a prerelease lets in prereleases of its own major.minor.patch, if all comparators hold. */
function prereleasesOf(comparators: readonly Comparator[]): readonly KeyInterval[] {
  const interval = releasesOf(comparators);
  const intervals = new Map<string, KeyInterval>();
  for (const comparator of comparators) {
    if (isAny(comparator) || comparator.semver.prerelease.length === 0) continue;
    intervals.set(tripleKey(comparator.semver), intersect(interval, prereleaseKeysOf(comparator.semver)));
  }
  return [...intervals.values()].filter((candidate) => !isEmptyInterval(candidate));
}

function prereleaseKeysOf({ major, minor, patch }: SemVer): KeyInterval {
  return {
    low: versionKey({ major, minor, patch, prerelease: [0] }),
    lowInclusive: true,
    high: versionKey({ major, minor, patch, prerelease: [] }),
    highInclusive: false,
  };
}

function keysOf(comparator: Comparator): KeyInterval {
  if (isAny(comparator)) return ALL_KEYS;
  const key = versionKey(comparator.semver);
  switch (comparator.operator) {
    case '<':
      return { ...ALL_KEYS, high: key };
    case '<=':
      return { ...ALL_KEYS, high: key, highInclusive: true };
    case '>':
      return { ...ALL_KEYS, low: key, lowInclusive: false };
    case '>=':
      return { ...ALL_KEYS, low: key };
    case '=':
    case '':
      return { low: key, lowInclusive: true, high: key, highInclusive: true };
  }
}

/** `semver` leaves such a comparator, `*`, without a version. */
function isAny(comparator: Comparator): boolean {
  return comparator.value === '';
}

/**
 * Where the version of each comparator stands, as written: `>= 1.2` is one, `1 - 2` two, an empty alternative of `||`
 * one. Linear.
 */
function comparatorIndices(text: string): readonly number[] {
  return alternatives(text).flatMap(({ index, text: alternative }) => {
    const words = wordsOf(alternative).filter(({ text: word }) => !isOperator(word));
    return words.length === 0 ? [index] : words.map((word) => index + word.index);
  });
}

/** The first character that no range has, or else the beginning of the first alternative that is no range. */
function faultIndex(text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    if (!isRangeCharacter(text.charAt(index))) return index;
  }
  const wrong = alternatives(text).find((alternative) => !isNpmRange(alternative.text));
  return wrong === undefined ? 0 : wrong.index + (wordsOf(wrong.text)[0]?.index ?? 0);
}

interface Piece {
  readonly index: number;
  readonly text: string;
}

function alternatives(text: string): readonly Piece[] {
  let index = 0;
  return text.split('||').map((alternative) => {
    const piece = { index, text: alternative };
    index += alternative.length + '||'.length;
    return piece;
  });
}

function wordsOf(text: string): readonly Piece[] {
  const words: Piece[] = [];
  let start = 0;
  for (let index = 0; index <= text.length; index += 1) {
    if (index < text.length && !isSpace(text.charAt(index))) continue;
    if (index > start) words.push({ index: start, text: text.slice(start, index) });
    start = index + 1;
  }
  return words;
}

function isOperator(word: string): boolean {
  return Array.from(word).every((character) => OPERATOR_CHARACTERS.has(character));
}

function isRangeCharacter(character: string): boolean {
  return (
    RANGE_CHARACTERS.has(character) || isSpace(character) || isIdentifierCharacter(character.charCodeAt(0))
  );
}

/** What `semver` takes for white space. */
function isSpace(character: string): boolean {
  return character.trim() === '';
}

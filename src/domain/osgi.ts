import { isDigit, isIdentifierCharacter } from './chars';
import type { CompiledRange } from './compiled-range';
import { contains, type KeyInterval } from './interval';
import { invalidReference } from './invalid-reference';
import { parseNumber } from './version';
import { versionKey, type VersionNumbers } from './version-key';

/** One end of an interval, as written. */
interface Bound extends VersionNumbers {
  /** OSGi orders a version with a qualifier after the bare one. */
  readonly qualified: boolean;
}

/**
 * Compiles an interval of OSGi core 3.2.6, `[floor,ceiling)`: missing parts are 0, white space is an error, leading
 * zeros are not (OSGi's `number` is `digit+`). It admits releases only. Source: chapter 1, "borrowed grammars".
 * @param column of the text's first character in the reference, from 1
 * @throws AlgogateError INVALID_REFERENCE, also for an interval in which no release can lie
 */
export function compileOsgiRange(text: string, column = 1): CompiledRange {
  const reader = new OsgiReader(text, column);
  const opening = reader.oneOf('[', '(');
  const floor = reader.version();
  reader.oneOf(',');
  const ceiling = reader.version();
  const closing = reader.oneOf(']', ')');
  reader.end();

  const interval = {
    low: releaseKey(floor),
    // Published versions carry no qualifier: those at or above `1.2.3.q` are those above 1.2.3.
    lowInclusive: opening === '[' && !floor.qualified,
    high: releaseKey(ceiling),
    // And those below or at `1.2.3.q` are 1.2.3 and those below it.
    highInclusive: closing === ']' || ceiling.qualified,
  };
  if (!canBeSatisfied(interval, floor)) {
    throw invalidReference(column, 'an interval in which a version can lie');
  }
  return { text, releases: [interval], prereleases: [] };
}

/** Releases are discrete: nothing lies in `(1.2.3,1.2.4)` although its ends are in order. */
function canBeSatisfied(interval: KeyInterval, floor: VersionNumbers): boolean {
  const lowest = interval.lowInclusive ? floor : releaseAfter(floor);
  return lowest !== null && contains(interval, releaseKey(lowest));
}

function releaseAfter({ major, minor, patch }: VersionNumbers): VersionNumbers | null {
  const last = Number.MAX_SAFE_INTEGER;
  if (patch < last) return { major, minor, patch: patch + 1 };
  if (minor < last) return { major, minor: minor + 1, patch: 0 };
  return major < last ? { major: major + 1, minor: 0, patch: 0 } : null;
}

function releaseKey(numbers: VersionNumbers): string {
  return versionKey({ ...numbers, prerelease: [] });
}

/** Reads an interval from left to right, and never goes back. */
class OsgiReader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly column: number,
  ) {}

  oneOf(...characters: readonly string[]): string {
    const found = characters.find((character) => character === this.text[this.at]);
    if (found === undefined) throw this.fault(characters.map((character) => `"${character}"`).join(' or '));
    this.at += 1;
    return found;
  }

  end(): void {
    if (this.at < this.text.length) throw this.fault('the end of the interval');
  }

  /** `major[.minor[.micro[.qualifier]]]` */
  version(): Bound {
    const major = this.number();
    const minor = this.dot() ? this.number() : null;
    const patch = minor !== null && this.dot() ? this.number() : null;
    const qualified = patch !== null && this.dot();
    if (qualified) this.qualifier();
    return { major, minor: minor ?? 0, patch: patch ?? 0, qualified };
  }

  private dot(): boolean {
    if (this.text[this.at] !== '.') return false;
    this.at += 1;
    return true;
  }

  private number(): number {
    const digits = this.run(isDigit, 'a number');
    const value = parseNumber(withoutLeadingZeros(digits));
    if (value === null) {
      this.at -= digits.length;
      throw this.fault(`a number of at most ${Number.MAX_SAFE_INTEGER}`);
    }
    return value;
  }

  private qualifier(): void {
    this.run(
      (code) => isIdentifierCharacter(code) || code === 0x5f,
      'a qualifier of letters, digits, "_" and "-"',
    );
  }

  private run(isInClass: (code: number) => boolean, expected: string): string {
    const start = this.at;
    while (isInClass(this.text.charCodeAt(this.at))) this.at += 1;
    if (this.at === start) throw this.fault(expected);
    return this.text.slice(start, this.at);
  }

  private fault(expected: string): Error {
    return invalidReference(this.column + this.at, expected);
  }
}

function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (start < digits.length - 1 && digits[start] === '0') start += 1;
  return digits.slice(start);
}

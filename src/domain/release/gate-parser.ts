import { isLetter } from '../chars';
import { AlgogateError } from '../errors';
import { endOfName, endOfNumber, endOfQuoted, endOfWord, stringOf } from './gate-scan';
import {
  COMPARATORS,
  formatGate,
  type Gate,
  isDelta,
  isGateName,
  isWord,
  type ListGate,
  MAX_GATE_LENGTH,
} from './gates';

/**
 * Reads a gate: a name, a comparator (`>=`, `>`, `<=`, `<`, `==`, `!=`, `in`) and a threshold: a number as JSON has it,
 * a string in double quotes, a word without them; after `in` several of one kind, separated by commas, in brackets or
 * not. White space is free. Linear.
 * @param field of the input that the text stands in
 * @throws AlgogateError INVALID_INPUT with the column (from 1) and what was expected
 */
export function parseGate(text: string, field: readonly string[] = ['gate']): Gate {
  const reader = new GateReader(text, field);
  const gate = readGate(reader);
  reader.end();
  // spaces and numbers such as 1e20 grow when they are written out: what is kept must parse again
  if (formatGate(gate).length > MAX_GATE_LENGTH) throw tooLong(field);
  return gate;
}

function readGate(reader: GateReader): Gate {
  const name = reader.name();
  const comparator = reader.comparator();
  switch (comparator) {
    case '>=':
    case '<=':
    case '>':
    case '<':
      return { name, comparator, threshold: reader.number() };
    case '==':
    case '!=':
      return { name, comparator, threshold: isDelta(name) ? reader.number() : reader.value() };
    case 'in':
      return { name, comparator, threshold: reader.list(isDelta(name)) };
  }
}

const NUMBER = 'a number';
const STRING = 'a word, or a string in double quotes';
const EXPECTED_COMPARATOR = '">=", ">", "<=", "<", "==", "!=" or "in"';

/** Reads a gate from left to right. */
class GateReader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly field: readonly string[],
  ) {
    if (text.length > MAX_GATE_LENGTH) throw tooLong(field);
  }

  name(): string {
    this.skipSpace();
    const name = this.text.slice(this.at, endOfName(this.text, this.at));
    if (!isGateName(name)) {
      throw this.fault('a name: a lower-case letter, and up to 62 lower-case letters, digits and "_"');
    }
    this.at += name.length;
    return name;
  }

  comparator(): Gate['comparator'] {
    this.skipSpace();
    const found = COMPARATORS.find((comparator) => this.text.startsWith(comparator, this.at));
    if (found === undefined) throw this.fault(EXPECTED_COMPARATOR);
    const end = this.at + found.length;
    if (found === 'in' && endOfWord(this.text, end) > end) throw this.fault(EXPECTED_COMPARATOR);
    this.at = end;
    return found;
  }

  number(): number {
    this.skipSpace();
    const end = endOfNumber(this.text, this.at);
    if (end === null) throw this.fault(NUMBER);
    const value = Number(this.text.slice(this.at, end));
    if (!Number.isFinite(value)) throw this.fault(`${NUMBER} of at most ${Number.MAX_VALUE}`);
    this.at = end;
    return value === 0 ? 0 : value; // no -0, which is written as 0
  }

  value(): number | string {
    this.skipSpace();
    if (this.startsString()) return this.string();
    if (endOfNumber(this.text, this.at) === null) throw this.fault(`${NUMBER}, ${STRING}`);
    return this.number();
  }

  list(ofNumbers: boolean): ListGate['threshold'] {
    const bracketed = this.skip('[');
    const first = ofNumbers ? this.number() : this.value();
    const items =
      typeof first === 'number'
        ? this.rest(first, () => this.number())
        : this.rest(first, () => this.string());
    if (bracketed && !this.skip(']')) throw this.fault('"," or "]"');
    return items;
  }

  end(): void {
    this.skipSpace();
    if (this.at < this.text.length) throw this.fault('the end of the gate');
  }

  private rest<T extends number | string>(first: T, read: () => T): readonly T[] {
    const items = [first];
    while (this.skip(',')) items.push(read());
    return items;
  }

  private string(): string {
    this.skipSpace();
    if (!this.startsString()) throw this.fault(STRING);
    return this.text[this.at] === '"' ? this.quoted() : this.word();
  }

  private word(): string {
    const word = this.text.slice(this.at, endOfWord(this.text, this.at));
    if (!isWord(word)) throw this.fault(`${STRING}: ${word} is neither`);
    this.at += word.length;
    return word;
  }

  private quoted(): string {
    const end = endOfQuoted(this.text, this.at);
    const value = end === null ? null : stringOf(this.text.slice(this.at, end));
    if (end === null || value === null) throw this.fault('a string as JSON writes it');
    this.at = end;
    return value;
  }

  private startsString(): boolean {
    return this.text[this.at] === '"' || isLetter(this.text.charCodeAt(this.at));
  }

  private skip(character: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private skipSpace(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at += 1;
  }

  private fault(expected: string): AlgogateError {
    return new AlgogateError('INVALID_INPUT', `column ${this.at + 1}: expected ${expected}`, this.field);
  }
}

function tooLong(field: readonly string[]): AlgogateError {
  const column = MAX_GATE_LENGTH + 1;
  return new AlgogateError(
    'INVALID_INPUT',
    `column ${column}: expected the end: a gate has at most ${MAX_GATE_LENGTH} characters, written out`,
    field,
  );
}

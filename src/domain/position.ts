import { AlgogateError } from './errors';
import { nameKey } from './name';

/**
 * A moment of an owner's registry: its public chain at entry `public`, and, in answers that private state had a part
 * in, its private chain at entry `private`. Source: chapter 1, "Positions".
 */
export interface Position {
  readonly handle: string;
  readonly public: number;
  readonly private: number | null;
}

/** `owner@n`, or `owner@n+m`. */
export function formatPosition({ handle, public: sequence, private: hidden }: Position): string {
  return hidden === null ? `${handle}@${sequence}` : `${handle}@${sequence}+${hidden}`;
}

/** The longest position has 95 characters. */
const MAX_SHOWN = 100;

const POSITION = /^([A-Za-z][A-Za-z0-9_-]{0,62})@(\d{1,15})(?:\+(\d{1,15}))?$/;

/** @throws AlgogateError INVALID_INPUT */
export function parsePosition(text: string): Position {
  const match = POSITION.exec(text);
  if (match === null) {
    const shown = JSON.stringify(text.slice(0, MAX_SHOWN));
    throw new AlgogateError('INVALID_INPUT', `${shown} is not a position such as owner@12`);
  }
  return {
    handle: match[1] ?? '',
    public: Number(match[2]),
    private: match[3] === undefined ? null : Number(match[3]),
  };
}

/** The most owners that one list of positions names. */
const MAX_POSITIONS = 1000;

/**
 * A list of positions, of one owner each, separated by commas. Source: chapter 1, "Positions".
 * @returns them by the lower case of their handles
 * @throws AlgogateError INVALID_INPUT
 */
export function parsePositions(text: string): ReadonlyMap<string, Position> {
  const parts = text.split(',', MAX_POSITIONS + 1);
  if (parts.length > MAX_POSITIONS) {
    throw new AlgogateError('INVALID_INPUT', `a list of positions has at most ${MAX_POSITIONS}`);
  }
  const positions = new Map<string, Position>();
  for (const part of parts) {
    const position = parsePosition(part);
    const key = nameKey(position.handle);
    if (positions.has(key)) {
      throw new AlgogateError('INVALID_INPUT', `a list of positions names ${position.handle} once`);
    }
    positions.set(key, position);
  }
  return positions;
}

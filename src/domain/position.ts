import { AlgogateError } from './errors';

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

const POSITION = /^([A-Za-z][A-Za-z0-9_-]{0,62})@(\d{1,15})(?:\+(\d{1,15}))?$/;

/** @throws AlgogateError INVALID_INPUT */
export function parsePosition(text: string): Position {
  const match = POSITION.exec(text);
  if (match === null) {
    throw new AlgogateError('INVALID_INPUT', `${JSON.stringify(text)} is not a position such as owner@12`);
  }
  return {
    handle: match[1] ?? '',
    public: Number(match[2]),
    private: match[3] === undefined ? null : Number(match[3]),
  };
}

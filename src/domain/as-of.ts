import { AlgogateError } from './errors';
import { parsePositions, type Position } from './position';
import { timeOf } from './time';

/** A past moment, as a caller names it. Source: chapter 1, "As of". */
export type AsOf = AsOfTime | AsOfPosition;

export interface AsOfTime {
  readonly kind: 'time';
  /** Epoch milliseconds. */
  readonly time: number;
}

export interface AsOfPosition {
  readonly kind: 'position';
  /** By the lower case of the owner's handle; only that of the reference's owner is looked at. */
  readonly positions: ReadonlyMap<string, Position>;
}

/**
 * A moment as it stands in a URL: a position, or a list of them, or a time.
 * @throws AlgogateError INVALID_INPUT
 */
export function parseAsOf(text: string): AsOf {
  return text.includes('@') ? asOfPosition(text) : { kind: 'time', time: parseTime(text) };
}

/** Exactly one of both, as the input of the graph has them. @throws AlgogateError INVALID_INPUT */
export function asOfFrom(input: {
  readonly time?: Date | null | undefined;
  readonly position?: string | null | undefined;
}): AsOf {
  const { time, position } = input;
  if (time != null && position == null) return { kind: 'time', time: time.getTime() };
  if (time == null && position != null) return asOfPosition(position);
  throw new AlgogateError('INVALID_INPUT', 'asOf is either a time or a position', ['asOf']);
}

/** @throws AlgogateError INVALID_INPUT */
function asOfPosition(text: string): AsOfPosition {
  return { kind: 'position', positions: parsePositions(text) };
}

/** @throws AlgogateError INVALID_INPUT */
function parseTime(text: string): number {
  const time = timeOf(text);
  if (time !== null) return time;
  throw new AlgogateError(
    'INVALID_INPUT',
    `${JSON.stringify(text.slice(0, 100))} is neither a time such as 2026-11-20T12:00:00Z nor a position such as owner@12`,
    ['asOf'],
  );
}

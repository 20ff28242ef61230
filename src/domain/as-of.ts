import { AlgogateError } from './errors';
import { parsePositions, type Position } from './position';

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

const TIME =
  /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Epoch milliseconds of an RFC 3339 time; what is finer than a millisecond is dropped.
 * @throws AlgogateError INVALID_INPUT for what is none, and for a day that its month does not have
 */
function parseTime(text: string): number {
  const [, date, clock, fraction = '', offset = ''] = TIME.exec(text) ?? [];
  const midnight = Date.parse(`${date ?? ''}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().slice(0, 10) === date;
  if (!isDay) {
    throw new AlgogateError(
      'INVALID_INPUT',
      `${JSON.stringify(text.slice(0, 100))} is neither a time such as 2026-11-20T12:00:00Z nor a position such as owner@12`,
      ['asOf'],
    );
  }
  return Date.parse(`${date}T${clock ?? ''}.${fraction.slice(0, 3).padEnd(3, '0')}${offset.toUpperCase()}`);
}

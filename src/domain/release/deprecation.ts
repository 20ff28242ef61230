import { AlgogateError } from '../errors';
import { type RangeCandidate, satisfies } from '../range';
import {
  type FullSelector,
  parseSelector,
  type PartialSelector,
  type RangeSelector,
  type Selector,
} from '../reference';
import { lineKey, majorKey } from '../version';

/** Which versions a deprecation is about. */
export type DeprecationSelector = FullSelector | PartialSelector | RangeSelector;

/**
 * A version, a partial (`1`, `1.2`, `1.x`) or a range.
 * @throws AlgogateError INVALID_INPUT, also for a selector that means something else tomorrow, or to somebody else
 */
export function parseDeprecationSelector(text: string, field = 'range'): DeprecationSelector {
  const selector = parsed(text, field);
  switch (selector.kind) {
    case 'FULL':
    case 'PARTIAL':
    case 'RANGE':
      return selector;
    case 'LATEST':
    case 'CHANNEL':
    case 'LATEST_PRIVATE':
    case 'SHA':
      throw new AlgogateError(
        'INVALID_INPUT',
        `${JSON.stringify(text.slice(0, 100))} is not a version, a partial version or a version range`,
        [field],
      );
  }
}

/**
 * Whether a deprecation is about a version: a full one names exactly that, build metadata aside; a partial one
 * everything under it, prereleases included; a range what is in it, by its own rules. Parses nothing.
 */
export function covers(selector: DeprecationSelector, version: RangeCandidate): boolean {
  switch (selector.kind) {
    case 'FULL':
      return selector.version.key === version.key;
    case 'PARTIAL':
      return version.key.startsWith(
        selector.minor === undefined ? majorKey(selector.major) : lineKey(selector.major, selector.minor),
      );
    case 'RANGE':
      return satisfies(selector.range, version);
  }
}

/** What was said of the versions that `selector` covers. An empty message takes back what was said before. */
export interface DeprecationStatement {
  readonly selector: DeprecationSelector;
  readonly message: string;
}

/**
 * The statement that is in force for a version: the newest that covers it; null where none does, or that one takes
 * back. Source: chapter 3, "Deprecating and withdrawing".
 * @param statements newest first
 */
export function deprecationOf<D extends DeprecationStatement>(
  version: RangeCandidate,
  statements: readonly D[],
): D | null {
  const newest = statements.find(({ selector }) => covers(selector, version));
  return newest === undefined || newest.message === '' ? null : newest;
}

/**
 * The statement that made a version deprecated: the oldest of those in force without a break until now. A date of
 * removal is counted from it, so that to reword a deprecation does not start the time anew.
 * @param statements newest first
 */
export function firstDeprecationOf<D extends DeprecationStatement>(
  version: RangeCandidate,
  statements: readonly D[],
): D | null {
  let first: D | null = null;
  for (const statement of statements) {
    if (!covers(statement.selector, version)) continue;
    if (statement.message === '') break;
    first = statement;
  }
  return first;
}

function parsed(text: string, field: string): Selector {
  try {
    return parseSelector(text);
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    throw new AlgogateError('INVALID_INPUT', error.message, [field]);
  }
}

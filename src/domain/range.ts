import type { CompiledRange } from './compiled-range';
import { keysUnder } from './interval';
import { compileNpmRange } from './npm-range';
import { compileOsgiRange } from './osgi';
import { parseNumber } from './version';
import { lineKey } from './version-key';

export {
  type CompiledRange,
  maxSatisfying,
  type RangeCandidate,
  satisfies,
  type SearchableVersions,
} from './compiled-range';
export { isNpmRange, MAX_COMPARATORS, MAX_RANGE_LENGTH } from './npm-range';

/**
 * Compiles a range in any of the three grammars: npm's, an OSGi interval, or `2.1.^`, the latest patch of 2.1.
 * Source: chapter 1, RANGE.
 * @param column of the text's first character in the reference, from 1
 * @param expected what to say was expected when it is none of them
 * @throws AlgogateError INVALID_REFERENCE
 */
export function compileRange(text: string, column = 1, expected = 'a version range'): CompiledRange {
  if (text.startsWith('[') || text.startsWith('(')) return compileOsgiRange(text, column);
  return compileLatestPatch(text) ?? compileNpmRange(text, column, expected);
}

function compileLatestPatch(text: string): CompiledRange | null {
  if (!text.endsWith('.^')) return null;
  const [major, minor, ...rest] = text.slice(0, -2).split('.').map(parseNumber);
  if (major == null || minor == null || rest.length > 0) return null;
  return { text, releases: [keysUnder(lineKey(major, minor))], prereleases: [] };
}

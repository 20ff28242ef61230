import fc from 'fast-check';
import semver from 'semver';

import {
  covers,
  deprecationOf,
  type DeprecationStatement,
  firstDeprecationOf,
  parseDeprecationSelector,
} from '../../../src/domain/release';
import { anyVersion, facts, nearVersion } from '../support';
import { refusalOf } from './support';

const TABLE: readonly (readonly [selector: string, covered: readonly string[], others: readonly string[]])[] =
  [
    ['1.2.3', ['1.2.3', '1.2.3+build'], ['1.2.3-rc.1', '1.2.4', '11.2.3', '1.2.30']],
    ['1.2.3+a', ['1.2.3', '1.2.3+b'], ['1.2.4']],
    ['1.2.3-rc.1', ['1.2.3-rc.1'], ['1.2.3', '1.2.3-rc.2', '1.2.3-RC.1']],
    ['1', ['1.0.0', '1.99.0', '1.0.0-0', '1.2.3-rc.1'], ['0.9.9', '2.0.0', '2.0.0-0', '10.0.0', '11.0.0']],
    ['1.x', ['1.0.0', '1.5.0-a'], ['2.0.0']],
    ['1.*', ['1.0.0'], ['2.0.0']],
    ['1.2', ['1.2.0', '1.2.99', '1.2.0-a', '1.2.9+b'], ['1.1.9', '1.3.0', '1.20.0', '1.3.0-a']],
    ['1.2.x', ['1.2.0', '1.2.1-a'], ['1.3.0']],
    ['0', ['0.0.0', '0.1.0-a'], ['1.0.0']],
    ['12', ['12.0.0'], ['1.2.0', '120.0.0']],
    ['^1.2.0', ['1.2.0', '1.9.9'], ['1.1.9', '2.0.0', '1.3.0-a']],
    ['<2', ['0.1.0', '1.9.9'], ['2.0.0', '1.0.0-a']],
    ['>=1.2.3-b <2', ['1.2.3-b', '1.2.3', '1.9.0'], ['1.2.3-a', '1.2.4-b', '2.0.0']],
    ['[1.2,2)', ['1.2.0', '1.9.9'], ['2.0.0', '1.2.0-a', '1.3.0-a']],
    ['2.1.^', ['2.1.0', '2.1.9'], ['2.2.0', '2.1.1-a']],
    ['*', ['0.0.0', '99.0.0'], ['1.0.0-a']],
    ['x', ['0.0.0'], []],
  ];
test.each(TABLE)('a deprecation of %j is about what it says', (text, covered, others) => {
  const selector = parseDeprecationSelector(text);
  expect(selector.text).toBe(text);
  expect(covered.filter((version) => !covers(selector, facts(version)))).toEqual([]);
  expect(others.filter((version) => covers(selector, facts(version)))).toEqual([]);
});

const SHA = 'a'.repeat(40);
const NO_VERSIONS = ['', 'latest', 'stable', 'edge', 'lts', 'canary', 'latestPrivate', SHA, '1'.repeat(40)];
test.each(NO_VERSIONS)('a deprecation is not about %j', (text) => {
  expect(refusalOf(() => parseDeprecationSelector(text))).toEqual({
    code: 'INVALID_INPUT',
    message: `${JSON.stringify(text)} is not a version, a partial version or a version range`,
    field: ['range'],
  });
});

test('what is no selector at all is refused as an input', () => {
  expect(refusalOf(() => parseDeprecationSelector('1.2.', 'selector'))).toMatchObject({
    code: 'INVALID_INPUT',
    field: ['selector'],
  });
  expect(refusalOf(() => parseDeprecationSelector('[2,1]'))).toEqual({
    code: 'INVALID_INPUT',
    message: 'column 1: expected an interval in which a version can lie',
    field: ['range'],
  });
});

describe('which versions it is about', () => {
  const ranges = fc.oneof(
    fc.tuple(fc.constantFrom('^', '~', '>=', '<', '<=', '>', '='), nearVersion).map((pair) => pair.join('')),
    fc.tuple(nearVersion, nearVersion).map(([low, high]) => `${low} - ${high}`),
    fc.tuple(nearVersion, nearVersion).map(([low, high]) => `>=${low} <${high}`),
    fc.tuple(nearVersion, nearVersion).map(([a, b]) => `~${a} || ^${b}`),
  );

  test('of a range, what semver says', () => {
    fc.assert(
      fc.property(ranges, nearVersion, (range, text) => {
        expect(covers(parseDeprecationSelector(range), facts(text))).toBe(semver.satisfies(text, range));
      }),
      { numRuns: 500 },
    );
  });

  test('of a partial, all that begins with its numbers', () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(numbers, nearVersion, (partial, text) => {
        const { major, minor } = semver.parse(text)!;
        const begins = [major, minor].slice(0, partial.length).join('.') === partial.join('.');
        expect(covers(parseDeprecationSelector(partial.join('.')), facts(text))).toBe(begins);
      }),
    );
  });

  test('of a version, that of the same precedence', () => {
    const near = fc.oneof(
      fc.tuple(nearVersion, nearVersion),
      anyVersion.map((text) => [text, `${text}+b`] as const),
    );
    fc.assert(
      fc.property(near, ([one, other]) => {
        expect(covers(parseDeprecationSelector(one), facts(other))).toBe(semver.compare(one, other) === 0);
      }),
    );
  });
});

/** Newest first, each with a name. */
function statements(...written: readonly (readonly [id: string, selector: string, message: string])[]) {
  return written.map(([id, selector, message]) => ({
    id,
    selector: parseDeprecationSelector(selector),
    message,
  }));
}

describe('which of several statements holds', () => {
  const IN_FORCE: readonly (readonly [
    why: string,
    all: readonly (DeprecationStatement & { readonly id: string })[],
    now: string | null,
    first: string | null,
  ])[] = [
    ['none', [], null, null],
    ['one about others', statements(['a', '2', 'old']), null, null],
    ['one', statements(['a', '1', 'old']), 'a', 'a'],
    ['the newest', statements(['b', '1.2', 'older'], ['a', '1', 'old']), 'b', 'a'],
    ['the newest about it', statements(['c', '2', 'x'], ['b', '1.2', 'y'], ['a', '1', 'z']), 'b', 'a'],
    ['taken back', statements(['b', '1', ''], ['a', '1', 'old']), null, null],
    ['taken back for others', statements(['b', '1.3', ''], ['a', '1', 'old']), 'a', 'a'],
    ['taken back for it alone', statements(['b', '1.2.3', ''], ['a', '1', 'old']), null, null],
    ['said again', statements(['c', '1', 'again'], ['b', '1', ''], ['a', '1', 'old']), 'c', 'c'],
    ['taken back, never said', statements(['a', '1', '']), null, null],
  ];
  test.each(IN_FORCE)('%s', (_why, all, now, first) => {
    expect(deprecationOf(facts('1.2.3'), all)?.id ?? null).toBe(now);
    expect(firstDeprecationOf(facts('1.2.3'), all)?.id ?? null).toBe(first);
  });

  test('a version is first deprecated by a statement if and only if one is in force', () => {
    const one = fc.record({
      selector: fc
        .constantFrom('1', '1.2', '1.2.3', '2', '^1.2')
        .map((text) => parseDeprecationSelector(text)),
      message: fc.constantFrom('', 'old'),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), nearVersion, (all, text) => {
        const [now, first] = [deprecationOf(facts(text), all), firstDeprecationOf(facts(text), all)];
        expect(first === null).toBe(now === null);
        if (now !== null && first !== null)
          expect(all.indexOf(first)).toBeGreaterThanOrEqual(all.indexOf(now));
      }),
    );
  });
});

import fc from 'fast-check';
import semver from 'semver';

import { PublicCatalog } from '../../src/domain/catalog';
import { compileRange, isNpmRange, maxSatisfying, satisfies } from '../../src/domain/range';
import { anyVersion, errorOf, facts, nearVersion } from './support';

/** What lies in a range, and what lies just outside of it. */
const TABLE: readonly [range: string, inside: readonly string[], outside: readonly string[]][] = [
  ['*', ['0.0.0', '1.2.3', '99.0.0'], ['1.2.3-a']],
  ['x', ['0.0.0'], ['0.0.0-a']],
  ['', ['0.0.1'], ['0.0.1-a']],
  ['^1.2.0', ['1.2.0', '1.99.0'], ['1.1.9', '2.0.0', '1.3.0-a', '2.0.0-0', '1.2.0-a']],
  ['^0.2.3', ['0.2.3', '0.2.9'], ['0.3.0', '0.2.2']],
  ['^0.0.3', ['0.0.3'], ['0.0.4', '0.0.2']],
  ['~1.2.3', ['1.2.3', '1.2.9'], ['1.3.0', '1.2.2', '1.2.4-a']],
  ['~>1.2', ['1.2.0'], ['1.3.0']],
  ['>=1.2.3 <2.0.0', ['1.2.3', '1.9.9'], ['2.0.0', '1.2.2', '2.0.0-a']],
  ['>1.2', ['1.3.0'], ['1.2.9']],
  ['<=1.2', ['1.2.9'], ['1.3.0']],
  ['1.2 - 1.4', ['1.2.0', '1.4.9'], ['1.1.9', '1.5.0']],
  ['1.2.3 - 1.4.5', ['1.2.3', '1.4.5'], ['1.4.6', '1.2.2']],
  ['^1.2 || ^2.1', ['1.2.0', '2.1.0'], ['2.0.0', '3.0.0']],
  ['=1.2.3', ['1.2.3'], ['1.2.4', '1.2.3-a']],
  ['v1.2.3', ['1.2.3'], ['1.2.4']],
  ['=1.2.3-b', ['1.2.3-b'], ['1.2.3', '1.2.3-a']],
  ['>=1.2.3-b', ['1.2.3-b', '1.2.3-c', '1.2.3', '1.2.4'], ['1.2.3-a', '1.2.4-a']],
  ['^1.2.3-b.2', ['1.2.3-b.2', '1.2.3-b.10', '1.9.0'], ['1.2.3-b.1', '1.9.0-b', '2.0.0-b']],
  ['<=1.2.3-a', ['1.2.3-0', '1.2.3-a', '1.2.2'], ['1.2.3-b', '1.2.3', '1.2.2-a']],
  ['=1.2.3-0', ['1.2.3-0'], ['1.2.3-1', '1.2.3']],
  ['>1.2.3-a <1.2.3-c', ['1.2.3-b'], ['1.2.3-a', '1.2.3-c', '1.2.3']],
  ['>1.0.0-a <2.0.0-c', ['1.0.0-b', '2.0.0-b', '1.5.0'], ['1.5.0-b', '2.0.0', '1.0.0-a', '2.0.0-c']],
  ['<1.2.3-b || >=2.0.0-b', ['1.2.3-a', '2.0.0-b', '0.1.0'], ['1.2.3', '0.1.0-a', '2.0.1-b']],
  // semver drops all other alternatives of a range beside `*`, and their prereleases with them.
  ['* || >=1.2.3-b', ['1.2.3'], ['1.2.3-c']],
  ['>2 <1', [], ['0.0.0', '1.0.0', '2.0.0', '3.0.0']],
  ['<0.0.0-0', [], ['0.0.0', '0.0.0-0', '1.0.0']],
  ['>*', [], ['1.0.0']],
  ['[1.2,2)', ['1.2.0', '1.99.9'], ['1.1.9', '2.0.0', '1.3.0-a', '2.0.0-a']],
  ['2.1.^', ['2.1.0', '2.1.9'], ['2.0.9', '2.2.0', '2.1.1-a', '2.2.0-a']],
];

describe('compileRange', () => {
  it.each(TABLE)('%j holds what it holds', (range, inside, outside) => {
    const compiled = compileRange(range);
    expect(compiled.text).toBe(range);
    expect(inside.filter((text) => !satisfies(compiled, facts(text)))).toEqual([]);
    expect(outside.filter((text) => satisfies(compiled, facts(text)))).toEqual([]);
  });

  it('compiles to intervals of keys', () => {
    expect(compileRange('^1.2.3-b')).toEqual({
      text: '^1.2.3-b',
      releases: [{ low: '123b', lowInclusive: true, high: '200+0', highInclusive: false }],
      prereleases: [{ low: '123b', lowInclusive: true, high: '123~', highInclusive: false }],
    });
    expect(compileRange('>2 <1')).toEqual({ text: '>2 <1', releases: [], prereleases: [] });
  });

  it.each([
    ['nonsense', 1],
    ['1.2.3.4', 1],
    ['>1<2', 1],
    ['^', 1],
    ['1 |', 1],
    ['1.x.3', 1],
    ['01', 1],
    ['^9007199254740991', 1],
    ['99999999999999999999', 1],
    ['>=1.2.3 !2', 9],
    ['1 || 2 || what', 11],
    ['1 ||   ^^2', 8],
    ['2.^', 1],
    ['2.1.3.^', 1],
    ['2.01.^', 1],
    ['2.x.^', 1],
    ['2.1.^ ', 1],
    ['1 || 2.1.^', 6],
    ['1 || [1,2)', 6],
    ['^1.2/x', 5],
  ])('refuses %j at column %d', (range, column) => {
    expect(errorOf(() => compileRange(range))).toEqual({
      code: 'INVALID_REFERENCE',
      message: `column ${column}: expected a version range`,
    });
    expect(errorOf(() => compileRange(range, 11)).message).toMatch(`column ${column + 10}: `);
  });
});

describe('the size of a range', () => {
  const times = (count: number, text: string, separator: string): string =>
    Array<string>(count).fill(text).join(separator);

  it.each([
    [times(32, '>=1', ' '), null],
    [times(33, '>=1', ' '), 129],
    [times(32, '>= 1', ' '), null],
    [times(33, '>= 1', ' '), 164],
    [times(32, '^1.2.3', '||'), null],
    [times(33, '^1.2.3', '||'), 257],
    [times(16, '1 - 2', ' || '), null],
    [`${times(16, '1 - 2', ' || ')} || 3`, 145],
    ['||'.repeat(31), null],
    ['||'.repeat(32), 65],
  ])('%j', (range, column) => {
    if (column === null) expect(compileRange(range).text).toBe(range);
    else {
      expect(errorOf(() => compileRange(range))).toEqual({
        code: 'INVALID_REFERENCE',
        message: `column ${column}: expected the end of the range: it has at most 32 comparators`,
      });
    }
  });

  it('is at most 512 characters', () => {
    const spaced = (length: number): string => `1${' '.repeat(length - 2)}2`;
    expect(compileRange(spaced(512)).text).toHaveLength(512);
    expect(errorOf(() => compileRange(spaced(513))).message).toBe(
      'column 513: expected the end of the range: it has at most 512 characters',
    );
  });
});

const number = fc.oneof(fc.integer({ min: 0, max: 3 }).map(String), fc.constantFrom('x', 'X', '*'));
const partial = fc
  .tuple(fc.array(number, { minLength: 1, maxLength: 2 }), fc.constantFrom('', 'v', '='))
  .map(([parts, prefix]) => prefix + parts.join('.'));
const operand = fc.oneof({ weight: 3, arbitrary: nearVersion }, { weight: 2, arbitrary: partial });
const operator = fc.constantFrom(
  '',
  '=',
  '<',
  '<=',
  '>',
  '>=',
  '~',
  '~>',
  '^',
  '> ',
  '>= ',
  '< ',
  '^ ',
  '~ ',
);
const comparator = fc.tuple(operator, operand).map(([symbol, text]) => symbol + text);
const alternative = fc.oneof(
  { weight: 4, arbitrary: fc.array(comparator, { minLength: 1, maxLength: 3 }).map((all) => all.join(' ')) },
  { weight: 2, arbitrary: fc.tuple(operand, operand).map(([low, high]) => `${low} - ${high}`) },
  { weight: 1, arbitrary: fc.constant('') },
);
const npmRange = fc
  .tuple(fc.array(alternative, { minLength: 1, maxLength: 3 }), fc.constantFrom('||', ' || ', '  ||'))
  .map(([alternatives, or]) => alternatives.join(or))
  .filter(isNpmRange);

describe('against semver', () => {
  it('names the same highest version, and holds the same ones', () => {
    const versions = fc.uniqueArray(nearVersion, { minLength: 1, maxLength: 40 });
    let hits = 0;
    fc.assert(
      fc.property(versions, npmRange, (texts, range) => {
        const compiled = compileRange(range);
        const best = maxSatisfying(compiled, new PublicCatalog(texts.map((text) => facts(text))));
        expect(best?.version ?? null).toBe(semver.maxSatisfying(texts, range));
        expect(texts.filter((text) => satisfies(compiled, facts(text)))).toEqual(
          texts.filter((text) => semver.satisfies(text, range)),
        );
        if (best !== null) hits += 1;
      }),
      { numRuns: 6000 },
    );
    // Else the generators have drifted apart, and the test has become one of nothing.
    expect(hits).toBeGreaterThan(2000);
  });

  it('holds the same versions of any size', () => {
    const ranges = fc.tuple(operator, anyVersion).map(([symbol, text]) => symbol + text);
    fc.assert(
      fc.property(fc.oneof(anyVersion, nearVersion), ranges.filter(isNpmRange), (text, range) => {
        expect(satisfies(compileRange(range), facts(text))).toBe(semver.satisfies(text, range));
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts the same texts', () => {
    const piece = fc.constantFrom(
      ...Array.from('0123.x*^~<>=|- v+aX\t'),
      '||',
      ' - ',
      '1.2',
      '1.2.3',
      '-b',
      '>=',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 10 }).map((all) => all.join('')),
        (text) => {
          fc.pre(!text.endsWith('.^'));
          const accepted = semver.validRange(text) !== null;
          if (accepted) expect(compileRange(text).text).toBe(text);
          else expect(errorOf(() => compileRange(text)).code).toBe('INVALID_REFERENCE');
        },
      ),
      { numRuns: 5000 },
    );
  });
});

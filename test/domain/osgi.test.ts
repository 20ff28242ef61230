import fc from 'fast-check';

import { satisfies } from '../../src/domain/range';
import { compileOsgiRange } from '../../src/domain/osgi';
import { errorOf, facts } from './support';

const MAX = Number.MAX_SAFE_INTEGER;

const TABLE: readonly [range: string, inside: readonly string[], outside: readonly string[]][] = [
  // every bracket
  ['[1.0.0,2.0.0]', ['1.0.0', '1.5.0', '2.0.0'], ['0.9.9', '2.0.1']],
  ['[1.0.0,2.0.0)', ['1.0.0', '1.9.9'], ['0.9.9', '2.0.0']],
  ['(1.0.0,2.0.0]', ['1.0.1', '2.0.0'], ['1.0.0', '2.0.1']],
  ['(1.0.0,2.0.0)', ['1.0.1', '1.9.9'], ['1.0.0', '2.0.0']],
  // missing parts are 0
  ['[1.2,2)', ['1.2.0', '1.9.9'], ['1.1.9', '2.0.0', '2.1.0']],
  ['[1,1.2]', ['1.0.0', '1.2.0'], ['0.9.9', '1.2.1']],
  ['(1.0,2.0]', ['1.0.1', '2.0.0'], ['1.0.0', '2.0.1']],
  ['[0,0]', ['0.0.0'], ['0.0.1']],
  // a qualifier comes after the bare version, and published versions have none
  ['[1.2.3.q,2)', ['1.2.4'], ['1.2.3']],
  ['(1.2.3.q,2)', ['1.2.4'], ['1.2.3']],
  ['[1,1.2.3.q)', ['1.2.3', '1.0.0'], ['1.2.4']],
  ['[1,1.2.3.q]', ['1.2.3', '1.0.0'], ['1.2.4']],
  ['[1,1.0.0.q)', ['1.0.0'], ['1.0.1']],
  ['[1.2.3,1.2.3.A-b_9]', ['1.2.3'], ['1.2.4', '1.2.2']],
  // one version
  ['[1.2.3,1.2.3]', ['1.2.3'], ['1.2.2', '1.2.4']],
  ['[1.2.3,1.2.4)', ['1.2.3'], ['1.2.4']],
  ['(1.2.3,1.2.5)', ['1.2.4'], ['1.2.3', '1.2.5']],
  // leading zeros: OSGi's number is digit+
  ['[01.002,00003)', ['1.2.0', '2.9.9'], ['1.1.9', '3.0.0']],
  [`[1,${MAX}]`, ['1.0.0', `${MAX}.0.0`], ['0.9.9']],
  [`(1.2.${MAX},2)`, ['1.3.0'], [`1.2.${MAX}`]],
  // no prereleases, wherever they lie
  ['[1.0.0,2.0.0]', [], ['1.0.0-a', '1.5.0-a', '2.0.0-a', '2.0.1-a']],
];

describe('compileOsgiRange', () => {
  it.each(TABLE)('%s holds what it holds', (range, inside, outside) => {
    const compiled = compileOsgiRange(range);
    expect(inside.filter((text) => !satisfies(compiled, facts(text)))).toEqual([]);
    expect(outside.filter((text) => satisfies(compiled, facts(text)))).toEqual([]);
  });

  it.each([
    '[2,1]',
    '[2,1)',
    '(1.0,1.0]',
    '[1.0,1.0)',
    '(1.0,1.0)',
    '[1.2.3,1.2.3)',
    '(1.2.3,1.2.4)',
    '[1.2.3.a,1.2.3.b]',
    '(1,1.0.0.q]',
    '[1.2.3.q,1.2.4)',
    '[0,0)',
    `(${MAX}.${MAX}.${MAX},${MAX}.${MAX}.${MAX}.q]`,
  ])('refuses %s, in which nothing can lie', (range) => {
    expect(errorOf(() => compileOsgiRange(range, 8))).toEqual({
      code: 'INVALID_REFERENCE',
      message: 'column 8: expected an interval in which a version can lie',
    });
  });

  it.each([
    ['1,2)', 1, '"[" or "("'],
    ['[', 2, 'a number'],
    ['[,2)', 2, 'a number'],
    ['[ 1,2)', 2, 'a number'],
    ['[1 ,2)', 3, '","'],
    ['[1, 2)', 4, 'a number'],
    ['[1,2 )', 5, '"]" or ")"'],
    ['[1,2) ', 6, 'the end of the interval'],
    ['[1,2)x', 6, 'the end of the interval'],
    ['[1,2', 5, '"]" or ")"'],
    ['[1]', 3, '","'],
    ['[1,2,3]', 5, '"]" or ")"'],
    ['[1.,2)', 4, 'a number'],
    ['[1.2.3.,2)', 8, 'a qualifier of letters, digits, "_" and "-"'],
    ['[1.2.3.q.r,2)', 9, '","'],
    ['[1.2-b,2)', 5, '","'],
    ['[1.2.3-b,2)', 7, '","'],
    ['[a,2)', 2, 'a number'],
    ['[-1,2)', 2, 'a number'],
    ['[1,2.x)', 6, 'a number'],
    ['[1,*)', 4, 'a number'],
    ['[1,9007199254740992)', 4, 'a number of at most 9007199254740991'],
    [`[1,${'9'.repeat(400)})`, 4, 'a number of at most 9007199254740991'],
  ])('refuses %s at column %d', (range, column, expected) => {
    expect(errorOf(() => compileOsgiRange(range))).toEqual({
      code: 'INVALID_REFERENCE',
      message: `column ${column}: expected ${expected}`,
    });
  });

  it('means what OSGi means, comparing versions with their qualifiers', () => {
    type Quad = readonly [number, number, number, string];
    const number = fc.integer({ min: 0, max: 2 });
    const quad: fc.Arbitrary<Quad> = fc.tuple(number, number, number, fc.constantFrom('', 'q', 'a'));
    // Org.osgi.framework.Version.compareTo: the numbers, then the qualifier as a string.
    const compare = (a: Quad, b: Quad): number => {
      const at = a.findIndex((part, index) => part !== b[index]);
      if (at < 0) return 0;
      return (a[at] ?? 0) < (b[at] ?? 0) ? -1 : 1;
    };
    const written = ([major, minor, patch, qualifier]: Quad): string =>
      `${major}.${minor}.${patch}${qualifier === '' ? '' : `.${qualifier}`}`;
    const releases: Quad[] = [];
    for (let n = 0; n < 64; n += 1) releases.push([n >> 4, (n >> 2) & 3, n & 3, '']);

    fc.assert(
      fc.property(
        quad,
        quad,
        fc.constantFrom('[', '('),
        fc.constantFrom(']', ')'),
        (low, high, open, close) => {
          const isInside = (release: Quad): boolean =>
            compare(low, release) <= (open === '[' ? 0 : -1) &&
            compare(release, high) <= (close === ']' ? 0 : -1);
          const text = `${open}${written(low)},${written(high)}${close}`;
          const expected = releases.filter(isInside).map(written);
          if (expected.length === 0) {
            expect(errorOf(() => compileOsgiRange(text)).code).toBe('INVALID_REFERENCE');
            return;
          }
          const compiled = compileOsgiRange(text);
          const found = releases.map(written).filter((release) => satisfies(compiled, facts(release)));
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

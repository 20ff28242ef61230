import fc from 'fast-check';

import { type LicenceExpression, parseLicenceExpression } from '../../../src/domain/trust/licence-expression';

/** An expression with every bracket that it could have. */
function written(expression: LicenceExpression | null): string | null {
  if (expression === null) return null;
  if (expression.kind === 'licence') {
    const { id, orLater, exception } = expression;
    return `${id}${orLater ? '+' : ''}${exception === null ? '' : `~${exception}`}`;
  }
  return `(${expression.of.map(written).join(expression.kind === 'all' ? ' & ' : ' | ')})`;
}

describe('SPDX licence expressions', () => {
  test.each<[string, string]>([
    ['MIT', 'mit'],
    [' MIT\n', 'mit'],
    ['MIT+', 'mit+'],
    ['(MIT)', 'mit'],
    ['((MIT))', 'mit'],
    ['MIT OR ISC', '(mit | isc)'],
    ['MIT or ISC and 0BSD', '(mit | (isc & 0bsd))'],
    ['MIT AND ISC OR 0BSD AND Zlib', '((mit & isc) | (0bsd & zlib))'],
    ['MIT AND (ISC OR 0BSD)', '(mit & (isc | 0bsd))'],
    ['(MIT)AND(ISC)', '(mit & isc)'],
    ['MIT OR ISC OR 0BSD', '(mit | isc | 0bsd)'],
    ['GPL-2.0-only', 'gpl-2.0'],
    ['GPL-2.0', 'gpl-2.0'],
    ['GPL-2.0-or-later', 'gpl-2.0+'],
    ['gpl-2.0+', 'gpl-2.0+'],
    ['GPL-2.0-or-later WITH Classpath-exception-2.0', 'gpl-2.0+~classpath-exception-2.0'],
    ['GPL-2.0+ WITH Bison-exception-2.2 OR MIT', '(gpl-2.0+~bison-exception-2.2 | mit)'],
    ['LicenseRef-Acme', 'licenseref-acme'],
    ['DocumentRef-a:LicenseRef-b', 'documentref-a:licenseref-b'],
    ['NOASSERTION', 'noassertion'],
    ['NONE', 'none'],
    [`${'('.repeat(20)}MIT${')'.repeat(20)}`, 'mit'],
  ])('%j reads as %s', (text, expected) => {
    expect(written(parseLicenceExpression(text))).toBe(expected);
  });

  test.each([
    '',
    ' ',
    '()',
    '(MIT',
    'MIT)',
    'MIT ISC',
    'MIT OR',
    'OR MIT',
    'MIT Or ISC',
    'MIT AND AND ISC',
    'MIT WITH',
    'WITH x',
    'MIT WITH (x)',
    '(MIT OR ISC) WITH x',
    'MIT WITH a WITH b',
    'MIT +',
    'MIT++',
    '+',
    '-MIT',
    'a:b',
    'Apache License 2.0',
    'MIT/ISC',
    'MIT, ISC',
    'MÏT',
    '__proto__',
    `${'('.repeat(21)}MIT${')'.repeat(21)}`,
    'M'.repeat(1001),
  ])('%j is none', (text) => {
    expect(parseLicenceExpression(text)).toBeNull();
  });

  test('what is written reads as it was meant', () => {
    const { expression } = fc.letrec<{ expression: string; leaf: string }>((tie) => ({
      leaf: fc.constantFrom('MIT', 'Apache-2.0', 'GPL-2.0+', 'LicenseRef-x'),
      expression: fc.oneof(
        { depthSize: 'small', maxDepth: 4 },
        tie('leaf'),
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} AND ${b})`),
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} OR ${b})`),
      ),
    }));
    fc.assert(
      fc.property(expression, (text) => {
        const meant = text.replaceAll(' AND ', ' & ').replaceAll(' OR ', ' | ').toLowerCase();
        expect(written(parseLicenceExpression(text))).toBe(meant);
      }),
    );
  });

  test('anything reads as something or nothing, soon', () => {
    const token = fc.constantFrom('MIT', '(', ')', ' AND ', ' OR ', ' WITH ', '+', ' ', 'x-1.0');
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), fc.string(), (tokens, noise) => {
        parseLicenceExpression(tokens.join(''));
        parseLicenceExpression(noise);
      }),
      { numRuns: 1000 },
    );
    const before = performance.now();
    for (const unit of ['(', ')', 'MIT AND ', '(MIT OR ', '-', ' ']) {
      parseLicenceExpression(unit.repeat(Math.floor(1000 / unit.length)));
    }
    expect(performance.now() - before).toBeLessThan(200);
  });
});

import fc from 'fast-check';

import { formatPosition, parsePosition, parsePositions } from '../../src/domain/position';
import { errorOf } from './support';

const handle = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/);
const sequence = fc.nat(999_999_999_999_999);

test('a position is read as it was written', () => {
  const position = fc.record({ handle, public: sequence, private: fc.option(sequence) });
  fc.assert(fc.property(position, (one) => expect(parsePosition(formatPosition(one))).toEqual(one)));
  expect(formatPosition({ handle: 'Acme', public: 12, private: null })).toBe('Acme@12');
  expect(formatPosition({ handle: 'Acme', public: 12, private: 0 })).toBe('Acme@12+0');
});

test.each([
  '',
  'acme',
  'acme@',
  '@1',
  'acme@1+',
  'acme@+1',
  'acme@-1',
  'acme@1.5',
  'acme@1+2+3',
  '1acme@1',
  'acme@1 ',
  'acme@1\n',
  'acme@1,beta@2',
  'acme@1234567890123456',
  `${'a'.repeat(64)}@1`,
])('%j is no position', (text) => {
  expect(errorOf(() => parsePosition(text))).toEqual({
    code: 'INVALID_INPUT',
    message: `${JSON.stringify(text)} is not a position such as owner@12`,
  });
});

describe('lists of positions', () => {
  const read = (text: string) => [...parsePositions(text)];

  test('name each owner once, whatever its case', () => {
    expect(read('Acme@12')).toEqual([['acme', { handle: 'Acme', public: 12, private: null }]]);
    expect(read('Acme@12,beta@3+4')).toEqual([
      ['acme', { handle: 'Acme', public: 12, private: null }],
      ['beta', { handle: 'beta', public: 3, private: 4 }],
    ]);
  });

  test.each([
    ['', '"" is not a position such as owner@12'],
    ['acme@1,', '"" is not a position such as owner@12'],
    ['acme@1, beta@2', '" beta@2" is not a position such as owner@12'],
    ['acme@1,ACME@2', 'a list of positions names ACME once'],
    ['a'.repeat(200), `"${'a'.repeat(100)}" is not a position such as owner@12`],
    [Array.from({ length: 1001 }, (_, at) => `a${at}@1`).join(), 'a list of positions has at most 1000'],
  ])('%j is none', (text, message) => {
    expect(errorOf(() => parsePositions(text))).toEqual({ code: 'INVALID_INPUT', message });
  });

  test('have up to a thousand', () => {
    const text = Array.from({ length: 1000 }, (_, at) => `a${at}@1`).join();
    expect(read(text)).toHaveLength(1000);
  });
});

import fc from 'fast-check';

import { formatPosition, parsePosition } from '../../src/domain/position';
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

import { assertNotReserved, nameKey, parseName, RESERVED_NAMES } from '../../src/domain/name';
import { errorOf } from './support';

describe('parseName', () => {
  it.each(['a', 'Z', 'acme', 'Acme-Corp_2', 'a-', 'a_', 'x'.repeat(63)])('accepts %s as written', (text) => {
    expect(parseName(text, 'handle')).toBe(text);
  });

  it.each([
    ['', 'column 1: expected a letter, the first of the name'],
    ['1a', 'column 1: expected a letter, the first of the name'],
    ['_a', 'column 1: expected a letter, the first of the name'],
    ['-a', 'column 1: expected a letter, the first of the name'],
    ['é', 'column 1: expected a letter, the first of the name'],
    ['a b', 'column 2: expected a letter, a digit, "_" or "-" in the name'],
    ['ab.c', 'column 3: expected a letter, a digit, "_" or "-" in the name'],
    ['a/b', 'column 2: expected a letter, a digit, "_" or "-" in the name'],
    ['a\n', 'column 2: expected a letter, a digit, "_" or "-" in the name'],
    ['K\u212a', 'column 2: expected a letter, a digit, "_" or "-" in the name'],
    ['x'.repeat(64), 'column 64: expected the end of the name: it has at most 63 characters'],
  ])('refuses %j', (text, message) => {
    expect(errorOf(() => parseName(text, 'name'))).toEqual({ code: 'INVALID_INPUT', message });
  });
});

test('a name is looked up without regard to case', () => {
  expect(nameKey('Acme-Corp')).toBe('acme-corp');
});

describe('assertNotReserved', () => {
  it.each([...RESERVED_NAMES])('refuses %s', (word) => {
    expect(errorOf(() => assertNotReserved(word, 'handle'))).toEqual({
      code: 'INVALID_INPUT',
      message: `the handle "${word}" is reserved`,
    });
  });

  it('refuses them in any case', () => {
    expect(errorOf(() => assertNotReserved('GraphQL', 'name')).code).toBe('INVALID_INPUT');
  });

  it.each(['acme', 'v2', 'algorithms', 'web2', 'graph'])('lets %s be', (word) => {
    expect(() => assertNotReserved(word, 'name')).not.toThrow();
  });
});

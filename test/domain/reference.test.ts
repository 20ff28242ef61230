import fc from 'fast-check';

import { decodeSelector, parseReference, parseReferenceParts } from '../../src/domain/reference';
import { notFoundMessage } from '../../src/domain/resolve';
import { errorOf, version } from './support';

describe('parseReference', () => {
  it('gives names as written and their keys', () => {
    expect(parseReference('Acme/Detect_1/1.2.3')).toEqual({
      written: 'Acme/Detect_1/1.2.3',
      owner: 'Acme',
      name: 'Detect_1',
      ownerKey: 'acme',
      nameKey: 'detect_1',
      selector: { kind: 'FULL', text: '1.2.3', version: version('1.2.3') },
    });
  });

  it.each([
    ['a/b', ''],
    ['a/b/', ''],
    ['/a/b', ''],
    ['/a/b/', ''],
    ['algo://a/b', ''],
    ['algo:///a/b', ''],
    ['/algo://a/b/', ''],
    ['a/b/1.2', '1.2'],
    ['a/b/1.2/', '1.2'],
    ['algo://a/b/latest', 'latest'],
    ['algo:///a/b/^1 || ^2/', '^1 || ^2'],
    ['/a/b/[1,2)', '[1,2)'],
    ['a/b/ ', ' '],
  ])('reads %j', (text, selector) => {
    const reference = parseReference(text);
    expect(reference.written).toBe(text);
    expect([reference.owner, reference.name, reference.selector.text]).toEqual(['a', 'b', selector]);
  });

  it('knows no reserved words: they parse, and find nothing', () => {
    expect(parseReference('graphql/v1').owner).toBe('graphql');
  });

  const FIRST_OF_HANDLE = 'a letter, the first of the handle';
  const FIRST_OF_NAME = 'a letter, the first of the name';
  const IN_NAME = 'a letter, a digit, "_" or "-" in the name';
  const IN_HANDLE = 'a letter, a digit, "_" or "-" in the handle';
  const NO_NAME = '"/" and the name of an algorithm';
  it.each([
    ['', 1, FIRST_OF_HANDLE],
    ['/', 2, FIRST_OF_HANDLE],
    ['//', 2, FIRST_OF_HANDLE],
    ['algo://', 8, FIRST_OF_HANDLE],
    ['algo:////a/b', 9, FIRST_OF_HANDLE],
    ['/algo:///a/b', 9, FIRST_OF_HANDLE],
    ['//a/b', 2, FIRST_OF_HANDLE],
    ['1a/b', 1, FIRST_OF_HANDLE],
    ['ALGO://a/b', 5, IN_HANDLE],
    ['http://a/b', 5, IN_HANDLE],
    ['a', 2, NO_NAME],
    ['a/', 2, NO_NAME],
    ['/a/', 3, NO_NAME],
    ['a b/c', 2, IN_HANDLE],
    ['a//b', 3, FIRST_OF_NAME],
    ['a/1', 3, FIRST_OF_NAME],
    ['a/b c', 4, IN_NAME],
    ['a/b@1', 4, IN_NAME],
    ['a/b//', 5, 'a selector, or nothing after the name'],
    [`${'a'.repeat(64)}/b`, 64, 'the end of the handle: it has at most 63 characters'],
    [`a/${'b'.repeat(64)}`, 66, 'the end of the name: it has at most 63 characters'],
    [`a/b/${'1'.repeat(509)}`, 513, 'the end: a reference has at most 512 characters'],
    ['algo://a/b/[1,2', 16, '"]" or ")"'],
  ])('refuses %j at column %d', (text, column, expected) => {
    expect(errorOf(() => parseReference(text))).toEqual({
      code: 'INVALID_REFERENCE',
      message: `column ${column}: expected ${expected}`,
    });
  });

  it.each([
    ['a/b/1.2/3', 8],
    ['a/b//1.2', 5],
    ['a/b/1.2//', 8],
    ['a/b/!', 5],
    ['algo://a/b/1.2?', 15],
  ])('refuses the selector of %j at column %d of the whole', (text, column) => {
    expect(errorOf(() => parseReference(text)).message).toMatch(
      `column ${column}: expected "latest", a version`,
    );
  });

  it('takes 512 characters', () => {
    const text = `a/b/1${' '.repeat(506)}2`;
    expect(text).toHaveLength(512);
    expect(parseReference(text).selector.kind).toBe('RANGE');
  });

  it('answers anything at all with a reference or with INVALID_REFERENCE', () => {
    const piece = fc.oneof(
      fc.constantFrom('a', 'b', '/', '//', 'algo://', '1.2', '^', ' ', '%', 'latest'),
      fc.string(),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
        (text) => {
          try {
            const { written, owner, name, selector } = parseReference(text);
            expect(written).toBe(text);
            expect(text).toContain(`${owner}/${name}`);
            expect(parseReferenceParts(owner, name, selector.text).selector).toEqual(selector);
          } catch (error) {
            expect(error).toMatchObject({ code: 'INVALID_REFERENCE' });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('parseReferenceParts', () => {
  it.each([
    [undefined, 'A/b'],
    ['', 'A/b'],
    ['1.2', 'A/b/1.2'],
  ])('of selector %j reads as the whole does', (selector, written) => {
    expect(parseReferenceParts('A', 'b', selector)).toEqual(parseReference(written));
  });

  it.each([
    ['a/b', 'c', undefined, 'column 2: expected a letter, a digit, "_" or "-" in the handle'],
    ['a', 'b/c', undefined, 'column 4: expected a letter, a digit, "_" or "-" in the name'],
    ['', 'b', undefined, 'column 1: expected a letter, the first of the handle'],
    ['a', '', '1', 'column 3: expected a letter, the first of the name'],
    ['a', 'b', '[1', 'column 7: expected ","'],
    ['a', 'b', 'c'.repeat(509), 'column 513: expected the end: a reference has at most 512 characters'],
  ])('refuses %j, %j, %j', (owner, name, selector, message) => {
    expect(errorOf(() => parseReferenceParts(owner, name, selector))).toEqual({
      code: 'INVALID_REFERENCE',
      message,
    });
  });
});

describe('decodeSelector', () => {
  it.each([
    ['1.2', '1.2'],
    ['%5E1.2%20%7C%7C%20%5e2', '^1.2 || ^2'],
    ['1.2.3+exp', '1.2.3+exp'],
    ['%2531', '%31'],
    ['1%2F2', '1/2'],
    ['%C2%A0', '\u00a0'],
  ])('of %s is %j', (text, decoded) => {
    expect(decodeSelector(text)).toBe(decoded);
  });

  it.each([
    ['%', 1],
    ['1.2%2', 4],
    ['%20%zz', 4],
    ['%20%', 4],
    ['1%FF', 2],
    ['%C2', 1],
  ])('refuses %s at column %d', (text, column) => {
    expect(errorOf(() => decodeSelector(text))).toEqual({
      code: 'INVALID_REFERENCE',
      message: `column ${column}: expected a percent escape of UTF-8`,
    });
  });
});

describe('notFoundMessage', () => {
  const hex = 'ABCDEF'.padEnd(40, '0');
  it.each([
    ['Acme/Detect', 'no public version of Acme/Detect matches latest'],
    ['Acme/Detect/latest', 'no public version of Acme/Detect matches latest'],
    ['algo://Acme/Detect/1.2/', 'no public version of Acme/Detect matches 1.2'],
    ['acme/detect/^1 || ^2', 'no public version of acme/detect matches ^1 || ^2'],
    ['acme/detect/lts', 'no public version of acme/detect matches lts'],
    ['acme/detect/1.2.3', 'algorithm algo://acme/detect/1.2.3 not found'],
    ['Acme/Detect/latestPrivate', 'algorithm algo://Acme/Detect/latestPrivate not found'],
    [`Acme/Detect/${hex}`, `algorithm algo://Acme/Detect/${hex} not found`],
  ])('of %s', (text, message) => {
    expect(notFoundMessage(parseReference(text))).toBe(message);
  });
});

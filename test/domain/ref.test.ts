import fc from 'fast-check';

import { AlgogateError } from '../../src/domain/errors';
import { algorithmNotFound, parseAlgorithmRef, parseMajorRef, parseVersionRef } from '../../src/domain/ref';
import { anyVersion, errorOf } from './support';

const NAMES = { owner: 'Acme', name: 'Detect', ownerKey: 'acme', nameKey: 'detect' };

/** What is refused, with the field that it stood in. */
function refusalOf(action: () => unknown): object {
  try {
    action();
  } catch (error) {
    if (error instanceof AlgogateError)
      return { code: error.code, message: error.message, field: error.field };
    throw error;
  }
  throw new Error('nothing was refused');
}

test('an algorithm, a major and a version, as inputs of the graph name them', () => {
  expect(parseAlgorithmRef('Acme/Detect')).toMatchObject(NAMES);
  expect(parseAlgorithmRef('algo://Acme/Detect/')).toMatchObject(NAMES);
  expect(parseMajorRef('Acme/Detect/0')).toMatchObject({ ...NAMES, major: 0 });
  expect(parseMajorRef('Acme/Detect/2147483647')).toMatchObject({ ...NAMES, major: 2147483647 });
  fc.assert(
    fc.property(anyVersion, (text) => {
      expect(parseVersionRef(`Acme/Detect/${text}`)).toMatchObject({ ...NAMES, version: { text } });
    }),
  );
});

const MALFORMED: readonly (readonly [text: string, form: string, parse: (text: string) => unknown])[] = [
  ...['a/b/latest', 'a/b/1', 'a/b/1.2.3', 'a/b/stable'].map(
    (text) => [text, 'owner/name', (it: string) => parseAlgorithmRef(it, 'there')] as const,
  ),
  ...['a/b', 'a/b/1.2', 'a/b/1.x', 'a/b/1.2.3', 'a/b/latest', 'a/b/2147483648', 'a/b/^1'].map(
    (text) => [text, 'owner/name/1', (it: string) => parseMajorRef(it, 'there')] as const,
  ),
  ...['a/b', 'a/b/1', 'a/b/1.2', 'a/b/=1.2.3', 'a/b/latestPrivate', `a/b/${'0'.repeat(40)}`].map(
    (text) => [text, 'owner/name/1.2.3', (it: string) => parseVersionRef(it, 'there')] as const,
  ),
];

test.each(MALFORMED)('%s is not of the form %s', (text, form, parse) => {
  expect(refusalOf(() => parse(text))).toEqual({
    code: 'INVALID_INPUT',
    message: `${JSON.stringify(text)} is not of the form ${form}`,
    field: ['there'],
  });
});

test('an error repeats no more than the beginning of what is too long', () => {
  const text = `a/b/1.2.3+${'x'.repeat(200)}`;
  expect(refusalOf(() => parseAlgorithmRef(text))).toMatchObject({
    message: `${JSON.stringify(text.slice(0, 100))} is not of the form owner/name`,
  });
});

test('what does not even parse is an invalid input too, with its column and its field', () => {
  for (const [parse, field] of [
    [parseAlgorithmRef, 'algorithm'],
    [parseMajorRef, 'major'],
    [parseVersionRef, 'version'],
  ] as const) {
    expect(refusalOf(() => parse('acme'))).toEqual({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/^column 5: /) as string,
      field: [field],
    });
  }
});

test('what is missing has one message, with the names as they were written', () => {
  expect(
    errorOf(() => {
      throw algorithmNotFound(parseAlgorithmRef('ACME/x'));
    }),
  ).toEqual({
    code: 'NOT_FOUND',
    message: 'algorithm algo://ACME/x not found',
  });
});

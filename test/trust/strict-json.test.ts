import fc from 'fast-check';

import { AlgogateError } from '../../src/domain/errors';
import { parseStrictJson } from '../../src/trust/strict-json';
import { NAME } from './support';

describe('JSON that means one thing', () => {
  test('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        expect(parseStrictJson(text, NAME)).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each<[string, string]>([
    ['{"a":1,"a":1}', 'has the name "a" twice in one object'],
    ['{"a":1, "b":{}, "a" \n:2}', 'has the name "a" twice in one object'],
    // the same name in other letters
    ['{"a":1,"\\u0061":2}', 'has the name "a" twice in one object'],
    ['[{"x":{"__proto__":1,"__proto__":2}}]', 'has the name "__proto__" twice in one object'],
    ['{"":1,"":2}', 'has the name "" twice in one object'],
    ['['.repeat(65) + ']'.repeat(65), 'is nested over 64 deep'],
    ['', 'is no JSON'],
    ['{', 'is no JSON'],
    ['"open', 'is no JSON'],
    ['"\\', 'is no JSON'],
    ["{'a':1}", 'is no JSON'],
    ['{"a":NaN}', 'is no JSON'],
    ['{"a":1}{}', 'is no JSON'],
    ['\uFEFF{}', 'is no JSON'],
  ])('%j is refused', (text, why) => {
    expect(() => parseStrictJson(text, NAME)).toThrow(
      new AlgogateError('INVALID_INPUT', `the document ${why}`, ['document']),
    );
  });

  test.each([
    '{"a":{"a":1},"b":{"a":2}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":["a","a"]}',
    '{"a":"\\"a\\":","b":"{\\"b\\":1"}',
    '['.repeat(64) + ']'.repeat(64),
  ])('%j is taken', (text) => {
    expect(parseStrictJson(text, NAME)).toEqual(JSON.parse(text));
  });

  test('a duplicate anywhere is found', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 4 });
    const once = fc.uniqueArray(name, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(once, fc.nat(), (names, pick) => {
        const again = names[pick % names.length]!;
        const members = [...names, again].map((one) => `${JSON.stringify(one)}:[{"k":0}]`);
        expect(() => parseStrictJson(`{"in":[{${members.join()}}]}`, NAME)).toThrow('twice in one object');
        const good = `{"in":[{${members.slice(0, -1).join()}}]}`;
        expect(parseStrictJson(good, NAME)).toEqual(JSON.parse(good));
      }),
    );
  });

  test('anything gives a value or its own error, in time that grows with its length alone', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ':', ',', 'a', ' ') }),
        (text) => {
          expectOwnError(() => parseStrictJson(text, NAME));
        },
      ),
      { numRuns: 2000 },
    );
    const before = performance.now();
    for (const unit of ['"\\', '\\"', '{', '"":', '"', '{"a":']) {
      expectOwnError(() => parseStrictJson(unit.repeat(500_000 / unit.length), NAME));
    }
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

function expectOwnError(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(AlgogateError);
  }
}

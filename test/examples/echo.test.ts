import fc from 'fast-check';

import { VERSIONS } from '../../examples/echo/echo';
import { binary, handlerOf, json, run, text } from './run';

test.each([
  ['0.2.0', text('naïve'), { echo: 'naïve', length: 5 }],
  ['0.2.1', text('naïve'), { echo: 'naïve', length: 5 }],
  ['0.2.0', text('a👍'), { echo: 'a👍', length: 3 }],
  ['0.2.1', text('a👍'), { echo: 'a👍', length: 2 }],
  ['0.2.0', json('👍'), { echo: '👍', length: 2 }],
  ['0.2.1', json('👍'), { echo: '👍', length: 1 }],
  ['0.2.1', json({ a: [1, null] }), { echo: { a: [1, null] }, length: 14 }],
  ['0.2.1', text(''), { echo: '', length: 0 }],
  ['0.2.1', binary(Buffer.from([255, 0, 1])), { echo: '/wAB', length: 3 }],
])('%s of %j is %j', (version, input, expected) => {
  expect(run(VERSIONS, version, input)).toEqual(expected);
});

test('0.1.0 gives back what it was given', () => {
  const inputs = fc.oneof(
    fc.jsonValue().map(json),
    fc.string({ unit: 'binary' }).map(text),
    fc.uint8Array().map((bytes) => binary(Buffer.from(bytes))),
  );
  fc.assert(
    fc.property(inputs, (input) => {
      expect(handlerOf(VERSIONS, '0.1.0')(input, { checkDeadline: () => undefined })).toEqual(input);
    }),
  );
});

test('0.2.1 differs from 0.2.0 in nothing but characters outside the basic plane', () => {
  const lengthBy = (version: string, value: string) =>
    (run(VERSIONS, version, text(value)) as { length: number }).length;
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const surrogatePairs = value.match(/[\u{10000}-\u{10ffff}]/gu)?.length ?? 0;
      expect(lengthBy('0.2.0', value)).toBe(lengthBy('0.2.1', value) + surrogatePairs);
    }),
  );
});

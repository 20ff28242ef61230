import fc from 'fast-check';

import { isNestedTooDeep, MAX_NESTING } from '../../src/calls/nesting';

const LONG = ' '.repeat(64 * 1024);
const nested = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + '1' + close.repeat(levels);

test.each([
  ['arrays at the limit', nested(MAX_NESTING, '[', ']'), false],
  ['arrays beyond it', nested(MAX_NESTING + 1, '[', ']'), true],
  ['objects at the limit', nested(MAX_NESTING, '{"a":', '}'), false],
  ['objects beyond it', nested(MAX_NESTING + 1, '{"a":', '}'), true],
  ['many beside one another', `[${'[{"a":[]}],'.repeat(2_000)}1]`, false],
  ['brackets in a string', `"${'['.repeat(5_000)}"`, false],
  ['brackets after an escaped quote', `"\\"${'['.repeat(5_000)}"`, false],
  ['brackets after a string that ends with a backslash', `["\\\\",${nested(MAX_NESTING, '[', ']')}]`, true],
  ['a string without an end', `"${'['.repeat(5_000)}`, false],
])('%s', (_what, json, isTooDeep) => {
  expect(isNestedTooDeep(Buffer.from(json + LONG))).toBe(isTooDeep);
});

test('short JSON is not looked at: it is parsed at once', () => {
  expect(isNestedTooDeep(Buffer.from(nested(5_000, '[', ']')))).toBe(false);
});

test('no JSON of fewer levels is too deep, whatever its strings and keys', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 50 }), (json) => !isNestedTooDeep(Buffer.from(json + LONG))),
    { numRuns: 200 },
  );
});

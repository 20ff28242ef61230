import { newRequestId, traceparent } from '../../src/calls/identifiers';

describe('traceparent', () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  test.each([
    `00-${trace}-b7ad6b7169203331-01`,
    `00-${trace}-b7ad6b7169203331-00`,
    `cc-${trace}-b7ad6b7169203331-01-what-the-future-will-be-like`,
  ])('%s goes on', (incoming) => {
    expect(traceparent(incoming)).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-${incoming.slice(53, 55)}$`));
    expect(traceparent(incoming)).not.toContain('b7ad6b7169203331');
  });

  test.each([
    undefined,
    '',
    'nonsense',
    `ff-${trace}-b7ad6b7169203331-01`,
    `00-${trace.toUpperCase()}-b7ad6b7169203331-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace}-b7ad6b7169203331-01x`,
    `00-${trace}-b7ad6b7169203331-01\r\nx: y`,
  ])('%p begins a new one', (incoming) => {
    const made = traceparent(incoming);
    expect(made).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(made).not.toContain(trace);
  });

  test('spans are never the same', () => {
    expect(new Set(Array.from({ length: 5000 }, () => traceparent(undefined))).size).toBe(5000);
  });
});

test('request ids are random, and tell nothing of one another', () => {
  const ids = Array.from({ length: 2000 }, newRequestId);
  expect(new Set(ids.map((id) => id.slice(0, 16))).size).toBe(2000);
  expect(new Set(ids.map((id) => id.slice(16))).size).toBe(2000);
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
});

import { Breaker } from '../../src/calls/breaker';
import { newRequestId, traceparent } from '../../src/calls/identifiers';

describe('the breaker', () => {
  function breaker(): { it: Breaker; later: (ms: number) => void } {
    let now = 0;
    const it = new Breaker({ breakerFailures: 3, breakerOpenMs: 1000 }, () => now);
    return {
      it,
      later: (ms) => {
        now += ms;
      },
    };
  }

  function open(it: Breaker): void {
    for (let i = 0; i < 3; i += 1) it.fail();
  }

  test('only failures in a row open it', () => {
    const { it } = breaker();
    it.fail();
    it.fail();
    it.succeed();
    it.fail();
    it.abandon();
    it.fail();
    expect([it.state, it.enter()]).toEqual(['closed', true]);
    it.fail();
    expect([it.state, it.enter()]).toEqual(['open', false]);
  });

  test('one call tries, and its success closes it', () => {
    const { it, later } = breaker();
    open(it);
    later(999);
    expect([it.state, it.enter()]).toEqual(['open', false]);
    later(1);
    expect([it.state, it.enter(), it.enter(), it.state]).toEqual(['half-open', true, false, 'half-open']);
    it.succeed();
    expect([it.state, it.enter(), it.enter()]).toEqual(['closed', true, true]);
  });

  test('its failure keeps it open; a trial that says nothing leaves the next one to try', () => {
    const { it, later } = breaker();
    open(it);
    later(1000);
    it.enter();
    it.fail();
    expect([it.state, it.enter()]).toEqual(['open', false]);
    later(1000);
    it.enter();
    it.abandon();
    expect([it.enter(), it.enter()]).toEqual([true, false]);
  });
});

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

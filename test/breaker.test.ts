import fc from 'fast-check';
import { Breaker, type Passage } from '../src/breaker';

const OPEN_MS = 1000;
const FAILURES = 3;

interface Watched {
  readonly it: Breaker;
  later(ms: number): void;
}

function breaker(): Watched {
  let now = 0;
  const it = new Breaker({ breakerFailures: FAILURES, breakerOpenMs: OPEN_MS }, () => now);
  return {
    it,
    later: (ms) => {
      now += ms;
    },
  };
}

function entered(it: Breaker): Passage {
  const passage = it.enter();
  if (passage === null) throw new Error('the breaker lets nothing through');
  return passage;
}

const lets = (it: Breaker): boolean => it.enter() !== null;

function open(it: Breaker): void {
  for (let i = 0; i < FAILURES; i += 1) it.fail(entered(it));
}

test('only failures in a row open it', () => {
  const { it } = breaker();
  it.fail(entered(it));
  it.fail(entered(it));
  it.succeed(entered(it));
  it.fail(entered(it));
  it.abandon(entered(it));
  it.fail(entered(it));
  expect([it.state, lets(it)]).toEqual(['closed', true]);
  it.fail(entered(it));
  expect([it.state, lets(it)]).toEqual(['open', false]);
});

test('one call tries, and its success closes it', () => {
  const { it, later } = breaker();
  open(it);
  later(OPEN_MS - 1);
  expect([it.state, lets(it)]).toEqual(['open', false]);
  later(1);
  expect(it.state).toBe('half-open');
  const trial = entered(it);
  expect([lets(it), it.state]).toEqual([false, 'half-open']);
  it.succeed(trial);
  expect([it.state, lets(it), lets(it)]).toEqual(['closed', true, true]);
});

test('its failure keeps it open; a trial that says nothing leaves the next one to try', () => {
  const { it, later } = breaker();
  open(it);
  later(OPEN_MS);
  it.fail(entered(it));
  expect([it.state, lets(it)]).toEqual(['open', false]);
  later(OPEN_MS);
  it.abandon(entered(it));
  expect([lets(it), lets(it)]).toEqual([true, false]);
});

test('once it has closed, it takes as many failures to open as before', () => {
  const { it, later } = breaker();
  open(it);
  later(OPEN_MS);
  it.succeed(entered(it));
  it.fail(entered(it));
  it.fail(entered(it));
  expect(it.state).toBe('closed');
  it.fail(entered(it));
  expect(it.state).toBe('open');
});

describe('a call that began before it opened', () => {
  type End = 'succeed' | 'fail' | 'abandon';
  const ENDS: readonly End[] = ['succeed', 'fail', 'abandon'];

  test.each(ENDS)('may %s while it is open, and nothing comes of it', (end) => {
    const { it, later } = breaker();
    const early = entered(it);
    open(it);
    later(OPEN_MS - 1);
    it[end](early);
    expect([it.state, lets(it)]).toEqual(['open', false]);
    later(1);
    expect([it.state, lets(it)]).toEqual(['half-open', true]);
  });

  const DECIDED: readonly (readonly [trial: End, state: string, passed: boolean[]])[] = [
    ['succeed', 'closed', [true, true]],
    ['fail', 'open', [false, false]],
    ['abandon', 'half-open', [true, false]],
  ];
  test.each(ENDS.flatMap((end) => DECIDED.map((decided) => [end, ...decided] as const)))(
    'may %s while another tries: that one decides, and where it ends with %s it is %s',
    (end, outcome, state, passed) => {
      const { it, later } = breaker();
      const early = entered(it);
      open(it);
      later(OPEN_MS);
      const trial = entered(it);
      it[end](early);
      expect([it.state, lets(it)]).toEqual(['half-open', false]);
      it[outcome](trial);
      expect(it.state).toBe(state);
      expect([lets(it), lets(it)]).toEqual(passed);
    },
  );

  test.each(ENDS)('may %s after it has closed again, and nothing comes of it', (end) => {
    const { it, later } = breaker();
    const early = Array.from({ length: FAILURES }, () => entered(it));
    open(it);
    later(OPEN_MS);
    it.succeed(entered(it));
    it.fail(entered(it));
    it.fail(entered(it));
    for (const passage of early) it[end](passage);
    expect(it.state).toBe('closed');
    it.fail(entered(it));
    expect(it.state).toBe('open');
  });
});

test('from its opening to its closing, never more than one call is under way that it let through', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ kind: 'enter' as const }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('fail' as const, 'fail' as const, 'succeed' as const, 'abandon' as const),
        which: fc.nat(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('later' as const), ms: fc.nat(2 * OPEN_MS) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 100, size: 'max' }), (steps) => {
      const { it, later } = breaker();
      let most = 0;
      const underWay: { readonly passage: Passage; readonly tries: boolean }[] = [];
      for (const done of steps) {
        const tries = it.state !== 'closed';
        if (done.kind === 'later') {
          later(done.ms);
        } else if (done.kind === 'enter') {
          const passage = it.enter();
          if (passage !== null) underWay.push({ passage, tries });
        } else if (underWay.length > 0) {
          const [ended] = underWay.splice(done.which % underWay.length, 1);
          if (ended !== undefined) it[done.kind](ended.passage);
        }
        most = Math.max(most, underWay.filter((call) => call.tries).length);
      }
      expect(most).toBeLessThanOrEqual(1);
    }),
    { numRuns: 500 },
  );
});

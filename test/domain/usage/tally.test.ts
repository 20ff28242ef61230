import fc from 'fast-check';

import { OUTCOMES } from '../../../src/domain/usage/call';
import { type CountedCall, Tally } from '../../../src/domain/usage/tally';

/** A call, and who made it. */
type Call = CountedCall & { readonly callerId: number };

function call(change: Partial<Call> = {}): Call {
  return { outcome: 'OK', durationMs: 0, bytesIn: 0, bytesOut: 0, callerId: 1, ...change };
}

function tallyOf(calls: readonly Call[]): Tally {
  const tally = new Tally();
  for (const one of calls) {
    tally.add(one);
    tally.callers.add(one.callerId);
  }
  return tally;
}

const NOTHING = { calls: 0, errors: 0, callers: 0, bytesIn: 0, bytesOut: 0, p50: null, p90: null, p99: null };

test('no calls are zeros, without latencies', () => {
  expect(new Tally().totals()).toEqual(NOTHING);
});

test('calls are counted, with their callers, bytes and latencies', () => {
  const tally = tallyOf([
    call({ durationMs: 10, bytesIn: 1, bytesOut: 100 }),
    call({ durationMs: 20, bytesIn: 2, callerId: 2, outcome: 'TIMEOUT' }),
    call({ durationMs: 30, bytesOut: 5, callerId: 0, outcome: 'CLIENT_CLOSED' }),
    call({ bytesIn: 4 }),
  ]);
  const { p50, p90, p99, ...counts } = tally.totals();
  expect(counts).toEqual({ calls: 4, errors: 2, callers: 3, bytesIn: 7, bytesOut: 105 });
  expect([p50, p90, p99].map((ms) => Math.round(ms ?? -1))).toEqual([10, 30, 30]);
});

test.each(OUTCOMES)('one call that ended %s', (outcome) => {
  const tally = new Tally();
  tally.add(call({ outcome, bytesIn: 3, bytesOut: 5, durationMs: 10 }));
  const errors = outcome === 'OK' ? 0 : 1;
  const { p50, p90, p99, ...counts } = tally.totals();
  expect(counts).toEqual({ calls: 1, errors, callers: 0, bytesIn: 3, bytesOut: 5 });
  expect([p50, p90, p99].map((ms) => Math.round(ms ?? -1))).toEqual([10, 10, 10]);
});

const calls = fc.array(
  fc.record<Call>({
    outcome: fc.constantFrom(...OUTCOMES),
    durationMs: fc.integer({ min: 0, max: 100_000 }).map((tenths) => tenths / 10),
    bytesIn: fc.nat(),
    bytesOut: fc.nat(),
    callerId: fc.constantFrom(0, 1, 2, 30),
  }),
);

test('merged counts are those of all calls, and what is taken out again leaves the rest', () => {
  fc.assert(
    fc.property(calls, calls, (some, others) => {
      const tally = tallyOf(some);
      tally.merge(tallyOf(others));
      expect(tally.totals()).toEqual(tallyOf([...some, ...others]).totals());

      tally.subtract(tallyOf(others));
      const left = tallyOf(some).totals();
      expect(tally.totals(left.callers)).toEqual(left);
    }),
  );
});

test('counts whose callers nobody keeps leave the callers', () => {
  const tally = tallyOf([call({ callerId: 1 })]);
  tally.merge(tallyOf([call({ callerId: 2 })]).anonymous());
  expect(tally.totals()).toEqual({ ...NOTHING, calls: 2, callers: 1, p50: 0, p90: 0, p99: 0 });
  expect(tally.totals(2)).toMatchObject({ calls: 2, callers: 2 });
});

test('what was never in cannot be taken out, and nothing is', () => {
  const tally = tallyOf([call({ durationMs: 10 })]);
  expect(() => tally.subtract(tallyOf([call({ durationMs: 500 })]))).toThrow('never in');
  expect(tally.totals()).toMatchObject({ calls: 1, callers: 1 });
});

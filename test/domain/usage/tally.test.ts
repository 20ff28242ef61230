import fc from 'fast-check';

import { OUTCOMES } from '../../../src/domain/usage/call';
import { type MeasuredCall, Tally } from '../../../src/domain/usage/tally';

type Call = MeasuredCall & { readonly principal: string };

function call(change: Partial<Call> = {}): Call {
  return { outcome: 'OK', durationMs: 0, bytesIn: 0, bytesOut: 0, principal: 'owner:1', ...change };
}

function tallyOf(calls: readonly Call[]): Tally {
  const tally = new Tally();
  for (const one of calls) tally.add(one);
  return tally;
}

const NOTHING = { calls: 0, errors: 0, callers: 0, bytesIn: 0, bytesOut: 0, p50: null, p90: null, p99: null };

test('no calls are zeros, without latencies', () => {
  expect(new Tally().totals()).toEqual(NOTHING);
});

test('calls are counted, with their callers, bytes and latencies', () => {
  const tally = tallyOf([
    call({ durationMs: 10, bytesIn: 1, bytesOut: 100 }),
    call({ durationMs: 20, bytesIn: 2, principal: 'owner:2', outcome: 'TIMEOUT' }),
    call({ durationMs: 30, bytesOut: 5, principal: 'operator', outcome: 'CLIENT_CLOSED' }),
    call({ bytesIn: 4 }),
  ]);
  const { p50, p90, p99, ...counts } = tally.totals();
  expect(counts).toEqual({ calls: 4, errors: 2, callers: 3, bytesIn: 7, bytesOut: 105 });
  expect([p50, p90, p99].map((ms) => Math.round(ms ?? -1))).toEqual([10, 30, 30]);
});

test('a call of the operator counts as that of one caller, whose id no owner has', () => {
  const tally = tallyOf([call({ principal: 'operator' }), call({ principal: 'operator' })]);
  tally.addCall(call(), 0);
  expect(tally.totals()).toMatchObject({ calls: 3, callers: 1 });
});

const calls = fc.array(
  fc.record<Call>({
    outcome: fc.constantFrom(...OUTCOMES),
    durationMs: fc.integer({ min: 0, max: 100_000 }).map((tenths) => tenths / 10),
    bytesIn: fc.nat(),
    bytesOut: fc.nat(),
    principal: fc.constantFrom('operator', 'owner:1', 'owner:2', 'owner:30'),
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
  const tally = tallyOf([call({ principal: 'owner:1' })]);
  const { calls, errors, bytesIn, bytesOut, latencies } = tallyOf([call({ principal: 'owner:2' })]);
  tally.merge({ calls, errors, bytesIn, bytesOut, latencies, callers: null });
  expect(tally.totals()).toEqual({ ...NOTHING, calls: 2, callers: 1, p50: 0, p90: 0, p99: 0 });
  expect(tally.totals(2)).toMatchObject({ calls: 2, callers: 2 });
});

test('what was never in cannot be taken out, and nothing is', () => {
  const tally = tallyOf([call({ durationMs: 10 })]);
  expect(() => tally.subtract(tallyOf([call({ durationMs: 500 })]))).toThrow('never in');
  expect(tally.totals()).toMatchObject({ calls: 1, callers: 1 });
});

import fc from 'fast-check';

import { SELECTOR_KINDS, type SelectorKind } from '../../../src/domain/terms';
import { OUTCOMES } from '../../../src/domain/usage/call';
import { Parts } from '../../../src/domain/usage/parts';
import { type CountedCall, Tally } from '../../../src/domain/usage/tally';

/** A call of a selector; null: by somebody whom nobody notes. */
type Call = CountedCall & { readonly selector: SelectorKind; readonly callerId: number | null };

const calls = fc.array(
  fc.record<Call>({
    selector: fc.constantFrom(...SELECTOR_KINDS),
    outcome: fc.constantFrom(...OUTCOMES),
    durationMs: fc.integer({ min: 0, max: 100_000 }).map((tenths) => tenths / 10),
    bytesIn: fc.nat(),
    bytesOut: fc.nat(),
    callerId: fc.constantFrom(null, 0, 1, 2, 30),
  }),
);

function addTo(tally: Tally, call: Call): void {
  tally.add(call);
  if (call.callerId !== null) tally.callers.add(call.callerId);
}

function partsOf(of: readonly Call[]): Parts {
  const parts = new Parts();
  for (const call of of) addTo(parts.at(call), call);
  return parts;
}

function tallyOf(of: readonly Call[]): Tally {
  const tally = new Tally();
  for (const call of of) addTo(tally, call);
  return tally;
}

const told = (parts: Parts) =>
  parts.all().map(({ selector, outcome, counts }) => [selector, outcome, counts.totals()]);

function expected(of: readonly Call[]) {
  const names = [...new Set(of.map(({ selector, outcome }) => `${selector} ${outcome}`))].sort();
  return names.map((name) => {
    const own = of.filter(({ selector, outcome }) => `${selector} ${outcome}` === name);
    return [...name.split(' '), tallyOf(own).totals()];
  });
}

test('each part has its own calls, and together they have all', () => {
  fc.assert(
    fc.property(calls, (all) => {
      const parts = partsOf(all);
      expect(told(parts)).toEqual(expected(all));
      expect(parts.total().totals()).toEqual(tallyOf(all).totals());
    }),
  );
});

test('what is stored and merged, however often, is what was counted at once', () => {
  fc.assert(
    fc.property(calls, calls, calls, (first, second, third) => {
      const stored = Parts.decode(partsOf(first).encode());
      stored.merge(partsOf(second));
      const again = Parts.decode(stored.encode());
      again.merge(partsOf(third));
      const all = [...first, ...second, ...third];
      expect(again.encode()).toEqual(partsOf(all).encode());
      expect(told(Parts.decode(again.encode()))).toEqual(expected(all));
    }),
  );
});

test('what is merged in stays as it is', () => {
  fc.assert(
    fc.property(calls, calls, (first, second) => {
      const [parts, added] = [partsOf(first), partsOf(second)];
      parts.merge(added);
      parts.merge(added);
      expect(added.encode()).toEqual(partsOf(second).encode());
    }),
  );
});

const OK = partsOf([
  { selector: 'LATEST', outcome: 'OK', durationMs: 1, bytesIn: 1, bytesOut: 1, callerId: 1 },
]).encode();
const cut = (bytes: Uint8Array, to: number) => bytes.subarray(0, to);

test.each([
  ['of another version', Uint8Array.of(2)],
  ['of nothing', new Uint8Array()],
  ['with a part that nobody knows', Uint8Array.of(1, 2, 79, 75, 0)],
  ['with a part twice', Uint8Array.of(...OK, ...OK.subarray(1))],
  ['that end in a name', cut(OK, 5)],
  ['that end in a part', cut(OK, OK.length - 1)],
  ['with a part of nothing', Uint8Array.of(...cut(OK, 11), 0)],
  ['with a part that goes on', Uint8Array.of(...cut(OK, 11), (OK[11] ?? 0) + 1, ...OK.subarray(12), 0)],
])('bytes %s are refused', (_what, bytes) => {
  expect(() => Parts.decode(bytes).all()).toThrow(/^not the bytes of/);
});

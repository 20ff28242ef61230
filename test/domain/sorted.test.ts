import fc from 'fast-check';

import type { KeyInterval } from '../../src/domain/interval';
import { contains, intersect, isEmptyInterval } from '../../src/domain/interval';
import { Sorted } from '../../src/domain/sorted';

const key = fc.constantFrom(...Array.from('abcdefgh'));
const items = fc.uniqueArray(key, { maxLength: 8 }).map((keys) => keys.map((one) => ({ key: one })));
const interval: fc.Arbitrary<KeyInterval> = fc.record({
  low: key,
  lowInclusive: fc.boolean(),
  high: key,
  highInclusive: fc.boolean(),
});

test('searches give what a filter gives', () => {
  fc.assert(
    fc.property(items, interval, key, (unsorted, wanted, at) => {
      const sorted = new Sorted(unsorted);
      const all = [...unsorted].sort((a, b) => (a.key < b.key ? -1 : 1));
      const above = all.filter((item) => item.key > at);
      const inside = all.filter((item) => contains(wanted, item.key));
      expect([...sorted]).toEqual(all);
      expect(sorted.highest()).toEqual(all.at(-1));
      expect(sorted.get(at)).toEqual(all.find((item) => item.key === at));
      expect(sorted.highestIn(wanted)).toEqual(inside.at(-1));
      expect(sorted.within(wanted)).toEqual(inside);
      expect(sorted.nearestAbove(at, 2)).toEqual(above.slice(0, 2));
      expect(sorted.countAbove(at)).toBe(above.length);
    }),
    { numRuns: 1000 },
  );
});

test('changes keep the order', () => {
  const change = fc.record({ key, remove: fc.boolean(), value: fc.nat() });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const sorted = new Sorted<{ key: string; value: number }>();
      const model = new Map<string, number>();
      for (const { key: at, remove, value } of changes) {
        if (remove) {
          sorted.remove(at);
          model.delete(at);
        } else {
          sorted.put({ key: at, value });
          model.set(at, value);
        }
      }
      const expected = [...model]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([at, value]) => ({ key: at, value }));
      expect([...sorted]).toEqual(expected);
      expect(sorted.length).toBe(expected.length);
    }),
  );
});

test('an intersection holds what both hold, and an empty interval nothing', () => {
  fc.assert(
    fc.property(interval, interval, key, (a, b, at) => {
      expect(contains(intersect(a, b), at)).toBe(contains(a, at) && contains(b, at));
      if (isEmptyInterval(a)) expect(contains(a, at)).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

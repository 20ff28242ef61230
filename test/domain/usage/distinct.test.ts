import fc from 'fast-check';

import { Distinct, DISTINCT_ERROR, EXACT_UP_TO } from '../../../src/domain/usage/distinct';

const SIZES = [257, 300, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 100_000];

/** Ids as databases give them, one after the other, and as few owners of many that call would have them. */
const STRIDES = [1, 2, 7, 1000];

function distinctOf(ids: Iterable<number>): Distinct {
  const distinct = new Distinct();
  for (const id of ids) distinct.add(id);
  return distinct;
}

function* sequence(count: number, first = 1, stride = 1): Generator<number> {
  for (let at = 0; at < count; at++) yield first + at * stride;
}

test('the error that is stated is that of the registers', () => {
  expect(DISTINCT_ERROR).toBeCloseTo(0.023, 3);
});

test.each([0, 1, 2, 255, EXACT_UP_TO])('%d callers are counted exactly', (count) => {
  const distinct = distinctOf(sequence(count, 0, 16_000_001));
  for (const id of sequence(count, 0, 16_000_001)) distinct.add(id);
  expect(distinct.estimate()).toBe(count);
  expect(Distinct.decode(distinct.encode()).estimate()).toBe(count);
});

test.each(STRIDES.flatMap((stride) => SIZES.map((size) => [stride, size] as const)))(
  'ids with a stride of %d: %d are told within three standard errors',
  (stride, size) => {
    const told = distinctOf(sequence(size, 1, stride)).estimate();
    expect(Math.abs(told / size - 1)).toBeLessThanOrEqual(3 * DISTINCT_ERROR);
  },
);

test.each(SIZES.slice(0, -3))('%d of many sets: no bias, and the error that is stated', (size) => {
  const sets = 60;
  const errors = Array.from({ length: sets }, (_, set) => {
    return distinctOf(sequence(size, 1 + set * size)).estimate() / size - 1;
  });
  const mean = errors.reduce((sum, error) => sum + error, 0) / sets;
  const spread = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / sets);
  expect(Math.abs(mean)).toBeLessThanOrEqual((3 * DISTINCT_ERROR) / Math.sqrt(sets));
  expect(spread).toBeLessThanOrEqual(1.25 * DISTINCT_ERROR);
});

test('who calls again counts once', () => {
  const once = distinctOf(sequence(5_000));
  const often = distinctOf(sequence(5_000));
  for (const id of sequence(5_000)) often.add(id);
  expect(often.encode()).toEqual(once.encode());
});

test('parts that are stored and merged are the union, however they are cut', () => {
  const part = fc.record({
    count: fc.integer({ min: 0, max: 400 }),
    first: fc.integer({ min: 0, max: 600 }),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const merged = new Distinct();
      for (const { count, first } of parts) {
        merged.merge(Distinct.decode(distinctOf(sequence(count, first)).encode()));
      }
      const union = new Set(parts.flatMap(({ count, first }) => [...sequence(count, first)]));
      expect(merged.encode()).toEqual(distinctOf(union).encode());
      if (union.size <= EXACT_UP_TO) expect(merged.estimate()).toBe(union.size);
      else expect(Math.abs(merged.estimate() / union.size - 1)).toBeLessThanOrEqual(4 * DISTINCT_ERROR);
    }),
  );
});

test('a merge leaves alone what was merged in', () => {
  const [few, many] = [distinctOf(sequence(10)), distinctOf(sequence(1_000))];
  const before = [few.encode(), many.encode()];
  const merged = new Distinct();
  merged.merge(many);
  merged.merge(few);
  for (const id of sequence(1_000, 5_000)) merged.add(id);
  expect([few.encode(), many.encode()]).toEqual(before);
});

test('the greatest id is counted, and what is no id is refused', () => {
  expect(Distinct.decode(distinctOf([2 ** 32 - 1, 0]).encode()).estimate()).toBe(2);
  for (const id of [-1, 2 ** 32, 1.5, NaN]) {
    expect(() => distinctOf([id])).toThrow(new Error(`${id} is not the id of a caller`));
  }
});

test('the bytes are few', () => {
  expect(new Distinct().encode()).toEqual(Uint8Array.of(1, 0));
  expect(distinctOf([7, 3, 3, 200]).encode()).toEqual(Uint8Array.of(1, 0, 4, 4, 0xc1, 1));
  expect(distinctOf(sequence(257)).encode()).toHaveLength(2 + 2048);
});

const GARBAGE: readonly (readonly [why: string, bytes: readonly number[], message: string])[] = [
  ['nothing', [], 'it ends too early'],
  ['another version', [2, 0], 'its version is unknown'],
  ['no form', [1], 'it ends too early'],
  ['another form', [1, 2], 'its form is unknown'],
  ['an id twice', [1, 0, 5, 0], 'an id is out of order'],
  ['an id beyond 32 bits', [1, 0, 0xff, 0xff, 0xff, 0xff, 0x7f], 'an id is out of order'],
  ['an id cut short', [1, 0, 0x85], 'it ends too early'],
  ['too many ids', [1, 0, ...Array<number>(257).fill(1)], 'there are too many ids'],
  ['too few registers', [1, 1, ...Array<number>(2047).fill(1)], 'it ends too early'],
  ['too many registers', [1, 1, ...Array<number>(2049).fill(1)], 'there are too many registers'],
  ['a rank that cannot be', [1, 1, ...Array<number>(2048).fill(34)], 'a register is too great'],
];
test.each(GARBAGE)('%s is refused', (_why, bytes, message) => {
  expect(() => Distinct.decode(Uint8Array.from(bytes))).toThrow(
    new Error(`not the bytes of distinct callers: ${message}`),
  );
});

test('what was merged or stored is not changed by what comes to it afterwards', () => {
  const many = Array.from({ length: 3 * EXACT_UP_TO }, (_, at) => at);
  const one = new Distinct();
  for (const id of many) one.add(id);
  const bytes = one.encode();
  const before = bytes.slice();
  const [merged, decoded] = [new Distinct(), Distinct.decode(bytes)];
  merged.merge(one);
  merged.merge(decoded);
  for (const each of [one, decoded, merged]) {
    const others = [one, decoded, merged].filter((other) => other !== each).map((other) => other.encode());
    for (let id = 10_000; id < 20_000; id += 1) each.add(id);
    const after = [one, decoded, merged].filter((other) => other !== each).map((other) => other.encode());
    expect(after).toEqual(others);
  }
  expect(bytes).toEqual(before);
});

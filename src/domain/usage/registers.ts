/**
 * The registers of a HyperLogLog: each keeps the greatest rank of the ids that fall to it. An id, which may be one of
 * a sequence, is mixed by a permutation of 32 bits, whose result says the register; mixed again, it says the rank.
 * Source: Flajolet et al., "HyperLogLog" (2007); Ertl, "New cardinality estimation algorithms for HyperLogLog
 * sketches" (2017), whose estimate has no bias at any size.
 */
export const INDEX_BITS = 11;
export const REGISTERS = 2 ** INDEX_BITS;

const RANK_BITS = 32;
/** One more than the leading zeros that a mixed id can have. */
export const MAX_RANK = RANK_BITS + 1;

/** What REGISTERS registers converge to, over their number. */
const ALPHA = 1 / (2 * Math.LN2);

/** The golden ratio in 32 bits. */
const ODD = 0x9e3779b9;

/** @param id an integer of 32 bits without sign */
export function raise(registers: Uint8Array, id: number): void {
  const mixed = triple(id);
  const index = mixed >>> (RANK_BITS - INDEX_BITS);
  const rank = Math.clz32(murmur(mixed)) + 1;
  if (rank > (registers[index] ?? 0)) registers[index] = rank;
}

/** Makes `registers` those of the union. */
export function raiseAll(registers: Uint8Array, others: Uint8Array): void {
  for (let index = 0; index < REGISTERS; index++) {
    const rank = others[index] ?? 0;
    if (rank > (registers[index] ?? 0)) registers[index] = rank;
  }
}

/** How many ids were seen, about: Ertl's algorithm 6. */
export function estimateOf(registers: Uint8Array): number {
  const counts = new Array<number>(MAX_RANK + 1).fill(0);
  for (const rank of registers) counts[rank] = (counts[rank] ?? 0) + 1;
  const share = (rank: number): number => (counts[rank] ?? 0) / REGISTERS;
  let sum = REGISTERS * tau(1 - share(MAX_RANK));
  for (let rank = RANK_BITS; rank >= 1; rank--) sum = (sum + (counts[rank] ?? 0)) / 2;
  sum += REGISTERS * sigma(share(0));
  return (ALPHA * REGISTERS * REGISTERS) / sum;
}

/** What registers that nothing fell to add; infinite where all are such, which makes the estimate zero. */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let power = share;
  let weight = 1;
  let sum = share;
  for (let before = -1; sum !== before;) {
    before = sum;
    power *= power;
    sum += power * weight;
    weight *= 2;
  }
  return sum;
}

/** What registers that are full take away. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let power = share;
  let weight = 1;
  let sum = 1 - share;
  for (let before = -1; sum !== before;) {
    before = sum;
    power = Math.sqrt(power);
    weight /= 2;
    sum -= (1 - power) ** 2 * weight;
  }
  return sum / 3;
}

/** Wellons' triple32 (hash-prospector), after an addition that moves its fixed point away from zero. */
function triple(id: number): number {
  let bits = (id + ODD) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 17), 0xed5ad4bb);
  bits = Math.imul(bits ^ (bits >>> 11), 0xac4c1b51);
  bits = Math.imul(bits ^ (bits >>> 15), 0x31848bab);
  return (bits ^ (bits >>> 14)) >>> 0;
}

/** The finalizer of MurmurHash3, after the same addition. */
function murmur(mixed: number): number {
  let bits = (mixed + ODD) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

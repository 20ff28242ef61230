/** Numbers from 0 to 1 that look like chance, and are the same for the same seed: mulberry32. */
export class Chance {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** One of the two whole numbers around `value`, so that many of them have its mean. */
  rounded(value: number): number {
    const floor = Math.floor(value);
    return floor + (this.next() < value - floor ? 1 : 0);
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('there is nothing to pick');
    return value;
  }

  /** Near zero, as the sum of twelve numbers is to its mean: about normal, with a deviation of one. */
  normal(): number {
    let sum = -6;
    for (let at = 0; at < 12; at += 1) sum += this.next();
    return sum;
  }
}

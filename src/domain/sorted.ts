import { isAboveLow, type KeyInterval } from './interval';

/** Values in the order of their keys, each key once, for reading. Every search is binary. */
export interface ReadonlySorted<V> extends Iterable<V> {
  readonly length: number;
  get(key: string): V | undefined;
  highest(): V | undefined;
  highestIn(interval: KeyInterval): V | undefined;
  /** All in the interval, lowest first. */
  within(interval: KeyInterval): readonly V[];
  /** Up to `limit` of those above `key`, nearest first. */
  nearestAbove(key: string, limit: number): readonly V[];
  countAbove(key: string): number;
}

/** The same, for writing: a change moves what is above it in memory, and sorts nothing. */
export class Sorted<V extends { readonly key: string }> implements ReadonlySorted<V> {
  private readonly items: V[];

  /** @param items in any order, each key once */
  constructor(items: Iterable<V> = []) {
    this.items = [...items].sort(byKey);
  }

  get length(): number {
    return this.items.length;
  }

  [Symbol.iterator](): Iterator<V> {
    return this.items.values();
  }

  get(key: string): V | undefined {
    const item = this.items[this.countBelow(key)];
    return item?.key === key ? item : undefined;
  }

  highest(): V | undefined {
    return this.items.at(-1);
  }

  highestIn(interval: KeyInterval): V | undefined {
    const item = this.items[this.endOf(interval) - 1];
    return item !== undefined && isAboveLow(interval, item.key) ? item : undefined;
  }

  within(interval: KeyInterval): readonly V[] {
    const start = interval.lowInclusive ? this.countBelow(interval.low) : this.countUpTo(interval.low);
    return this.items.slice(start, this.endOf(interval));
  }

  nearestAbove(key: string, limit: number): readonly V[] {
    const start = this.countUpTo(key);
    return this.items.slice(start, start + limit);
  }

  countAbove(key: string): number {
    return this.items.length - this.countUpTo(key);
  }

  /** Inserts, or replaces what has the same key. */
  put(item: V): void {
    const at = this.countBelow(item.key);
    const replaced = this.items[at]?.key === item.key ? 1 : 0;
    this.items.splice(at, replaced, item);
  }

  remove(key: string): void {
    const at = this.countBelow(key);
    if (this.items[at]?.key === key) this.items.splice(at, 1);
  }

  private endOf({ high, highInclusive }: KeyInterval): number {
    return highInclusive ? this.countUpTo(high) : this.countBelow(high);
  }

  private countBelow(key: string): number {
    return this.firstIndex((item) => item.key >= key);
  }

  private countUpTo(key: string): number {
    return this.firstIndex((item) => item.key > key);
  }

  /** The first index at which `holds`, which must hold from there on; the length when it never does. */
  private firstIndex(holds: (item: V) => boolean): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.items[middle];
      if (item !== undefined && holds(item)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function byKey(a: { readonly key: string }, b: { readonly key: string }): number {
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}

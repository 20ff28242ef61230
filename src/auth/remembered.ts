import { LRUCache } from 'lru-cache';

/** How many of each. A number in `max` would take the room for all of them as the replica starts. */
const CACHED = { maxSize: 100_000, sizeCalculation: () => 1 } as const;

/** What was read from the database, kept until the ledger says that it changed. */
export class Remembered<K extends string | number, V extends object> {
  private readonly values = new LRUCache<K, V>(CACHED);
  /** Counts what was heard, so that a read that began before an event does not outlive it in memory. */
  private heard = 0;

  constructor(private readonly read: (key: K) => Promise<V>) {}

  /** What is in memory; undefined where that is nothing. */
  get(key: K): V | undefined {
    return this.values.get(key);
  }

  async load(key: K): Promise<V> {
    const before = this.heard;
    const value = await this.read(key);
    if (this.heard === before) this.values.set(key, value);
    return value;
  }

  /** Something changed. @param key what of this, where it is known; what is being read now is not kept in any case */
  hear(key?: K): void {
    this.heard += 1;
    if (key !== undefined) this.values.delete(key);
  }

  /** The same of all that fit. */
  hearOf(fits: (value: V) => boolean): void {
    this.heard += 1;
    for (const [key, value] of this.values.entries()) {
      if (fits(value)) this.values.delete(key);
    }
  }
}

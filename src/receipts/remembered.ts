import { LRUCache } from 'lru-cache';

import type { Database, Tx } from '../database';
import { type FactKey, type Facts, keyOf } from './store';

/** Facts of one kind, each some hundred bytes. */
const MAX_REMEMBERED = 20_000;

/** Facts that never change, each read once and then remembered; those that are not known yet are read together. */
export class RememberedFacts {
  private readonly known = new LRUCache<string, { readonly fact: string | null }>({ max: MAX_REMEMBERED });

  /** @param what they are, for the error of one that is not there */
  constructor(
    private readonly database: Database,
    private readonly read: (tx: Tx, keys: readonly FactKey[]) => Promise<Facts>,
    private readonly what: string,
  ) {}

  /**
   * The facts of some keys.
   * @throws Error where one is not there: it cannot be taken away, so the ledger or a row of ours is broken
   */
  async find(keys: readonly FactKey[]): Promise<(key: FactKey) => string | null> {
    const wanted = new Map(keys.map((key) => [keyOf(key), key]));
    const found = new Map<string, string | null>();
    const unknown: FactKey[] = [];
    for (const [text, key] of wanted) {
      const known = this.known.get(text);
      if (known === undefined) unknown.push(key);
      else found.set(text, known.fact);
    }
    const read = unknown.length === 0 ? [] : await this.read(this.database.reads, unknown);
    for (const [text, fact] of read) {
      found.set(text, fact);
      this.known.set(text, { fact });
    }
    return (key) => {
      const fact = found.get(keyOf(key));
      if (fact === undefined) throw new Error(`${this.what} ${keyOf(key)} is not there`);
      return fact;
    };
  }
}

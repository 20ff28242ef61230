import type { Database, Tx } from '../database';
import { AlgogateError } from '../domain/errors';
import type { OwnerRef } from '../domain/principal';
import { canonicalJson, type Change, type Entry, entryHash } from './entry';
import { databaseNow, type Heads, insertEntry, insertHeads, lockHeads, NO_HEADS } from './store';

/** What a mutation did: its result, and the change that the ledger is to keep; null where it changed nothing. */
export interface Outcome<T> {
  readonly result: T;
  readonly change: Change | null;
}

/** An entry of the ledger as the caches of a process hear of it. */
export interface LedgerEvent {
  /** Lower case. */
  readonly ownerKey: string;
  readonly entry: Entry;
}

/** The most bytes that the detail of a change may have: MySQL's bound for TEXT. */
const MAX_CHANGE_BYTES = 65_535;

/**
 * Everything that changes the registry goes through here: one transaction, which begins with the lock of the owner's
 * head and ends with exactly one entry in one of its chains, or none where nothing changed. Source: chapter 7.
 */
export class Ledger {
  private readonly listeners: ((event: LedgerEvent) => void)[] = [];

  constructor(private readonly database: Database) {}

  /** Hears of every entry that this process commits, before the mutation is answered. */
  onCommit(listener: (event: LedgerEvent) => void): void {
    this.listeners.push(listener);
  }

  /**
   * Runs `work` under the lock of `owner` and appends the change that it reports. `work` may run again after a
   * deadlock: it must have no effects outside the transaction.
   */
  async mutate<T>(owner: OwnerRef, actor: string, work: (tx: Tx) => Promise<Outcome<T>>): Promise<T> {
    const { result, entry } = await this.database.write(async (tx) => {
      const heads = await lockHeads(tx, this.database.dialect, owner.id);
      const outcome = await work(tx);
      const appended = outcome.change && (await this.append(tx, owner, heads, actor, outcome.change));
      return { result: outcome.result, entry: appended };
    });
    if (entry !== null) this.announce(owner, entry);
    return result;
  }

  /**
   * Runs `work`, which creates an owner, and begins its ledger with the change that it reports; and its other chain with
   * what happened besides, where there is something that is not for the same eyes.
   */
  async found<T>(
    actor: string,
    work: (tx: Tx) => Promise<{ result: T; owner: OwnerRef; change: Change; besides?: Change }>,
  ): Promise<T> {
    const made = await this.database.write(async (tx) => {
      const { result, owner, change, besides } = await work(tx);
      await insertHeads(tx, owner.id, await databaseNow(tx, this.database.dialect));
      const first = await this.append(tx, owner, NO_HEADS, actor, change);
      if (besides === undefined) return { result, owner, entries: [first] };
      const heads = { ...NO_HEADS, [change.chain]: first };
      return { result, owner, entries: [first, await this.append(tx, owner, heads, actor, besides)] };
    });
    for (const entry of made.entries) this.announce(made.owner, entry);
    return made.result;
  }

  private async append(tx: Tx, owner: OwnerRef, heads: Heads, actor: string, change: Change): Promise<Entry> {
    const head = heads[change.chain];
    const now = await databaseNow(tx, this.database.dialect);
    const unhashed = {
      ownerId: owner.id,
      chain: change.chain,
      sequence: head.sequence + 1,
      // the clock may stand still or go back; times do neither, over both chains: each names one state of the owner
      at: Math.max(now, heads.public.at + 1, heads.private.at + 1),
      actor,
      action: change.action,
      subject: change.subject,
      changeJson: canonicalJson(change.detail),
      previousHash: head.hash,
    };
    if (Buffer.byteLength(unhashed.changeJson) > MAX_CHANGE_BYTES) {
      throw new AlgogateError('TOO_LARGE', 'the change is too large for one entry of the ledger');
    }
    const entry = { ...unhashed, hash: entryHash(unhashed, owner.handle) };
    await insertEntry(tx, entry, now);
    return entry;
  }

  private announce(owner: OwnerRef, entry: Entry): void {
    for (const listener of this.listeners) listener({ ownerKey: owner.handle.toLowerCase(), entry });
  }
}

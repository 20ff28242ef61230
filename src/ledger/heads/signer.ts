import { LRUCache } from 'lru-cache';

import { type Database, pause } from '../../database';
import type { SigningKeys } from '../../keys';
import type { LedgerEvent } from '../ledger';
import { SIGNED_HEAD_TYPE, type SignedHead, statementText } from './signed-head';
import { type Head, readHandles, readUnsignedHeads } from './store';

/** How often what moved is signed: who tampers with an entry within this time of its commit is not seen by a head. */
const SIGN_EVERY_MS = 500;
/** Owners that are looked at together when a replica starts. */
const OWNERS_AT_ONCE = 200;
/** Heads that are signed and kept together. */
const HEADS_AT_ONCE = 200;

/** Chains of which the last head that was kept is remembered: followers tell of the same entry more than once. */
const REMEMBERED = { maxSize: 10_000, sizeCalculation: () => 1 } as const;

/** Where signed heads are kept. */
export interface HeadSink {
  /** For the log. */
  readonly name: string;
  /** Keeps them all, or throws; what is kept already does no harm. */
  write(heads: readonly SignedHead[]): Promise<void>;
}

export interface HeadSignerParts {
  readonly database: Database;
  readonly keys: Pick<SigningKeys, 'sign'>;
  readonly sinks: readonly HeadSink[];
  /** Told of what begins a fault of a sink (or of `heads`, where they cannot be read or signed), for the log. */
  readonly onFault: (fault: unknown, sink: string) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * Signs the heads that moved, a moment later, and keeps them in every sink: off the way of writes, so that none waits
 * for a disk, and one signature holds for all the entries of that moment. It signs what it heard when it was committed,
 * not what the database says by then. Source: chapter 7, "The ledger".
 */
export class HeadSigner {
  /** For each sink, what it has not kept yet: of each chain the last head. */
  private readonly pending: ReadonlyMap<HeadSink, Map<string, Head>>;
  private readonly kept = new LRUCache<string, Head>(REMEMBERED);
  private readonly failing = new Set<string>();
  private signing: Promise<void> | null = null;
  private catchingUp: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(private readonly parts: HeadSignerParts) {
    this.pending = new Map(parts.sinks.map((sink) => [sink, new Map<string, Head>()]));
  }

  /** Whatever was committed, by this replica or another. */
  hear({ entry: { ownerId, chain, sequence, hash } }: LedgerEvent): void {
    this.offer({ ownerId, chain, sequence, hash });
  }

  /** Signs from now on, and what moved while no replica was there to sign it. */
  start(): void {
    this.timer ??= setInterval(() => void this.signMoved(), SIGN_EVERY_MS).unref();
    this.catchingUp ??= this.catchUp().catch((fault: unknown) => this.parts.onFault(fault, 'heads'));
  }

  /** What moved until now is signed and kept. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearInterval(this.timer);
    await this.catchingUp;
    await this.signing;
    await this.signMoved();
  }

  /** One at a time. */
  signMoved(): Promise<void> {
    this.signing ??= this.sign().finally(() => {
      this.signing = null;
    });
    return this.signing;
  }

  private offer(head: Head): void {
    const kept = this.kept.get(nameOf(head));
    if (kept !== undefined && (kept.sequence > head.sequence || kept.hash === head.hash)) return;
    for (const [, heads] of this.pending) offerTo(heads, head);
  }

  private async catchUp(): Promise<void> {
    let after = 0;
    while (!this.stopped) {
      const { heads, last } = await readUnsignedHeads(this.parts.database.reads, after, OWNERS_AT_ONCE);
      for (const head of heads) this.offer(head);
      await this.signMoved();
      if (last === null) return;
      after = last;
      await pause();
    }
  }

  private async sign(): Promise<void> {
    const moved = new Map<string, Head>();
    for (const [, heads] of this.pending) for (const head of heads.values()) offerTo(moved, head);
    const all = [...moved.values()];
    for (let from = 0; from < all.length; from += HEADS_AT_ONCE) {
      const some = all.slice(from, from + HEADS_AT_ONCE);
      const signed = await this.trying('heads', () => this.signed(some));
      if (signed === undefined) return;
      for (const [sink, heads] of this.pending) await this.keep(sink, heads, signed);
      for (const head of some) if (this.isKept(head)) this.kept.set(nameOf(head), head);
    }
  }

  /** Whether no sink wants for it, or for a later one. */
  private isKept(head: Head): boolean {
    return [...this.pending.values()].every((heads) => !heads.has(nameOf(head)));
  }

  private async keep(sink: HeadSink, heads: Map<string, Head>, signed: readonly SignedHead[]): Promise<void> {
    const mine = signed.filter((head) => heads.has(nameOf(head)));
    if (mine.length === 0) return;
    const kept = await this.trying(sink.name, async () => {
      await sink.write(mine);
      return mine;
    });
    for (const head of kept ?? []) {
      // it may have moved on meanwhile
      if (heads.get(nameOf(head))?.sequence === head.sequence) heads.delete(nameOf(head));
    }
  }

  private async signed(heads: readonly Head[]): Promise<SignedHead[]> {
    const ids = [...new Set(heads.map(({ ownerId }) => ownerId))];
    const handles = await readHandles(this.parts.database.reads, ids);
    const signedAt = (this.parts.now ?? Date.now)();
    return Promise.all(
      heads.map(async (head) => {
        const statement = { ...head, owner: handles.get(head.ownerId) ?? '', signedAt };
        return { ...statement, jws: await this.parts.keys.sign(SIGNED_HEAD_TYPE, statementText(statement)) };
      }),
    );
  }

  /** Undefined where it failed; what failed is tried again with what moves next, and told of once. */
  private async trying<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.failing.delete(name);
      return result;
    } catch (fault) {
      if (!this.failing.has(name)) this.parts.onFault(fault, name);
      this.failing.add(name);
      return undefined;
    }
  }
}

function nameOf({ ownerId, chain }: Head): string {
  return `${ownerId} ${chain}`;
}

function offerTo(heads: Map<string, Head>, head: Head): void {
  const known = heads.get(nameOf(head));
  if (known === undefined || known.sequence < head.sequence) heads.set(nameOf(head), head);
}

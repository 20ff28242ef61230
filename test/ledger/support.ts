import { createHash } from 'node:crypto';

import { LedgerEntryRow, OwnerRow } from '../../entities';
import { chunksOf, type Database, type Tx } from '../../src/database';
import type { OwnerRef } from '../../src/domain/principal';
import {
  type Change,
  type Entry,
  type JsonObject,
  type Ledger,
  readEntriesAfter,
  readHeads,
} from '../../src/ledger';
import { type Chain, entryHash } from '../../src/ledger/entry';
import { databaseNow, type Head, insertEntry, lockHeads } from '../../src/ledger/store';

export const ACTOR = 'a test';

/** A new owner, whose ledger begins with one public entry. */
export async function foundOwner(ledger: Ledger, handle: string): Promise<OwnerRef> {
  return ledger.found(ACTOR, async (tx) => {
    const row = { handle, handleKey: handle.toLowerCase(), kind: 'ORGANIZATION', createdAt: 1 } as const;
    const made = await tx.insert(OwnerRow, row);
    const owner = { id: Number(made.identifiers[0]?.['id']), handle };
    return { result: owner, owner, change: changeOf('public', 'owner.created', { handle }) };
  });
}

export function changeOf(chain: Change['chain'], action = 'test.changed', detail: JsonObject = {}): Change {
  return { chain, action, subject: 'Acme/Detect', detail };
}

/** A mutation that does nothing but say so. */
export async function note(
  ledger: Ledger,
  owner: OwnerRef,
  change: Change,
  work: (tx: Tx) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  await ledger.mutate(owner, ACTOR, async (tx) => {
    await work(tx);
    return { result: undefined, change };
  });
}

export async function allEntries(database: Database, { id }: OwnerRef): Promise<Entry[]> {
  return readEntriesAfter(database.reads, id, { public: 0, private: 0 }, 100_000);
}

/** Both chains of an owner, each lowest first, after a check of everything that makes them chains. */
export async function soundChains(
  database: Database,
  owner: OwnerRef,
): Promise<{ readonly public: readonly Entry[]; readonly private: readonly Entry[] }> {
  const all = await allEntries(database, owner);
  const heads = await readHeads(database.reads, owner.id);
  const chains = {
    public: all.filter(({ chain }) => chain === 'public'),
    private: all.filter(({ chain }) => chain === 'private'),
  };
  for (const entries of Object.values(chains)) {
    entries.sort((a, b) => a.sequence - b.sequence);
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, at) => at + 1));
    expect(entries.map(({ previousHash }) => previousHash)).toEqual([
      ...(entries.length === 0 ? [] : [null]),
      ...entries.slice(0, -1).map(({ hash }) => hash),
    ]);
    expect(entries.map(({ hash }) => hash)).toEqual(entries.map((entry) => recomputed(entry, owner.handle)));
    expect(entries.every(({ at }, index) => at > (entries[index - 1]?.at ?? 0))).toBe(true);
  }
  expect(heads).toEqual({ public: endOf(chains.public), private: endOf(chains.private) });
  return chains;
}

function endOf(chain: readonly Entry[]) {
  const { sequence, hash, at } = chain.at(-1) ?? { sequence: 0, hash: null, at: 0 };
  return { sequence, hash, at };
}

/**
 * The hash of an entry, worked out by hand: RFC 8785 sorts the members, and writes strings, integers and null as
 * JSON.stringify does.
 */
function recomputed(entry: Entry, handle: string): string {
  const members: Record<string, unknown> = {
    action: entry.action,
    actor: entry.actor,
    at: entry.at,
    chain: entry.chain,
    change: entry.changeJson,
    owner: handle,
    previousHash: entry.previousHash,
    sequence: entry.sequence,
    subject: entry.subject,
  };
  const text = Object.keys(members)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${JSON.stringify(members[name])}`)
    .join(',');
  return createHash('sha256').update(`{${text}}`).digest('hex');
}

/** Commits an entry that shows a time `age` milliseconds ago, as one does that took so long to commit. */
export async function commitLate(
  database: Database,
  owner: OwnerRef,
  chain: Chain,
  age: number,
): Promise<void> {
  await database.write(async (tx) => {
    const heads = await lockHeads(tx, database.dialect, owner.id);
    await append(tx, owner, heads[chain], chain, (await databaseNow(tx, database.dialect)) - age);
  });
}

/** Many private entries at once, in one transaction: by few statements, since a write must not take long. */
export async function commitMany(database: Database, owner: OwnerRef, count: number): Promise<void> {
  await database.write(async (tx) => {
    let head = (await lockHeads(tx, database.dialect, owner.id)).private;
    const now = await databaseNow(tx, database.dialect);
    const entries: Entry[] = [];
    for (let made = 0; made < count; made += 1) {
      const entry = entryAfter(head, owner, 'private', now);
      entries.push(entry);
      head = entry;
    }
    const last = entries.pop();
    for (const some of chunksOf(entries, 250)) await tx.insert(LedgerEntryRow, [...some]);
    if (last !== undefined) await insertEntry(tx, last, now);
  });
}

async function append(tx: Tx, owner: OwnerRef, head: Head, chain: Chain, now: number): Promise<void> {
  await insertEntry(tx, entryAfter(head, owner, chain, now), now);
}

function entryAfter(head: Head, owner: OwnerRef, chain: Chain, now: number): Entry {
  const unhashed = {
    ownerId: owner.id,
    chain,
    sequence: head.sequence + 1,
    at: Math.max(now, head.at + 1),
    actor: 'late',
    action: 'test.changed',
    subject: owner.handle,
    changeJson: '{}',
    previousHash: head.hash,
  };
  return { ...unhashed, hash: entryHash(unhashed, owner.handle) };
}

/** A sequence of entries as short words: `public 3`. */
export function places(entries: Iterable<Entry>): string[] {
  return [...entries].map(({ chain, sequence }) => `${chain} ${sequence}`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

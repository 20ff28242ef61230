import type { Tx } from '../../database';
import { type Chain, CHAINS } from '../entry';
import { ChainCheck, type StoredEntry } from './chain';
import { type Fault, placeOf } from './fault';
import { Reading } from './reading';
import { entryPages, ownerPages, readSharedTimes, type StoredHead, type StoredOwner } from './store';

/** What was looked at. */
export interface Scanned {
  entries: number;
  owners: number;
}

/**
 * Recomputes every chain of every owner, and holds it to the row of its heads. It reads a page at a time, whatever the
 * number of owners and entries.
 */
export async function* scan(tx: Tx, scanned: Scanned): AsyncGenerator<Fault> {
  const entries = new Reading(entryPages(tx));
  for await (const owners of ownerPages(tx)) {
    for (const owner of owners) {
      yield* ownerless(entries, scanned, (ownerId) => ownerId < owner.id);
      scanned.owners += 1;
      yield* ownerFaults(owner, entries, scanned);
    }
  }
  yield* ownerless(entries, scanned, () => true);
  for (const { owner, at } of await readSharedTimes(tx)) {
    yield { where: owner, what: `two entries have the time ${at}` };
  }
}

/** Entries whose owner is not there. */
async function* ownerless(
  entries: Reading<StoredEntry>,
  scanned: Scanned,
  isGone: (ownerId: number) => boolean,
): AsyncGenerator<Fault> {
  for (;;) {
    const entry = await entries.peek();
    if (entry === null || !isGone(entry.ownerId)) return;
    entries.skip();
    scanned.entries += 1;
    yield {
      where: placeOf(`owner ${entry.ownerId}`, entry.chain, entry.sequence),
      what: 'its owner is missing',
    };
  }
}

async function* ownerFaults(
  owner: StoredOwner,
  entries: Reading<StoredEntry>,
  scanned: Scanned,
): AsyncGenerator<Fault> {
  const checks = new Map<string, ChainCheck>();
  for (;;) {
    const entry = entries.peekNow() ?? (await entries.peek());
    if (entry === null || entry.ownerId !== owner.id) break;
    entries.skip();
    scanned.entries += 1;
    const known = checks.get(entry.chain);
    const check = known ?? new ChainCheck(owner.handle, entry.chain);
    if (known === undefined) checks.set(entry.chain, check);
    if (!isChain(entry.chain)) {
      yield { where: placeOf(owner.handle, entry.chain, entry.sequence), what: 'there is no such chain' };
    } else yield* check.next(entry);
  }
  if (owner.heads === null) {
    yield { where: owner.handle, what: 'its row of heads is missing' };
    return;
  }
  for (const chain of CHAINS) {
    yield* headFaults(placeOf(owner.handle, chain), owner.heads[chain], checks.get(chain)?.end ?? null);
  }
}

function isChain(chain: string): chain is Chain {
  return (CHAINS as readonly string[]).includes(chain);
}

function* headFaults(where: string, head: StoredHead, end: StoredEntry | null): Generator<Fault> {
  const [sequence, hash, at] = [end?.sequence ?? 0, end?.hash ?? null, end?.at ?? 0];
  if (head.sequence !== sequence) {
    const ends = sequence === 0 ? 'it has none' : `its last entry is ${sequence}`;
    yield { where, what: `its head is at ${head.sequence}, and ${ends}` };
  } else if (head.hash !== hash || head.at !== at) {
    yield { where, what: `its head is not that of its last entry, ${sequence}` };
  }
}

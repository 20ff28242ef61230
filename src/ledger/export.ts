import type { Database, Tx } from '../database';
import { nameKey } from '../domain/name';
import type { OwnerId } from '../domain/principal';
import { canonicalJson, type Chain, CHAINS, hashedOf } from './entry';
import { headLine } from './heads/signed-head';
import { readHandles } from './heads/store';
import type { StoredEntry } from './verify/chain';
import { entryPages, findOwner, ownerPages, signedHeadPages } from './verify/store';

/**
 * The ledger as lines of JSON, as of one moment: all entries, then the signed heads, then the heads as they stand. An
 * entry without its `hash` is, in canonical form, what was hashed.
 * @param handle of the one owner that is wanted; null: all of them
 * @param write is given many lines at a time, and waited for
 * @returns false where there is no such owner
 */
export async function exportLedger(
  database: Database,
  handle: string | null,
  write: (lines: string) => Promise<void>,
): Promise<boolean> {
  return database.longSnapshot(async (tx) => {
    const ownerId = handle === null ? undefined : await findOwner(tx, nameKey(handle));
    if (ownerId === null) return false;
    for await (const lines of pagesOf(tx, ownerId)) {
      if (lines.length > 0) await write(`${lines.join('\n')}\n`);
    }
    return true;
  });
}

async function* pagesOf(tx: Tx, ownerId: OwnerId | undefined): AsyncGenerator<readonly string[]> {
  yield* entryLines(tx, ownerId);
  for await (const page of signedHeadPages(tx, ownerId)) {
    yield page.map((head) => headLine({ ...head, owner: head.owner ?? '', chain: head.chain as Chain }));
  }
  for await (const page of ownerPages(tx, ownerId)) {
    yield page.flatMap(({ handle: owner, heads }) =>
      CHAINS.flatMap((chain) => {
        const { sequence = 0, hash = null } = heads?.[chain] ?? {};
        return hash === null ? [] : [canonicalJson({ owner, chain, sequence, hash })];
      }),
    );
  }
}

/** Entries come owner by owner, as their handles do. */
async function* entryLines(tx: Tx, ownerId: OwnerId | undefined): AsyncGenerator<readonly string[]> {
  const handles = new Map<OwnerId, string>();
  for await (const page of entryPages(tx, ownerId)) {
    await learn(tx, handles, page);
    yield page.map((entry) => lineOf(entry, handles.get(entry.ownerId) ?? ''));
  }
}

/** The handles of a page, and no others. */
async function learn(tx: Tx, handles: Map<OwnerId, string>, page: readonly StoredEntry[]): Promise<void> {
  const wanted = [...new Set(page.map(({ ownerId }) => ownerId))].filter((id) => !handles.has(id));
  if (wanted.length === 0) return;
  handles.clear();
  for (const [id, handle] of await readHandles(tx, [...new Set(page.map(({ ownerId }) => ownerId))])) {
    handles.set(id, handle);
  }
}

function lineOf({ hash, ...entry }: StoredEntry, owner: string): string {
  return canonicalJson({ ...hashedOf({ ...entry, chain: entry.chain as Chain }, owner), hash });
}

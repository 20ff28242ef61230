import { isSqlite, type Tx } from '../../database';
import type { OwnerId } from '../../domain/principal';
import { type Chain, CHAINS } from '../entry';
import type { StoredEntry } from './chain';

const PAGE = 1_000;

/** The end of a chain as the head row of its owner has it. */
export interface StoredHead {
  readonly sequence: number;
  readonly hash: string | null;
  readonly at: number;
}

/** An owner, and where its chains end; null where it has no row of heads. */
export interface StoredOwner {
  readonly id: OwnerId;
  readonly handle: string;
  readonly heads: Readonly<Record<Chain, StoredHead>> | null;
}

/** A signed head as it is stored, with the handle of its owner. */
export interface StoredSignedHead {
  readonly ownerId: OwnerId;
  readonly owner: string | null;
  readonly chain: string;
  readonly sequence: number;
  readonly hash: string;
  readonly jws: string;
}

/** What names an entry: its primary key. */
export interface EntryKey {
  readonly ownerId: OwnerId;
  readonly chain: string;
  readonly sequence: number;
}

const ENTRY_COLUMNS = `e.owner_id AS ownerId, e.chain AS chain, e.sequence AS sequence, e.at AS at, e.actor AS actor,
  e.action AS action, e.subject AS subject, e.change_json AS changeJson, e.previous_hash AS previousHash, e.hash AS hash`;

/** All entries, or those of one owner, by the primary key: owner by owner, chain by chain, in order. A page at a time. */
export async function* entryPages(tx: Tx, ownerId?: OwnerId): AsyncGenerator<readonly StoredEntry[]> {
  const ofOwner = ownerId === undefined ? '' : 'e.owner_id = ? AND ';
  const given = ownerId === undefined ? [] : [ownerId];
  for await (const page of pagesByKey<StoredEntry>(tx, (after) => ({
    sql: `SELECT ${ENTRY_COLUMNS} FROM ledger_entries e WHERE ${ofOwner}${after}
           ORDER BY e.owner_id, e.chain, e.sequence LIMIT ${PAGE}`,
    parameters: given,
  }))) {
    yield page.map((row) => ({ ...row, at: Number(row.at) }));
  }
}

/** All signed heads, or those of one owner, in the same order. */
export async function* signedHeadPages(
  tx: Tx,
  ownerId?: OwnerId,
): AsyncGenerator<readonly StoredSignedHead[]> {
  const ofOwner = ownerId === undefined ? '' : 'e.owner_id = ? AND ';
  const given = ownerId === undefined ? [] : [ownerId];
  yield* pagesByKey<StoredSignedHead>(tx, (after) => ({
    sql: `SELECT e.owner_id AS ownerId, o.handle AS owner, e.chain AS chain, e.sequence AS sequence, e.hash AS hash, e.jws AS jws
            FROM ledger_signed_heads e LEFT JOIN owners o ON o.id = e.owner_id WHERE ${ofOwner}${after}
           ORDER BY e.owner_id, e.chain, e.sequence LIMIT ${PAGE}`,
    parameters: given,
  }));
}

interface Statement {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** @param statementFor with the condition that a row comes after the last page, as the last that has parameters */
async function* pagesByKey<Row extends EntryKey>(
  tx: Tx,
  statementFor: (after: string) => Statement,
): AsyncGenerator<readonly Row[]> {
  let last: EntryKey = { ownerId: Number.MIN_SAFE_INTEGER, chain: '', sequence: 0 };
  for (;;) {
    const after = afterKey(tx, last);
    const { sql, parameters } = statementFor(after.sql);
    const rows = await tx.query<Row[]>(sql, [...parameters, ...after.parameters]);
    const end = rows.at(-1);
    if (end === undefined) return;
    yield rows;
    last = end;
  }
}

/** Each database seeks in its index by one way of saying it alone. */
function afterKey(tx: Tx, { ownerId, chain, sequence }: EntryKey): Statement {
  if (isSqlite(tx)) {
    return { sql: '(e.owner_id, e.chain, e.sequence) > (?, ?, ?)', parameters: [ownerId, chain, sequence] };
  }
  return {
    sql: `(e.owner_id > ? OR (e.owner_id = ? AND e.chain > ?)
           OR (e.owner_id = ? AND e.chain = ? AND e.sequence > ?))`,
    parameters: [ownerId, ownerId, chain, ownerId, chain, sequence],
  };
}

type RawOwner = { readonly id: OwnerId; readonly handle: string } & Readonly<
  Record<`${Chain}${'Sequence' | 'Hash' | 'At'}`, number | string | null>
>;

/** All owners, or one, by their ids, a page at a time. */
export async function* ownerPages(tx: Tx, ownerId?: OwnerId): AsyncGenerator<readonly StoredOwner[]> {
  let after = ownerId === undefined ? -1 : ownerId - 1;
  const upTo = ownerId ?? Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = await tx.query<RawOwner[]>(
      `SELECT o.id AS id, o.handle AS handle,
              h.public_sequence AS publicSequence, h.public_hash AS publicHash, h.public_at AS publicAt,
              h.private_sequence AS privateSequence, h.private_hash AS privateHash, h.private_at AS privateAt
         FROM owners o LEFT JOIN ledger_heads h ON h.owner_id = o.id
        WHERE o.id > ? AND o.id <= ? ORDER BY o.id LIMIT ${PAGE}`,
      [after, upTo],
    );
    const end = rows.at(-1);
    if (end === undefined) return;
    yield rows.map(ownerOf);
    after = end.id;
  }
}

function ownerOf(row: RawOwner): StoredOwner {
  const { id, handle } = row;
  if (row.publicSequence === null) return { id, handle, heads: null };
  const headOf = (chain: Chain): StoredHead => {
    const hash = row[`${chain}Hash`];
    return {
      sequence: Number(row[`${chain}Sequence`]),
      hash: hash === null ? null : String(hash),
      at: Number(row[`${chain}At`]),
    };
  };
  return { id, handle, heads: { public: headOf('public'), private: headOf('private') } };
}

/** An owner by its handle in lower case; null where there is none. */
export async function findOwner(tx: Tx, handleKey: string): Promise<OwnerId | null> {
  const [row] = await tx.query<{ id: OwnerId }[]>('SELECT id FROM owners WHERE handle_key = ?', [handleKey]);
  return row?.id ?? null;
}

/** Times at which an owner has two entries: none may. */
export async function readSharedTimes(
  tx: Tx,
): Promise<readonly { readonly owner: string; readonly at: number }[]> {
  const rows = await tx.query<{ owner: string; at: number | string }[]>(
    `SELECT o.handle AS owner, t.at AS at FROM
       (SELECT owner_id, at FROM ledger_entries GROUP BY owner_id, at HAVING COUNT(*) > 1 LIMIT ${PAGE}) t
       JOIN owners o ON o.id = t.owner_id ORDER BY t.owner_id, t.at`,
  );
  return rows.map(({ owner, at }) => ({ owner, at: Number(at) }));
}

/** The hash of an entry of an owner that is named in lower case. */
export interface FoundHash {
  readonly handleKey: string;
  readonly chain: Chain;
  readonly sequence: number;
  readonly hash: string;
}

/** The hashes of entries that are named; what is not there is not among them. */
export async function readHashes(
  tx: Tx,
  wanted: readonly Omit<FoundHash, 'hash'>[],
): Promise<readonly FoundHash[]> {
  const found: FoundHash[] = [];
  for (const chain of CHAINS) {
    const ofChain = wanted.filter((one) => one.chain === chain);
    if (ofChain.length === 0) continue;
    const named = ofChain.map(() => 'SELECT ? AS handle_key, ? AS sequence').join(' UNION ALL ');
    const rows = await tx.query<Omit<FoundHash, 'chain'>[]>(
      `SELECT o.handle_key AS handleKey, e.sequence AS sequence, e.hash AS hash FROM (${named}) w
         JOIN owners o ON o.handle_key = w.handle_key
         JOIN ledger_entries e ON e.owner_id = o.id AND e.chain = ? AND e.sequence = w.sequence`,
      [...ofChain.flatMap(({ handleKey, sequence }) => [handleKey, sequence]), chain],
    );
    found.push(...rows.map((row) => ({ ...row, chain })));
  }
  return found;
}

/** The sequence of the last entry of a chain; 0 where there is none, null where there is no such owner. */
export async function readEnd(tx: Tx, handleKey: string, chain: Chain): Promise<number | null> {
  const ownerId = await findOwner(tx, handleKey);
  if (ownerId === null) return null;
  const [row] = await tx.query<{ end: number | null }[]>(
    'SELECT MAX(sequence) AS `end` FROM ledger_entries WHERE owner_id = ? AND chain = ?',
    [ownerId, chain],
  );
  return row?.end ?? 0;
}

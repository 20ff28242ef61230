import { LedgerEntryRow, LedgerHeadRow } from '../../entities';
import type { Dialect, Tx } from '../database';
import type { OwnerId } from '../domain/principal';
import type { Chain, Entry } from './entry';

/** Where one chain ends. */
export interface Head {
  readonly sequence: number;
  readonly hash: string | null;
  readonly at: number;
}

export type Heads = Readonly<Record<Chain, Head>>;

const EMPTY: Head = { sequence: 0, hash: null, at: 0 };
export const NO_HEADS: Heads = { public: EMPTY, private: EMPTY };

/**
 * Locks the head row of an owner until the transaction ends, and reads it under that lock. All that changes an owner
 * begins here, so that two mutations of one owner never overlap.
 */
export async function lockHeads(tx: Tx, dialect: Dialect, ownerId: OwnerId): Promise<Heads> {
  // SQLite's BEGIN IMMEDIATE holds the only write lock that there is
  const query = tx.createQueryBuilder(LedgerHeadRow, 'head').where('head.owner_id = :ownerId', { ownerId });
  const row = await (dialect === 'mysql' ? query.setLock('pessimistic_write') : query).getOne();
  if (row === null) throw new Error(`owner ${ownerId} has no ledger`);
  return headsOf(row);
}

/** Waits until no change of the owner is under way. One that begins later waits until the transaction ends. */
export async function awaitChanges(tx: Tx, dialect: Dialect, ownerId: OwnerId): Promise<void> {
  // SQLite's BEGIN IMMEDIATE has waited for it already
  if (dialect === 'sqlite') return;
  await tx
    .createQueryBuilder(LedgerHeadRow, 'head')
    .where('head.owner_id = :ownerId', { ownerId })
    .setLock('pessimistic_read')
    .getOne();
}

export async function insertHeads(tx: Tx, ownerId: OwnerId, now: number): Promise<void> {
  await tx.insert(LedgerHeadRow, {
    ownerId,
    publicSequence: 0,
    publicHash: null,
    publicAt: 0,
    privateSequence: 0,
    privateHash: null,
    privateAt: 0,
    movedAt: now,
  });
}

export async function insertEntry(tx: Tx, entry: Entry, movedAt: number): Promise<void> {
  await tx.insert(LedgerEntryRow, entry);
  const { sequence, hash, at } = entry;
  await tx.update(
    LedgerHeadRow,
    { ownerId: entry.ownerId },
    entry.chain === 'public'
      ? { publicSequence: sequence, publicHash: hash, publicAt: at, movedAt }
      : { privateSequence: sequence, privateHash: hash, privateAt: at, movedAt },
  );
}

/**
 * The database's clock, in milliseconds since the epoch: replicas compare times with one another, so they must come
 * from one clock. SQLite is one machine, whose clock is the process's own.
 */
export async function databaseNow(tx: Tx, dialect: Dialect): Promise<number> {
  if (dialect === 'sqlite') return Date.now();
  // by UTC: the local time of a server stands twice for one hour in autumn
  const rows = await tx.query<{ now: string | number }[]>(
    "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000 AS now",
  );
  return Number(rows[0]?.now);
}

export async function readHeads(tx: Tx, ownerId: OwnerId): Promise<Heads> {
  const row = await tx.findOneBy(LedgerHeadRow, { ownerId });
  return row === null ? NO_HEADS : headsOf(row);
}

/** The entries of one owner after the given sequences, of both chains together at most `limit`, oldest first. */
export async function readEntriesAfter(
  tx: Tx,
  ownerId: OwnerId,
  after: Readonly<Record<Chain, number>>,
  limit: number,
): Promise<Entry[]> {
  return tx
    .createQueryBuilder(LedgerEntryRow, 'entry')
    .where('entry.owner_id = :ownerId', { ownerId })
    .andWhere(
      "((entry.chain = 'public' AND entry.sequence > :public) OR (entry.chain = 'private' AND entry.sequence > :private))",
      after,
    )
    .orderBy('entry.at')
    .limit(limit)
    .getMany();
}

/** One owner whose head moved lately. */
export interface MovedHead {
  readonly ownerId: OwnerId;
  readonly handleKey: string;
  readonly public: number;
  readonly private: number;
}

/** Owners whose head moved at `since` (database clock, ms) or later. */
export async function readMovedHeads(tx: Tx, since: number): Promise<MovedHead[]> {
  const rows = await tx.query<{ ownerId: number; handleKey: string; public: number; private: number }[]>(
    `SELECT h.owner_id AS ownerId, o.handle_key AS handleKey,
            h.public_sequence AS \`public\`, h.private_sequence AS \`private\`
       FROM ledger_heads h JOIN owners o ON o.id = h.owner_id
      WHERE h.moved_at >= ?`,
    [since],
  );
  return rows;
}

/** The entries of one owner that were made at `since` (ms) or later. */
export async function readEntriesSince(tx: Tx, ownerId: OwnerId, since: number): Promise<Entry[]> {
  return tx
    .createQueryBuilder(LedgerEntryRow, 'entry')
    .where('entry.owner_id = :ownerId', { ownerId })
    .andWhere('entry.at >= :since', { since })
    .getMany();
}

function headsOf(row: LedgerHeadRow): Heads {
  return {
    public: { sequence: row.publicSequence, hash: row.publicHash, at: Number(row.publicAt) },
    private: { sequence: row.privateSequence, hash: row.privateHash, at: Number(row.privateAt) },
  };
}

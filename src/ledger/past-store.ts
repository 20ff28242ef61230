import type { Tx } from '../database';
import type { OwnerId } from '../domain/principal';
import type { Chain } from './entry';

/** How far both chains of an owner have come: a state of it. */
export type Sequences = Readonly<Record<Chain, number>>;

/** Of an entry what the history of its subject is told from. */
export interface HistoryEntry {
  readonly sequence: number;
  readonly action: string;
  /** Canonical JSON (RFC 8785). */
  readonly changeJson: string;
}

/** Which entries of a chain make up a history: those of `subject`, and of all below it, with one of these actions. */
export interface HistoryOf {
  readonly ownerId: OwnerId;
  readonly chain: Chain;
  /** `Owner/Name`, in the spelling of its creation. */
  readonly subject: string;
  readonly actions: readonly string[];
}

const COLUMNS = 'sequence, action, change_json AS changeJson';

/** What follows the slash: nothing else is between them, in either database's order of bytes. */
const AFTER_SLASH = '0';

/** The entries of a history up to one of its chain, in any order: by the index of the subjects. */
export async function readHistory(
  tx: Tx,
  { ownerId, chain, subject, actions }: HistoryOf,
  upTo: number,
): Promise<HistoryEntry[]> {
  const part = (which: string): string =>
    `SELECT ${COLUMNS} FROM ledger_entries
      WHERE owner_id = ? AND ${which} AND chain = ? AND sequence <= ? AND ${among('action', actions)}`;
  const rest = [chain, upTo, ...actions];
  return tx.query<HistoryEntry[]>(
    `${part('subject = ?')} UNION ALL ${part('subject >= ? AND subject < ?')}`,
    [...[ownerId, subject, ...rest], ...[ownerId, `${subject}/`, `${subject}${AFTER_SLASH}`, ...rest]],
  );
}

/** Those after one entry of the chain up to another, in any order: by the chain itself, whose end they are. */
export async function readHistoryBetween(
  tx: Tx,
  { ownerId, chain, subject, actions }: HistoryOf,
  after: number,
  upTo: number,
): Promise<HistoryEntry[]> {
  return tx.query<HistoryEntry[]>(
    `SELECT ${COLUMNS} FROM ledger_entries
      WHERE owner_id = ? AND chain = ? AND sequence > ? AND sequence <= ?
        AND (subject = ? OR (subject >= ? AND subject < ?)) AND ${among('action', actions)}`,
    [ownerId, chain, after, upTo, subject, `${subject}/`, `${subject}${AFTER_SLASH}`, ...actions],
  );
}

function among(column: string, values: readonly string[]): string {
  return `${column} IN (${values.map(() => '?').join(', ')})`;
}

/** How far both chains of an owner had come at a time (epoch milliseconds). */
export async function readSequencesAt(tx: Tx, ownerId: OwnerId, time: number): Promise<Sequences> {
  const [row] = await tx.query<Record<Chain, number | string>[]>(
    `SELECT ${LAST} AS \`public\`, ${LAST} AS \`private\``,
    [ownerId, 'public', time, ownerId, 'private', time],
  );
  return { public: Number(row?.public ?? 0), private: Number(row?.private ?? 0) };
}

/**
 * How far the private chain of an owner had come when its public chain came to `sequence`. For ever the same: what is
 * written later shows a later time.
 */
export async function readPrivateSequenceAt(tx: Tx, ownerId: OwnerId, sequence: number): Promise<number> {
  const [row] = await tx.query<{ private: number | string }[]>(`SELECT ${LAST_BESIDE} AS \`private\``, [
    ownerId,
    ownerId,
    sequence,
  ]);
  return Number(row?.private ?? 0);
}

/** The last of a chain at a time: a look-up in the index. */
const LAST = `COALESCE((SELECT sequence FROM ledger_entries
      WHERE owner_id = ? AND chain = ? AND at <= ? ORDER BY at DESC LIMIT 1), 0)`;

const LAST_BESIDE = `COALESCE((SELECT sequence FROM ledger_entries
      WHERE owner_id = ? AND chain = 'private'
        AND at <= (SELECT p.at FROM ledger_entries p
                    WHERE p.owner_id = ? AND p.chain = 'public' AND p.sequence = ?)
      ORDER BY at DESC LIMIT 1), 0)`;

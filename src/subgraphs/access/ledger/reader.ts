import { hasRole } from '../../../domain/permissions';
import { formatPosition } from '../../../domain/position';
import type { GraphContext } from '../../shared/context';
import { connection, type Connection, pageOf, type PageArgs, pairOfKey } from '../../shared/paging';
import { rightsOnOwner } from '../../shared/rights';
import type { AccessLoaders } from '../loaders';
import type { OwnerRecord } from '../records';
import type { LedgerRecord } from './store';

/** A page of the ledger, and which entries are meant: all, where neither is said. */
export interface LedgerPage extends PageArgs {
  readonly action?: string | null | undefined;
  readonly subject?: string | null | undefined;
}

/** An entry, and the position of its owner with it as the last. */
export interface PlacedEntry extends LedgerRecord {
  readonly position: string;
}

/**
 * A page of both chains of an owner, the newest first; null for whoever is no admin of it.
 * @throws AlgogateError INVALID_INPUT for a page that is none
 */
export async function ledgerPage<T>(
  { ledgers }: Pick<AccessLoaders, 'ledgers'>,
  { principal }: GraphContext,
  owner: OwnerRecord | null,
  { action, subject, ...args }: LedgerPage,
  nodeOf: (entry: PlacedEntry) => T,
): Promise<Connection<T> | null> {
  const page = pageOf(args);
  const before = page.after === null ? null : pairOfKey(page.after)[0];
  if (owner === null) return null;
  const rights = rightsOnOwner(principal, owner);
  if (!rights.read || !hasRole(rights, 'ADMIN')) return null;
  const { entries, lookedTo } = await ledgers.load({
    ...{ ownerId: owner.id, before, limit: page.limit },
    action: action ?? null,
    subject: subject?.toLowerCase() ?? null,
  });
  const placed = (entry: LedgerRecord) => nodeOf({ ...entry, position: positionOf(owner.handle, entry) });
  // what was looked at ended before the page was full: the next one goes on from there
  const end = lookedTo === null ? undefined : { hasNext: true, key: keyOf({ at: lookedTo }) };
  return connection(page, entries, keyOf, placed, end);
}

function positionOf(handle: string, { chain, sequence, publicSequence }: LedgerRecord): string {
  return formatPosition({
    handle,
    public: publicSequence,
    private: chain === 'private' ? sequence : null,
  });
}

/** An owner's times are unique. */
function keyOf({ at }: Pick<LedgerRecord, 'at'>): string {
  return `${at} ledger`;
}

import type { Database, Tx } from '../../database';
import { AlgogateError } from '../../domain/errors';
import { nameKey } from '../../domain/name';
import type { Ledger } from '../../ledger';
import type { ResolutionIndex } from '../../resolution';
import type { OwnerRecord } from './records';
import { ownersByKey } from './store/owners';

/** A version that was made public, as the ledger keeps it: all that resolution as of then needs. */
export interface Promoted {
  readonly version: string;
  readonly sha: string;
  readonly yanked: boolean;
  /** The channels that it entered; not said: `stable`, of a release, and none, of a prerelease. */
  readonly entered?: readonly string[];
}

/**
 * Promotes every private version of a major, after the same checks as a single promotion: all, or none and an error.
 * It is the registry's, and runs in the transaction of the change of permissions.
 */
export type PromoteAll = (tx: Tx, algorithmId: number, major: number) => Promise<readonly Promoted[]>;

/** What the services of this slice are made from. */
export interface AccessParts {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly index: ResolutionIndex;
  readonly promoteAll: PromoteAll;
  /** Whether the operator takes publications by tokens of an issuer; missing: of none. */
  readonly isPublishingIssuer?: (issuer: string) => boolean;
}

/** What an owner is called where one is named: in the message, and the input's field. */
export interface Named {
  readonly what: 'owner' | 'organization' | 'user';
  readonly field: string;
}

/**
 * The owner of a handle. Inside a mutation `tx` is its transaction: one that waited for a second connection while it
 * holds the lock would hold up all those that wait for the lock with theirs.
 * @throws AlgogateError NOT_FOUND; INVALID_INPUT where it is a user in place of an organisation, or the reverse
 */
export async function ownerNamed(tx: Tx, handle: string, { what, field }: Named): Promise<OwnerRecord> {
  const [owner] = await ownersByKey(tx, [nameKey(handle)]);
  if (owner === undefined) throw new AlgogateError('NOT_FOUND', `${what} ${handle} not found`, [field]);
  const wanted = what === 'user' ? 'USER' : 'ORGANIZATION';
  if (what !== 'owner' && owner.kind !== wanted) {
    const kind = owner.kind === 'USER' ? 'a user' : 'an organization';
    throw new AlgogateError('INVALID_INPUT', `${owner.handle} is ${kind}`, [field]);
  }
  return owner;
}

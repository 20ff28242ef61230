import { ApiKeyRow, MembershipRow, OwnerRow, TrustedPublisherRow } from '../../entities';
import type { Tx } from '../database';
import { parseScope } from '../domain/scopes';
import type { KeyFacts, OwnerId, OwnerRef, Role } from '../domain/principal';
import type { OwnerKind } from '../domain/terms';

/** A key as it is stored, with the owner that it acts as. */
export interface StoredKey {
  readonly facts: KeyFacts;
  /** Whose pipeline got it for a token; null: nobody's. */
  readonly publisherId: number | null;
  readonly secretHash: string;
  readonly expiresAt: number | null;
  readonly revoked: boolean;
  readonly owner: OwnerRef;
  readonly ownerKind: OwnerKind;
}

export async function readKey(tx: Tx, prefix: string): Promise<StoredKey | null> {
  const row = await tx.findOneBy(ApiKeyRow, { prefix });
  if (row === null) return null;
  const owner = await tx.findOneByOrFail(OwnerRow, { id: row.ownerId });
  const scopes = (JSON.parse(row.scopes) as string[]).map(parseScope);
  const publisher = row.publisherId === null ? null : await readPublisher(tx, row.publisherId);
  return {
    facts: { id: row.id, prefix, scopes, ...(publisher !== null && { publisher }) },
    publisherId: row.publisherId,
    secretHash: row.secretHash,
    expiresAt: row.expiresAt === null ? null : Number(row.expiresAt),
    revoked: row.revokedAt !== null,
    owner: { id: owner.id, handle: owner.handle },
    ownerKind: owner.kind,
  };
}

/** A trusted publisher in words, as the ledger names who acts by a key of it. */
async function readPublisher(tx: Tx, id: number): Promise<string> {
  const { issuer, repository, workflow } = await tx.findOneByOrFail(TrustedPublisherRow, { id });
  return `${issuer} ${repository} ${workflow}`;
}

/** The standing of a user: its roles in organisations, and whether it is suspended. */
export interface UserStanding {
  readonly roles: ReadonlyMap<OwnerId, Role>;
  readonly suspended: boolean;
}

export async function readStanding(tx: Tx, userId: OwnerId): Promise<UserStanding> {
  const user = await tx.findOneByOrFail(OwnerRow, { id: userId });
  const memberships = await tx.findBy(MembershipRow, { userId });
  return {
    roles: new Map(memberships.map(({ organizationId, role }) => [organizationId, role])),
    suspended: user.suspendedAt !== null,
  };
}

/** Notes when keys were last used; another replica may know of a later time. */
export async function writeLastUsed(tx: Tx, keyIds: readonly number[], at: number): Promise<void> {
  await tx
    .createQueryBuilder()
    .update(ApiKeyRow)
    .set({ lastUsedAt: at })
    .where('id IN (:...keyIds)', { keyIds })
    .andWhere('(last_used_at IS NULL OR last_used_at < :at)', { at })
    .execute();
}

import { MembershipRow, OwnerRow } from '../../../../entities';
import type { Tx } from '../../../database';
import type { OwnerId, Role } from '../../../domain/principal';
import type { MemberRecord } from '../records';

export async function readMember(
  tx: Tx,
  organizationId: OwnerId,
  userId: OwnerId,
): Promise<MemberRecord | null> {
  const row = await tx
    .createQueryBuilder(MembershipRow, 'm')
    .innerJoin(OwnerRow, 'u', 'u.id = m.user_id')
    .select(['u.handle AS `handle`', 'm.role AS `role`', 'm.created_at AS `since`'])
    .where('m.organization_id = :organizationId AND m.user_id = :userId', { organizationId, userId })
    .getRawOne<{ handle: string; role: Role; since: number | string }>();
  return row === undefined ? null : { userId, handle: row.handle, role: row.role, since: Number(row.since) };
}

/** How many admins an organisation has beside `userId`; those who are suspended cannot act, and do not count. */
export async function countOtherAdmins(tx: Tx, organizationId: OwnerId, userId: OwnerId): Promise<number> {
  return tx
    .createQueryBuilder(MembershipRow, 'm')
    .innerJoin(OwnerRow, 'u', 'u.id = m.user_id')
    .where("m.organization_id = :organizationId AND m.user_id <> :userId AND m.role = 'ADMIN'", {
      organizationId,
      userId,
    })
    .andWhere('u.suspended_at IS NULL')
    .getCount();
}

export async function insertMember(
  tx: Tx,
  organizationId: OwnerId,
  userId: OwnerId,
  role: Role,
): Promise<void> {
  await tx.insert(MembershipRow, { organizationId, userId, role, createdAt: Date.now() });
}

export async function updateRole(
  tx: Tx,
  organizationId: OwnerId,
  userId: OwnerId,
  role: Role,
): Promise<void> {
  await tx.update(MembershipRow, { organizationId, userId }, { role });
}

export async function deleteMember(tx: Tx, organizationId: OwnerId, userId: OwnerId): Promise<void> {
  await tx.delete(MembershipRow, { organizationId, userId });
}

interface RawMember {
  readonly organizationId: OwnerId;
  readonly userId: OwnerId;
  readonly handle: string;
  readonly role: Role;
  readonly since: number | string;
}

/**
 * The same page of several organisations in one query: up to `limit` members of each, in the order of their handles,
 * after `after` (a handle in lower case).
 */
export async function readMembers(
  tx: Tx,
  organizationIds: readonly OwnerId[],
  page: { readonly limit: number; readonly after: string | null },
): Promise<ReadonlyMap<OwnerId, readonly MemberRecord[]>> {
  const places = organizationIds.map(() => '?').join(', ');
  const rows = await tx.query<RawMember[]>(
    `SELECT organizationId, userId, handle, role, since FROM (
       SELECT m.organization_id AS organizationId, m.user_id AS userId, u.handle AS handle, m.role AS role,
              m.created_at AS since, u.handle_key AS handleKey,
              ROW_NUMBER() OVER (PARTITION BY m.organization_id ORDER BY u.handle_key) AS place
         FROM memberships m JOIN owners u ON u.id = m.user_id
        WHERE m.organization_id IN (${places}) AND u.handle_key > ?
     ) pages WHERE place <= ? ORDER BY organizationId, handleKey`,
    [...organizationIds, page.after ?? '', page.limit],
  );
  const members = new Map<OwnerId, MemberRecord[]>();
  for (const { organizationId, userId, handle, role, since } of rows) {
    const ofOrganization = members.get(organizationId) ?? [];
    members.set(organizationId, ofOrganization);
    ofOrganization.push({ userId, handle, role, since: Number(since) });
  }
  return members;
}

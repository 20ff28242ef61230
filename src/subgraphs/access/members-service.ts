import type { Tx } from '../../database';
import { AlgogateError } from '../../domain/errors';
import type { OwnerRef, Principal, Role } from '../../domain/principal';
import { actorOf } from '../shared/actor';
import { type AccessParts, ownerNamed } from './parts';
import { mutateAs } from '../shared/mutate';
import type { MemberRecord } from './records';
import { assertAdmin, rightsOnOwner } from '../shared/rights';
import { countOtherAdmins, deleteMember, insertMember, readMember, updateRole } from './store/members';

/** A user in an organisation, both by handle. */
export interface MemberInput {
  readonly organization: string;
  readonly user: string;
}

/** Who belongs to an organisation. All is decided under the lock of its ledger. Source: chapter 2, "Roles". */
export class MembersService {
  constructor(private readonly parts: AccessParts) {}

  /**
   * Makes a user a member, or gives a member another role.
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT, LAST_ADMIN
   */
  async set(
    principal: Principal,
    input: MemberInput & { readonly role: Role },
  ): Promise<{ organization: OwnerRef; member: MemberRecord }> {
    const { organization, user } = await this.named(principal, input);
    const { role } = input;
    return mutateAs(
      { ledger: this.parts.ledger, principal, owner: organization, assertAllowed: adminOf(organization) },
      async (tx) => {
        const before = await readMember(tx, organization.id, user.id);
        if (before?.role === role) return { result: { organization, member: before }, change: null };
        if (before === null) await insertMember(tx, organization.id, user.id, role);
        else await demoteOrPromote(tx, organization, before, role);
        const member = await readMember(tx, organization.id, user.id);
        if (member === null) throw new Error('a member that was set is not there');
        return {
          result: { organization, member },
          change: {
            chain: 'private',
            action: 'member.set',
            subject: organization.handle,
            detail: { userId: user.id, user: user.handle, role, previous: before?.role ?? null },
          },
        };
      },
    );
  }

  /** @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT, LAST_ADMIN */
  async remove(principal: Principal, input: MemberInput): Promise<OwnerRef> {
    const { organization, user } = await this.named(principal, input);
    return mutateAs(
      { ledger: this.parts.ledger, principal, owner: organization, assertAllowed: adminOf(organization) },
      async (tx) => {
        const member = await readMember(tx, organization.id, user.id);
        if (member === null) {
          throw new AlgogateError('NOT_FOUND', `${user.handle} is no member of ${organization.handle}`, [
            'user',
          ]);
        }
        if (member.role === 'ADMIN') await assertNotLastAdmin(tx, organization, user);
        await deleteMember(tx, organization.id, user.id);
        return {
          result: organization,
          change: {
            chain: 'private',
            action: 'member.removed',
            subject: organization.handle,
            detail: { userId: user.id, user: user.handle, role: member.role },
          },
        };
      },
    );
  }

  /** The organisation first: whoever may not administer it learns nothing of the user. */
  private async named(principal: Principal, input: MemberInput) {
    actorOf(principal);
    const organization = await ownerNamed(this.parts.database.reads, input.organization, {
      what: 'organization',
      field: 'organization',
    });
    adminOf(organization)(principal);
    const user = await ownerNamed(this.parts.database.reads, input.user, { what: 'user', field: 'user' });
    return { organization, user };
  }
}

function adminOf(organization: OwnerRef): (principal: Principal) => void {
  return (principal) => assertAdmin(rightsOnOwner(principal, organization));
}

async function demoteOrPromote(
  tx: Tx,
  organization: OwnerRef,
  member: MemberRecord,
  role: Role,
): Promise<void> {
  if (member.role === 'ADMIN') await assertNotLastAdmin(tx, organization, { id: member.userId });
  await updateRole(tx, organization.id, member.userId, role);
}

async function assertNotLastAdmin(
  tx: Tx,
  { id, handle }: OwnerRef,
  user: Pick<OwnerRef, 'id'>,
): Promise<void> {
  if ((await countOtherAdmins(tx, id, user.id)) > 0) return;
  throw new AlgogateError('LAST_ADMIN', `${handle} would be left without an admin`, ['user']);
}

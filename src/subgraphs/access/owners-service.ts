import { isDuplicate, type Tx } from '../../database';
import { AlgogateError } from '../../domain/errors';
import { assertNotReserved, nameKey, parseName } from '../../domain/name';
import type { OwnerRef, Principal } from '../../domain/principal';
import type { OwnerKind } from '../../domain/terms';
import type { Change } from '../../ledger';
import { actorOf } from '../shared/actor';
import { currentPrincipal } from '../shared/current-principal';
import { lineWithin } from '../shared/text';
import { type AccessParts, ownerNamed } from './parts';
import { mutateAs } from '../shared/mutate';
import { assertAdmin, assertOperator, rightsOnOwner } from '../shared/rights';
import { insertMember } from './store/members';
import { insertOwner, ownersById, suspend } from './store/owners';

export interface NewUser {
  readonly handle: string;
  readonly displayName?: string | null | undefined;
}

export interface NewOrganization extends NewUser {
  /** The handle of its first admin; the viewer where it is not said. */
  readonly admin?: string | null | undefined;
}

const MAX_DISPLAY_NAME = 200;
const MAX_REASON = 1000;

/** Users and organisations: made, and users suspended. Source: chapter 2, "Roles"; chapter 7. */
export class OwnersService {
  constructor(private readonly parts: AccessParts) {}

  /** @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, INVALID_INPUT, ALREADY_EXISTS */
  async createUser(principal: Principal, input: NewUser): Promise<OwnerRef> {
    const actor = actorOf(principal);
    assertOperator(principal);
    const user = validOwner('USER', input);
    return this.found(actor, user, async (tx, owner) => {
      const { handle, displayName } = user;
      await currentPrincipal(tx, principal);
      return created('user.created', owner, { handle, displayName, userId: owner.id });
    });
  }

  /**
   * Any user may have an organisation of its own; only the operator makes one for another.
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, INVALID_INPUT, NOT_FOUND, ALREADY_EXISTS
   */
  async createOrganization(principal: Principal, input: NewOrganization): Promise<OwnerRef> {
    const actor = actorOf(principal);
    const admin = await this.firstAdmin(principal, input.admin ?? null);
    const organization = validOwner('ORGANIZATION', input);
    return this.found(actor, organization, async (tx, owner) => {
      const { handle, displayName } = organization;
      await currentPrincipal(tx, principal);
      await insertMember(tx, owner.id, admin.id, 'ADMIN');
      const detail = { handle, displayName, admin: admin.handle, userId: admin.id };
      return created('organization.created', owner, detail);
    });
  }

  /**
   * Shuts a user out, from its next request on; its memberships stay. Suspending twice changes nothing.
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT
   */
  async suspendUser(
    principal: Principal,
    input: { readonly user: string; readonly reason: string },
  ): Promise<OwnerRef> {
    actorOf(principal);
    assertOperator(principal);
    const reason = lineWithin(input.reason.trim(), 'reason', MAX_REASON) ?? '';
    if (reason === '') throw new AlgogateError('INVALID_INPUT', 'a suspension has a reason', ['reason']);
    const user = await ownerNamed(this.parts.database.reads, input.user, { what: 'user', field: 'user' });
    return mutateAs(
      { ledger: this.parts.ledger, principal, owner: user, assertAllowed: assertOperator },
      async (tx) => {
        const [current] = await ownersById(tx, [user.id]);
        if (current?.suspended === true) return { result: user, change: null };
        await suspend(tx, user.id);
        return {
          result: user,
          change: {
            chain: 'private',
            action: 'user.suspended',
            subject: user.handle,
            detail: { userId: user.id, reason },
          },
        };
      },
    );
  }

  private async firstAdmin(principal: Principal, handle: string | null): Promise<OwnerRef> {
    if (principal.kind === 'operator') {
      if (handle !== null)
        return ownerNamed(this.parts.database.reads, handle, { what: 'user', field: 'admin' });
      throw new AlgogateError('INVALID_INPUT', 'the operator names the first admin', ['admin']);
    }
    if (principal.kind !== 'user') {
      throw new AlgogateError('FORBIDDEN', 'an organization is created by a user');
    }
    assertAdmin(rightsOnOwner(principal, principal.owner));
    if (handle !== null && nameKey(handle) !== nameKey(principal.owner.handle)) {
      throw new AlgogateError('FORBIDDEN', 'only the operator names another admin than the viewer', [
        'admin',
      ]);
    }
    return principal.owner;
  }

  /** A handle is never used again: the unique key decides who comes first. */
  private async found(
    actor: string,
    owner: ValidOwner,
    begin: (tx: Tx, owner: OwnerRef) => Promise<Change>,
  ): Promise<OwnerRef> {
    try {
      return await this.parts.ledger.found(actor, async (tx) => {
        const made = { id: await insertOwner(tx, owner), handle: owner.handle };
        return { result: made, owner: made, change: await begin(tx, made) };
      });
    } catch (error) {
      if (!isDuplicate(error, 'owners')) throw error;
      throw new AlgogateError('ALREADY_EXISTS', `the handle ${owner.handle} is taken`, ['handle']);
    }
  }
}

interface ValidOwner {
  readonly handle: string;
  readonly kind: OwnerKind;
  readonly displayName: string | null;
}

function validOwner(kind: OwnerKind, input: NewUser): ValidOwner {
  return {
    handle: validHandle(input.handle),
    kind,
    displayName: lineWithin(input.displayName, 'displayName', MAX_DISPLAY_NAME),
  };
}

function validHandle(text: string): string {
  try {
    const handle = parseName(text, 'handle');
    assertNotReserved(handle, 'handle');
    return handle;
  } catch (error) {
    if (!(error instanceof AlgogateError)) throw error;
    throw new AlgogateError(error.code, error.message, ['handle']);
  }
}

function created(action: string, owner: OwnerRef, detail: Change['detail']): Change {
  return { chain: 'public', action, subject: owner.handle, detail };
}

import { identityOf, insertIdentity } from '../../auth';
import { isDuplicate } from '../../database';
import { AlgogateError } from '../../domain/errors';
import type { Principal } from '../../domain/principal';
import { actorOf } from '../shared/actor';
import { mutateAs } from '../shared/mutate';
import { assertAdmin, assertOperator, rightsOnOwner } from '../shared/rights';
import { lineWithin } from '../shared/text';
import { type AccessParts, ownerNamed } from './parts';
import type { IdentityRecord } from './records';
import { deleteIdentity, identitiesOfUser, identityByDigest } from './store/identities';

export interface IdentityInput {
  /** A handle. */
  readonly user: string;
  /** As `iss` of its tokens has it. */
  readonly issuer: string;
  /** As `sub` has it: unique at the issuer, and never another's there. */
  readonly subject: string;
}

const MAX_ISSUER = 400;
const MAX_SUBJECT = 255;

/**
 * Which subjects of issuers are which users. A link is made by the operator, or with the account itself, and by nothing
 * that a token says of its bearer: names and addresses can be another's tomorrow. Source: chapter 7, "OIDC / JWT".
 */
export class IdentitiesService {
  constructor(private readonly parts: AccessParts) {}

  /** @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT, ALREADY_EXISTS */
  async link(principal: Principal, input: IdentityInput): Promise<IdentityRecord> {
    actorOf(principal);
    assertOperator(principal);
    const { issuer, subject } = validIdentity(input);
    const digest = identityOf(issuer, subject);
    const user = await ownerNamed(this.parts.database.reads, input.user, { what: 'user', field: 'user' });
    const mutation = { ledger: this.parts.ledger, principal, owner: user, assertAllowed: assertOperator };
    try {
      return await mutateAs(mutation, async (tx) => {
        const before = await identityByDigest(tx, digest);
        if (before?.userId === user.id) return { result: before, change: null };
        if (before !== null) throw linkedElsewhere();
        await insertIdentity(tx, { userId: user.id, digest, issuer, subject });
        const made = await identityByDigest(tx, digest);
        if (made === null) throw new Error('an identity that was linked is not there');
        const detail = { userId: user.id, identity: digest, issuer, subject };
        return {
          result: made,
          change: { chain: 'private', action: 'identity.linked', subject: user.handle, detail },
        };
      });
    } catch (error) {
      // two users have two locks
      if (isDuplicate(error, 'identities')) throw linkedElsewhere();
      throw error;
    }
  }

  /**
   * By the user, or the operator: tokens of the subject are good for nothing within a second.
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT
   */
  async unlink(principal: Principal, input: IdentityInput): Promise<IdentityRecord> {
    actorOf(principal);
    const { issuer, subject } = validIdentity(input);
    const digest = identityOf(issuer, subject);
    const user = await ownerNamed(this.parts.database.reads, input.user, { what: 'user', field: 'user' });
    const assertAllowed = (current: Principal) => {
      assertAdmin(rightsOnOwner(current, user));
    };
    return mutateAs({ ledger: this.parts.ledger, principal, owner: user, assertAllowed }, async (tx) => {
      const identity = await identityByDigest(tx, digest);
      if (identity?.userId !== user.id) {
        throw new AlgogateError('NOT_FOUND', `the subject is not linked to ${user.handle}`, ['subject']);
      }
      await deleteIdentity(tx, identity.id);
      const detail = { userId: user.id, identity: digest, issuer, subject };
      return {
        result: identity,
        change: { chain: 'private', action: 'identity.unlinked', subject: user.handle, detail },
      };
    });
  }

  /** The viewer's own, oldest first; none where its key's scopes hide them. */
  async ofPrincipal(principal: Principal): Promise<readonly IdentityRecord[]> {
    if (principal.kind !== 'user' || !rightsOnOwner(principal, principal.owner).read) return [];
    const { id, handle } = principal.owner;
    return identitiesOfUser(this.parts.database.reads, id, handle);
  }
}

function validIdentity({ issuer, subject }: IdentityInput): Pick<IdentityInput, 'issuer' | 'subject'> {
  return {
    issuer: required(lineWithin(issuer, 'issuer', MAX_ISSUER), 'issuer'),
    subject: required(lineWithin(subject, 'subject', MAX_SUBJECT), 'subject'),
  };
}

function required(text: string | null, field: string): string {
  if (text === null || text === '') throw new AlgogateError('INVALID_INPUT', `${field} is empty`, [field]);
  return text;
}

function linkedElsewhere(): AlgogateError {
  return new AlgogateError('ALREADY_EXISTS', 'the subject is linked to another user', ['subject']);
}

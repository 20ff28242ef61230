import { mintKey } from '../../auth';
import type { Tx } from '../../database';
import { AlgogateError } from '../../domain/errors';
import { hasRole, keyOf } from '../../domain/permissions';
import type { KeyFacts, OwnerId, OwnerRef, Principal, Scope } from '../../domain/principal';
import { includesScopes, parseScope } from '../../domain/scopes';
import type { Change } from '../../ledger';
import { actorOf } from '../shared/actor';
import { lineWithin } from '../shared/text';
import { type AccessParts, ownerNamed } from './parts';
import { mutateAs } from '../shared/mutate';
import type { KeyRecord } from './records';
import { assertAdmin, rightsOnOwner } from '../shared/rights';
import {
  creatorOfKey,
  insertKey,
  isLimited,
  keyByPrefix,
  keysOfOwner,
  type NewKey,
  revokeKey,
} from './store/keys';
import { ownersById } from './store/owners';

export interface KeyInput {
  /** The handle of the user or organisation that the key acts as. */
  readonly owner: string;
  readonly label?: string | null | undefined;
  /** None: all that the owner has. */
  readonly scopes?: readonly string[] | null | undefined;
  readonly expiresAt?: Date | null | undefined;
}

const MAX_LABEL = 100;
const MAX_SCOPES = 100;

/** API keys: made, revoked, listed. The secret is shown once, and stored as a hash. Source: chapter 7, "API keys". */
export class KeysService {
  constructor(private readonly parts: AccessParts) {}

  /**
   * A key for oneself, for an organisation by its admins, for anyone by the operator. A key never makes one that can
   * do more, or live longer, than itself; one that is limited makes none, which would not be.
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT
   */
  async create(principal: Principal, input: KeyInput): Promise<{ key: KeyRecord; secret: string }> {
    actorOf(principal);
    const wanted = validKey(input);
    const owner = await ownerNamed(this.parts.database.reads, input.owner, { what: 'owner', field: 'owner' });
    const assertAllowed = (current: Principal) => {
      assertAdmin(rightsOnOwner(current, owner));
      assertMayOutlive(current);
      assertIncluded(keyOf(current), wanted.parsed);
    };
    const { secret, prefix, hash } = mintKey();
    const { label, scopes, expiresAt } = wanted;
    const unsigned = { ownerId: owner.id, prefix, hash, label, scopes, expiresAt };
    return mutateAs({ ledger: this.parts.ledger, principal, owner, assertAllowed }, async (tx) => {
      await assertUnlimited(tx, keyOf(principal));
      await assertNoLonger(tx, keyOf(principal), expiresAt);
      const key = { ...unsigned, createdBy: await userBehind(tx, principal) };
      return { result: { key: await insertKey(tx, key), secret }, change: keyCreated(owner, key) };
    });
  }

  /**
   * By its owner, the admins of the organisation that it acts as, or the operator. Revoking twice changes nothing.
   * @param id the public prefix
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND where it is missing or not for the caller to know of
   */
  async revoke(principal: Principal, id: string): Promise<KeyRecord> {
    actorOf(principal);
    const found = await keyByPrefix(this.parts.database.reads, id);
    const [owner] = await ownersById(this.parts.database.reads, [found?.ownerId ?? 0]);
    if (found === null || owner === undefined) throw keyNotFound(id);
    const assertAllowed = (current: Principal) => assertMayRevoke(current, owner, found);
    return mutateAs({ ledger: this.parts.ledger, principal, owner, assertAllowed }, async (tx) => {
      const key = await keyByPrefix(tx, id);
      if (key === null) throw keyNotFound(id);
      if (key.revokedAt !== null) return { result: key, change: null };
      const revokedAt = Date.now();
      await revokeKey(tx, key.id, revokedAt);
      return {
        result: { ...key, revokedAt },
        change: {
          chain: 'private',
          action: 'apiKey.revoked',
          subject: owner.handle,
          detail: { prefix: key.prefix, label: key.label },
        },
      };
    });
  }

  /** The principal's own keys that are not revoked, oldest first; none where its key's scopes hide them. */
  async ofPrincipal(principal: Principal): Promise<readonly KeyRecord[]> {
    if (principal.kind !== 'user' && principal.kind !== 'organization') return [];
    if (!rightsOnOwner(principal, principal.owner).read) return [];
    return keysOfOwner(this.parts.database.reads, principal.owner.id);
  }
}

/**
 * The user who acts: the principal itself, or whoever made the key that it acts by, so that nobody hides behind a key
 * of an organisation. Null for the operator.
 */
export async function userBehind(tx: Tx, principal: Principal): Promise<OwnerId | null> {
  if (principal.kind === 'user') return principal.owner.id;
  const key = keyOf(principal);
  return key === null ? null : creatorOfKey(tx, key.id);
}

type WantedKey = Pick<NewKey, 'label' | 'scopes' | 'expiresAt'> & { readonly parsed: readonly Scope[] };

function validKey({ label, scopes, expiresAt }: KeyInput): WantedKey {
  const wanted = scopes ?? [];
  if (wanted.length > MAX_SCOPES) {
    throw new AlgogateError('INVALID_INPUT', `a key has at most ${MAX_SCOPES} scopes`, ['scopes']);
  }
  if (expiresAt != null && expiresAt.getTime() <= Date.now()) {
    throw new AlgogateError('INVALID_INPUT', 'expiresAt is in the past', ['expiresAt']);
  }
  return {
    label: lineWithin(label, 'label', MAX_LABEL),
    scopes: [...wanted],
    parsed: wanted.map(parseScope),
    expiresAt: expiresAt?.getTime() ?? null,
  };
}

/** A key outlives the token that makes it, and what its issuer says of the user later. */
function assertMayOutlive(principal: Principal): void {
  if (principal.kind !== 'user' || principal.signIn?.apiKeys !== false) return;
  throw new AlgogateError('FORBIDDEN', 'a token of this issuer makes no keys: they would outlive it');
}

function assertIncluded(acting: KeyFacts | null, asked: readonly Scope[]): void {
  if (acting === null || includesScopes(acting.scopes, asked)) return;
  throw new AlgogateError('FORBIDDEN', 'a key cannot make a key that may do more than itself', ['scopes']);
}

async function assertUnlimited(tx: Tx, acting: KeyFacts | null): Promise<void> {
  if (acting === null || !(await isLimited(tx, acting.id))) return;
  throw new AlgogateError('FORBIDDEN', 'a key that has limits cannot make another');
}

async function assertNoLonger(tx: Tx, acting: KeyFacts | null, expiresAt: number | null): Promise<void> {
  const limit = acting && (await keyByPrefix(tx, acting.prefix))?.expiresAt;
  if (limit == null || (expiresAt !== null && expiresAt <= limit)) return;
  throw new AlgogateError('FORBIDDEN', 'a key cannot make a key that outlives itself', ['expiresAt']);
}

/** A key is known to those who may revoke it, to itself, and to whoever acts as its owner and may read. */
function assertMayRevoke(principal: Principal, owner: OwnerRef, key: KeyRecord): void {
  const rights = rightsOnOwner(principal, owner);
  if (hasRole(rights, 'ADMIN')) return;
  const isOwner =
    (principal.kind === 'user' || principal.kind === 'organization') && principal.owner.id === owner.id;
  const isKnown = (isOwner && rights.read) || keyOf(principal)?.id === key.id;
  if (!isKnown) throw keyNotFound(key.prefix);
  assertAdmin(rights);
}

function keyCreated(owner: OwnerRef, { prefix, label, scopes, expiresAt }: NewKey): Change {
  return {
    chain: 'private',
    action: 'apiKey.created',
    subject: owner.handle,
    detail: { prefix, label, scopes, expiresAt },
  };
}

function keyNotFound(id: string): AlgogateError {
  return new AlgogateError('NOT_FOUND', `API key ${id} not found`, ['id']);
}

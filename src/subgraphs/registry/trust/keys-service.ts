import { AlgogateError } from '../../../domain/errors';
import { nameKey } from '../../../domain/name';
import type { OwnerRef, Principal } from '../../../domain/principal';
import { type Change, type JsonObject, type Outcome } from '../../../ledger';
import { parsePublicKey, type PublicKey } from '../../../trust';
import type { Tx } from '../../../database';
import { actorOf } from '../../shared/actor';
import { mutateAs, type Mutation } from '../../shared/mutate';
import { assertAdmin, rightsOnOwner } from '../../shared/rights';
import { lineWithin } from '../../shared/text';
import type { RegistryParts } from '../services';
import { type Stamp, stampOf } from '../stamp';
import { ownersByKey } from '../store';
import { insertSigningKey, revokeSigningKey, signingKeysOf, type SigningKeyRecord } from './keys-store';

export interface SigningKeyInput {
  /** The handle of the user or organisation that signs with it. */
  readonly owner: string;
  /** PEM. */
  readonly publicKey: string;
  readonly label?: string | null | undefined;
}

/** An attestation may have to be tried with all that hold. */
const MAX_HOLDING = 20;
/** Revoked ones are shown for ever. */
const MAX_KEYS = 100;
const MAX_LABEL = 100;

/**
 * The public keys that owners sign with: registered and revoked by their admins, known to everybody, who can verify by
 * them what an owner published. Source: chapter 7, "Attestations".
 */
export class SigningKeysService {
  constructor(private readonly parts: Pick<RegistryParts, 'database' | 'ledger'>) {}

  /**
   * The same key again, by the same label, changes nothing; one that was revoked never holds again.
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT, ALREADY_EXISTS
   */
  async register(principal: Principal, input: SigningKeyInput): Promise<SigningKeyRecord> {
    const mutation = await this.mutationOf(principal, input.owner);
    const key = parsePublicKey(input.publicKey);
    const label = lineWithin(input.label, 'label', MAX_LABEL);
    const { owner } = mutation;
    return mutateAs(mutation, (tx) => registerIn(tx, owner, { ...key, label }, stampOf(principal)));
  }

  /**
   * What it has signed stays verified; it signs nothing more. Revoking twice changes nothing.
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND
   */
  async revoke(
    principal: Principal,
    input: { readonly owner: string; readonly keyId: string },
  ): Promise<SigningKeyRecord> {
    const mutation = await this.mutationOf(principal, input.owner);
    const { owner } = mutation;
    return mutateAs(mutation, async (tx) => {
      const key = (await signingKeysOf(tx, [owner.id])).find(
        ({ keyId }) => keyId === input.keyId.toLowerCase(),
      );
      if (key === undefined) {
        throw new AlgogateError('NOT_FOUND', `${owner.handle} has no key ${input.keyId}`, ['keyId']);
      }
      if (key.revokedAt !== null) return { result: key, change: null };
      const revokedAt = Date.now();
      await revokeSigningKey(tx, key.id, revokedAt);
      return { result: { ...key, revokedAt }, change: changeOf('revoked', owner, { keyId: key.keyId }) };
    });
  }

  private async mutationOf(principal: Principal, handle: string): Promise<Mutation> {
    actorOf(principal);
    const [owner] = await ownersByKey(this.parts.database.reads, [nameKey(handle)]);
    if (owner === undefined) throw new AlgogateError('NOT_FOUND', `owner ${handle} not found`, ['owner']);
    const assertAllowed = (current: Principal): void => {
      assertAdmin(rightsOnOwner(current, owner));
    };
    return { ledger: this.parts.ledger, principal, owner, assertAllowed };
  }
}

async function registerIn(
  tx: Tx,
  owner: OwnerRef,
  key: PublicKey & { readonly label: string | null },
  stamp: Stamp,
): Promise<Outcome<SigningKeyRecord>> {
  const keys = await signingKeysOf(tx, [owner.id]);
  const known = keys.find(({ keyId }) => keyId === key.keyId);
  if (known?.revokedAt === null && known.label === key.label) return { result: known, change: null };
  if (known !== undefined) throw knownAlready(known);
  assertRoom(keys);
  const result = await insertSigningKey(tx, { ownerId: owner.id, ...key }, stamp);
  const { keyId, algorithm, label } = key;
  return { result, change: changeOf('registered', owner, { keyId, algorithm, label }) };
}

function knownAlready({ keyId, revokedAt }: SigningKeyRecord): AlgogateError {
  const why = revokedAt === null ? 'is registered by another label' : 'was revoked, for good';
  return new AlgogateError('ALREADY_EXISTS', `key ${keyId} ${why}`, ['publicKey']);
}

/** @throws AlgogateError INVALID_INPUT */
function assertRoom(keys: readonly SigningKeyRecord[]): void {
  const holding = keys.filter(({ revokedAt }) => revokedAt === null).length;
  if (holding < MAX_HOLDING && keys.length < MAX_KEYS) return;
  const bound = holding < MAX_HOLDING ? `${MAX_KEYS} keys, revoked ones included` : `${MAX_HOLDING} keys`;
  throw new AlgogateError('INVALID_INPUT', `an owner has at most ${bound}`, ['publicKey']);
}

/** Keys are for all to see, and so is every change of them. */
function changeOf(what: string, { handle }: OwnerRef, detail: JsonObject): Change {
  return { chain: 'public', action: `signingKey.${what}`, subject: handle, detail };
}

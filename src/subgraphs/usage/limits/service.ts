import { maySeeAlgorithm, rightsOnAlgorithm } from '../../../auth';
import type { Tx, Database } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import { datedLimits, undated } from '../../../domain/limits/dated';
import {
  changedLimits,
  type Limits,
  type LimitsPatch,
  NO_LIMITS,
  sameLimits,
} from '../../../domain/limits/limit';
import type { LimitSubject } from '../../../domain/limits/subject';
import { nameKey } from '../../../domain/name';
import { hasRole, keyOf } from '../../../domain/permissions';
import type { OwnerRef, Principal } from '../../../domain/principal';
import { algorithmNotFound, type AlgorithmRef, parseAlgorithmRef } from '../../../domain/ref';
import { type JsonObject, type Ledger, type Outcome } from '../../../ledger';
import { LIMITS_SET } from '../../../limits';
import type { AlgorithmView, ResolutionIndex } from '../../../resolution';
import { actorOf } from '../../shared/actor';
import { mutateAs } from '../../shared/mutate';
import { assertAdmin, assertOperator, rightsOnOwner } from '../../shared/rights';
import { keyNamed, type KeyRef, ownerOfKey, readLimits, writeLimits } from './store';

interface LimitsParts {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly index: ResolutionIndex;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Quotas alone: a rate is of a key or of an owner. */
type QuotasPatch = Pick<LimitsPatch, 'perDay' | 'perMonth'>;

/** Rates and quotas as they are set: who may, and what the ledger keeps of it. Source: chapter 6. */
export class LimitsService {
  constructor(private readonly parts: LimitsParts) {}

  /**
   * Of a key, by the admins of its owner; not by the key itself, which would be bounded by nothing then.
   * @param input `key` is the public prefix
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT
   */
  async ofKey(
    principal: Principal,
    input: LimitsPatch & { readonly key: string },
  ): Promise<Limits & { readonly prefix: string }> {
    actorOf(principal);
    const key = await keyNamed(this.parts.database.reads, input.key);
    if (key === null) throw keyNotFound(input.key);
    const limits = await this.set(principal, input, {
      owner: key.owner,
      assertAllowed: (current) => assertMayLimit(current, key),
      subject: { keyId: key.id, consumerId: key.owner.id, algorithmId: null },
      named: key.owner.handle,
      detail: { key: key.prefix, consumerId: key.owner.id },
    });
    return { ...limits, prefix: key.prefix };
  }

  /**
   * Of a user or an organisation with all its keys, by the operator.
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT
   */
  async ofOwner(
    principal: Principal,
    input: LimitsPatch & { readonly owner: string },
  ): Promise<{ readonly owner: OwnerRef; readonly limits: Limits }> {
    actorOf(principal);
    assertOperator(principal);
    const owner = await this.ownerNamed(input.owner, 'owner');
    const limits = await this.set(principal, input, {
      owner,
      assertAllowed: assertOperator,
      subject: { keyId: null, consumerId: owner.id, algorithmId: null },
      named: owner.handle,
      detail: { consumerId: owner.id },
    });
    return { owner, limits };
  }

  /**
   * Of a consumer of an algorithm, or of every consumer that has none of its own, by the admins of its owner.
   * @throws AlgogateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_INPUT
   */
  async ofConsumer(
    principal: Principal,
    input: QuotasPatch & { readonly algorithm: string; readonly consumer?: string | null | undefined },
  ): Promise<{ readonly algorithm: string; readonly consumer: string | null; readonly limits: Limits }> {
    actorOf(principal);
    const written = parseAlgorithmRef(input.algorithm);
    const algorithm = await this.parts.index.findNow(written.ownerKey, written.nameKey);
    if (algorithm === null) throw algorithmNotFound(written);
    const assertAllowed = (current: Principal) => assertMayAdminister(current, algorithm, written);
    assertAllowed(principal);
    const consumer = input.consumer == null ? null : await this.ownerNamed(input.consumer, 'consumer');
    const { perDay, perMonth } = input;
    const ref = `${algorithm.owner.handle}/${algorithm.name}`;
    const consumerId = consumer?.id ?? null;
    const limits = await this.set(
      principal,
      { perDay, perMonth },
      {
        owner: algorithm.owner,
        assertAllowed,
        subject: { keyId: null, consumerId, algorithmId: algorithm.id },
        named: ref,
        detail: { consumer: consumer?.handle ?? null, consumerId, algorithmId: algorithm.id },
      },
    );
    return { algorithm: ref, consumer: consumer?.handle ?? null, limits };
  }

  private async set(principal: Principal, patch: LimitsPatch, target: LimitTarget): Promise<Limits> {
    const { ledger } = this.parts;
    const { owner, assertAllowed } = target;
    return mutateAs({ ledger, principal, owner, assertAllowed }, (tx) => this.change(tx, patch, target));
  }

  /** Under the lock of the owner; what changes nothing leaves nothing. */
  private async change(tx: Tx, patch: LimitsPatch, target: LimitTarget): Promise<Outcome<Limits>> {
    const { subject, named, detail } = target;
    const kept = await readLimits(tx, subject);
    const previous = kept === null ? NO_LIMITS : undated(kept);
    const limits = changedLimits(previous, patch);
    if (sameLimits(limits, previous)) return { result: limits, change: null };
    await writeLimits(tx, subject, kept, datedLimits(kept, limits, this.parts.now()));
    return {
      result: limits,
      change: {
        chain: 'private',
        action: LIMITS_SET,
        subject: named,
        detail: { ...detail, limits: { ...limits }, previous: { ...previous } },
      },
    };
  }

  private async ownerNamed(handle: string, field: string): Promise<OwnerRef> {
    const owner = await ownerOfKey(this.parts.database.reads, nameKey(handle));
    if (owner === null) throw new AlgogateError('NOT_FOUND', `owner ${shortened(handle)} not found`, [field]);
    return owner;
  }
}

/** What limits are set of, and what the ledger says of it. */
interface LimitTarget {
  /** In whose private chain. */
  readonly owner: OwnerRef;
  readonly assertAllowed: (principal: Principal) => void;
  readonly subject: LimitSubject;
  readonly named: string;
  readonly detail: JsonObject;
}

/** A key is known to the admins of its owner, to itself, and to whoever acts as its owner and may read. */
function assertMayLimit(principal: Principal, { id, prefix, owner }: KeyRef): void {
  const rights = rightsOnOwner(principal, owner);
  const isSelf = keyOf(principal)?.id === id;
  const isOwner = 'owner' in principal && principal.owner.id === owner.id;
  if (!hasRole(rights, 'ADMIN') && !isSelf && !(isOwner && rights.read)) throw keyNotFound(prefix);
  assertAdmin(rights);
  if (isSelf) throw new AlgogateError('FORBIDDEN', 'a key does not set its own limits', ['key']);
}

function assertMayAdminister(principal: Principal, algorithm: AlgorithmView, written: AlgorithmRef): void {
  const rights = rightsOnAlgorithm(principal, algorithm);
  if (!maySeeAlgorithm(principal, rights, algorithm)) throw algorithmNotFound(written);
  assertAdmin(rights);
}

function keyNotFound(key: string): AlgogateError {
  return new AlgogateError('NOT_FOUND', `API key ${shortened(key)} not found`, ['key']);
}

/** An answer repeats no more of what was sent than a handle or a key can be long. */
function shortened(text: string): string {
  return text.slice(0, 100).toWellFormed();
}

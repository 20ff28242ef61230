import type { Tx } from '../../database';
import type { OwnerRef, Principal } from '../../domain/principal';
import type { Ledger, Outcome } from '../../ledger';
import { actorOf } from './actor';
import { currentPrincipal } from './current-principal';

/** A mutation of one owner's part of the registry: who wants it, and what allows it. */
export interface Mutation {
  readonly ledger: Ledger;
  readonly principal: Principal;
  readonly owner: OwnerRef;
  /** Throws for a principal that may not. */
  readonly assertAllowed: (principal: Principal) => void;
}

/**
 * Runs a mutation, for the principal with the rights that it has at that moment: refused at once for those who may not, and judged again under the lock of the owner's ledger, by
 * rights that nobody can take away meanwhile.
 * @throws AlgogateError UNAUTHENTICATED, and what `assertAllowed` and `work` throw
 */
export async function mutateAs<T>(
  { ledger, principal, owner, assertAllowed }: Mutation,
  work: (tx: Tx, current: Principal) => Promise<Outcome<T>>,
): Promise<T> {
  const actor = actorOf(principal);
  assertAllowed(principal);
  return ledger.mutate(owner, actor, async (tx) => {
    const current = await currentPrincipal(tx, principal);
    assertAllowed(current);
    return work(tx, current);
  });
}

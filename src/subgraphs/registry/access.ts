import { maySeeAlgorithm, rightsOnAlgorithm } from '../../auth';
import { AlgogateError } from '../../domain/errors';
import { hasRole, type Rights } from '../../domain/permissions';
import type { Principal, Role } from '../../domain/principal';
import { algorithmNotFound, type AlgorithmRef } from '../../domain/ref';
import type { AlgorithmView, ResolutionIndex } from '../../resolution';
import type { Mutation } from '../shared/mutate';
import type { RegistryParts } from './services';

/** An algorithm that its caller may know of, and what the caller may do there. */
export interface VisibleAlgorithm {
  readonly algorithm: AlgorithmView;
  readonly rights: Rights;
}

/** The algorithm, or null where it is missing or hidden, which is the same to whoever asks. */
export async function findAlgorithm(
  index: ResolutionIndex,
  principal: Principal,
  ref: Pick<AlgorithmRef, 'ownerKey' | 'nameKey'>,
): Promise<VisibleAlgorithm | null> {
  return visibleTo(principal, await index.find(ref.ownerKey, ref.nameKey));
}

/** The same as the database has it now: for mutations. */
export async function findAlgorithmNow(
  index: ResolutionIndex,
  principal: Principal,
  ref: Pick<AlgorithmRef, 'ownerKey' | 'nameKey'>,
): Promise<VisibleAlgorithm | null> {
  return visibleTo(principal, await index.findNow(ref.ownerKey, ref.nameKey));
}

function visibleTo(principal: Principal, algorithm: AlgorithmView | null): VisibleAlgorithm | null {
  if (algorithm === null) return null;
  const rights = rightsOnAlgorithm(principal, algorithm);
  return maySeeAlgorithm(principal, rights, algorithm) ? { algorithm, rights } : null;
}

/** What somebody must be allowed: all that a role may, or, of what a MAINTAINER may, to build and publish alone. */
export type Wanted = Role | 'RELEASE';

/**
 * The algorithm, for one who may act on it in a role.
 * @throws AlgogateError UNAUTHENTICATED; NOT_FOUND where it is missing or hidden; FORBIDDEN without the role
 */
export async function algorithmFor(
  index: ResolutionIndex,
  principal: Principal,
  ref: AlgorithmRef,
  role: Wanted,
): Promise<AlgorithmView> {
  if (principal.kind === 'anonymous') throw new AlgogateError('UNAUTHENTICATED', 'a credential is needed');
  const found = await findAlgorithmNow(index, principal, ref);
  if (found === null) throw algorithmNotFound(ref);
  assertRole(found.rights, role);
  return found.algorithm;
}

/** A mutation of one algorithm, for one who may act on it in a role: see `mutateAs`. */
export interface AlgorithmMutation extends Mutation {
  readonly algorithm: AlgorithmView;
}

/** @throws AlgogateError UNAUTHENTICATED, NOT_FOUND, FORBIDDEN */
export async function algorithmMutation(
  { ledger, index }: Pick<RegistryParts, 'ledger' | 'index'>,
  principal: Principal,
  ref: AlgorithmRef,
  role: Wanted,
): Promise<AlgorithmMutation> {
  const algorithm = await algorithmFor(index, principal, ref, role);
  return {
    ledger,
    principal,
    owner: algorithm.owner,
    algorithm,
    assertAllowed: (current) => {
      assertRole(rightsOnAlgorithm(current, algorithm), role);
    },
  };
}

/** @throws AlgogateError FORBIDDEN */
export function assertRole(rights: Rights, wanted: Wanted): void {
  const role = wanted === 'RELEASE' ? 'MAINTAINER' : wanted;
  const has = wanted === 'RELEASE' ? rights.release : hasRole(rights, role);
  if (!has) throw new AlgogateError('FORBIDDEN', `this needs the role ${role}`);
}

import { AlgogateError } from '../domain/errors';
import { keysUnder } from '../domain/interval';
import {
  grantOf,
  hasRole,
  mayCall,
  maySee,
  NO_GRANTS,
  type Purpose,
  type Rights,
  rightsOn,
} from '../domain/permissions';
import type { Principal } from '../domain/principal';
import { notFoundMessage } from '../domain/resolve';
import type { Reference } from '../domain/reference';
import { majorKey } from '../domain/version';
import { type AlgorithmView, type Answer, guarded } from '../resolution';

/** An answer that its caller may have, and what the caller may do there besides. */
export interface Authorised extends Answer {
  readonly rights: Rights;
}

/**
 * The step after resolution: may this caller have what was found? Which version it is was settled before. What is
 * missing and what is hidden throw the same error. Source: chapter 1, rule 3.
 * @throws AlgogateError NOT_FOUND, GONE
 */
export function authorise(
  principal: Principal,
  reference: Reference,
  answer: Answer | null,
  purpose: Purpose,
): Authorised {
  if (answer === null) throw notFound(reference);
  const { algorithm, resolved } = answer;
  const rights = rightsOnAlgorithm(principal, algorithm);
  const { version, kind } = resolved;
  if (version === null || kind === 'LATEST_PRIVATE') {
    if (!(rights[purpose] && hasRole(rights, 'MEMBER'))) throw notFound(reference);
  } else if (!maySee(principal, rights, guarded(algorithm, version), purpose)) {
    throw notFound(reference);
  }
  if (version?.state === 'TAKEN_DOWN') {
    throw new AlgogateError(
      'GONE',
      `${algorithm.owner.handle}/${algorithm.name}/${version.version} was taken down`,
    );
  }
  return { reference: answer.reference, algorithm, resolved, rights };
}

/** @throws AlgogateError UNAUTHENTICATED, FORBIDDEN when the caller may know of the version, and may not call it */
export function assertMayCall(principal: Principal, { algorithm, resolved, rights }: Authorised): void {
  if (principal.kind === 'anonymous')
    throw new AlgogateError('UNAUTHENTICATED', 'a credential is needed to call');
  const { version } = resolved;
  const allowed =
    version === null
      ? rights.call && rights.role !== null
      : mayCall(principal, rights, guarded(algorithm, version));
  if (!allowed) throw new AlgogateError('FORBIDDEN', 'this credential may not call this version');
}

export function rightsOnAlgorithm(principal: Principal, { owner, ownerKey, nameKey }: AlgorithmView): Rights {
  return rightsOn(principal, { ownerId: owner.id, ownerKey, nameKey });
}

/** Whether the caller may know that the algorithm is there: some version of it is for its eyes. */
export function maySeeAlgorithm(principal: Principal, rights: Rights, algorithm: AlgorithmView): boolean {
  const { catalog, standing } = algorithm;
  if (standing.listed) return true;
  if (!rights.read) return false;
  if (rights.role !== null) return true;
  return [...standing.grants].some(
    ([major, grants]) => grantOf(principal, grants) !== null && catalog.hasMajor(major),
  );
}

/** Whether the caller may know of a major: some version of it is for its eyes, or it is configured and the caller's own. */
export function maySeeMajor(
  principal: Principal,
  rights: Rights,
  { catalog, standing }: AlgorithmView,
  major: number,
): boolean {
  const keys = keysUnder(majorKey(major));
  const visible = catalog.public.all.highestIn(keys) ?? catalog.publicYanked.highestIn(keys);
  if (visible !== undefined) return true;
  if (!rights.read) return false;
  if (rights.role !== null) return standing.permissions.has(major) || catalog.hasMajor(major);
  return catalog.hasMajor(major) && grantOf(principal, standing.grants.get(major) ?? NO_GRANTS) !== null;
}

function notFound(reference: Reference): AlgogateError {
  return new AlgogateError('NOT_FOUND', notFoundMessage(reference));
}

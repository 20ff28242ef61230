import { AlgogateError } from '../domain/errors';
import { hasRole, type Purpose } from '../domain/permissions';
import type { Principal } from '../domain/principal';
import type { Reference } from '../domain/reference';
import type { PastAnswer } from '../resolution';
import { authorise, type Authorised, rightsOnAlgorithm } from './authorise';

/**
 * May this caller have what a reference named at a past moment? Roles, grants and scopes are today's; what was
 * private then is judged as private, also where it is public now: when it was published, and how far the private
 * chain had come, are still for the eyes of those alone who see what is private. What was taken down since is still
 * named. Source: chapter 1, "As of"; chapter 7, "Twin worlds".
 * @throws AlgogateError NOT_FOUND; GONE for what was taken down already; INVALID_INPUT, to members of the owner, for
 * a moment to which the private chain has not come
 */
export function authorisePast(
  principal: Principal,
  reference: Reference,
  { answer, ahead }: PastAnswer,
  purpose: Purpose,
): Authorised {
  if (ahead !== null) {
    const rights = rightsOnAlgorithm(principal, ahead);
    if (rights[purpose] && hasRole(rights, 'MEMBER')) {
      throw new AlgogateError('INVALID_INPUT', `asOf is beyond the ledger of ${reference.owner}`, ['asOf']);
    }
  }
  return authorise(principal, reference, answer, purpose);
}

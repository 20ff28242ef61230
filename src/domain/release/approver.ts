import { AlgogateError } from '../errors';
import type { OwnerId, Principal } from '../principal';

/** Who published a release that waits. */
export interface PublicationFacts {
  /** The user or organisation that it was published as; null for the operator. */
  readonly publishedBy: OwnerId | null;
  /** The user who made the key that it was published with; null where there was none, or nobody knows. */
  readonly keyCreator: OwnerId | null;
}

/**
 * A protected release is decided on by a second person: a user, neither its publisher nor the creator of the key that
 * published it. That the user is an admin is another question. Source: chapter 3, "Gates and protection".
 * @throws AlgogateError FORBIDDEN, with the reason
 */
export function assertMayDecide(
  principal: Principal,
  { publishedBy, keyCreator }: PublicationFacts,
): asserts principal is Extract<Principal, { kind: 'user' }> {
  if (principal.kind !== 'user') throw forbidden('a release is approved or rejected by a user, in person');
  const { id } = principal.owner;
  if (id === publishedBy) throw forbidden('who published a release neither approves nor rejects it');
  if (id === keyCreator) {
    throw forbidden('who made the key that published a release neither approves nor rejects it');
  }
}

function forbidden(message: string): AlgogateError {
  return new AlgogateError('FORBIDDEN', message);
}

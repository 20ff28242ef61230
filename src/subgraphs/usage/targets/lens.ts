import type { Rights } from '../../../domain/permissions';
import type { OwnerId, Principal } from '../../../domain/principal';
import { rightsOnOwner } from '../../shared/rights';

/** Whose calls of something a principal sees: those of all, or only those of one consumer, which is itself. */
export type Lens = { readonly whose: 'ALL' } | { readonly whose: 'OWN'; readonly callerId: OwnerId };

const ALL: Lens = { whose: 'ALL' };

/**
 * What a principal, who may know of something, sees of the calls of it: its owner's members and the operator all of
 * them, whoever else is signed in those that it made itself. Null: nothing, for the anonymous and for keys that may
 * read neither there nor of their own owner. Source: chapter 6, "What can be asked".
 */
export function lensOf(principal: Principal, rights: Rights): Lens | null {
  if (rights.read && rights.role !== null) return ALL;
  if (principal.kind === 'anonymous' || principal.kind === 'operator') return null;
  const mayRead = rights.read || mayReadItself(principal);
  return mayRead ? { whose: 'OWN', callerId: principal.owner.id } : null;
}

/** Whether a principal may read what is its own: not by a key that is for something else. */
export function mayReadItself(principal: Principal): boolean {
  return 'owner' in principal && rightsOnOwner(principal, principal.owner).read;
}

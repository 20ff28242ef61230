import type { OwnerId, Principal } from '../../domain/principal';

/** Who did something, and when, as rows of a history keep it. */
export interface Stamp {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The user or organisation; null for the operator. */
  readonly byId: OwnerId | null;
}

/** That `principal` does something now. */
export function stampOf(principal: Principal): Stamp {
  const known = principal.kind === 'user' || principal.kind === 'organization';
  return { at: Date.now(), byId: known ? principal.owner.id : null };
}

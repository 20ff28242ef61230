import type { OwnerId, Principal } from '../../../domain/principal';
import { OPERATOR_CALLER } from '../../../domain/usage/call';
import type { OwnerRecord } from '../names-store';

/** The name of the operator among callers. */
export const OPERATOR = 'operator';

/** A caller as it is for the eyes of whoever provides what it called. */
interface NamedCaller {
  /** Null for a user, and for the operator. */
  readonly handle: string | null;
  /** What its backends know the caller by. */
  readonly pseudonym: string;
}

/**
 * Organisations are told by name, users by a pseudonym, which is another for every provider; the viewer knows its own
 * name. Source: chapter 6, "What can be asked".
 */
export function namedCaller(
  callerId: number,
  record: OwnerRecord | null,
  eyes: {
    readonly viewer: Principal;
    readonly providerId: OwnerId;
    readonly pseudonyms: (ownerId: OwnerId, callerId: OwnerId) => string;
  },
): NamedCaller {
  if (callerId === OPERATOR_CALLER) return { handle: null, pseudonym: OPERATOR };
  const { viewer, providerId, pseudonyms } = eyes;
  const isViewer = 'owner' in viewer && viewer.owner.id === callerId;
  const isNamed = isViewer || record?.kind === 'ORGANIZATION';
  return {
    handle: isNamed ? (record?.handle ?? null) : null,
    pseudonym: pseudonyms(providerId, callerId),
  };
}

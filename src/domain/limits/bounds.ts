import { keyOf } from '../permissions';
import type { OrganizationPrincipal, OwnerId, Principal, UserPrincipal } from '../principal';
import { consumerSubject, keySubject, type SubjectKey } from '../usage/subject';
import type { DatedLimits } from './dated';
import type { LimitScope } from './standing';
import { limitSubject, type LimitSubjectKey } from './subject';

/** Everyone but the operator, whom nothing bounds. */
export type Consumer = UserPrincipal | OrganizationPrincipal;

/** The limits of one consumer, but for those that single algorithms have for it. */
export interface ConsumerLimits {
  readonly own: DatedLimits | null;
  /** By id of the key. */
  readonly keys: ReadonlyMap<number, DatedLimits>;
}

/** Of most consumers. One object, so that it is told by its identity. */
export const UNLIMITED: ConsumerLimits = { own: null, keys: new Map() };

/** The limits of one algorithm. */
export interface AlgorithmLimits {
  /** Of every consumer that has none of its own there. */
  readonly others: DatedLimits | null;
  /** Are there consumers for which some were set? */
  readonly hasOwn: boolean;
}

/** Of most algorithms. One object, so that it is told by its identity. */
export const UNRATIONED: AlgorithmLimits = { others: null, hasOwn: false };

/** The calls that a quota counts, as the rollups know them. */
export type CountedCalls =
  { readonly subject: SubjectKey } | { readonly callerId: OwnerId; readonly algorithmId: number };

/** Limits, with whose calls they count. */
export interface Bounded {
  readonly scope: LimitScope;
  readonly subject: LimitSubjectKey;
  readonly limits: DatedLimits;
  readonly counted: CountedCalls;
}

export function isConsumer(principal: Principal): principal is Consumer {
  return principal.kind === 'user' || principal.kind === 'organization';
}

/** What bounds a caller wherever it calls: the limits of its key, and then those of its owner. */
export function boundedBy(caller: Consumer, { own, keys }: ConsumerLimits): Bounded[] {
  const keyId = keyOf(caller)?.id ?? null;
  const key = keyId === null ? undefined : keys.get(keyId);
  const bounded: Bounded[] = [];
  if (keyId !== null && key !== undefined) {
    const subject = limitSubject({ keyId, consumerId: null, algorithmId: null });
    bounded.push({ scope: 'KEY', subject, limits: key, counted: { subject: keySubject(keyId) } });
  }
  if (own !== null) {
    const consumerId = caller.owner.id;
    const subject = limitSubject({ keyId: null, consumerId, algorithmId: null });
    const counted = { subject: consumerSubject(consumerId) };
    bounded.push({ scope: 'OWNER', subject, limits: own, counted });
  }
  return bounded;
}

/**
 * What bounds a consumer at one algorithm: its own quotas there take the place of those that are for everyone.
 * @param own null where none were ever set for it; without a quota where they were taken away
 */
export function boundedAt(
  consumerId: OwnerId,
  algorithmId: number,
  others: DatedLimits | null,
  own: DatedLimits | null,
): Bounded[] {
  const hasOwn = own !== null && (own.perDay !== null || own.perMonth !== null);
  const limits = hasOwn ? own : others && sinceOwn(others, own);
  if (limits === null) return [];
  const subject = limitSubject({ keyId: null, consumerId, algorithmId });
  return [{ scope: 'ALGORITHM', subject, limits, counted: { callerId: consumerId, algorithmId } }];
}

/** What was counted for everyone's quota missed the calls that counted for one's own: it begins anew after that. */
function sinceOwn(limits: DatedLimits, own: DatedLimits | null): DatedLimits {
  if (own === null) return limits;
  const daySince = Math.max(limits.daySince ?? 0, own.daySince ?? 0);
  const monthSince = Math.max(limits.monthSince ?? 0, own.monthSince ?? 0);
  return { ...limits, daySince, monthSince };
}

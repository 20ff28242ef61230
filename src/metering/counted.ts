import { type CallRecord, callerIdOf, OPERATOR_CALLER } from '../domain/usage/call';
import type { Granularity } from '../domain/usage/granularity';
import {
  algorithmsOf,
  algorithmSubject,
  consumerSubject,
  type FamilyKey,
  keySubject,
  majorsOf,
  majorSubject,
  ownerSubject,
  type SubjectKey,
  unitOf,
  versionsOf,
} from '../domain/usage/subject';
import type { Facts } from './facts-store';

/** One of the subjects that a call counts for. */
export interface Counted {
  readonly subject: SubjectKey;
  readonly family: FamilyKey | null;
  /** Who called is one of many: a sketch of the callers is kept. */
  readonly hasCallers: boolean;
  /** A key is there for quotas, which are of days and months. */
  readonly isKey: boolean;
}

/**
 * The subjects that a call counts for: rows of `usage_rollups`. The pairs of `usage_pairs`, of what was called and who
 * called, are made in `cells.ts`. Source: chapter 6, "What can be asked" and "Quotas and rates".
 */
export function countedFor(record: CallRecord, { owners, majors }: Facts): readonly Counted[] {
  const { algorithmId, versionId, keyId } = record;
  const ownerId = owners.get(algorithmId);
  const major = versionId === null ? undefined : majors.get(versionId);
  const unit = unitOf(record);
  return [
    ...(ownerId === undefined ? [] : [provided(ownerSubject(ownerId), null)]),
    provided(algorithmSubject(algorithmId), ownerId === undefined ? null : algorithmsOf(ownerId)),
    ...(major === undefined ? [] : [provided(majorSubject(algorithmId, major), majorsOf(algorithmId))]),
    ...(unit === null ? [] : [provided(unit, versionsOf(algorithmId))]),
    { subject: consumerSubject(consumerOf(record)), family: null, hasCallers: false, isKey: false },
    ...(keyId === null ? [] : [{ subject: keySubject(keyId), family: null, hasCallers: false, isKey: true }]),
  ];
}

export function consumerOf({ principal }: CallRecord): number {
  return callerIdOf(principal) ?? OPERATOR_CALLER;
}

export function isCountedBy({ isKey }: Counted, granularity: Granularity): boolean {
  return !isKey || granularity === 'DAY' || granularity === 'MONTH';
}

function provided(subject: SubjectKey, family: FamilyKey | null): Counted {
  return { subject, family, hasCallers: true, isKey: false };
}

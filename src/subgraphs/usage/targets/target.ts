import type { OwnerId } from '../../../domain/principal';
import type { Grouping } from '../../../domain/usage/granularity';
import {
  algorithmsOf,
  consumerSubject,
  type FamilyKey,
  majorSubject,
  majorsOf,
  ownerSubject,
  algorithmSubject,
  type SubjectKey,
  versionSubject,
  versionsOf,
} from '../../../domain/usage/subject';
import type { AlgorithmView } from '../../../resolution';
import type { FamiliesPart } from '../series/store';
import type { CallScope } from './scope';

/** What usage is asked of. */
export type Target =
  | { readonly kind: 'PROVIDER'; readonly subject: SubjectKey; readonly ownerId: OwnerId }
  | { readonly kind: 'CONSUMER'; readonly subject: SubjectKey; readonly callerId: number }
  | {
      readonly kind: 'ALGORITHM' | 'MAJOR' | 'VERSION';
      readonly subject: SubjectKey;
      readonly ownerId: OwnerId;
      readonly scope: CallScope;
    };

export type ProvidedTarget = Exclude<Target, { kind: 'CONSUMER' }>;

export function providerTarget(ownerId: OwnerId): Target {
  return { kind: 'PROVIDER', subject: ownerSubject(ownerId), ownerId };
}

/** @param callerId the owner that calls, or OPERATOR_CALLER */
export function consumerTarget(callerId: number): Target {
  return { kind: 'CONSUMER', subject: consumerSubject(callerId), callerId };
}

export function algorithmTarget({ id, owner }: AlgorithmView): Target {
  const scope = { algorithmIds: [id], versionIds: null };
  return { kind: 'ALGORITHM', subject: algorithmSubject(id), ownerId: owner.id, scope };
}

/** @param versionIds of the major, of whatever state */
export function majorTarget(
  { id, owner }: AlgorithmView,
  major: number,
  versionIds: readonly number[],
): Target {
  const scope = { algorithmIds: [id], versionIds };
  return { kind: 'MAJOR', subject: majorSubject(id, major), ownerId: owner.id, scope };
}

export function versionTarget({ id, owner }: AlgorithmView, versionId: number): Target {
  const scope = { algorithmIds: [id], versionIds: [versionId] };
  return { kind: 'VERSION', subject: versionSubject(versionId), ownerId: owner.id, scope };
}

/** Which rollups are read: of subjects by their keys, or of all of some families. */
export type Rollups = { readonly subjects: readonly SubjectKey[] } | FamiliesPart;

/**
 * The fewest rollups that have what a grouping needs of all calls of a target.
 * @param scope of the target
 */
export function rollupsFor(
  { kind, subject, ...target }: ProvidedTarget,
  groupBy: Grouping | null,
  scope: CallScope,
): Rollups {
  const isWide = kind === 'PROVIDER' || kind === 'ALGORITHM';
  if (kind === 'PROVIDER' && groupBy === 'ALGORITHM') return whole([algorithmsOf(target.ownerId)]);
  if (isWide && groupBy === 'VERSION') return whole(scope.algorithmIds.map(versionsOf));
  if (isWide && groupBy === 'MAJOR') {
    // calls to what has no major are counted among the versions
    const families = scope.algorithmIds.flatMap((id): FamilyKey[] => [majorsOf(id), versionsOf(id)]);
    return { families, without: 'versions' };
  }
  if (kind === 'MAJOR' && groupBy === 'VERSION')
    return { subjects: (scope.versionIds ?? []).map(versionSubject) };
  return { subjects: [subject] };
}

function whole(families: readonly FamilyKey[]): Rollups {
  return { families, without: null };
}

import type { CallRecord } from './call';

/**
 * What calls are counted for, as the text key of its rollups: a provider, an algorithm, a major, a version, a build
 * that no version names, a consumer, an API key.
 */
export type SubjectKey = `${IdKind}:${number}` | `major:${number}/${number}`;

/** What calls of an algorithm go to: a version, or a build that no version names. */
export type UnitKey = `version:${number}` | `build:${number}`;

/** All subjects of a kind that have one parent, which are read together. */
export type FamilyKey = `${'versions' | 'majors' | 'algorithms'}:${number}`;

const ID_KINDS = ['owner', 'algorithm', 'version', 'build', 'consumer', 'key'] as const;
type IdKind = (typeof ID_KINDS)[number];

export type Subject =
  | { readonly kind: IdKind; readonly id: number }
  | { readonly kind: 'major'; readonly algorithmId: number; readonly major: number };

/** An owner as the provider of what is called. */
export const ownerSubject = (ownerId: number) => `owner:${ownerId}` as const;
export const algorithmSubject = (algorithmId: number) => `algorithm:${algorithmId}` as const;
export const majorSubject = (algorithmId: number, major: number) => `major:${algorithmId}/${major}` as const;
export const versionSubject = (versionId: number) => `version:${versionId}` as const;
export const buildSubject = (buildId: number) => `build:${buildId}` as const;
/** An owner as the one that calls; OPERATOR_CALLER for the operator. */
export const consumerSubject = (callerId: number) => `consumer:${callerId}` as const;
export const keySubject = (keyId: number) => `key:${keyId}` as const;

/** The versions of an algorithm, and its builds that no version names. */
export const versionsOf = (algorithmId: number) => `versions:${algorithmId}` as const;
export const majorsOf = (algorithmId: number) => `majors:${algorithmId}` as const;
/** The algorithms of a provider. */
export const algorithmsOf = (ownerId: number) => `algorithms:${ownerId}` as const;

/** What a call went to: its version, or else its build; null where the record has neither. */
export function unitOf({ versionId, buildId }: Pick<CallRecord, 'versionId' | 'buildId'>): UnitKey | null {
  if (versionId !== null) return versionSubject(versionId);
  return buildId === null ? null : buildSubject(buildId);
}

const SUBJECT = /^([a-z]+):(0|[1-9]\d{0,14})(?:\/(0|[1-9]\d{0,14}))?$/;

/** @throws Error for a text that is no subject's key */
export function parseSubject(text: string): Subject {
  const [, word, id, major] = SUBJECT.exec(text) ?? [];
  if (word === 'major' && major !== undefined) {
    return { kind: 'major', algorithmId: Number(id), major: Number(major) };
  }
  const kind = ID_KINDS.find((known) => known === word);
  if (kind === undefined || major !== undefined) throw new Error(`${JSON.stringify(text)} is no subject`);
  return { kind, id: Number(id) };
}

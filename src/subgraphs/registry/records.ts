import type { AlgorithmRow, BuildRow, OwnerRow, VersionRow } from '../../../entities';

/**
 * What the store of this slice gives: rows joined with the public names that point to them. Times are milliseconds
 * since the epoch.
 */
export type OwnerRecord = Pick<OwnerRow, 'id' | 'handle' | 'kind' | 'displayName'>;

export interface AlgorithmRecord extends Pick<
  AlgorithmRow,
  | 'id'
  | 'ownerId'
  | 'name'
  | 'summary'
  | 'description'
  | 'repositoryUrl'
  | 'licence'
  | 'createdAt'
  | 'listedAt'
> {
  readonly ownerHandle: string;
  readonly tags: readonly string[];
}

export type BuildRecord = Pick<
  BuildRow,
  | 'id'
  | 'sha'
  | 'status'
  | 'backendUrl'
  | 'interface'
  | 'artifactUri'
  | 'artifactDigest'
  | 'log'
  | 'environment'
  | 'createdAt'
>;

export type VersionRecord = VersionRow;

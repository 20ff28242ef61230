import type { AlgorithmRow, BuildRow, ChannelMoveRow, OwnerRow, VersionRow } from '../../../entities';
import type { ReportValues } from '../../domain/release';

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

/** The gates of one channel of an algorithm. */
export interface ChannelGates {
  readonly algorithmId: number;
  readonly channel: string;
  /** In their canonical text. */
  readonly gates: readonly string[];
  readonly since: number;
}

/** What was measured of a version. */
export interface GateReportRecord {
  readonly versionId: number;
  /** Its place among the reports of the version, from 1. */
  readonly number: number;
  readonly values: ReportValues;
  readonly at: number;
  readonly byId: number | null;
}

/** One move of a channel. */
export interface ChannelMoveRecord extends Omit<ChannelMoveRow, 'id'> {
  /** Its place among the moves of the channel, from 1. */
  readonly number: number;
}

/** A channel of an algorithm, and what it names. */
export interface ChannelFacts {
  readonly algorithmId: number;
  /** `owner/name` */
  readonly algorithmRef: string;
  readonly name: string;
  /** Null: it points nowhere. */
  readonly versionId: number | null;
  /** Follows what is published by itself, rather than being moved. */
  readonly computed: boolean;
}

import { nodeId } from '../shared/node-id';
import type { AlgorithmRecord, BuildRecord, OwnerRecord, VersionRecord } from './records';
import { Algorithm, Build, Major, Owner, Version } from './types';

/** Records into the objects of the graph. They are instances of their classes: that is how their type is known. */

export function ownerNode({ handle, kind, displayName }: OwnerRecord): Owner {
  return Object.assign(new Owner(), { id: nodeId('Owner', handle), handle, kind, displayName });
}

export function algorithmRefOf({ ownerHandle, name }: Pick<AlgorithmRecord, 'ownerHandle' | 'name'>): string {
  return `${ownerHandle}/${name}`;
}

export function algorithmNode(record: AlgorithmRecord): Algorithm {
  const ref = algorithmRefOf(record);
  const { name, summary, description, tags, repositoryUrl, licence, ownerId } = record;
  return Object.assign(new Algorithm(), {
    id: nodeId('Algorithm', ref),
    ref,
    name,
    summary,
    description,
    tags,
    repositoryUrl,
    licence,
    createdAt: new Date(record.createdAt),
    algorithmId: record.id,
    ownerId,
  });
}

export function majorNode(algorithmRef: string, number: number): Major {
  const ref = `${algorithmRef}/${number}`;
  return Object.assign(new Major(), { id: nodeId('Major', ref), ref, number, algorithmRef });
}

export function versionNode(record: VersionRecord, algorithm: AlgorithmRecord): Version {
  const algorithmRef = algorithmRefOf(algorithm);
  const ref = `${algorithmRef}/${record.version}`;
  const { version, visibility, stability, state } = record;
  return Object.assign(new Version(), {
    id: nodeId('Version', ref),
    ref,
    version,
    visibility,
    stability,
    state,
    ...contentOf(record),
    publishedAt: new Date(Number(record.publishedAt)),
    versionId: record.id,
    algorithmId: record.algorithmId,
    algorithmRef,
    majorNumber: record.major,
    buildId: record.buildId,
    publishedById: record.publishedBy,
    ownerId: algorithm.ownerId,
  });
}

type Content = Pick<
  Version,
  'releaseNotes' | 'migrationGuide' | 'sampleInput' | 'sampleOutput' | 'compatibility' | 'yank'
>;

const HIDDEN: Content = {
  releaseNotes: null,
  migrationGuide: null,
  sampleInput: null,
  sampleOutput: null,
  compatibility: null,
  yank: null,
};

/** What was taken down is hidden from everybody. Source: chapter 3, "Deprecating and withdrawing". */
function contentOf(record: VersionRecord): Content {
  if (record.state === 'TAKEN_DOWN') return HIDDEN;
  const { releaseNotes, migrationGuide, sampleInput, sampleOutput, compatibility } = record;
  const { yankedAt, yankReason } = record;
  const yank = yankedAt === null ? null : { reason: yankReason ?? '', at: new Date(Number(yankedAt)) };
  return { releaseNotes, migrationGuide, sampleInput, sampleOutput, compatibility, yank };
}

/** @param withSource whether its reader may read its source, and so where that is and how it was built */
export function buildNode(record: BuildRecord, withSource: boolean): Build {
  const { sha, status, createdAt, artifactDigest, artifactUri, log, environment } = record;
  return Object.assign(new Build(), {
    sha,
    status,
    createdAt: new Date(Number(createdAt)),
    artifactDigest,
    artifactUri: withSource ? artifactUri : null,
    log: withSource ? log : null,
    environment: withSource ? environment : null,
  });
}

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
  const { version, visibility, stability, state, releaseNotes, migrationGuide, sampleInput, sampleOutput } =
    record;
  return Object.assign(new Version(), {
    id: nodeId('Version', ref),
    ref,
    version,
    visibility,
    stability,
    state,
    releaseNotes,
    migrationGuide,
    sampleInput,
    sampleOutput,
    compatibility: record.compatibility,
    publishedAt: new Date(Number(record.publishedAt)),
    yank:
      record.yankedAt === null
        ? null
        : { reason: record.yankReason ?? '', at: new Date(Number(record.yankedAt)) },
    algorithmId: record.algorithmId,
    algorithmRef,
    majorNumber: record.major,
    buildId: record.buildId,
    publishedById: record.publishedBy,
    ownerId: algorithm.ownerId,
  });
}

export function buildNode({ sha, status, createdAt, artifactDigest }: BuildRecord): Build {
  return Object.assign(new Build(), { sha, status, createdAt: new Date(Number(createdAt)), artifactDigest });
}

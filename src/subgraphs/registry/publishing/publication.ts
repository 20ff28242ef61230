import { createHash } from 'node:crypto';

import type { Tx } from '../../../database';
import type { PermissionsChange } from '../../../domain/major-permissions';
import type { Rights } from '../../../domain/permissions';
import type { Principal } from '../../../domain/principal';
import type { Bump, Stability, Visibility } from '../../../domain/terms';
import type { AlgorithmView } from '../../../resolution';
import { lineWithin, textWithin } from '../../shared/text';
import type { RevisionRef } from '../artifacts/names';
import { pinTexts } from './pins';
import type { VersionRecord } from '../records';
import type { OfferedSbom } from '../trust/offered-sbom';
import type { VerifiedAttestation } from '../trust/offered-attestations';

export interface PublishInput {
  readonly algorithm: string;
  /** The newest succeeded build that is not published, where it is not said. */
  readonly sha?: string | null | undefined;
  /** In full, or by a bump; with neither it is the smallest bump that the interface allows. */
  readonly version?: string | null | undefined;
  readonly bump?: Bump | null | undefined;
  readonly visibility?: Visibility | null | undefined;
  /** Only for a version that opens a major. */
  readonly permissions?: PermissionsChange | null | undefined;
  readonly stability?: Stability | null | undefined;
  readonly releaseNotes?: string | null | undefined;
  readonly migrationGuide?: string | null | undefined;
  readonly sampleInput?: string | null | undefined;
  readonly sampleOutput?: string | null | undefined;
  readonly compatibility?: string | null | undefined;
  /** Revisions that the version pins. */
  readonly artifacts?: readonly RevisionRef[] | null | undefined;
  /** DSSE envelopes, as JSON. */
  readonly attestations?: readonly string[] | null | undefined;
  /** CycloneDX or SPDX, as JSON. */
  readonly sbom?: string | null | undefined;
}

/** What is said of a version, once and for ever. */
export type Content = Pick<
  VersionRecord,
  'stability' | 'releaseNotes' | 'migrationGuide' | 'sampleInput' | 'sampleOutput' | 'compatibility'
>;

/** A publication under way: who, what, and the transaction that it happens in. */
export interface Publication {
  readonly tx: Tx;
  readonly principal: Principal;
  readonly rights: Rights;
  readonly algorithm: AlgorithmView;
  readonly input: PublishInput;
  readonly content: Content;
  readonly pins: readonly RevisionRef[];
  readonly attestations: readonly VerifiedAttestation[];
  readonly sbom: OfferedSbom | null;
}

/** @throws AlgogateError TOO_LARGE, INVALID_INPUT */
export function contentOf(input: PublishInput): Content {
  return {
    stability: input.stability ?? 'STABLE',
    releaseNotes: textWithin(input.releaseNotes, 'releaseNotes'),
    migrationGuide: textWithin(input.migrationGuide, 'migrationGuide'),
    sampleInput: textWithin(input.sampleInput, 'sampleInput'),
    sampleOutput: textWithin(input.sampleOutput, 'sampleOutput'),
    compatibility: lineWithin(input.compatibility, 'compatibility', 512),
  };
}

export function sameContent(made: Content, content: Content): boolean {
  return (Object.keys(content) as (keyof Content)[]).every((field) => made[field] === content[field]);
}

/** The texts themselves are in the version's row, which is immutable: the ledger binds them by their digest. */
export function digestOf(content: Content, pins: readonly RevisionRef[]): string {
  const texts = Object.keys(content)
    .sort()
    .map((field) => content[field as keyof Content]);
  const said = pins.length === 0 ? texts : [...texts, pinTexts(pins)];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}

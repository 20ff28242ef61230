import { Field, InputType } from 'type-graphql';

import type {
  BuildStatus as Status,
  Bump as BumpValue,
  Callers as CallersValue,
  NetworkAccess as NetworkValue,
  SourceVisibility as SourceValue,
  Stability as StabilityValue,
  Visibility as VisibilityValue,
} from '../../domain/terms';
import {
  BuildStatus,
  Bump,
  Callers,
  NetworkAccess,
  SourceVisibility,
  Stability,
  Visibility,
} from '../shared/enums';
import { Sha } from '../shared/scalars';
import { PinInput } from './artifacts/types';
import { AlgorithmPoliciesInput } from './algorithms/policies-inputs';

@InputType()
export class CreateAlgorithmInput {
  @Field(() => String, { description: 'The handle of a user or organisation.' }) owner!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true, description: 'At most 300 characters.' }) summary?: string | null;
  @Field(() => String, { nullable: true, description: 'Markdown.' }) description?: string | null;
  @Field(() => [String], { nullable: true, description: 'At most 20.' }) tags?: string[] | null;
  @Field(() => String, { nullable: true }) repositoryUrl?: string | null;
  @Field(() => String, { nullable: true, description: 'An SPDX expression.' }) licence?: string | null;
}

@InputType()
export class UpdateAlgorithmInput {
  @Field(() => String, { description: '`owner/name`.' }) algorithm!: string;
  @Field(() => String, { nullable: true }) summary?: string | null;
  @Field(() => String, { nullable: true }) description?: string | null;
  @Field(() => [String], { nullable: true }) tags?: string[] | null;
  @Field(() => String, { nullable: true }) repositoryUrl?: string | null;
  @Field(() => String, { nullable: true }) licence?: string | null;
  @Field(() => AlgorithmPoliciesInput, { nullable: true }) policies?: AlgorithmPoliciesInput | null;
}

@InputType()
export class ArtifactInput {
  @Field(() => String) uri!: string;
  @Field(() => String, { description: '64 hex digits.' }) sha256!: string;
}

@InputType()
export class RegisterBuildInput {
  @Field(() => String, { description: '`owner/name`.' }) algorithm!: string;
  @Field(() => Sha) sha!: string;
  @Field(() => BuildStatus) status!: Status;
  @Field(() => String, {
    nullable: true,
    description: 'The address that serves it; needed where it succeeded.',
  })
  backendUrl?: string | null;
  @Field(() => String, { nullable: true, description: 'GraphQL SDL whose Query fields are the functions.' })
  interface?: string | null;
  @Field(() => ArtifactInput, { nullable: true }) artifact?: ArtifactInput | null;
  @Field(() => String, { nullable: true }) log?: string | null;
  @Field(() => String, { nullable: true }) environment?: string | null;
}

@InputType({ description: 'The permissions of a major that a version opens; what is not said is inherited.' })
export class PermissionsInput {
  @Field(() => Visibility, { nullable: true }) visibility?: VisibilityValue;
  @Field(() => Callers, { nullable: true }) callers?: CallersValue;
  @Field(() => SourceVisibility, { nullable: true }) sourceVisibility?: SourceValue;
  @Field(() => NetworkAccess, { nullable: true }) networkAccess?: NetworkValue;
  @Field(() => Boolean, { nullable: true }) callsAlgorithms?: boolean;
}

@InputType()
export class PublishVersionInput {
  @Field(() => String, { description: '`owner/name`.' }) algorithm!: string;
  @Field(() => Sha, { nullable: true, description: 'Default: the newest succeeded build not yet published.' })
  sha?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'A semantic version; or give `bump`. With neither it is the smallest bump that the interface allows.',
  })
  version?: string | null;
  @Field(() => Bump, {
    nullable: true,
    description: 'Counted from the highest release, private ones included.',
  })
  bump?: BumpValue | null;
  @Field(() => Visibility, { nullable: true, description: "PRIVATE stages a release; default: its major's." })
  visibility?: VisibilityValue | null;
  @Field(() => PermissionsInput, { nullable: true, description: 'Only for a version that opens a major.' })
  permissions?: PermissionsInput | null;
  @Field(() => Stability, { nullable: true }) stability?: StabilityValue | null;
  @Field(() => String, { nullable: true }) releaseNotes?: string | null;
  @Field(() => String, { nullable: true }) migrationGuide?: string | null;
  @Field(() => String, { nullable: true }) sampleInput?: string | null;
  @Field(() => String, { nullable: true }) sampleOutput?: string | null;
  @Field(() => String, { nullable: true }) compatibility?: string | null;
  @Field(() => [PinInput], {
    nullable: true,
    description: 'Revisions that it pins: the manifest of its major then has no say in them.',
  })
  artifacts?: PinInput[] | null;
  @Field(() => [String], {
    nullable: true,
    description:
      'DSSE envelopes, as JSON, of in-toto statements about its build, signed with keys of its owner. At most 5, of 65,535 bytes each.',
  })
  attestations?: string[] | null;
  @Field(() => String, {
    nullable: true,
    description: 'Its SBOM: CycloneDX 1.2 to 1.7 or SPDX 2.0 to 2.3, as JSON. At most 524,288 bytes.',
  })
  sbom?: string | null;
}

@InputType()
export class PromoteVersionInput {
  @Field(() => String, { description: '`owner/name/1.2.3`.' }) version!: string;
}

@InputType()
export class YankVersionInput {
  @Field(() => String, { description: '`owner/name/1.2.3`.' }) version!: string;
  @Field(() => String, { description: 'Shown to whoever calls it.' }) reason!: string;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Roll the channels back that point to it; without it, such a yank is refused.',
  })
  rollbackChannels?: boolean | null;
}

@InputType()
export class TakeDownVersionInput {
  @Field(() => String, { description: '`owner/name/1.2.3`.' }) version!: string;
  @Field(() => String) reason!: string;
}

@InputType()
export class UnyankVersionInput {
  @Field(() => String, { description: '`owner/name/1.2.3`.' }) version!: string;
}

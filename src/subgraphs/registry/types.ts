import { Directive, Field, Int, ObjectType } from 'type-graphql';

import type {
  BuildStatus as Status,
  OwnerKind as Kind,
  SelectorKind as Selector,
  Stability as StabilityValue,
  VersionState as State,
  Visibility as VisibilityValue,
} from '../../domain/terms';
import type { Answer } from '../../resolution';
import { BuildStatus, OwnerKind, SelectorKind, Stability, VersionState, Visibility } from '../shared/enums';
import { NodeInterface } from '../shared/node';
import { connectionOf } from '../shared/paging';
import { DateTime, Sha } from '../shared/scalars';

/** The object types of the registry. What needs a look-up is a field resolver in `resolvers/`. */

@ObjectType('Owner', {
  implements: NodeInterface,
  description: 'A user or an organisation: who owns algorithms.',
})
@Directive('@key(fields: "handle")')
export class Owner extends NodeInterface {
  @Field(() => String, { description: 'Unique without regard to case; never renamed, never used again.' })
  handle!: string;
  @Field(() => OwnerKind) kind!: Kind;
  @Field(() => String, { nullable: true }) displayName!: string | null;
}

@ObjectType('Algorithm', { implements: NodeInterface, description: 'A line of versions with one purpose.' })
@Directive('@key(fields: "ref")')
export class Algorithm extends NodeInterface {
  @Field(() => String, { description: '`owner/name`.' }) ref!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true, description: 'In one line.' }) summary!: string | null;
  @Field(() => String, { nullable: true, description: 'Markdown.' }) description!: string | null;
  @Field(() => [String]) tags!: readonly string[];
  @Field(() => String, { nullable: true }) repositoryUrl!: string | null;
  @Field(() => String, { nullable: true, description: 'An SPDX expression.' }) licence!: string | null;
  @Field(() => DateTime) createdAt!: Date;
  algorithmId!: number;
  ownerId!: number;
}

@ObjectType('Major', {
  implements: NodeInterface,
  description: 'All versions of an algorithm that share the first number: the unit of permissions.',
})
@Directive('@key(fields: "ref")')
export class Major extends NodeInterface {
  @Field(() => String, { description: '`owner/name/1`.' }) ref!: string;
  @Field(() => Int) number!: number;
  algorithmRef!: string;
}

@ObjectType({ description: 'The result of building one commit. Immutable.' })
export class Build {
  @Field(() => Sha) sha!: string;
  @Field(() => BuildStatus) status!: Status;
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => String, { nullable: true, description: 'SHA-256 of the artifact, in hex.' })
  artifactDigest!: string | null;
  @Field(() => String, { nullable: true, description: 'For whom may read its source.' })
  artifactUri!: string | null;
  @Field(() => String, { nullable: true, description: 'For whom may read its source.' })
  log!: string | null;
  @Field(() => String, { nullable: true, description: 'For whom may read its source.' })
  environment!: string | null;
}

@ObjectType({ description: 'A version that was taken out of every selector but FULL and SHA.' })
export class Yank {
  @Field(() => String) reason!: string;
  @Field(() => DateTime) at!: Date;
}

@ObjectType('Version', {
  implements: NodeInterface,
  description: 'A semantic version that was given, once and for ever, to one successful build.',
})
@Directive('@key(fields: "ref")')
export class Version extends NodeInterface {
  @Field(() => String, { description: 'Canonical: `owner/name/1.2.3`.' }) ref!: string;
  @Field(() => String) version!: string;
  @Field(() => Visibility) visibility!: VisibilityValue;
  @Field(() => Stability) stability!: StabilityValue;
  @Field(() => VersionState) state!: State;
  @Field(() => String, { nullable: true }) releaseNotes!: string | null;
  @Field(() => String, { nullable: true }) migrationGuide!: string | null;
  @Field(() => String, { nullable: true }) sampleInput!: string | null;
  @Field(() => String, { nullable: true }) sampleOutput!: string | null;
  @Field(() => String, { nullable: true, description: 'The range of platforms that it runs on.' })
  compatibility!: string | null;
  @Field(() => DateTime) publishedAt!: Date;
  @Field(() => Yank, { nullable: true }) yank!: Yank | null;
  versionId!: number;
  algorithmId!: number;
  algorithmRef!: string;
  majorNumber!: number;
  buildId!: number;
  publishedById!: number | null;
  ownerId!: number;
}

@ObjectType({ description: 'A version that was passed over, and why.' })
export class TraceStep {
  @Field(() => String) version!: string;
  @Field(() => String) reason!: string;
}

@ObjectType({ description: 'What a reference names. For most selectors it is the same for every caller.' })
export class Resolution {
  @Field(() => String, { description: 'As it was written.' }) reference!: string;
  @Field(() => String, { description: '`Owner/Name/1.2.3`, or with the SHA.' }) canonical!: string;
  @Field(() => SelectorKind) selector!: Selector;
  @Field(() => String, { description: 'The rule that chose it, in one sentence.' }) rule!: string;
  @Field(() => String, { description: '`owner@n`: the ledger position that it was computed at.' })
  position!: string;
  @Field(() => [TraceStep], {
    description: 'Up to ten candidates nearest above, and why each was passed over.',
  })
  trace!: readonly TraceStep[];
  @Field(() => [String], {
    description: 'What to know of the version, such as that it is deprecated or yanked.',
  })
  warnings!: readonly string[];
  versionId!: number | null;
  buildId!: number;
  answer!: Answer;
}

export const AlgorithmConnection = connectionOf('Algorithm', () => Algorithm);
export const VersionConnection = connectionOf('Version', () => Version);

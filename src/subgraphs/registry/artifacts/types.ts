import { Field, InputType, ObjectType } from 'type-graphql';

import { connectionOf } from '../../shared/paging';
import { type Refusable, UserError } from '../../shared/payload';
import { DateTime } from '../../shared/scalars';
import { Major } from '../types';

const URI = {
  nullable: true,
  description: "Where it is; for the owner's members and, of one major, for those who may see its source.",
} as const;

@ObjectType({
  description:
    'One revision of an artifact: data beside the code, such as the weights of a model. Immutable.',
})
export class ArtifactRevision {
  @Field(() => String) name!: string;
  @Field(() => String) revision!: string;
  @Field(() => String, { description: '64 hex digits: by which a run can be repeated.' }) sha256!: string;
  @Field(() => String, URI) uri!: string | null;
  @Field(() => DateTime) addedAt!: Date;
}

@ObjectType({ description: 'Which revision of an artifact holds.' })
export class ManifestEntry {
  @Field(() => String) name!: string;
  @Field(() => String) revision!: string;
  @Field(() => String, { description: '64 hex digits.' }) sha256!: string;
  @Field(() => String, URI) uri!: string | null;
}

export const ArtifactRevisionConnection = connectionOf('ArtifactRevision', () => ArtifactRevision);

@InputType()
export class AddArtifactRevisionInput {
  @Field(() => String, { description: '`owner/name`.' }) algorithm!: string;
  @Field(() => String) name!: string;
  @Field(() => String) revision!: string;
  @Field(() => String, { description: 'An absolute address, without credentials.' }) uri!: string;
  @Field(() => String, { description: '64 hex digits.' }) sha256!: string;
}

@InputType()
export class MoveArtifactInput {
  @Field(() => String, { description: '`owner/name/1`.' }) major!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { description: 'A revision.' }) to!: string;
  @Field(() => String, { nullable: true, description: 'The revision that it points to now; null: nowhere.' })
  expected?: string | null;
  @Field(() => String, { nullable: true }) reason?: string | null;
}

@InputType()
export class RollbackArtifactInput {
  @Field(() => String, { description: '`owner/name/1`.' }) major!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true }) reason?: string | null;
}

@InputType({ description: 'A revision of an artifact that a version pins.' })
export class PinInput {
  @Field(() => String) name!: string;
  @Field(() => String) revision!: string;
}

@ObjectType()
export class AddArtifactRevisionPayload implements Refusable {
  @Field(() => ArtifactRevision, { nullable: true }) artifact!: ArtifactRevision | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@ObjectType()
export class MoveArtifactPayload implements Refusable {
  @Field(() => Major, { nullable: true }) major!: Major | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

@ObjectType()
export class RollbackArtifactPayload implements Refusable {
  @Field(() => Major, { nullable: true }) major!: Major | null;
  @Field(() => [UserError]) userErrors!: readonly UserError[];
}

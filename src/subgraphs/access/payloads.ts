import { Field, ObjectType } from 'type-graphql';

import { type Refusable, UserError } from '../shared/payload';
import { ApiKey, Identity, Major, Member, Owner, TrustedPublisher } from './types';

@ObjectType()
export class CreateUserPayload implements Refusable {
  @Field(() => Owner, { nullable: true }) user!: Owner | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class CreateOrganizationPayload implements Refusable {
  @Field(() => Owner, { nullable: true }) organization!: Owner | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class SetMemberPayload implements Refusable {
  @Field(() => Owner, { nullable: true }) organization!: Owner | null;
  @Field(() => Member, { nullable: true }) member!: Member | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class RemoveMemberPayload implements Refusable {
  @Field(() => Owner, { nullable: true }) organization!: Owner | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class CreateApiKeyPayload implements Refusable {
  @Field(() => ApiKey, { nullable: true }) apiKey!: ApiKey | null;
  @Field(() => String, { nullable: true, description: 'Shown this once.' }) secret!: string | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class RevokeApiKeyPayload implements Refusable {
  @Field(() => ApiKey, { nullable: true }) apiKey!: ApiKey | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class SuspendUserPayload implements Refusable {
  @Field(() => Owner, { nullable: true }) user!: Owner | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class SetMajorPermissionsPayload implements Refusable {
  @Field(() => Major, { nullable: true }) major!: Major | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class GrantMajorAccessPayload implements Refusable {
  @Field(() => Major, { nullable: true }) major!: Major | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class RevokeMajorAccessPayload implements Refusable {
  @Field(() => Major, { nullable: true }) major!: Major | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class LinkIdentityPayload implements Refusable {
  @Field(() => Identity, { nullable: true }) identity!: Identity | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class UnlinkIdentityPayload implements Refusable {
  @Field(() => Identity, { nullable: true }) identity!: Identity | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class AddTrustedPublisherPayload implements Refusable {
  @Field(() => TrustedPublisher, { nullable: true }) trustedPublisher!: TrustedPublisher | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@ObjectType()
export class RemoveTrustedPublisherPayload implements Refusable {
  @Field(() => TrustedPublisher, { nullable: true }) trustedPublisher!: TrustedPublisher | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

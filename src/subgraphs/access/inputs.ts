import { Field, ID, InputType } from 'type-graphql';

import type * as principal from '../../domain/principal';
import type * as terms from '../../domain/terms';
import { Callers, GrantLevel, NetworkAccess, Role, SourceVisibility, Visibility } from '../shared/enums';
import { DateTime } from '../shared/scalars';

const HANDLE = 'A letter, then letters, digits, `_` and `-`; at most 63. Never free again.';
const MAJOR = 'owner/name/1';

@InputType()
export class CreateUserInput {
  @Field(() => String, { description: HANDLE }) handle!: string;
  @Field(() => String, { nullable: true }) displayName?: string | null;
}

@InputType()
export class CreateOrganizationInput {
  @Field(() => String, { description: HANDLE }) handle!: string;
  @Field(() => String, { nullable: true }) displayName?: string | null;
  @Field(() => String, { nullable: true, description: 'Its first admin, a user; by default the viewer.' })
  admin?: string | null;
}

@InputType()
export class SetMemberInput {
  @Field(() => String) organization!: string;
  @Field(() => String) user!: string;
  @Field(() => Role) role!: principal.Role;
}

@InputType()
export class RemoveMemberInput {
  @Field(() => String) organization!: string;
  @Field(() => String) user!: string;
}

@InputType()
export class CreateApiKeyInput {
  @Field(() => String, { description: 'The user or organisation that the key acts as.' }) owner!: string;
  @Field(() => String, { nullable: true }) label?: string | null;
  @Field(() => [String], {
    nullable: true,
    description:
      '`read`, `call`, `release`, `publish`, `admin`, each optionally followed by `:owner/*` or `:owner/name`. None: all that the owner has.',
  })
  scopes?: string[] | null;
  @Field(() => DateTime, { nullable: true }) expiresAt?: Date | null;
}

@InputType()
export class RevokeApiKeyInput {
  @Field(() => ID) id!: string;
}

@InputType()
export class LinkIdentityInput {
  @Field(() => String) user!: string;
  @Field(() => String, { description: 'As `iss` of its tokens has it.' }) issuer!: string;
  @Field(() => String, { description: 'As `sub` of its tokens has it.' }) subject!: string;
}

@InputType()
export class UnlinkIdentityInput {
  @Field(() => String) user!: string;
  @Field(() => String) issuer!: string;
  @Field(() => String) subject!: string;
}

@InputType({ description: 'What a claim of a token must say.' })
export class ClaimInput {
  @Field(() => String) name!: string;
  @Field(() => String) value!: string;
}

@InputType({ description: 'All of it is compared with what the token of a pipeline says, to the letter.' })
export class AddTrustedPublisherInput {
  @Field(() => String, { description: 'owner/name' }) algorithm!: string;
  @Field(() => String, {
    description: 'One of those that the operator of this server takes publications from.',
  })
  issuer!: string;
  @Field(() => String) repository!: string;
  @Field(() => String) workflow!: string;
  @Field(() => String, { nullable: true, description: 'None: whichever.' }) environment?: string | null;
  @Field(() => [ClaimInput], { nullable: true, description: 'What other claims must say; at most 10.' })
  claims?: ClaimInput[] | null;
}

@InputType()
export class RemoveTrustedPublisherInput {
  @Field(() => String, { description: 'owner/name' }) algorithm!: string;
  @Field(() => ID) id!: string;
}

@InputType()
export class SuspendUserInput {
  @Field(() => String) user!: string;
  @Field(() => String) reason!: string;
}

@InputType({ description: 'What is not given stays as it is.' })
export class SetMajorPermissionsInput {
  @Field(() => String, { description: MAJOR }) major!: string;
  @Field(() => Visibility, { nullable: true }) visibility?: terms.Visibility;
  @Field(() => Callers, { nullable: true }) callers?: terms.Callers;
  @Field(() => SourceVisibility, { nullable: true }) sourceVisibility?: terms.SourceVisibility;
  @Field(() => NetworkAccess, { nullable: true }) networkAccess?: terms.NetworkAccess;
  @Field(() => Boolean, { nullable: true }) callsAlgorithms?: boolean;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Makes the private versions of the major public with it: all, or none.',
  })
  promoteExisting?: boolean | null;
}

@InputType()
export class GrantMajorAccessInput {
  @Field(() => String, { description: MAJOR }) major!: string;
  @Field(() => String, { description: 'A user or an organisation.' }) grantee!: string;
  @Field(() => GrantLevel) level!: terms.GrantLevel;
}

@InputType()
export class RevokeMajorAccessInput {
  @Field(() => String, { description: MAJOR }) major!: string;
  @Field(() => String) grantee!: string;
}

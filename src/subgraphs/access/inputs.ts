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
      '`read`, `call`, `publish`, `admin`, each optionally followed by `:owner/*` or `:owner/name`. None: all that the owner has.',
  })
  scopes?: string[] | null;
  @Field(() => DateTime, { nullable: true }) expiresAt?: Date | null;
}

@InputType()
export class RevokeApiKeyInput {
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

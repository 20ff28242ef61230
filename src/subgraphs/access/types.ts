import { Directive, Field, ID, ObjectType } from 'type-graphql';

import type { MajorPermissions as Permissions } from '../../domain/permissions';
import type * as principal from '../../domain/principal';
import type * as terms from '../../domain/terms';
import { Callers, GrantLevel, NetworkAccess, Role, SourceVisibility, Visibility } from '../shared/enums';
import { connectionOf } from '../shared/paging';
import { DateTime } from '../shared/scalars';
import { viewerId } from '../shared/viewer-id';
import type { GrantRecord, IdentityRecord, KeyRecord, MemberRecord, PublisherRecord } from './records';

@ObjectType({ description: 'A user or an organisation.' })
@Directive('@key(fields: "handle")')
export class Owner {
  @Field(() => String) handle!: string;
}

@ObjectType({ description: 'A line of versions with one purpose.' })
@Directive('@key(fields: "ref")')
export class Algorithm {
  @Field(() => String) ref!: string;
}

@ObjectType({
  description: 'All versions of an algorithm that share the first number: the unit of permissions.',
})
@Directive('@key(fields: "ref")')
export class Major {
  @Field(() => String) ref!: string;
}

@ObjectType({ description: 'A semantic version, given once and for ever to one build.' })
@Directive('@key(fields: "ref")')
export class Version {
  @Field(() => String) ref!: string;
}

@ObjectType({ description: 'What versions of a major are published with, and who may call them.' })
export class MajorPermissions implements Permissions {
  @Field(() => Visibility, {
    description: 'What its versions are published with, unless they are held back.',
  })
  visibility!: terms.Visibility;
  @Field(() => Callers, { description: "Who besides the owner's members may call its public versions." })
  callers!: terms.Callers;
  @Field(() => SourceVisibility) sourceVisibility!: terms.SourceVisibility;
  @Field(() => NetworkAccess) networkAccess!: terms.NetworkAccess;
  @Field(() => Boolean, { description: 'Whether its calls may call other algorithms in turn.' })
  callsAlgorithms!: boolean;
}

@ObjectType({ description: "What someone besides the owner's members may do with a major." })
export class Grant {
  @Field(() => Owner, { description: 'A user, or an organisation: then all its members.' }) grantee!: Owner;
  @Field(() => GrantLevel) level!: terms.GrantLevel;
  @Field(() => DateTime) grantedAt!: Date;
}

@ObjectType({ description: 'A user in an organisation.' })
export class Member {
  @Field(() => Owner) user!: Owner;
  @Field(() => Role) role!: principal.Role;
  @Field(() => DateTime) since!: Date;
}

export const MemberConnection = connectionOf('Member', () => Member);

@ObjectType({
  description: 'A key that acts as a user, or as an admin of an organisation, within its scopes.',
})
export class ApiKey {
  @Field(() => ID) id!: string;
  @Field(() => String, { nullable: true }) label!: string | null;
  @Field(() => String, { description: 'Its public beginning.' }) prefix!: string;
  @Field(() => [String], { description: 'What it may do, of all that its owner may; none: all of it.' })
  scopes!: readonly string[];
  @Field(() => DateTime) createdAt!: Date;
  @Field(() => DateTime, { nullable: true }) expiresAt!: Date | null;
  @Field(() => DateTime, { nullable: true }) revokedAt!: Date | null;
  @Field(() => DateTime, { nullable: true, description: 'To the minute.' }) lastUsedAt!: Date | null;
}

@ObjectType({ description: 'A subject of an issuer whose tokens act as a user.' })
export class Identity {
  @Field(() => Owner) user!: Owner;
  @Field(() => String) issuer!: string;
  @Field(() => String) subject!: string;
  @Field(() => DateTime) linkedAt!: Date;
}

@ObjectType({ description: 'What a claim of a token must say.' })
export class Claim {
  @Field(() => String) name!: string;
  @Field(() => String) value!: string;
}

@ObjectType({
  description: 'Whose pipelines may publish an algorithm, by the identity tokens that they get.',
})
export class TrustedPublisher {
  @Field(() => ID) id!: string;
  @Field(() => String) issuer!: string;
  @Field(() => String) repository!: string;
  @Field(() => String) workflow!: string;
  @Field(() => String, { nullable: true, description: 'Null: whichever.' }) environment!: string | null;
  @Field(() => [Claim], { description: 'What other claims must say.' }) claims!: readonly Claim[];
  @Field(() => DateTime) createdAt!: Date;
}

@ObjectType({ description: 'Who asks.' })
@Directive('@key(fields: "id")')
export class Viewer {
  @Field(() => ID, { description: 'Opaque; the same whatever its key.' }) id!: string;
  @Field(() => Owner, {
    nullable: true,
    description: "Null for an organisation's key, and for the operator.",
  })
  user!: Owner | null;
}

/** Null when anonymous. */
export function viewerOf(principal: principal.Principal): Viewer | null {
  const id = viewerId(principal);
  if (id === null) return null;
  return { id, user: principal.kind === 'user' ? { handle: principal.owner.handle } : null };
}

export function memberOf({ handle, role, since }: MemberRecord): Member {
  return { user: { handle }, role, since: new Date(since) };
}

export function grantOf({ grantee, level, grantedAt }: GrantRecord): Grant {
  return { grantee: { handle: grantee }, level, grantedAt: new Date(grantedAt) };
}

export function identityOf({ handle, issuer, subject, linkedAt }: IdentityRecord): Identity {
  return { user: { handle }, issuer, subject, linkedAt: new Date(linkedAt) };
}

export function trustedPublisherOf(publisher: PublisherRecord): TrustedPublisher {
  const { publicId, issuer, repository, workflow, environment } = publisher;
  const claims = Object.entries(publisher.claims).map(([name, value]) => ({ name, value }));
  const createdAt = new Date(publisher.createdAt);
  return { id: publicId, issuer, repository, workflow, environment, claims, createdAt };
}

export function apiKeyOf(key: KeyRecord): ApiKey {
  const { prefix, label, scopes } = key;
  return {
    id: prefix,
    prefix,
    label,
    scopes,
    createdAt: new Date(key.createdAt),
    expiresAt: dateOrNull(key.expiresAt),
    revokedAt: dateOrNull(key.revokedAt),
    lastUsedAt: dateOrNull(key.lastUsedAt),
  };
}

function dateOrNull(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}

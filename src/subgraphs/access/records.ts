import type { OwnerId, OwnerRef, Role } from '../../domain/principal';
import type { GrantLevel, OwnerKind } from '../../domain/terms';
import type { PublisherFacts } from '../../domain/trusted-publisher';

/** What the store of this slice gives. Times are milliseconds since the epoch. */
export interface OwnerRecord extends OwnerRef {
  readonly kind: OwnerKind;
  readonly suspended: boolean;
}

export interface MemberRecord {
  readonly userId: OwnerId;
  readonly handle: string;
  readonly role: Role;
  readonly since: number;
}

export interface KeyRecord {
  readonly id: number;
  readonly ownerId: OwnerId;
  /** Public; finds the key. */
  readonly prefix: string;
  readonly label: string | null;
  /** As they were asked for; none: all that the principal has. */
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** To the minute. */
  readonly lastUsedAt: number | null;
}

/** A subject of an issuer that is a user. */
export interface IdentityRecord {
  readonly id: number;
  readonly userId: OwnerId;
  readonly handle: string;
  readonly issuer: string;
  readonly subject: string;
  readonly linkedAt: number;
}

/** Whose pipelines may publish an algorithm. */
export interface PublisherRecord extends PublisherFacts {
  readonly id: number;
  /** As the graph shows it. */
  readonly publicId: string;
  readonly algorithmId: number;
  /** The user who added it; null for the operator. */
  readonly createdBy: OwnerId | null;
  readonly createdAt: number;
}

export interface GrantRecord {
  readonly grantee: string;
  readonly level: GrantLevel;
  readonly grantedAt: number;
}

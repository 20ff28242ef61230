import { Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

import { AlgorithmRow } from './algorithm';
import { EPOCH_MS, EPOCH_MS_OR_NULL, RESTRICT, SHA256_HEX } from './columns';
import { OwnerRow } from './owner';

/** A subject of an issuer that is a user here. */
@Entity('identities')
@Index('identities_digest', ['digest'], { unique: true })
@Index('identities_user', ['userId'])
export class IdentityRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'user_id', type: 'int' })
  userId!: number;
  /** Of issuer and subject: MySQL compares texts without the spaces at their end. */
  @Column({ ...SHA256_HEX }) digest!: string;
  @Column({ type: 'varchar', length: 400 }) issuer!: string;
  @Column({ type: 'varchar', length: 255 }) subject!: string;
  @Column({ name: 'created_at', ...EPOCH_MS }) createdAt!: number;
}

/** A workflow whose pipelines may publish an algorithm. It stays when it is removed: keys name it. */
@Entity('trusted_publishers')
@Index('trusted_publishers_public_id', ['publicId'], { unique: true })
@Index('trusted_publishers_algorithm', ['algorithmId'])
export class TrustedPublisherRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @Column({ name: 'public_id', type: 'varchar', length: 24 }) publicId!: string;
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @Column({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  @Column({ type: 'varchar', length: 400 }) issuer!: string;
  @Column({ type: 'varchar', length: 255 }) repository!: string;
  @Column({ type: 'varchar', length: 400 }) workflow!: string;
  /** Null: any, or none. */
  @Column({ type: 'varchar', length: 255, nullable: true }) environment!: string | null;
  /** A JSON object of texts by claims, which must be so besides. */
  @Column({ type: 'text' }) claims!: string;
  @Column({ name: 'created_at', ...EPOCH_MS }) createdAt!: number;
  /** The user who added it; null for the operator. */
  @Column({ name: 'created_by', type: 'int', nullable: true }) createdBy!: number | null;
  @Column({ name: 'removed_at', ...EPOCH_MS_OR_NULL }) removedAt!: number | null;
}

/** A token that was exchanged, and cannot be again. */
@Entity('used_tokens')
@Index('used_tokens_expiry', ['forgetAt'])
export class UsedTokenRow {
  @PrimaryColumn({ ...SHA256_HEX }) digest!: string;
  /** Later than any replica takes the token for a good one. */
  @Column({ name: 'forget_at', ...EPOCH_MS }) forgetAt!: number;
}

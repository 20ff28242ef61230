import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

import { EPOCH_MS, EPOCH_MS_OR_NULL, RESTRICT, SHA256_HEX } from './columns';
import { OwnerRow } from './owner';

@Entity('api_keys')
@Index('api_keys_prefix', ['prefix'], { unique: true })
@Index('api_keys_owner', ['ownerId'])
@Index('api_keys_publisher', ['publisherId'])
export class ApiKeyRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'owner_id', type: 'int' })
  ownerId!: number;
  @Column({ type: 'varchar', length: 20 }) prefix!: string;
  @Column({ name: 'secret_hash', ...SHA256_HEX }) secretHash!: string;
  @Column({ type: 'varchar', length: 100, nullable: true }) label!: string | null;
  /** A JSON list of scopes as they were asked for. */
  @Column({ type: 'text' }) scopes!: string;
  @Column({ name: 'created_at', ...EPOCH_MS }) createdAt!: number;
  @Column({ name: 'expires_at', ...EPOCH_MS_OR_NULL }) expiresAt!: number | null;
  @Column({ name: 'revoked_at', ...EPOCH_MS_OR_NULL }) revokedAt!: number | null;
  @Column({ name: 'last_used_at', ...EPOCH_MS_OR_NULL }) lastUsedAt!: number | null;
  /** The user who made it; null for the operator, and for keys from before it was noted. */
  @Column({ name: 'created_by', type: 'int', nullable: true }) createdBy!: number | null;
  /** The trusted publisher whose pipeline got it for its token; null for every other. */
  @Column({ name: 'publisher_id', type: 'int', nullable: true }) publisherId!: number | null;
}

import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { EPOCH_MS, EPOCH_MS_OR_NULL } from './columns';

/** A pair of keys by which all replicas sign, or did: public halves stay for ever. */
@Entity('signing_keys')
@Index('signing_keys_active', ['active'], { unique: true })
export class SigningKeyRow {
  /** Thumbprint of the public key (RFC 7638). */
  @PrimaryColumn({ type: 'varchar', length: 43 }) kid!: string;
  /** 1 of the one that signs now, null of the others: unique. */
  @Column({ type: 'int', nullable: true }) active!: 1 | null;
  @Column({ name: 'public_jwk', type: 'varchar', length: 400 }) publicJwk!: string;
  /** The private half, wrapped by the master key; null when it signs no more. */
  @Column({ type: 'varchar', length: 400, nullable: true }) wrapped!: string | null;
  @Column({ name: 'created_at', ...EPOCH_MS }) createdAt!: number;
  @Column({ name: 'retired_at', ...EPOCH_MS_OR_NULL }) retiredAt!: number | null;
}

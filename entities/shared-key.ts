import { Column, Entity, PrimaryColumn } from 'typeorm';

import { EPOCH_MS } from './columns';

/** A key that all replicas share, wrapped by the master key. */
@Entity('shared_keys')
export class SharedKeyRow {
  @PrimaryColumn({ type: 'varchar', length: 40 }) name!: string;
  /** base64 of nonce, ciphertext and tag (AES-256-GCM). */
  @Column({ type: 'varchar', length: 400 }) wrapped!: string;
  @Column({ name: 'created_at', ...EPOCH_MS }) createdAt!: number;
}

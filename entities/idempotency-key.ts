import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { EPOCH_MS, SHA256_HEX } from './columns';

@Entity('idempotency_keys')
@Index('idempotency_keys_expiry', ['expiresAt'])
export class IdempotencyKeyRow {
  @PrimaryColumn({ type: 'varchar', length: 64 }) principal!: string;
  @PrimaryColumn({ name: 'key_hash', ...SHA256_HEX }) keyHash!: string;
  @Column({ name: 'body_digest', ...SHA256_HEX }) bodyDigest!: string;
  /**
   * Until when the claiming call may be under way; it also tells one claim of a key from the next. A claim that
   * outlives it was cut by a crash.
   */
  @Column({ name: 'lease_until', ...EPOCH_MS }) leaseUntil!: number;
  @Column({ name: 'expires_at', ...EPOCH_MS }) expiresAt!: number;
  /** Whether the first call has ended; its answer may have been too large to keep. */
  @Column({ type: 'boolean' }) done!: boolean;
  /** The answer's head as JSON, without the body. */
  @Column({ name: 'answer_head', type: 'text', nullable: true }) answerHead!: string | null;
  @Column({ name: 'answer_body', type: 'blob', nullable: true }) answerBody!: Buffer | null;
}

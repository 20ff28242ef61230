import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

import { EPOCH_MS, RESTRICT, SHA256_HEX } from './columns';
import { OwnerRow } from './owner';

/** Heads of the ledger as they were signed. Append-only: triggers refuse every update and delete. */
@Entity('ledger_signed_heads')
export class SignedHeadRow {
  @ForeignKey(() => OwnerRow, RESTRICT)
  @PrimaryColumn({ name: 'owner_id', type: 'int' })
  ownerId!: number;
  @PrimaryColumn({ type: 'varchar', length: 7 }) chain!: 'public' | 'private';
  @PrimaryColumn({ type: 'int' }) sequence!: number;
  @Column({ ...SHA256_HEX }) hash!: string;
  /** By the clock of the replica that signed. */
  @Column({ name: 'signed_at', ...EPOCH_MS }) signedAt!: number;
  /** A compact JWS that says all of the above but the id. */
  @Column({ type: 'varchar', length: 1000 }) jws!: string;
}

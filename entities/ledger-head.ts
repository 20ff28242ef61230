import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import { EPOCH_MS, RESTRICT } from './columns';
import { OwnerRow } from './owner';

/** The heads of both chains of an owner, in one row: its lock serialises all that changes the owner. */
@Entity('ledger_heads')
@Index('ledger_heads_moved', ['movedAt'])
export class LedgerHeadRow {
  @ForeignKey(() => OwnerRow, RESTRICT)
  @PrimaryColumn({ name: 'owner_id', type: 'int' })
  ownerId!: number;
  @Column({ name: 'public_sequence', type: 'int' }) publicSequence!: number;
  @Column({ name: 'public_hash', type: 'varchar', length: 64, nullable: true }) publicHash!: string | null;
  @Column({ name: 'public_at', ...EPOCH_MS }) publicAt!: number;
  @Column({ name: 'private_sequence', type: 'int' }) privateSequence!: number;
  @Column({ name: 'private_hash', type: 'varchar', length: 64, nullable: true }) privateHash!: string | null;
  @Column({ name: 'private_at', ...EPOCH_MS }) privateAt!: number;
  /** When either head last moved, by the database's clock: what replicas follow. */
  @Column({ name: 'moved_at', ...EPOCH_MS }) movedAt!: number;
}

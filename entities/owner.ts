import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

import type { OwnerKind } from '../src/domain/terms';
import { EPOCH_MS, EPOCH_MS_OR_NULL } from './columns';

@Entity('owners')
@Index('owners_handle_key', ['handleKey'], { unique: true })
export class OwnerRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @Column({ type: 'varchar', length: 63 }) handle!: string;
  @Column({ name: 'handle_key', type: 'varchar', length: 63 }) handleKey!: string;
  @Column({ type: 'varchar', length: 12 }) kind!: OwnerKind;
  @Column({ name: 'display_name', type: 'varchar', length: 200, nullable: true }) displayName!: string | null;
  @Column({ name: 'suspended_at', ...EPOCH_MS_OR_NULL }) suspendedAt!: number | null;
  @Column({ name: 'created_at', ...EPOCH_MS }) createdAt!: number;
}

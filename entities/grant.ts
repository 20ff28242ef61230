import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import type { GrantLevel } from '../src/domain/terms';
import { AlgorithmRow } from './algorithm';
import { EPOCH_MS, RESTRICT } from './columns';
import { OwnerRow } from './owner';

@Entity('grants')
@Index('grants_grantee', ['granteeId'])
export class GrantRow {
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @PrimaryColumn({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  @PrimaryColumn({ type: 'int' }) major!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @PrimaryColumn({ name: 'grantee_id', type: 'int' })
  granteeId!: number;
  @Column({ type: 'varchar', length: 15 }) level!: GrantLevel;
  @Column({ name: 'granted_at', ...EPOCH_MS }) grantedAt!: number;
}

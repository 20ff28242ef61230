import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import type { Role } from '../src/domain/principal';
import { EPOCH_MS, RESTRICT } from './columns';
import { OwnerRow } from './owner';

@Entity('memberships')
@Index('memberships_user', ['userId'])
export class MembershipRow {
  @ForeignKey(() => OwnerRow, RESTRICT)
  @PrimaryColumn({ name: 'organization_id', type: 'int' })
  organizationId!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @PrimaryColumn({ name: 'user_id', type: 'int' })
  userId!: number;
  @Column({ type: 'varchar', length: 12 }) role!: Role;
  @Column({ name: 'created_at', ...EPOCH_MS }) createdAt!: number;
}

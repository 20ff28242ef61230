import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

import { EPOCH_MS, EPOCH_MS_OR_NULL, RESTRICT, TEXT_OR_NULL } from './columns';
import { OwnerRow } from './owner';

@Entity('algorithms')
@Index('algorithms_owner_name_key', ['ownerId', 'nameKey'], { unique: true })
export class AlgorithmRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'owner_id', type: 'int' })
  ownerId!: number;
  @Column({ type: 'varchar', length: 63 }) name!: string;
  @Column({ name: 'name_key', type: 'varchar', length: 63 }) nameKey!: string;
  @Column({ type: 'varchar', length: 300, nullable: true }) summary!: string | null;
  @Column({ ...TEXT_OR_NULL }) description!: string | null;
  /** A JSON list. */
  @Column({ type: 'text' }) tags!: string;
  @Column({ name: 'repository_url', type: 'varchar', length: 500, nullable: true }) repositoryUrl!:
    string | null;
  @Column({ type: 'varchar', length: 200, nullable: true }) licence!: string | null;
  @Column({ name: 'created_at', ...EPOCH_MS }) createdAt!: number;
  /** When its first public version appeared: from then on outsiders see it. A version is never unpublished. */
  @Column({ name: 'listed_at', ...EPOCH_MS_OR_NULL }) listedAt!: number | null;
}

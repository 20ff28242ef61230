import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

import type { Stability, VersionState, Visibility } from '../src/domain/terms';
import { AlgorithmRow } from './algorithm';
import { BuildRow } from './build';
import { EPOCH_MS, EPOCH_MS_OR_NULL, RESTRICT, TEXT_OR_NULL } from './columns';
import { OwnerRow } from './owner';

/** Content columns are immutable (triggers); visibility, state and the yank move, each by its own rule. */
@Entity('versions')
@Index('versions_algorithm_sort_key', ['algorithmId', 'sortKey'], { unique: true })
@Index('versions_release_build', ['releaseBuildId'], { unique: true })
@Index('versions_build', ['buildId'])
export class VersionRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @Column({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  /** As published, build metadata included. */
  @Column({ type: 'varchar', length: 256 }) version!: string;
  /** `versionKey`: its bytes compare in the order of SemVer precedence, on both databases. */
  @Column({ name: 'sort_key', type: 'varchar', length: 424 }) sortKey!: string;
  @Column({ type: 'int' }) major!: number;
  @ForeignKey(() => BuildRow, RESTRICT)
  @Column({ name: 'build_id', type: 'int' })
  buildId!: number;
  /** The build again where this is a release: unique, so that a build carries one release at the most. */
  @Column({ name: 'release_build_id', type: 'int', nullable: true }) releaseBuildId!: number | null;
  @Column({ type: 'varchar', length: 7 }) visibility!: Visibility;
  @Column({ type: 'varchar', length: 16 }) state!: VersionState;
  @Column({ type: 'varchar', length: 12 }) stability!: Stability;
  @Column({ name: 'release_notes', ...TEXT_OR_NULL }) releaseNotes!: string | null;
  @Column({ name: 'migration_guide', ...TEXT_OR_NULL }) migrationGuide!: string | null;
  @Column({ name: 'sample_input', ...TEXT_OR_NULL }) sampleInput!: string | null;
  @Column({ name: 'sample_output', ...TEXT_OR_NULL }) sampleOutput!: string | null;
  @Column({ type: 'varchar', length: 512, nullable: true }) compatibility!: string | null;
  @Column({ name: 'published_at', ...EPOCH_MS }) publishedAt!: number;
  /** The user or organisation whose key or session published it; null for the operator. */
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'published_by', type: 'int', nullable: true })
  publishedBy!: number | null;
  @Column({ name: 'published_key', type: 'int', nullable: true }) publishedKey!: number | null;
  @Column({ name: 'yank_reason', type: 'varchar', length: 1000, nullable: true }) yankReason!: string | null;
  @Column({ name: 'yanked_at', ...EPOCH_MS_OR_NULL }) yankedAt!: number | null;
}

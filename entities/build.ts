import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

import type { BuildStatus } from '../src/domain/terms';
import { AlgorithmRow } from './algorithm';
import { EPOCH_MS, RESTRICT, TEXT_OR_NULL } from './columns';

/** Immutable: triggers refuse every update and delete. */
@Entity('builds')
@Index('builds_algorithm_sha', ['algorithmId', 'sha'], { unique: true })
export class BuildRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @Column({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  @Column({ type: 'varchar', length: 40 }) sha!: string;
  @Column({ type: 'varchar', length: 9 }) status!: BuildStatus;
  @Column({ name: 'backend_url', type: 'varchar', length: 2000, nullable: true }) backendUrl!: string | null;
  /** GraphQL SDL. */
  @Column({ ...TEXT_OR_NULL }) interface!: string | null;
  @Column({ name: 'artifact_uri', type: 'varchar', length: 2000, nullable: true }) artifactUri!:
    string | null;
  @Column({ name: 'artifact_digest', type: 'varchar', length: 64, nullable: true }) artifactDigest!:
    string | null;
  @Column({ ...TEXT_OR_NULL }) log!: string | null;
  @Column({ ...TEXT_OR_NULL }) environment!: string | null;
  @Column({ name: 'created_at', ...EPOCH_MS }) createdAt!: number;
}

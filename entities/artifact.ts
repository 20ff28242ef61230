import { Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

import type { MoveKind } from '../src/domain/terms';
import { AlgorithmRow } from './algorithm';
import { EPOCH_MS, RESTRICT, SHA256_HEX } from './columns';
import { OwnerRow } from './owner';
import { VersionRow } from './version';

/** One revision of an artifact of an algorithm: data such as model weights. Immutable. */
@Entity('artifact_revisions')
@Index('artifact_revisions_name', ['algorithmId', 'name', 'revision'], { unique: true })
export class ArtifactRevisionRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @Column({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  @Column({ type: 'varchar', length: 63 }) name!: string;
  @Column({ type: 'varchar', length: 128 }) revision!: string;
  @Column({ type: 'varchar', length: 2000 }) uri!: string;
  @Column({ ...SHA256_HEX }) sha256!: string;
  @Column({ ...EPOCH_MS }) at!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'by_id', type: 'int', nullable: true })
  byId!: number | null;
}

/** One line of the manifest of a major: which revision of an artifact holds. */
@Entity('artifact_pointers')
export class ArtifactPointerRow {
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @PrimaryColumn({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  @PrimaryColumn({ type: 'int' }) major!: number;
  @PrimaryColumn({ type: 'varchar', length: 63 }) name!: string;
  @ForeignKey(() => ArtifactRevisionRow, RESTRICT)
  @Column({ name: 'revision_id', type: 'int', nullable: true })
  revisionId!: number | null;
}

/** One move of a manifest's pointer. Immutable. */
@Entity('artifact_moves')
@Index('artifact_moves_pointer', ['algorithmId', 'major', 'name'])
export class ArtifactMoveRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @Column({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  @Column({ type: 'int' }) major!: number;
  @Column({ type: 'varchar', length: 63 }) name!: string;
  @Column({ type: 'varchar', length: 8 }) kind!: MoveKind;
  @ForeignKey(() => ArtifactRevisionRow, RESTRICT)
  @Column({ name: 'from_id', type: 'int', nullable: true })
  fromId!: number | null;
  @ForeignKey(() => ArtifactRevisionRow, RESTRICT)
  @Column({ name: 'to_id', type: 'int', nullable: true })
  toId!: number | null;
  @Column({ ...EPOCH_MS }) at!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'by_id', type: 'int', nullable: true })
  byId!: number | null;
  @Column({ type: 'varchar', length: 1000, nullable: true }) reason!: string | null;
}

/** A revision that a version pins: the manifest has no say in it. Immutable. */
@Entity('version_artifacts')
export class VersionArtifactRow {
  @ForeignKey(() => VersionRow, RESTRICT)
  @PrimaryColumn({ name: 'version_id', type: 'int' })
  versionId!: number;
  @PrimaryColumn({ type: 'varchar', length: 63 }) name!: string;
  @ForeignKey(() => ArtifactRevisionRow, RESTRICT)
  @Column({ name: 'revision_id', type: 'int' })
  revisionId!: number;
}

import { Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

import type { MoveKind, Visibility } from '../src/domain/terms';
import { AlgorithmRow } from './algorithm';
import { EPOCH_MS, EPOCH_MS_OR_NULL, RESTRICT, TEXT_OR_NULL } from './columns';
import { OwnerRow } from './owner';
import { VersionRow } from './version';

/** How a version's interface compares with its predecessor's, as it was judged. Immutable. */
@Entity('interface_reports')
export class InterfaceReportRow {
  @ForeignKey(() => VersionRow, RESTRICT)
  @PrimaryColumn({ name: 'version_id', type: 'int' })
  versionId!: number;
  /** PUBLIC: compared with public versions alone, so that it may be shown to all who see the version. */
  @PrimaryColumn({ type: 'varchar', length: 7 }) audience!: Visibility;
  @Column({ name: 'report_json', type: 'text' }) reportJson!: string;
  @Column({ ...EPOCH_MS }) at!: number;
}

/** The decision on a protected release, once and for ever. */
@Entity('approvals')
export class ApprovalRow {
  @ForeignKey(() => VersionRow, RESTRICT)
  @PrimaryColumn({ name: 'version_id', type: 'int' })
  versionId!: number;
  @Column({ type: 'boolean' }) approved!: boolean;
  @Column({ ...EPOCH_MS }) at!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'by_id', type: 'int' })
  byId!: number;
  @Column({ type: 'varchar', length: 1000, nullable: true }) reason!: string | null;
}

/** A channel that is a pointer. */
@Entity('channels')
export class ChannelRow {
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @PrimaryColumn({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  @PrimaryColumn({ type: 'varchar', length: 31 }) name!: string;
  /** Null: it points nowhere. */
  @ForeignKey(() => VersionRow, RESTRICT)
  @Column({ name: 'version_id', type: 'int', nullable: true })
  versionId!: number | null;
  @Column({ name: 'supported_until', ...EPOCH_MS_OR_NULL }) supportedUntil!: number | null;
}

/** One move of a pointer. Immutable. */
@Entity('channel_moves')
@Index('channel_moves_channel', ['algorithmId', 'name'])
export class ChannelMoveRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @Column({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  @Column({ type: 'varchar', length: 31 }) name!: string;
  @Column({ type: 'varchar', length: 8 }) kind!: MoveKind;
  @ForeignKey(() => VersionRow, RESTRICT)
  @Column({ name: 'from_id', type: 'int', nullable: true })
  fromId!: number | null;
  @ForeignKey(() => VersionRow, RESTRICT)
  @Column({ name: 'to_id', type: 'int', nullable: true })
  toId!: number | null;
  @Column({ ...EPOCH_MS }) at!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'by_id', type: 'int', nullable: true })
  byId!: number | null;
  @Column({ type: 'varchar', length: 1000, nullable: true }) reason!: string | null;
}

/** That a version has entered a channel: judged once, and never taken back. Immutable. */
@Entity('channel_entries')
export class ChannelEntryRow {
  @ForeignKey(() => VersionRow, RESTRICT)
  @PrimaryColumn({ name: 'version_id', type: 'int' })
  versionId!: number;
  @PrimaryColumn({ type: 'varchar', length: 31 }) channel!: string;
  @Column({ ...EPOCH_MS }) at!: number;
}

/** That versions are not to be used any more; the highest id that covers a version holds. Immutable. */
@Entity('deprecations')
@Index('deprecations_algorithm', ['algorithmId'])
export class DeprecationRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @Column({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  /** A version, a partial, or a range. */
  @Column({ type: 'varchar', length: 512 }) selector!: string;
  /** Empty: what was said of these versions is taken back. */
  @Column({ type: 'varchar', length: 2000 }) message!: string;
  @Column({ type: 'varchar', length: 600, nullable: true }) replacement!: string | null;
  @Column({ name: 'migration_guide', ...TEXT_OR_NULL }) migrationGuide!: string | null;
  @Column({ name: 'removal_at', ...EPOCH_MS_OR_NULL }) removalAt!: number | null;
  @Column({ ...EPOCH_MS }) at!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'by_id', type: 'int', nullable: true })
  byId!: number | null;
}

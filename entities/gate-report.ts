import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

import { ArtifactRevisionRow } from './artifact';
import { EPOCH_MS, RESTRICT } from './columns';
import { OwnerRow } from './owner';
import { VersionRow } from './version';

/** What was measured of a version, or of a revision of an artifact. Immutable. */
@Entity('gate_reports')
@Index('gate_reports_version', ['versionId'])
@Index('gate_reports_revision', ['revisionId'])
export class GateReportRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => VersionRow, RESTRICT)
  @Column({ name: 'version_id', type: 'int', nullable: true })
  versionId!: number | null;
  @ForeignKey(() => ArtifactRevisionRow, RESTRICT)
  @Column({ name: 'revision_id', type: 'int', nullable: true })
  revisionId!: number | null;
  /** The newest gate policy of the algorithm when it came in, 0 for none: it counts for policies up to this one. */
  @Column({ name: 'policy_id', type: 'int' }) policyId!: number;
  @Column({ name: 'values_json', type: 'text' }) valuesJson!: string;
  @Column({ ...EPOCH_MS }) at!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'by_id', type: 'int', nullable: true })
  byId!: number | null;
}

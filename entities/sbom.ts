import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

import type { SbomFormat } from '../src/domain/terms';
import { EPOCH_MS, RESTRICT, SHA256_HEX } from './columns';
import { VersionRow } from './version';

/** The SBOM of a version, as it was given when the version was published. Immutable. */
@Entity('sboms')
export class SbomRow {
  @ForeignKey(() => VersionRow, RESTRICT)
  @PrimaryColumn({ name: 'version_id', type: 'int' })
  versionId!: number;
  @Column({ type: 'varchar', length: 9 }) format!: SbomFormat;
  @Column({ ...SHA256_HEX }) sha256!: string;
  /** JSON, in UTF-8. */
  @Column({ type: 'mediumblob' }) document!: Buffer;
  @Column({ ...EPOCH_MS }) at!: number;
}

/** A licence that components of a version have, by its SBOM. Immutable. */
@Entity('version_licences')
export class VersionLicenceRow {
  @ForeignKey(() => VersionRow, RESTRICT)
  @PrimaryColumn({ name: 'version_id', type: 'int' })
  versionId!: number;
  /** Its place among those of the version, from 0. */
  @PrimaryColumn({ type: 'int' }) place!: number;
  /** An SPDX expression, or what stands in the place of one. */
  @Column({ type: 'varchar', length: 1000 }) licence!: string;
  /** How many have it. */
  @Column({ type: 'int' }) components!: number;
  /** The first of them. */
  @Column({ type: 'varchar', length: 200 }) example!: string;
}

import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

import type { Callers, NetworkAccess, SourceVisibility, Visibility } from '../src/domain/terms';
import { AlgorithmRow } from './algorithm';
import { RESTRICT } from './columns';

@Entity('majors')
export class MajorRow {
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @PrimaryColumn({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  @PrimaryColumn({ type: 'int' }) number!: number;
  @Column({ type: 'varchar', length: 7 }) visibility!: Visibility;
  @Column({ type: 'varchar', length: 8 }) callers!: Callers;
  @Column({ name: 'source_visibility', type: 'varchar', length: 6 }) sourceVisibility!: SourceVisibility;
  @Column({ name: 'network_access', type: 'varchar', length: 8 }) networkAccess!: NetworkAccess;
  @Column({ name: 'calls_algorithms', type: 'boolean' }) callsAlgorithms!: boolean;
}

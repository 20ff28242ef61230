import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { SelectorKind } from '../src/domain/terms';
import type { Outcome } from '../src/domain/usage/call';
import { EPOCH_MS } from './columns';

/**
 * One call in the table that calls were recorded in before `calls`. Replicas of earlier releases write to it; metering
 * moves its rows to `calls` and counts them.
 */
@Entity('call_records', { withoutRowid: true })
export class LegacyCallRecordRow {
  @PrimaryColumn({ name: 'started_at', ...EPOCH_MS }) startedAt!: number;
  @PrimaryColumn({ name: 'request_id', type: 'varchar', length: 64 }) requestId!: string;
  @Column({ name: 'duration_ms', type: 'double' }) durationMs!: number;
  @Column({ name: 'backend_ms', type: 'double', nullable: true }) backendMs!: number | null;
  /** Owner id of the user or organisation that called; null for the operator. */
  @Column({ name: 'caller_id', type: 'int', nullable: true }) callerId!: number | null;
  @Column({ name: 'key_id', type: 'int', nullable: true }) keyId!: number | null;
  /** The organisation that it was called for, beside the caller itself. */
  @Column({ name: 'called_for_id', type: 'int', nullable: true }) calledForId!: number | null;
  @Column({ type: 'varchar', length: 512 }) reference!: string;
  @Column({ type: 'varchar', length: 14 }) selector!: SelectorKind;
  @Column({ name: 'algorithm_id', type: 'int' }) algorithmId!: number;
  @Column({ name: 'version_id', type: 'int', nullable: true }) versionId!: number | null;
  @Column({ type: 'varchar', length: 40 }) sha!: string;
  @Column({ type: 'varchar', length: 100 }) position!: string;
  @Column({ type: 'varchar', length: 20 }) outcome!: Outcome;
  @Column({ name: 'bytes_in', type: 'bigint' }) bytesIn!: number;
  @Column({ name: 'bytes_out', type: 'bigint' }) bytesOut!: number;
  /** `name@revision,…`: the artifacts that held for it. */
  @Column({ type: 'text', nullable: true }) artifacts!: string | null;
}

import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { SelectorKind } from '../src/domain/terms';
import type { Outcome } from '../src/domain/usage/call';
import type { Granularity } from '../src/domain/usage/granularity';
import { EPOCH_MS } from './columns';

/** One admitted call. Written from the journal, idempotently by request id, together with the rollups that count it. */
@Entity('calls', { withoutRowid: true })
@Index('calls_caller_started', ['callerId', 'startedAt'])
export class CallRow {
  @PrimaryColumn({ name: 'algorithm_id', type: 'int' }) algorithmId!: number;
  @PrimaryColumn({ name: 'started_at', ...EPOCH_MS }) startedAt!: number;
  @PrimaryColumn({ name: 'request_id', type: 'varchar', length: 64 }) requestId!: string;
  @Column({ name: 'duration_ms', type: 'double' }) durationMs!: number;
  @Column({ name: 'backend_ms', type: 'double', nullable: true }) backendMs!: number | null;
  /** Owner id of the user or organisation that called; 0 for the operator. */
  @Column({ name: 'caller_id', type: 'int' }) callerId!: number;
  @Column({ name: 'key_id', type: 'int', nullable: true }) keyId!: number | null;
  /** The organisation whose key called. */
  @Column({ name: 'called_for_id', type: 'int', nullable: true }) calledForId!: number | null;
  @Column({ type: 'varchar', length: 512 }) reference!: string;
  @Column({ type: 'varchar', length: 14 }) selector!: SelectorKind;
  @Column({ name: 'version_id', type: 'int', nullable: true }) versionId!: number | null;
  /** Null in records from before it was noted. */
  @Column({ name: 'build_id', type: 'int', nullable: true }) buildId!: number | null;
  @Column({ type: 'varchar', length: 40 }) sha!: string;
  @Column({ type: 'varchar', length: 100 }) position!: string;
  @Column({ type: 'varchar', length: 20 }) outcome!: Outcome;
  @Column({ name: 'bytes_in', type: 'bigint' }) bytesIn!: number;
  @Column({ name: 'bytes_out', type: 'bigint' }) bytesOut!: number;
  /** `name@revision,…`: the artifacts that held for it. */
  @Column({ type: 'text', nullable: true }) artifacts!: string | null;
}

/** The calls that concern one subject (`src/domain/usage/subject.ts`) within one bucket of UTC, added up. */
@Entity('usage_rollups', { withoutRowid: true })
@Index('usage_rollups_family', ['family', 'granularity', 'bucket'])
@Index('usage_rollups_bucket', ['granularity', 'bucket'])
export class UsageRollupRow {
  @PrimaryColumn({ type: 'varchar', length: 48 }) subject!: string;
  @PrimaryColumn({ type: 'varchar', length: 6 }) granularity!: Granularity;
  /** When it begins. */
  @PrimaryColumn({ ...EPOCH_MS }) bucket!: number;
  /** What it is one of, where series are made of its like: `versions:12`. */
  @Column({ type: 'varchar', length: 24, nullable: true }) family!: string | null;
  @Column({ type: 'bigint' }) calls!: number;
  /** Those of them that did not end as OK. */
  @Column({ type: 'bigint' }) errors!: number;
  @Column({ name: 'bytes_in', type: 'bigint' }) bytesIn!: number;
  @Column({ name: 'bytes_out', type: 'bigint' }) bytesOut!: number;
  /** `Latencies`, encoded. */
  @Column({ type: 'blob' }) latencies!: Buffer;
  /** `Distinct`, encoded; null where the subject is itself a caller. */
  @Column({ type: 'blob', nullable: true }) callers!: Buffer | null;
  /** `Parts`, encoded: the same calls by selector and outcome. */
  @Column({ type: 'mediumblob' }) parts!: Buffer;
}

/** The calls of one caller to one version, or to one build that no version names, within one bucket, added up. */
@Entity('usage_pairs', { withoutRowid: true })
@Index('usage_pairs_unit', ['unit', 'granularity', 'bucket'])
@Index('usage_pairs_caller', ['callerId', 'granularity', 'bucket'])
export class UsagePairRow {
  @PrimaryColumn({ name: 'algorithm_id', type: 'int' }) algorithmId!: number;
  @PrimaryColumn({ type: 'varchar', length: 6 }) granularity!: Granularity;
  @PrimaryColumn({ ...EPOCH_MS }) bucket!: number;
  /** `version:55` or `build:77`. */
  @PrimaryColumn({ type: 'varchar', length: 24 }) unit!: string;
  @PrimaryColumn({ name: 'caller_id', type: 'int' }) callerId!: number;
  @Column({ type: 'bigint' }) calls!: number;
  /** Those of them that did not end as OK. */
  @Column({ type: 'bigint' }) errors!: number;
  @Column({ name: 'bytes_in', type: 'bigint' }) bytesIn!: number;
  @Column({ name: 'bytes_out', type: 'bigint' }) bytesOut!: number;
  @Column({ type: 'blob' }) latencies!: Buffer;
  @Column({ type: 'mediumblob' }) parts!: Buffer;
}

/** One row: who locks it may add to the rollups. Replicas do so one after the other. */
@Entity('usage_turn')
export class UsageTurnRow {
  @PrimaryColumn({ type: 'int' }) id!: number;
}

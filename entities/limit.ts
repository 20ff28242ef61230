import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import { AlgorithmRow } from './algorithm';
import { ApiKeyRow } from './api-key';
import { EPOCH_MS_OR_NULL, RESTRICT } from './columns';
import { OwnerRow } from './owner';

/**
 * Rates and quotas of one subject: a key (`key:4`), a consumer (`consumer:9`), one consumer of one algorithm
 * (`consumer:9/algorithm:12`), or every other consumer of it (`algorithm:12`).
 */
@Entity('limits')
@Index('limits_consumer', ['consumerId'])
@Index('limits_algorithm', ['algorithmId', 'consumerId'])
export class LimitRow {
  @PrimaryColumn({ type: 'varchar', length: 64 }) subject!: string;
  @ForeignKey(() => ApiKeyRow, RESTRICT)
  @Column({ name: 'key_id', type: 'int', nullable: true })
  keyId!: number | null;
  /** Whose calls it bounds; of a key, its owner. Null: of all consumers that have no row of their own. */
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'consumer_id', type: 'int', nullable: true })
  consumerId!: number | null;
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @Column({ name: 'algorithm_id', type: 'int', nullable: true })
  algorithmId!: number | null;
  @Column({ name: 'per_second', type: 'int', nullable: true }) perSecond!: number | null;
  @Column({ type: 'int', nullable: true }) burst!: number | null;
  @Column({ name: 'per_day', type: 'bigint', nullable: true }) perDay!: number | null;
  /** Since when there has been a quota for the day, whatever its number: it names the counters. */
  @Column({ name: 'day_since', ...EPOCH_MS_OR_NULL }) daySince!: number | null;
  @Column({ name: 'per_month', type: 'bigint', nullable: true }) perMonth!: number | null;
  @Column({ name: 'month_since', ...EPOCH_MS_OR_NULL }) monthSince!: number | null;
}

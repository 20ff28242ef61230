import { Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

import type { InterfacePolicy, ProtectStable } from '../src/domain/terms';
import { AlgorithmRow } from './algorithm';
import { EPOCH_MS, RESTRICT, TEXT_OR_NULL } from './columns';
import { OwnerRow } from './owner';

/** What an algorithm asks of its releases; no row where nothing was said. */
@Entity('algorithm_policies')
export class AlgorithmPolicyRow {
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @PrimaryColumn({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  @Column({ name: 'interface_policy', type: 'varchar', length: 7 }) interfacePolicy!: InterfacePolicy;
  /** Whether a version is compared with all releases below it in its major, rather than the highest. */
  @Column({ name: 'interface_transitive', type: 'boolean' }) interfaceTransitive!: boolean;
  /** Whether JSON input of calls is checked against the interface. */
  @Column({ name: 'check_input', type: 'boolean' }) checkInput!: boolean;
  @Column({ name: 'protect_stable', type: 'varchar', length: 5 }) protectStable!: ProtectStable;
  @Column({ name: 'deprecation_days', type: 'int' }) deprecationDays!: number;
  @Column({ name: 'deprecation_minors', type: 'int' }) deprecationMinors!: number;
  /** Whether versions carry an attestation: 1 or 0; null where nobody said so. */
  @Column({ name: 'require_signature', type: 'int', nullable: true }) requireSignature!: number | null;
  /** JSON of which licences versions may bring along; null where nobody said so. */
  @Column({ name: 'licence_policy', ...TEXT_OR_NULL }) licencePolicy!: string | null;
  /** JSON of what versions may be known to have when they enter `stable`; null where nobody said so. */
  @Column({ name: 'vulnerability_policy', ...TEXT_OR_NULL }) vulnerabilityPolicy!: string | null;
}

/** The gates of one channel from a moment on. The highest id of a channel is in force. Immutable. */
@Entity('gate_policies')
@Index('gate_policies_channel', ['algorithmId', 'channel'])
export class GatePolicyRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => AlgorithmRow, RESTRICT)
  @Column({ name: 'algorithm_id', type: 'int' })
  algorithmId!: number;
  @Column({ type: 'varchar', length: 72 }) channel!: string;
  /** A list of expressions; an empty one takes the policy away. */
  @Column({ name: 'gates_json', type: 'text' }) gatesJson!: string;
  @Column({ ...EPOCH_MS }) at!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'by_id', type: 'int', nullable: true })
  byId!: number | null;
}

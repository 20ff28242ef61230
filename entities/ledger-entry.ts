import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

import { EPOCH_MS, RESTRICT, SHA256_HEX } from './columns';
import { OwnerRow } from './owner';

/** Append-only: triggers refuse every update and delete. */
@Entity('ledger_entries')
@Index('ledger_entries_owner_at', ['ownerId', 'at'])
@Index('ledger_entries_owner_subject', ['ownerId', 'subject'])
@Index('ledger_entries_owner_chain_at', ['ownerId', 'chain', 'at'])
export class LedgerEntryRow {
  @ForeignKey(() => OwnerRow, RESTRICT)
  @PrimaryColumn({ name: 'owner_id', type: 'int' })
  ownerId!: number;
  @PrimaryColumn({ type: 'varchar', length: 7 }) chain!: 'public' | 'private';
  @PrimaryColumn({ type: 'int' }) sequence!: number;
  @Column({ ...EPOCH_MS }) at!: number;
  @Column({ type: 'varchar', length: 200 }) actor!: string;
  @Column({ type: 'varchar', length: 40 }) action!: string;
  @Column({ type: 'varchar', length: 400 }) subject!: string;
  /** Canonical JSON (RFC 8785), kept as text: the hash covers these very bytes. */
  @Column({ name: 'change_json', type: 'text' }) changeJson!: string;
  @Column({ name: 'previous_hash', type: 'varchar', length: 64, nullable: true }) previousHash!:
    string | null;
  @Column({ ...SHA256_HEX }) hash!: string;
}

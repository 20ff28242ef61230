import { Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

import type { SigningAlgorithm } from '../src/domain/terms';
import { EPOCH_MS, EPOCH_MS_OR_NULL, RESTRICT, SHA256_HEX } from './columns';
import { OwnerRow } from './owner';
import { VersionRow } from './version';

/** A public key that an owner signs its attestations with. Only its revocation is written later, once and for ever. */
@Entity('attestation_keys')
@Index('attestation_keys_owner', ['ownerId', 'keyId'], { unique: true })
export class AttestationKeyRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'owner_id', type: 'int' })
  ownerId!: number;
  /** SHA-256 of the key as DER. */
  @Column({ name: 'key_id', ...SHA256_HEX }) keyId!: string;
  @Column({ type: 'varchar', length: 10 }) algorithm!: SigningAlgorithm;
  @Column({ type: 'varchar', length: 400 }) pem!: string;
  @Column({ type: 'varchar', length: 100, nullable: true }) label!: string | null;
  @Column({ ...EPOCH_MS }) at!: number;
  @ForeignKey(() => OwnerRow, RESTRICT)
  @Column({ name: 'by_id', type: 'int', nullable: true })
  byId!: number | null;
  @Column({ name: 'revoked_at', ...EPOCH_MS_OR_NULL }) revokedAt!: number | null;
}

/** An attestation of a version, verified when it was published. Immutable. */
@Entity('attestations')
@Index('attestations_version', ['versionId', 'place'], { unique: true })
export class AttestationRow {
  @PrimaryGeneratedColumn({ type: 'int' }) id!: number;
  @ForeignKey(() => VersionRow, RESTRICT)
  @Column({ name: 'version_id', type: 'int' })
  versionId!: number;
  /** Its place among those of the version, from 0. */
  @Column({ type: 'int' }) place!: number;
  /** Of the envelope's bytes. */
  @Column({ ...SHA256_HEX }) sha256!: string;
  @Column({ name: 'predicate_type', type: 'varchar', length: 500 }) predicateType!: string;
  /** The DSSE envelope, as it was given. */
  @Column({ type: 'text' }) envelope!: string;
  @Column({ ...EPOCH_MS }) at!: number;
}

/** That a key has signed an attestation. Immutable. */
@Entity('attestation_signers')
export class AttestationSignerRow {
  @ForeignKey(() => AttestationRow, RESTRICT)
  @PrimaryColumn({ name: 'attestation_id', type: 'int' })
  attestationId!: number;
  @ForeignKey(() => AttestationKeyRow, RESTRICT)
  @PrimaryColumn({ name: 'key_id', type: 'int' })
  keyId!: number;
}

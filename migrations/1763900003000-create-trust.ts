import type { MigrationInterface, QueryRunner } from 'typeorm';

import { addColumn, type Column, createTable, dropColumn, dropTable, type Index } from './support';
import { type Immutability, makeImmutable, makeMutable } from './triggers';

interface TableOf {
  readonly columns: Readonly<Record<string, Column>>;
  readonly indices?: readonly Index[];
  readonly immutable: Omit<Immutability, 'table'>;
}

const ID = { type: 'id' } as const;
const AT = { type: 'bigint' } as const;
const SHA256 = { type: { varchar: 64 } } as const;
/** Who did it; null for the operator. */
const BY = { type: 'int', nullable: true, references: 'owners' } as const;
const VERSION = { type: 'int', references: 'versions' } as const;

/** In the order in which they are made; each after those that it refers to. */
const TABLES: Readonly<Record<string, TableOf>> = {
  attestation_keys: {
    columns: {
      id: ID,
      owner_id: { type: 'int', references: 'owners' },
      key_id: SHA256,
      algorithm: { type: { varchar: 10 } },
      pem: { type: { varchar: 400 } },
      label: { type: { varchar: 100 }, nullable: true },
      at: AT,
      by_id: BY,
      revoked_at: { type: 'bigint', nullable: true },
    },
    indices: [{ name: 'attestation_keys_owner', columns: ['owner_id', 'key_id'], unique: true }],
    immutable: {
      columns: ['id', 'owner_id', 'key_id', 'algorithm', 'pem', 'label', 'at', 'by_id'],
      // a revocation is for good
      never: [
        '(OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.revoked_at <> OLD.revoked_at))',
      ],
      keys: [['id'], ['owner_id', 'key_id']],
    },
  },
  attestations: {
    columns: {
      id: ID,
      version_id: VERSION,
      place: { type: 'int' },
      sha256: SHA256,
      predicate_type: { type: { varchar: 500 } },
      envelope: { type: 'text' },
      at: AT,
    },
    indices: [{ name: 'attestations_version', columns: ['version_id', 'place'], unique: true }],
    immutable: { columns: 'all', keys: [['id'], ['version_id', 'place']] },
  },
  attestation_signers: {
    columns: {
      attestation_id: { type: 'int', primary: true, references: 'attestations' },
      key_id: { type: 'int', primary: true, references: 'attestation_keys' },
    },
    immutable: { columns: 'all', keys: [['attestation_id', 'key_id']] },
  },
  sboms: {
    columns: {
      version_id: { ...VERSION, primary: true },
      format: { type: { varchar: 9 } },
      sha256: SHA256,
      document: { type: 'mediumblob' },
      at: AT,
    },
    immutable: { columns: 'all', keys: [['version_id']] },
  },
  version_licences: {
    columns: {
      version_id: { ...VERSION, primary: true },
      place: { type: 'int', primary: true },
      licence: { type: { varchar: 1000 } },
      components: { type: 'int' },
      example: { type: { varchar: 200 } },
    },
    immutable: { columns: 'all', keys: [['version_id', 'place']] },
  },
  vulnerability_scans: {
    columns: {
      id: ID,
      version_id: VERSION,
      scanner: { type: { varchar: 100 } },
      scanned_at: AT,
      vulnerabilities: { type: 'mediumblob' },
      at: AT,
      by_id: BY,
    },
    indices: [{ name: 'vulnerability_scans_version', columns: ['version_id'] }],
    immutable: { columns: 'all', keys: [['id']] },
  },
};

/** What the policies of an algorithm ask from now on; null where its owner said nothing. */
const POLICIES = {
  require_signature: { type: 'int', nullable: true },
  licence_policy: { type: 'text', nullable: true },
  vulnerability_policy: { type: 'text', nullable: true },
} as const;

export class CreateTrust1763900003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, { columns, indices, immutable }] of Object.entries(TABLES)) {
      await createTable(runner, table, columns, indices);
      await makeImmutable(runner, { table, ...immutable });
    }
    for (const [name, column] of Object.entries(POLICIES)) {
      await addColumn(runner, 'algorithm_policies', name, column);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(POLICIES).reverse()) await dropColumn(runner, 'algorithm_policies', name);
    for (const table of Object.keys(TABLES).reverse()) {
      await makeMutable(runner, { table });
      await dropTable(runner, table);
    }
  }
}

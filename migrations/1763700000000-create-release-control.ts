import type { MigrationInterface, QueryRunner } from 'typeorm';

import {
  addColumn,
  addIndex,
  type Column,
  createTable,
  dropColumn,
  dropIndex,
  dropTable,
  type Index,
} from './support';
import { VERSIONS } from './1763600000000-create-registry';
import { type Immutability, makeImmutable, makeMutable } from './triggers';

interface TableOf {
  readonly columns: Readonly<Record<string, Column>>;
  readonly indices?: readonly Index[];
  /** The keys over which no row is ever written, where rows of it never change. */
  readonly immutable?: readonly (readonly string[])[];
}

const ID = { type: 'id' } as const;
const AT = { type: 'bigint' } as const;
/** Who did it; null for the operator. */
const BY = { type: 'int', nullable: true, references: 'owners' } as const;
const ALGORITHM = { type: 'int', references: 'algorithms' } as const;
const VERSION_OR_NULL = { type: 'int', nullable: true, references: 'versions' } as const;
const REVISION_OR_NULL = { type: 'int', nullable: true, references: 'artifact_revisions' } as const;
const REASON = { type: { varchar: 1000 }, nullable: true } as const;

/**
 * What was published stays public, as before. A release that was taken down while it waited, or after it was refused,
 * becomes private: it was never for the eyes of outsiders.
 */
const VERSIONS_THAT_WAIT: Immutability = {
  ...VERSIONS,
  never: [
    "(OLD.visibility = 'PUBLIC' AND NEW.visibility = 'PRIVATE' AND NOT (OLD.state IN ('PENDING_APPROVAL', 'REJECTED') AND NEW.state = 'TAKEN_DOWN'))",
    "(OLD.state IN ('PUBLISHED', 'TAKEN_DOWN') AND NEW.state IN ('PENDING_APPROVAL', 'REJECTED'))",
    // a takedown and a rejection are for good
    "(OLD.state = 'TAKEN_DOWN' AND NEW.state <> 'TAKEN_DOWN')",
    "(OLD.state = 'REJECTED' AND NEW.state NOT IN ('REJECTED', 'TAKEN_DOWN'))",
  ],
};

/** In the order in which they are made; each after those that it refers to. */
const TABLES: Readonly<Record<string, TableOf>> = {
  algorithm_policies: {
    columns: {
      algorithm_id: { ...ALGORITHM, primary: true },
      interface_policy: { type: { varchar: 7 } },
      interface_transitive: { type: 'boolean' },
      check_input: { type: 'boolean' },
      protect_stable: { type: { varchar: 5 } },
      deprecation_days: { type: 'int' },
      deprecation_minors: { type: 'int' },
    },
  },
  interface_reports: {
    columns: {
      version_id: { type: 'int', primary: true, references: 'versions' },
      audience: { type: { varchar: 7 }, primary: true },
      report_json: { type: 'text' },
      at: AT,
    },
    immutable: [['version_id', 'audience']],
  },
  approvals: {
    columns: {
      version_id: { type: 'int', primary: true, references: 'versions' },
      approved: { type: 'boolean' },
      at: AT,
      by_id: { type: 'int', references: 'owners' },
      reason: REASON,
    },
    immutable: [['version_id']],
  },
  channels: {
    columns: {
      algorithm_id: { ...ALGORITHM, primary: true },
      name: { type: { varchar: 31 }, primary: true },
      version_id: VERSION_OR_NULL,
      supported_until: { type: 'bigint', nullable: true },
    },
  },
  channel_moves: {
    columns: {
      id: ID,
      algorithm_id: ALGORITHM,
      name: { type: { varchar: 31 } },
      kind: { type: { varchar: 8 } },
      from_id: VERSION_OR_NULL,
      to_id: VERSION_OR_NULL,
      at: AT,
      by_id: BY,
      reason: REASON,
    },
    indices: [{ name: 'channel_moves_channel', columns: ['algorithm_id', 'name'] }],
    immutable: [['id']],
  },
  channel_entries: {
    columns: {
      version_id: { type: 'int', primary: true, references: 'versions' },
      channel: { type: { varchar: 31 }, primary: true },
      at: AT,
    },
    immutable: [['version_id', 'channel']],
  },
  gate_policies: {
    columns: {
      id: ID,
      algorithm_id: ALGORITHM,
      // `artifact/` and the name of one is the longest
      channel: { type: { varchar: 72 } },
      gates_json: { type: 'text' },
      at: AT,
      by_id: BY,
    },
    indices: [{ name: 'gate_policies_channel', columns: ['algorithm_id', 'channel'] }],
    immutable: [['id']],
  },
  deprecations: {
    columns: {
      id: ID,
      algorithm_id: ALGORITHM,
      selector: { type: { varchar: 512 } },
      message: { type: { varchar: 2000 } },
      replacement: { type: { varchar: 600 }, nullable: true },
      migration_guide: { type: 'text', nullable: true },
      removal_at: { type: 'bigint', nullable: true },
      at: AT,
      by_id: BY,
    },
    indices: [{ name: 'deprecations_algorithm', columns: ['algorithm_id'] }],
    immutable: [['id']],
  },
  artifact_revisions: {
    columns: {
      id: ID,
      algorithm_id: ALGORITHM,
      name: { type: { varchar: 63 } },
      revision: { type: { varchar: 128 } },
      uri: { type: { varchar: 2000 } },
      sha256: { type: { varchar: 64 } },
      at: AT,
      by_id: BY,
    },
    indices: [
      { name: 'artifact_revisions_name', columns: ['algorithm_id', 'name', 'revision'], unique: true },
    ],
    immutable: [['id'], ['algorithm_id', 'name', 'revision']],
  },
  artifact_pointers: {
    columns: {
      algorithm_id: { ...ALGORITHM, primary: true },
      major: { type: 'int', primary: true },
      name: { type: { varchar: 63 }, primary: true },
      revision_id: REVISION_OR_NULL,
    },
  },
  artifact_moves: {
    columns: {
      id: ID,
      algorithm_id: ALGORITHM,
      major: { type: 'int' },
      name: { type: { varchar: 63 } },
      kind: { type: { varchar: 8 } },
      from_id: REVISION_OR_NULL,
      to_id: REVISION_OR_NULL,
      at: AT,
      by_id: BY,
      reason: REASON,
    },
    indices: [{ name: 'artifact_moves_pointer', columns: ['algorithm_id', 'major', 'name'] }],
    immutable: [['id']],
  },
  version_artifacts: {
    columns: {
      version_id: { type: 'int', primary: true, references: 'versions' },
      name: { type: { varchar: 63 }, primary: true },
      revision_id: { type: 'int', references: 'artifact_revisions' },
    },
    immutable: [['version_id', 'name']],
  },
  gate_reports: {
    columns: {
      id: ID,
      version_id: VERSION_OR_NULL,
      revision_id: REVISION_OR_NULL,
      policy_id: { type: 'int' },
      values_json: { type: 'text' },
      at: AT,
      by_id: BY,
    },
    indices: [
      { name: 'gate_reports_version', columns: ['version_id'] },
      { name: 'gate_reports_revision', columns: ['revision_id'] },
    ],
    immutable: [['id']],
  },
};

/** As-of answers read the history of one algorithm, and how far each chain of its owner had come at a time. */
const LEDGER_INDICES: readonly Index[] = [
  { name: 'ledger_entries_owner_subject', columns: ['owner_id', 'subject'] },
  { name: 'ledger_entries_owner_chain_at', columns: ['owner_id', 'chain', 'at'] },
];

export class CreateReleaseControl1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, { columns, indices, immutable }] of Object.entries(TABLES)) {
      await createTable(runner, table, columns, indices);
      if (immutable !== undefined) await makeImmutable(runner, { table, columns: 'all', keys: immutable });
    }
    await makeMutable(runner, VERSIONS);
    await makeImmutable(runner, VERSIONS_THAT_WAIT);
    await addColumn(runner, 'api_keys', 'created_by', { type: 'int', nullable: true });
    await addColumn(runner, 'call_records', 'artifacts', { type: 'text', nullable: true });
    for (const index of LEDGER_INDICES) await addIndex(runner, 'ledger_entries', index);
    // what was public before there were gates has entered `stable`
    await runner.query(
      `INSERT INTO channel_entries (version_id, channel, at)
         SELECT id, 'stable', published_at FROM versions
          WHERE visibility = 'PUBLIC' AND state = 'PUBLISHED' AND release_build_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM channel_entries AS there
              WHERE there.version_id = versions.id AND there.channel = 'stable')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of LEDGER_INDICES) await dropIndex(runner, 'ledger_entries', name);
    await makeMutable(runner, VERSIONS_THAT_WAIT);
    await makeImmutable(runner, VERSIONS);
    await dropColumn(runner, 'call_records', 'artifacts');
    await dropColumn(runner, 'api_keys', 'created_by');
    for (const [table, { immutable }] of Object.entries(TABLES).reverse()) {
      if (immutable !== undefined) await makeMutable(runner, { table });
      await dropTable(runner, table);
    }
  }
}

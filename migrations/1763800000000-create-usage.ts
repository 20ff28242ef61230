import type { MigrationInterface, QueryRunner } from 'typeorm';

import { type Column, createTable, dropTable, type Index } from './support';

interface TableOf {
  readonly columns: Readonly<Record<string, Column>>;
  readonly indices?: readonly Index[];
  /** In one tree on SQLite, in the order of its key. */
  readonly withoutRowid?: true;
}

const ID = { type: 'int' } as const;
const ID_OR_NULL = { type: 'int', nullable: true } as const;
const COUNT = { type: 'bigint' } as const;
const GRANULARITY = { type: { varchar: 6 } } as const;

/** A part of the primary key. */
const key = (column: Column): Column => ({ ...column, primary: true });

/**
 * No foreign keys on what calls leave behind: it comes in late, in batches, and nothing that it names is ever deleted.
 */
const TABLES: Readonly<Record<string, TableOf>> = {
  // What is asked of records is asked of one algorithm or of one caller, in the order of time.
  calls: {
    columns: {
      algorithm_id: key(ID),
      started_at: key({ type: 'bigint' }),
      request_id: key({ type: { varchar: 64 } }),
      duration_ms: { type: 'double' },
      backend_ms: { type: 'double', nullable: true },
      caller_id: ID,
      key_id: ID_OR_NULL,
      called_for_id: ID_OR_NULL,
      reference: { type: { varchar: 512 } },
      selector: { type: { varchar: 14 } },
      version_id: ID_OR_NULL,
      build_id: ID_OR_NULL,
      sha: { type: { varchar: 40 } },
      position: { type: { varchar: 100 } },
      outcome: { type: { varchar: 20 } },
      bytes_in: COUNT,
      bytes_out: COUNT,
      artifacts: { type: 'text', nullable: true },
    },
    indices: [{ name: 'calls_caller_started', columns: ['caller_id', 'started_at'] }],
    withoutRowid: true,
  },
  usage_rollups: {
    columns: {
      subject: key({ type: { varchar: 48 } }),
      granularity: key(GRANULARITY),
      bucket: key({ type: 'bigint' }),
      family: { type: { varchar: 24 }, nullable: true },
      calls: COUNT,
      errors: COUNT,
      bytes_in: COUNT,
      bytes_out: COUNT,
      latencies: { type: 'blob' },
      callers: { type: 'blob', nullable: true },
      parts: { type: 'mediumblob' },
    },
    indices: [
      { name: 'usage_rollups_family', columns: ['family', 'granularity', 'bucket'] },
      // minutes are deleted when they are old: of all subjects, the oldest first
      { name: 'usage_rollups_bucket', columns: ['granularity', 'bucket'] },
    ],
    withoutRowid: true,
  },
  usage_pairs: {
    columns: {
      algorithm_id: key(ID),
      granularity: key(GRANULARITY),
      bucket: key({ type: 'bigint' }),
      unit: key({ type: { varchar: 24 } }),
      caller_id: key(ID),
      calls: COUNT,
      errors: COUNT,
      bytes_in: COUNT,
      bytes_out: COUNT,
      latencies: { type: 'blob' },
      parts: { type: 'mediumblob' },
    },
    indices: [
      { name: 'usage_pairs_unit', columns: ['unit', 'granularity', 'bucket'] },
      { name: 'usage_pairs_caller', columns: ['caller_id', 'granularity', 'bucket'] },
    ],
    withoutRowid: true,
  },
  usage_turn: { columns: { id: key(ID) } },
};

/** What a record has in `call_records`, the caller's id apart. */
const RECORDED = [
  ...['started_at', 'request_id', 'duration_ms', 'backend_ms', 'key_id', 'called_for_id', 'reference'],
  ...[
    'selector',
    'algorithm_id',
    'version_id',
    'sha',
    'position',
    'outcome',
    'bytes_in',
    'bytes_out',
    'artifacts',
  ],
].join(', ');

/** Expands only: `call_records` stays for replicas that still write it, and what is in it is moved while we run. */
export class CreateUsage1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, { columns, indices, withoutRowid }] of Object.entries(TABLES)) {
      await createTable(runner, table, columns, indices, { withoutRowid: withoutRowid === true });
    }
    await runner.query(
      `INSERT INTO usage_turn (id)
         SELECT 1 FROM (SELECT COUNT(*) AS n FROM usage_turn) AS there WHERE there.n = 0`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await runner.hasTable('calls')) await moveBack(runner);
    for (const table of Object.keys(TABLES).reverse()) await dropTable(runner, table);
  }
}

/** A record is in one of the two tables or, written by an old replica, in both. */
async function moveBack(runner: QueryRunner): Promise<void> {
  await runner.query(
    `INSERT INTO call_records (caller_id, ${RECORDED})
       SELECT NULLIF(caller_id, 0), ${RECORDED} FROM calls
        WHERE NOT EXISTS (SELECT 1 FROM call_records AS there
          WHERE there.started_at = calls.started_at AND there.request_id = calls.request_id)`,
  );
}

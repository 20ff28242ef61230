import type { MigrationInterface, QueryRunner } from 'typeorm';

import { createTable, dropTable } from './support';

export class CreateCalls1763600002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'idempotency_keys',
      {
        principal: { type: { varchar: 64 }, primary: true },
        key_hash: { type: { varchar: 64 }, primary: true },
        body_digest: { type: { varchar: 64 } },
        lease_until: { type: 'bigint' },
        expires_at: { type: 'bigint' },
        done: { type: 'boolean' },
        answer_head: { type: 'text', nullable: true },
        answer_body: { type: 'blob', nullable: true },
      },
      [{ name: 'idempotency_keys_expiry', columns: ['expires_at'] }],
    );
    // no foreign keys: records come in late, in batches, and nothing that they name is ever deleted.
    // The key begins with the time, so that new records go to the end of the table: by their random ids alone each
    // of them would touch a page of its own, and cost more the more there are.
    await createTable(
      runner,
      'call_records',
      {
        started_at: { type: 'bigint', primary: true },
        request_id: { type: { varchar: 64 }, primary: true },
        duration_ms: { type: 'double' },
        backend_ms: { type: 'double', nullable: true },
        caller_id: { type: 'int', nullable: true },
        key_id: { type: 'int', nullable: true },
        called_for_id: { type: 'int', nullable: true },
        reference: { type: { varchar: 512 } },
        selector: { type: { varchar: 14 } },
        algorithm_id: { type: 'int' },
        version_id: { type: 'int', nullable: true },
        sha: { type: { varchar: 40 } },
        position: { type: { varchar: 100 } },
        outcome: { type: { varchar: 20 } },
        bytes_in: { type: 'bigint' },
        bytes_out: { type: 'bigint' },
      },
      [],
      // in one tree, in the order of time: a record is written for every call, and rarely read
      { withoutRowid: true },
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'call_records');
    await dropTable(runner, 'idempotency_keys');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

import { createTable, dropTable } from './support';
import { type Immutability, makeImmutable, makeMutable } from './triggers';

const ENTRIES: Immutability = {
  table: 'ledger_entries',
  columns: 'all',
  keys: [['owner_id', 'chain', 'sequence']],
};

export class CreateLedger1763600001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'ledger_heads',
      {
        owner_id: { type: 'int', primary: true, references: 'owners' },
        public_sequence: { type: 'int' },
        public_hash: { type: { varchar: 64 }, nullable: true },
        public_at: { type: 'bigint' },
        private_sequence: { type: 'int' },
        private_hash: { type: { varchar: 64 }, nullable: true },
        private_at: { type: 'bigint' },
        moved_at: { type: 'bigint' },
      },
      [{ name: 'ledger_heads_moved', columns: ['moved_at'] }],
    );
    await createTable(
      runner,
      'ledger_entries',
      {
        owner_id: { type: 'int', primary: true, references: 'owners' },
        chain: { type: { varchar: 7 }, primary: true },
        sequence: { type: 'int', primary: true },
        at: { type: 'bigint' },
        actor: { type: { varchar: 200 } },
        action: { type: { varchar: 40 } },
        subject: { type: { varchar: 400 } },
        change_json: { type: 'text' },
        previous_hash: { type: { varchar: 64 }, nullable: true },
        hash: { type: { varchar: 64 } },
      },
      [{ name: 'ledger_entries_owner_at', columns: ['owner_id', 'at'] }],
    );
    await makeImmutable(runner, ENTRIES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await makeMutable(runner, ENTRIES);
    await dropTable(runner, 'ledger_entries');
    await dropTable(runner, 'ledger_heads');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

import { createTable, dropTable } from './support';
import { type Immutability, makeImmutable, makeMutable } from './triggers';

const SIGNED_HEADS: Immutability = {
  table: 'ledger_signed_heads',
  columns: 'all',
  keys: [['owner_id', 'chain', 'sequence']],
};

export class CreateSignedHeads1763900001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'ledger_signed_heads', {
      owner_id: { type: 'int', primary: true, references: 'owners' },
      chain: { type: { varchar: 7 }, primary: true },
      sequence: { type: 'int', primary: true },
      hash: { type: { varchar: 64 } },
      signed_at: { type: 'bigint' },
      jws: { type: { varchar: 1000 } },
    });
    await makeImmutable(runner, SIGNED_HEADS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await makeMutable(runner, SIGNED_HEADS);
    await dropTable(runner, 'ledger_signed_heads');
  }
}

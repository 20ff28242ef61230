import type { MigrationInterface, QueryRunner } from 'typeorm';

import { createTable, dropTable } from './support';

export class CreateSigningKeys1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'signing_keys',
      {
        kid: { type: { varchar: 43 }, primary: true },
        active: { type: 'int', nullable: true },
        public_jwk: { type: { varchar: 400 } },
        wrapped: { type: { varchar: 400 }, nullable: true },
        created_at: { type: 'bigint' },
        retired_at: { type: 'bigint', nullable: true },
      },
      [{ name: 'signing_keys_active', columns: ['active'], unique: true }],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'signing_keys');
  }
}

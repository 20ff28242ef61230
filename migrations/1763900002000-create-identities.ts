import type { MigrationInterface, QueryRunner } from 'typeorm';

import { addColumn, addIndex, createTable, dropColumn, dropIndex, dropTable } from './support';

export class CreateIdentities1763900002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createIdentities(runner);
    await createTrustedPublishers(runner);
    await createTable(
      runner,
      'used_tokens',
      { digest: { type: { varchar: 64 }, primary: true }, forget_at: { type: 'bigint' } },
      [{ name: 'used_tokens_expiry', columns: ['forget_at'] }],
    );
    await addColumn(runner, 'api_keys', 'publisher_id', { type: 'int', nullable: true });
    await addIndex(runner, 'api_keys', { name: 'api_keys_publisher', columns: ['publisher_id'] });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropIndex(runner, 'api_keys', 'api_keys_publisher');
    await dropColumn(runner, 'api_keys', 'publisher_id');
    for (const table of ['used_tokens', 'trusted_publishers', 'identities']) await dropTable(runner, table);
  }
}

async function createIdentities(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    'identities',
    {
      id: { type: 'id' },
      user_id: { type: 'int', references: 'owners' },
      digest: { type: { varchar: 64 } },
      issuer: { type: { varchar: 400 } },
      subject: { type: { varchar: 255 } },
      created_at: { type: 'bigint' },
    },
    [
      { name: 'identities_digest', columns: ['digest'], unique: true },
      { name: 'identities_user', columns: ['user_id'] },
    ],
  );
}

async function createTrustedPublishers(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    'trusted_publishers',
    {
      id: { type: 'id' },
      public_id: { type: { varchar: 24 } },
      algorithm_id: { type: 'int', references: 'algorithms' },
      issuer: { type: { varchar: 400 } },
      repository: { type: { varchar: 255 } },
      workflow: { type: { varchar: 400 } },
      environment: { type: { varchar: 255 }, nullable: true },
      claims: { type: 'text' },
      created_at: { type: 'bigint' },
      created_by: { type: 'int', nullable: true },
      removed_at: { type: 'bigint', nullable: true },
    },
    [
      { name: 'trusted_publishers_public_id', columns: ['public_id'], unique: true },
      { name: 'trusted_publishers_algorithm', columns: ['algorithm_id'] },
    ],
  );
}

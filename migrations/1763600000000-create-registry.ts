import type { MigrationInterface, QueryRunner } from 'typeorm';

import { createTable, dropTable } from './support';
import { type Immutability, makeImmutable, makeMutable } from './triggers';

const BUILDS: Immutability = { table: 'builds', columns: 'all', keys: [['id'], ['algorithm_id', 'sha']] };

export const VERSIONS: Immutability = {
  table: 'versions',
  columns: [
    'id',
    'algorithm_id',
    'version',
    'sort_key',
    'major',
    'build_id',
    'release_build_id',
    'stability',
    'release_notes',
    'migration_guide',
    'sample_input',
    'sample_output',
    'compatibility',
    'published_at',
    'published_by',
    'published_key',
  ],
  // what was public stays public: to withdraw a version is to yank it
  never: ["(OLD.visibility = 'PUBLIC' AND NEW.visibility = 'PRIVATE')"],
  keys: [['id'], ['algorithm_id', 'sort_key'], ['release_build_id']],
};

export class CreateRegistry1763600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOwners(runner);
    await createAlgorithms(runner);
    await createVersions(runner);
    await makeImmutable(runner, BUILDS);
    await makeImmutable(runner, VERSIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await makeMutable(runner, VERSIONS);
    await makeMutable(runner, BUILDS);
    for (const table of ['versions', 'builds', 'grants', 'majors', 'algorithms', 'api_keys', 'memberships']) {
      await dropTable(runner, table);
    }
    await dropTable(runner, 'shared_keys');
    await dropTable(runner, 'owners');
  }
}

async function createOwners(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    'owners',
    {
      id: { type: 'id' },
      handle: { type: { varchar: 63 } },
      handle_key: { type: { varchar: 63 } },
      kind: { type: { varchar: 12 } },
      display_name: { type: { varchar: 200 }, nullable: true },
      suspended_at: { type: 'bigint', nullable: true },
      created_at: { type: 'bigint' },
    },
    [{ name: 'owners_handle_key', columns: ['handle_key'], unique: true }],
  );
  await createTable(
    runner,
    'memberships',
    {
      organization_id: { type: 'int', primary: true, references: 'owners' },
      user_id: { type: 'int', primary: true, references: 'owners' },
      role: { type: { varchar: 12 } },
      created_at: { type: 'bigint' },
    },
    [{ name: 'memberships_user', columns: ['user_id'] }],
  );
  await createTable(
    runner,
    'api_keys',
    {
      id: { type: 'id' },
      owner_id: { type: 'int', references: 'owners' },
      prefix: { type: { varchar: 20 } },
      secret_hash: { type: { varchar: 64 } },
      label: { type: { varchar: 100 }, nullable: true },
      scopes: { type: 'text' },
      created_at: { type: 'bigint' },
      expires_at: { type: 'bigint', nullable: true },
      revoked_at: { type: 'bigint', nullable: true },
      last_used_at: { type: 'bigint', nullable: true },
    },
    [
      { name: 'api_keys_prefix', columns: ['prefix'], unique: true },
      { name: 'api_keys_owner', columns: ['owner_id'] },
    ],
  );
  await createTable(runner, 'shared_keys', {
    name: { type: { varchar: 40 }, primary: true },
    wrapped: { type: { varchar: 400 } },
    created_at: { type: 'bigint' },
  });
}

async function createAlgorithms(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    'algorithms',
    {
      id: { type: 'id' },
      owner_id: { type: 'int', references: 'owners' },
      name: { type: { varchar: 63 } },
      name_key: { type: { varchar: 63 } },
      summary: { type: { varchar: 300 }, nullable: true },
      description: { type: 'text', nullable: true },
      tags: { type: 'text' },
      repository_url: { type: { varchar: 500 }, nullable: true },
      licence: { type: { varchar: 200 }, nullable: true },
      created_at: { type: 'bigint' },
      listed_at: { type: 'bigint', nullable: true },
    },
    [{ name: 'algorithms_owner_name_key', columns: ['owner_id', 'name_key'], unique: true }],
  );
  await createTable(runner, 'majors', {
    algorithm_id: { type: 'int', primary: true, references: 'algorithms' },
    number: { type: 'int', primary: true },
    visibility: { type: { varchar: 7 } },
    callers: { type: { varchar: 8 } },
    source_visibility: { type: { varchar: 6 } },
    network_access: { type: { varchar: 8 } },
    calls_algorithms: { type: 'boolean' },
  });
  await createTable(
    runner,
    'grants',
    {
      algorithm_id: { type: 'int', primary: true, references: 'algorithms' },
      major: { type: 'int', primary: true },
      grantee_id: { type: 'int', primary: true, references: 'owners' },
      level: { type: { varchar: 15 } },
      granted_at: { type: 'bigint' },
    },
    [{ name: 'grants_grantee', columns: ['grantee_id'] }],
  );
}

async function createVersions(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    'builds',
    {
      id: { type: 'id' },
      algorithm_id: { type: 'int', references: 'algorithms' },
      sha: { type: { varchar: 40 } },
      status: { type: { varchar: 9 } },
      backend_url: { type: { varchar: 2000 }, nullable: true },
      interface: { type: 'text', nullable: true },
      artifact_uri: { type: { varchar: 2000 }, nullable: true },
      artifact_digest: { type: { varchar: 64 }, nullable: true },
      log: { type: 'text', nullable: true },
      environment: { type: 'text', nullable: true },
      created_at: { type: 'bigint' },
    },
    [{ name: 'builds_algorithm_sha', columns: ['algorithm_id', 'sha'], unique: true }],
  );
  await createTable(
    runner,
    'versions',
    {
      id: { type: 'id' },
      algorithm_id: { type: 'int', references: 'algorithms' },
      version: { type: { varchar: 256 } },
      sort_key: { type: { varchar: 424 } },
      major: { type: 'int' },
      build_id: { type: 'int', references: 'builds' },
      release_build_id: { type: 'int', nullable: true },
      visibility: { type: { varchar: 7 } },
      state: { type: { varchar: 16 } },
      stability: { type: { varchar: 12 } },
      release_notes: { type: 'text', nullable: true },
      migration_guide: { type: 'text', nullable: true },
      sample_input: { type: 'text', nullable: true },
      sample_output: { type: 'text', nullable: true },
      compatibility: { type: { varchar: 512 }, nullable: true },
      published_at: { type: 'bigint' },
      published_by: { type: 'int', nullable: true, references: 'owners' },
      published_key: { type: 'int', nullable: true },
      yank_reason: { type: { varchar: 1000 }, nullable: true },
      yanked_at: { type: 'bigint', nullable: true },
    },
    [
      { name: 'versions_algorithm_sort_key', columns: ['algorithm_id', 'sort_key'], unique: true },
      { name: 'versions_release_build', columns: ['release_build_id'], unique: true },
      { name: 'versions_build', columns: ['build_id'] },
    ],
  );
}

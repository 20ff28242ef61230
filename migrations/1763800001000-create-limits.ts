import type { MigrationInterface, QueryRunner } from 'typeorm';

import { createTable, dropTable } from './support';

export class CreateLimits1763800001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'limits',
      {
        subject: { type: { varchar: 64 }, primary: true },
        key_id: { type: 'int', nullable: true, references: 'api_keys' },
        consumer_id: { type: 'int', nullable: true, references: 'owners' },
        algorithm_id: { type: 'int', nullable: true, references: 'algorithms' },
        per_second: { type: 'int', nullable: true },
        burst: { type: 'int', nullable: true },
        per_day: { type: 'bigint', nullable: true },
        day_since: { type: 'bigint', nullable: true },
        per_month: { type: 'bigint', nullable: true },
        month_since: { type: 'bigint', nullable: true },
      },
      [
        { name: 'limits_consumer', columns: ['consumer_id'] },
        { name: 'limits_algorithm', columns: ['algorithm_id', 'consumer_id'] },
      ],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropTable(runner, 'limits');
  }
}

import type { DataSource, QueryRunner } from 'typeorm';

import { MIGRATIONS } from '../../migrations';
import { Database } from '../../src/database';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { randomNumbers } from '../soak/random';

/** Of these a try ends after every statement that changes something; of the older ones after some. */
const NEWEST = 6;
const SEED = 20;
const LONGEST_STEP = 9;
/** Migrations of the release that had no others. */
const FIRST_RELEASE = 3;
const CHANGES = /^\s*(CREATE|ALTER|DROP|INSERT|DELETE)\b/i;
/** What the server does by itself for one that died. */
const ROLLBACK = /^\s*ROLLBACK\b/i;
const STOPPED = 'stopped for the test';

/** Ends all migrations of `source` from then on after so many changes, as if the process had died. */
function stopAfter(source: DataSource, changes: number): () => void {
  const create = source.createQueryRunner.bind(source);
  let left = changes;
  const spied = jest.spyOn(source, 'createQueryRunner').mockImplementation((mode) => {
    const runner: QueryRunner = create(mode);
    const query = runner.query.bind(runner);
    runner.query = async (...statement: Parameters<typeof query>) => {
      if (left === 0 && !ROLLBACK.test(statement[0])) throw new Error(STOPPED);
      const result: unknown = await query(...statement);
      if (CHANGES.test(statement[0])) left -= 1;
      return result as never;
    };
    return runner;
  });
  return () => {
    spied.mockRestore();
  };
}

/** All that the server knows of the tables, and the rows that migrations made. */
async function schemaOf({ reads }: Database): Promise<Record<string, unknown>> {
  const own = 'table_schema = DATABASE()';
  const queries = {
    tables: `SELECT table_name, engine, table_collation FROM information_schema.tables WHERE ${own} ORDER BY 1`,
    columns: `SELECT table_name, ordinal_position, column_name, column_type, collation_name, is_nullable,
      column_default, extra FROM information_schema.columns WHERE ${own} ORDER BY 1, 2`,
    indices: `SELECT table_name, index_name, seq_in_index, column_name, non_unique
      FROM information_schema.statistics WHERE ${own} ORDER BY 1, 2, 3`,
    keys: `SELECT table_name, constraint_name, column_name, referenced_table_name, referenced_column_name
      FROM information_schema.key_column_usage WHERE ${own} ORDER BY 1, 2, 3`,
    rules: `SELECT table_name, constraint_name, update_rule, delete_rule
      FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE() ORDER BY 1, 2`,
    triggers: `SELECT trigger_name, event_object_table, action_timing, event_manipulation, action_statement
      FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY 1`,
    turns: 'SELECT * FROM usage_turn',
    entered: 'SELECT * FROM channel_entries ORDER BY 1, 2',
    migrations: 'SELECT name FROM migrations ORDER BY timestamp',
  };
  const found: Record<string, unknown> = {};
  for (const [name, sql] of Object.entries(queries)) found[name] = await reads.query(sql);
  return found;
}

/** What is there when the first release is replaced: a version that is public, and one that is not. */
async function publishBefore({ reads }: Database): Promise<void> {
  await reads.query(
    "INSERT INTO owners (id, handle, handle_key, kind, created_at) VALUES (1, 'acme', 'acme', 'ORGANIZATION', 1)",
  );
  await reads.query(
    "INSERT INTO algorithms (id, owner_id, name, name_key, tags, created_at) VALUES (1, 1, 'a', 'a', '[]', 1)",
  );
  for (const [id, visibility] of [
    [1, 'PUBLIC'],
    [2, 'PRIVATE'],
  ] as const) {
    await reads.query(
      "INSERT INTO builds (id, algorithm_id, sha, status, created_at) VALUES (?, 1, ?, 'SUCCEEDED', 1)",
      [id, String(id).repeat(40)],
    );
    await reads.query(
      `INSERT INTO versions (id, algorithm_id, version, sort_key, major, build_id, release_build_id, visibility, state,
         stability, published_at) VALUES (?, 1, ?, ?, 1, ?, ?, ?, 'PUBLISHED', 'STABLE', 7)`,
      [id, `1.0.${id}`, `k${id}`, id, id, visibility],
    );
  }
}

/** SQLite takes a migration back whole. */
describe.each(DATABASES.filter(([name]) => name !== 'SQLite'))(
  'migrations that are stopped, on %s',
  (_name, create) => {
    const made: TestDatabase[] = [];
    const opened: Database[] = [];
    afterEach(async () => {
      for (const database of opened.splice(0)) await database.close();
      for (const database of made.splice(0)) await database.drop();
    });

    async function open(): Promise<Database> {
      const database = await create();
      made.push(database);
      const it = await Database.open(database.target);
      opened.push(it);
      return it;
    }

    async function ranOn({ reads }: Database): Promise<number> {
      const tables = await reads.query<unknown[]>(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'migrations'",
      );
      if (tables.length === 0) return 0;
      const [row] = await reads.query<{ n: string }[]>('SELECT COUNT(*) AS n FROM migrations');
      return Number(row!.n);
    }

    /** Runs the migrations of the first release, fills it, and runs those that came after it. */
    async function replaceFirstRelease(database: Database, migrate: () => Promise<unknown>): Promise<void> {
      const later = database.migrations.migrations.splice(FIRST_RELEASE);
      await migrate();
      expect(await ranOn(database)).toBe(FIRST_RELEASE);
      await publishBefore(database);
      database.migrations.migrations.push(...later);
      await migrate();
    }

    /** @returns whether it came to its end */
    async function stopped(
      database: Database,
      changes: number,
      work: () => Promise<unknown>,
    ): Promise<boolean> {
      const restore = stopAfter(database.migrations, changes);
      try {
        await work();
        return true;
      } catch (error) {
        expect(String(error)).toContain(STOPPED);
        return false;
      } finally {
        restore();
      }
    }

    /** Tries again and again, each time a little further; the same migration is never stopped twice at one place. */
    async function insistently(database: Database, work: () => Promise<unknown>): Promise<void> {
      const random = randomNumbers(SEED);
      for (let [tries, at, changes] = [1, -1, 0]; ; tries += 1) {
        const ran = await ranOn(database);
        if (ran !== at) [at, changes] = [ran, 0];
        changes += ran >= MIGRATIONS.length - NEWEST ? 1 : 1 + Math.floor(random() * LONGEST_STEP);
        if (await stopped(database, changes, work)) {
          expect(tries).toBeGreaterThan(1);
          return;
        }
      }
    }

    test('go on from wherever they were, up and down, to the schema of some that were not', async () => {
      const undisturbed = await open();
      await replaceFirstRelease(undisturbed, () => undisturbed.migrate());
      const expected = await schemaOf(undisturbed);
      expect(expected).toMatchObject({
        turns: [{ id: 1 }],
        entered: [{ version_id: 1, channel: 'stable', at: 7 }],
      });

      const database = await open();
      await replaceFirstRelease(database, () => insistently(database, () => database.migrate()));
      expect(await schemaOf(database)).toEqual(expected);

      while ((await ranOn(database)) > FIRST_RELEASE) {
        await insistently(database, () => database.migrations.undoLastMigration());
      }
      await insistently(database, () => database.migrate());
      expect(await schemaOf(database)).toEqual(expected);
    });
  },
);

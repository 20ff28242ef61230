import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createConnection } from 'mysql2/promise';

import { Database, type DatabaseTarget } from '../../src/database';

const MYSQL_URL = process.env['ALGOGATE_TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306';
const MYSQL_REQUIRED = process.env['ALGOGATE_TEST_REQUIRE_MYSQL'] === '1';

/** A database made for one test, and the way to be rid of it. */
export interface TestDatabase {
  readonly target: DatabaseTarget;
  drop(): Promise<void>;
}

export function sqliteDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'algogate-test-'));
  return Promise.resolve({
    target: { dialect: 'sqlite', path: join(folder, 'algogate.db') },
    drop: () => rm(folder, { recursive: true, force: true }),
  });
}

export async function mysqlDatabase(): Promise<TestDatabase> {
  const name = `algogate_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
  await onServer((run) => run(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`));
  return {
    target: { dialect: 'mysql', url: `${MYSQL_URL.replace(/\/$/, '')}/${name}` },
    drop: () => onServer((run) => run(`DROP DATABASE IF EXISTS ${name}`)),
  };
}

async function onServer(work: (run: (sql: string) => Promise<unknown>) => Promise<unknown>): Promise<void> {
  const connection = await createConnection(MYSQL_URL);
  try {
    await work((sql) => connection.query(sql));
  } finally {
    await connection.end();
  }
}

/** Where no MySQL can be had, its tests are left out, unless ALGOGATE_TEST_REQUIRE_MYSQL=1 makes that an error. */
const MYSQL_REACHABLE = MYSQL_REQUIRED || process.env['ALGOGATE_TEST_MYSQL_FOUND'] === '1';

export const DATABASES: readonly (readonly [string, () => Promise<TestDatabase>])[] = [
  ['SQLite', sqliteDatabase],
  ...(MYSQL_REACHABLE ? [['MySQL', mysqlDatabase] as const] : []),
];

/** Runs the same tests on each database. `open` gives a migrated one, closed and dropped after the test. */
export function describeOnEachDatabase(
  title: string,
  tests: (open: () => Promise<Database>, create: () => Promise<TestDatabase>) => void,
): void {
  describe.each(DATABASES)(`${title} on %s`, (_name, create) => {
    const undo: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const step of undo.splice(0).reverse()) await step();
    });
    const createTracked = async () => {
      const made = await create();
      undo.push(() => made.drop());
      return made;
    };
    const open = async () => {
      const { target } = await createTracked();
      const database = await Database.open(target);
      undo.push(() => database.close());
      await database.migrate();
      return database;
    };
    tests(open, createTracked);
  });
}

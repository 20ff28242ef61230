import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createConnection } from 'mysql2/promise';

import { ROOT_KEY } from './registry';

const MYSQL_URL = process.env['ALGOGATE_TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306';

type Variables = Readonly<Record<string, string>>;

const undo: (() => Promise<void> | void)[] = [];

/** A folder that is gone when the benchmarks end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'algogate-bench-'));
  undo.push(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The configuration of a replica on an SQLite database of its own. */
export function onSqlite(): Variables {
  const folder = temporaryFolder();
  return {
    ALGOGATE_DATABASE_URL: `sqlite:${join(folder, 'algogate.db')}`,
    ALGOGATE_DATA_DIR: folder,
    ALGOGATE_PORT: '0',
    ALGOGATE_ROOT_KEY: ROOT_KEY,
    ALGOGATE_BACKEND_ALLOW: '127.0.0.0/8',
  };
}

/** The same on MySQL or MariaDB; null where none answers. */
export async function onMysql(): Promise<Variables | null> {
  const name = `algogate_bench_${process.pid}_${randomBytes(4).toString('hex')}`;
  try {
    await onServer(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  } catch {
    return null;
  }
  undo.push(() => onServer(`DROP DATABASE IF EXISTS ${name}`));
  return {
    ...onSqlite(),
    ALGOGATE_DATABASE_URL: `${MYSQL_URL.replace(/\/$/, '')}/${name}`,
    ALGOGATE_MASTER_KEY: randomBytes(32).toString('hex'),
  };
}

/** Removes all that was made here. */
export async function cleanUp(): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step();
}

async function onServer(sql: string): Promise<void> {
  const connection = await createConnection({ uri: MYSQL_URL, connectTimeout: 1000 });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

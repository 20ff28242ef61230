import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

import { DataSource, type DataSourceOptions, type Logger } from 'typeorm';

import * as entities from '../../entities';
import { MIGRATIONS } from '../../migrations';
import type { DatabaseTarget } from './dialect';

/**
 * How long a statement waits for the lock of another process, in milliseconds. The driver waits with the whole event
 * loop, so this is short; a write that is refused is run again later.
 */
const LOCK_WAIT_MS = 100;
/** Of each of the three pools of a replica. */
const MYSQL_POOL_SIZE = 8;

/** The part of better-sqlite3's handle that is used before TypeORM takes it over. */
interface SqliteHandle {
  pragma(source: string): unknown;
}

/** A DataSource for `target`, not connected yet. @param parameters as of `dataSourceOptions` */
export function dataSourceFor(...parameters: Parameters<typeof dataSourceOptions>): DataSource {
  const options = dataSourceOptions(...parameters);
  const source = new DataSource(options);
  // SQLite takes whatever is called so for a blob, of any length; TypeORM's list for it leaves this name out
  if (options.type === 'better-sqlite3') source.driver.supportedDataTypes.push('mediumblob');
  return source;
}

/**
 * TypeORM's options for `target`. Rows come from the explicit lists of `entities/` and `migrations/` alone.
 * @param server what answers at a MySQL address: MariaDB words the defaults of its columns in its own way
 */
function dataSourceOptions(
  target: DatabaseTarget,
  logger?: Logger,
  server: 'mysql' | 'mariadb' = 'mysql',
): DataSourceOptions {
  const common = {
    entities: Object.values(entities),
    migrations: [...MIGRATIONS],
    synchronize: false,
    // an undefined in a `where` once returned every tenant's rows
    invalidWhereValuesBehavior: { null: 'throw' as const, undefined: 'throw' as const },
    ...(logger === undefined ? {} : { logger, logging: ['query' as const, 'error' as const] }),
  };
  if (target.dialect === 'sqlite') {
    mkdirSync(dirname(target.path), { recursive: true });
    return {
      ...common,
      type: 'better-sqlite3',
      database: target.path,
      timeout: LOCK_WAIT_MS,
      prepareDatabase: (handle: SqliteHandle) => {
        handle.pragma('journal_mode = WAL');
        handle.pragma('synchronous = NORMAL');
        handle.pragma('foreign_keys = ON');
        // with it on, the rows that INSERT OR REPLACE removes fire the delete triggers as well
        handle.pragma('recursive_triggers = ON');
      },
    };
  }
  return {
    ...common,
    type: server,
    url: target.url,
    poolSize: MYSQL_POOL_SIZE,
    timezone: 'Z',
    charset: 'utf8mb4_bin',
    supportBigNumbers: true,
    bigNumberStrings: false,
    connectTimeout: 2000,
    extra: { connectionLimit: MYSQL_POOL_SIZE, waitForConnections: true, queueLimit: 1000 },
  };
}

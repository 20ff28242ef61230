import { QueryFailedError } from 'typeorm';

/** What a driver says of its own failure: a code or number, and a text. */
interface DriverFailure {
  readonly code?: string;
  readonly errno?: number;
  readonly message: string;
}

const DEADLOCK = 1213;
const LOCK_WAIT_TIMEOUT = 1205;
const DUPLICATE_ENTRY = 1062;
/** Galera reports a failed certification as a deadlock, and a node that lost its quorum by this one. */
const WSREP_NOT_READY = 1047;

/** Codes by which mysql2 says that there is no server to talk to. */
const CONNECTION_LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'POOL_CLOSED',
]);

/** Whether running the whole transaction again may succeed: a deadlock, a lock wait, a busy database file. */
export function isTransient(error: unknown): boolean {
  const failure = driverFailure(error);
  if (failure === null) return false;
  if (failure.errno === DEADLOCK || failure.errno === LOCK_WAIT_TIMEOUT) return true;
  return failure.code?.startsWith('SQLITE_BUSY') === true;
}

/**
 * Whether a unique key refused a row.
 * @param table whose unique indices are meant; they are named after it. Without it, any key
 */
export function isDuplicate(error: unknown, table?: string): boolean {
  const failure = driverFailure(error);
  if (failure === null) return false;
  // SQLite names the columns (`versions.sort_key`), MySQL the index (`versions_algorithm_sort_key`)
  if (table !== undefined && !new RegExp(`\\b${table}[._]`).test(failure.message)) return false;
  return (
    failure.errno === DUPLICATE_ENTRY ||
    failure.code === 'SQLITE_CONSTRAINT_UNIQUE' ||
    failure.code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
  );
}

/** Whether the database is away, as against having refused a statement. */
export function isDatabaseAway(error: unknown): boolean {
  const failure = driverFailure(error);
  if (failure === null) return false;
  if (failure.errno === WSREP_NOT_READY) return true;
  return (
    failure.code !== undefined && (CONNECTION_LOST.has(failure.code) || failure.code === 'SQLITE_CANTOPEN')
  );
}

function driverFailure(error: unknown): DriverFailure | null {
  if (error instanceof QueryFailedError) return error.driverError as DriverFailure;
  return error instanceof Error ? error : null;
}

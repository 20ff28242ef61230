import type { DataSource } from 'typeorm';

import type { Queue } from './queue';

export type PoolName = 'writer' | 'reader' | 'snapshots' | 'long_snapshots';

/** How one set of connections is doing. */
export interface PoolState {
  readonly name: PoolName;
  readonly inUse: number;
  readonly free: number;
  /** Units of work that wait for a connection. */
  readonly waiting: number;
}

/** What mysql2's pool keeps its connections in: it has no other way to ask. */
interface Connections {
  readonly _allConnections?: { readonly length: number };
  readonly _freeConnections?: { readonly length: number };
  readonly _connectionQueue?: { readonly length: number };
}

/** A pool of mysql2; zeros where a version of it does not tell. */
export function mysqlPool(name: PoolName, { driver }: DataSource): PoolState {
  const { pool = {} } = driver as unknown as { readonly pool?: Connections };
  const all = pool._allConnections?.length ?? 0;
  const free = pool._freeConnections?.length ?? 0;
  return { name, inUse: all - free, free, waiting: pool._connectionQueue?.length ?? 0 };
}

/**
 * SQLite's one connection for a purpose, and its queue.
 * @param queue null where statements run at once, each within its turn of the event loop
 */
export function sqlitePool(name: PoolName, queue: Queue | null): PoolState {
  const underWay = queue?.length ?? 0;
  const inUse = Math.min(1, underWay);
  return { name, inUse, free: 1 - inUse, waiting: underWay - inUse };
}

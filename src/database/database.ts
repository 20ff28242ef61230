import { setTimeout } from 'node:timers/promises';

import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

import { OwnerRow } from '../../entities';
import { AlgogateError } from '../domain/errors';
import type { DatabaseTarget, Dialect } from './dialect';
import { isTransient } from './failures';
import { dataSourceFor } from './options';
import { silence, SilenceWatch } from './patience';
import { mysqlPool, type PoolState, sqlitePool } from './pools';
import { QueryLog } from './query-log';
import { Queue } from './queue';

/** A handle on the database inside one unit of work. Rooms above the stores pass it on and never look inside. */
export type Tx = EntityManager;

const MIGRATION_LOCK = 'algogate migrations';
const MIGRATION_LOCK_SECONDS = 300;
/**
 * A write that the database gives up for another's sake is made again until both are over: so many attempts, and the
 * time that a write may take. Attempts alone are over too soon where many writers of one file wait for one another.
 */
const LEAST_ATTEMPTS = 8;
/** The longest pause before the next attempt, in milliseconds: whoever paused longer would lose to those who came after. */
const LONGEST_PAUSE_MS = 200;
/**
 * A write that takes longer than this is rolled back instead of committed. Replicas look back further than this
 * when they follow the ledger's heads, so no commit comes too late for them to see.
 */
export const MAX_WRITE_MS = 10_000;
/** How often whoever gives up a database that falls silent looks whether it has. */
const LISTEN_EVERY_MS = 500;

export interface DatabaseLimits {
  /** How long a write may take, in milliseconds; at most, and by default, MAX_WRITE_MS. */
  readonly maxWriteMs: number;
}

/**
 * One database, SQLite or MySQL. Reads, consistent snapshots and writes are separate on purpose, each with its own
 * connections: SQLite has one for each, on which the writes queue and the snapshots queue, so that single reads see
 * what was written a moment ago, and one more for long snapshots, so that no short one queues behind them; on MySQL,
 * writes that wait for one another's locks keep no reader waiting.
 */
export class Database {
  private constructor(
    readonly dialect: Dialect,
    private readonly writer: DataSource,
    private readonly reader: DataSource,
    private readonly snapshotReader: DataSource,
    /** On MySQL the same: its snapshots have many connections. */
    private readonly longReader: DataSource,
    readonly queries: QueryLog,
    private readonly limits: DatabaseLimits,
    private readonly lanes: Lanes,
    /** Of whoever does not wait for a silent database; null where whoever asks does. */
    private readonly watch: SilenceWatch | null,
  ) {}

  /** Connects. Throws what the driver throws where there is no database to talk to. */
  static async open(
    target: DatabaseTarget,
    limits: DatabaseLimits = { maxWriteMs: MAX_WRITE_MS },
  ): Promise<Database> {
    const queries = new QueryLog();
    const server = target.dialect === 'mysql' ? await serverAt(target.url) : 'mysql';
    const connect = () => dataSourceFor(target, queries, server).initialize();
    const [writer, reader, snapshotReader] = [await connect(), await connect(), await connect()];
    const longReader = target.dialect === 'sqlite' ? await connect() : snapshotReader;
    if (target.dialect === 'mysql') await boundLockWaits(writer, limits);
    const lanes = { writes: new Queue(), snapshots: new Queue(), longSnapshots: new Queue() };
    const sources = [writer, reader, snapshotReader, longReader] as const;
    return new Database(target.dialect, ...sources, queries, limits, lanes, null);
  }

  /**
   * The same database for those who do not wait for one that hangs: while `isSilent` they are refused at once, and what
   * was under way when it fell silent is given up, by an error of `isDatabaseAway`. A write that was given up is not
   * made afterwards, unless its commit was on its way already.
   */
  impatient(isSilent: () => boolean): Database {
    const sources = [this.writer, this.reader, this.snapshotReader, this.longReader] as const;
    const watch = new SilenceWatch(isSilent, LISTEN_EVERY_MS);
    return new Database(this.dialect, ...sources, this.queries, this.limits, this.lanes, watch);
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.lanes).map((lane: Queue) => lane.idle()));
    const sources = [this.writer, this.reader, this.snapshotReader, this.longReader];
    for (const source of new Set(sources)) await source.destroy();
  }

  /** Runs every pending migration; gives the names of those that ran. Of replicas that start at once, one does it. */
  async migrate(): Promise<string[]> {
    const ran = await retrying(() =>
      this.dialect === 'mysql'
        ? withNamedLock(this.reader, MIGRATION_LOCK, () => this.writer.runMigrations({ transaction: 'each' }))
        : this.within(this.writer, BEGIN.sqliteWrite, () =>
            this.writer.runMigrations({ transaction: 'none' }),
          ),
    );
    return ran.map((migration) => migration.name);
  }

  async hasPendingMigrations(): Promise<boolean> {
    return this.writer.showMigrations();
  }

  /** Whether nobody has ever been registered. */
  async isEmpty(): Promise<boolean> {
    return !(await this.reader.manager.exists(OwnerRow));
  }

  /** The DataSource that migrations run on, for the tests that compare it with the entities. */
  get migrations(): DataSource {
    return this.writer;
  }

  /** How its connections are doing, for the metrics. */
  get pools(): readonly PoolState[] {
    return this.dialect === 'sqlite'
      ? [
          sqlitePool('writer', this.lanes.writes),
          sqlitePool('reader', null),
          sqlitePool('snapshots', this.lanes.snapshots),
          sqlitePool('long_snapshots', this.lanes.longSnapshots),
        ]
      : [
          mysqlPool('writer', this.writer),
          mysqlPool('reader', this.reader),
          mysqlPool('snapshots', this.snapshotReader),
        ];
  }

  /** Single reads that need not agree with one another. */
  get reads(): Tx {
    this.assertHeard();
    return this.reader.manager;
  }

  /** A single read that is given up where the database falls silent under it, for whoever has no other bound. */
  async read<T>(look: (tx: Tx) => Promise<T>): Promise<T> {
    return this.heard(() => look(this.reader.manager));
  }

  /** Reads that all see one moment. */
  async snapshot<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.heard(() =>
      this.dialect === 'sqlite'
        ? this.lanes.snapshots.run(() => this.within(this.snapshotReader, BEGIN.sqliteSnapshot, work))
        : this.within(this.snapshotReader, BEGIN.mysqlSnapshot, work),
    );
  }

  /** The same for work that takes many turns: a `snapshot` never waits for it. */
  async longSnapshot<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.heard(() =>
      this.dialect === 'sqlite'
        ? this.lanes.longSnapshots.run(() => this.within(this.longReader, BEGIN.sqliteSnapshot, work))
        : this.within(this.longReader, BEGIN.mysqlSnapshot, work),
    );
  }

  /**
   * One transaction that writes. It is run again, for a bounded time, where the database gave it up for
   * another's sake (deadlock, failed certification, busy file): `work` must have no effects outside it.
   */
  async write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.heard((isAwaited) => {
      const bounded = whileAwaited(inTime(work, this.limits), isAwaited);
      return retrying(() =>
        this.dialect === 'sqlite'
          ? this.lanes.writes.run(() => this.within(this.writer, BEGIN.sqliteWrite, bounded))
          : this.within(this.writer, BEGIN.mysqlWrite, bounded),
      );
    });
  }

  private assertHeard(): void {
    if (this.watch?.isSilent() === true) throw silence();
  }

  /** @param look is told whether it was given up */
  private async heard<T>(look: (isAwaited: () => boolean) => Promise<T>): Promise<T> {
    const { watch } = this;
    if (watch === null) return look(() => true);
    this.assertHeard();
    let isAwaited = true;
    try {
      return await watch.over(look(() => isAwaited));
    } finally {
      isAwaited = false;
    }
  }

  private async within<T>(
    source: DataSource,
    begin: (runner: QueryRunner) => Promise<unknown>,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    const runner = source.createQueryRunner();
    try {
      await begin(runner);
      return await finish(runner, work);
    } finally {
      await runner.release();
    }
  }
}

/** What queues for SQLite's connections. */
interface Lanes {
  readonly writes: Queue;
  readonly snapshots: Queue;
  readonly longSnapshots: Queue;
}

const BEGIN = {
  sqliteSnapshot: (runner: QueryRunner) => runner.query('BEGIN'),
  sqliteWrite: (runner: QueryRunner) => runner.query('BEGIN IMMEDIATE'),
  mysqlSnapshot: async (runner: QueryRunner) => {
    await runner.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await runner.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  },
  // TypeORM locks rows only in a transaction that it began itself
  mysqlWrite: (runner: QueryRunner) => runner.startTransaction('READ COMMITTED'),
} as const;

/** Runs `work` again, within the bounds above, where the database gave it up for another's. */
async function retrying<T>(work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isOver = attempt >= LEAST_ATTEMPTS && performance.now() - began > MAX_WRITE_MS;
      if (!isTransient(error) || isOver) throw error;
      await setTimeout(Math.random() * Math.min(20 * 2 ** attempt, LONGEST_PAUSE_MS));
    }
  }
}

/** `work`, refused where it took longer than a write may: see MAX_WRITE_MS. */
function inTime<T>(work: (tx: Tx) => Promise<T>, { maxWriteMs }: DatabaseLimits): (tx: Tx) => Promise<T> {
  return async (tx) => {
    const began = performance.now();
    const result = await work(tx);
    if (performance.now() - began <= maxWriteMs) return result;
    throw new AlgogateError('UNAVAILABLE', 'the change took too long and was not made');
  };
}

/** `work`, neither begun nor committed where nobody waits for it any more: whoever did was told that it failed. */
function whileAwaited<T>(work: (tx: Tx) => Promise<T>, isAwaited: () => boolean): (tx: Tx) => Promise<T> {
  return async (tx) => {
    if (!isAwaited()) throw silence();
    const result = await work(tx);
    if (!isAwaited()) throw silence();
    return result;
  };
}

/** Runs `work` in the transaction that has begun on `runner`, then commits, or rolls back and throws. */
async function finish<T>(runner: QueryRunner, work: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    const result = await work(runner.manager);
    await (runner.isTransactionActive ? runner.commitTransaction() : runner.query('COMMIT'));
    return result;
  } catch (error) {
    // the connection may be gone, and with it the transaction: what matters is the first error
    const rolledBack = runner.isTransactionActive ? runner.rollbackTransaction() : runner.query('ROLLBACK');
    await rolledBack.catch(() => undefined);
    throw error;
  }
}

/** The part of mysql2's pool that is used here. */
interface MysqlPool {
  on(event: 'connection', listener: (connection: { query(sql: string): void }) => void): void;
}

/** A write that waits for a lock longer than any write may take would come too late anyway. */
async function boundLockWaits(source: DataSource, { maxWriteMs }: DatabaseLimits): Promise<void> {
  const { pool } = source.driver as unknown as { pool: MysqlPool };
  const bound = `SET SESSION innodb_lock_wait_timeout = ${Math.max(1, Math.floor(maxWriteMs / 2000))}`;
  pool.on('connection', (connection) => {
    connection.query(bound);
  });
  // the connection that the source was opened with is in the pool already
  await source.query(bound);
}

async function serverAt(url: string): Promise<'mysql' | 'mariadb'> {
  const connection = await createConnection(url);
  try {
    const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
    return String(rows[0]?.['version']).includes('MariaDB') ? 'mariadb' : 'mysql';
  } finally {
    await connection.end();
  }
}

/** Runs `work` while a connection of `source` holds a lock of the MySQL server. */
async function withNamedLock<T>(source: DataSource, name: string, work: () => Promise<T>): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    await runner.query('SELECT GET_LOCK(CONCAT(?, DATABASE()), ?)', [name, MIGRATION_LOCK_SECONDS]);
    return await work();
  } finally {
    await runner.query('SELECT RELEASE_LOCK(CONCAT(?, DATABASE()))', [name]).catch(() => undefined);
    await runner.release();
  }
}

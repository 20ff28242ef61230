import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

import { createConnection } from 'mysql2/promise';

import type { DatabaseTarget } from '../../src/database';

const PATH = `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin`;
const FOLDERS = PATH.split(delimiter);
const START_MS = 60_000;
/** Below those that systems hand out by themselves: it must be free again after each stop. */
const PORTS = { first: 20_000, count: 10_000 } as const;

const run = promisify(execFile);

export const MARIADB_IS_INSTALLED = ['mariadbd', 'mariadb-install-db'].every((program) =>
  FOLDERS.some((folder) => existsSync(join(folder, program))),
);

/**
 * Whether tests that start a MariaDB are run: where it is installed, and where ALGOGATE_TEST_REQUIRE_MYSQL=1 makes it an
 * error that it is not.
 */
export const STARTS_MARIADB = process.env['ALGOGATE_TEST_REQUIRE_MYSQL'] === '1' || MARIADB_IS_INSTALLED;

/** A MariaDB server of our own, which can be taken away. */
export class OwnMariadb {
  private process: ChildProcess | null = null;
  private databases = 0;

  private constructor(
    readonly folder: string,
    private readonly port: number,
  ) {}

  /** Makes one, and starts it. Its folder is made in `parent`. */
  static async create(parent = tmpdir()): Promise<OwnMariadb> {
    const folder = mkdtempSync(join(parent, 'algogate-mariadb-'));
    mkdirSync(temporaryIn(folder));
    const options = ['--auth-root-authentication-method=normal', '--skip-test-db'];
    await run('mariadb-install-db', ['--no-defaults', ...ownedBy(folder), ...options], {
      env: { ...process.env, PATH },
    });
    const made = new OwnMariadb(folder, await freePort());
    await made.start();
    return made;
  }

  get address(): string {
    return `mysql://root@127.0.0.1:${this.port}`;
  }

  /** Of the process; null while there is none. */
  get pid(): number | null {
    return this.process?.pid ?? null;
  }

  /** A new one, and empty. */
  async newDatabase(): Promise<DatabaseTarget> {
    this.databases += 1;
    const name = `algogate_${this.databases}`;
    const connection = await createConnection(this.address);
    await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    await connection.end();
    return { dialect: 'mysql', url: `${this.address}/${name}` };
  }

  /** Starts it, and waits until it answers. */
  async start(): Promise<void> {
    const { folder, port } = this;
    const local = [`--socket=${join(folder, 'sock')}`, `--pid-file=${join(folder, 'pid')}`];
    const network = ['--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve'];
    // written at each commit, and synchronised later: what it has committed outlives its process
    const durable = ['--skip-log-bin', '--innodb-flush-log-at-trx-commit=2'];
    const options = [...ownedBy(folder), ...local, ...network, ...durable];
    this.process = spawn('mariadbd', ['--no-defaults', ...options], {
      env: { ...process.env, PATH },
      stdio: 'ignore',
    });
    for (const end = Date.now() + START_MS; !(await this.answers());) {
      if (Date.now() > end) throw new Error('MariaDB does not start');
      await pause(50);
    }
  }

  /** SIGSTOP leaves its connections open, and says nothing on them, until SIGCONT. */
  kill(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process?.kill(signal);
  }

  /** Ends it by a signal, and waits for its end. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { process: running } = this;
    this.process = null;
    if (running === null) return;
    running.kill(signal);
    await once(running, 'exit');
  }

  /** Ends it for good, and is rid of its data. */
  async remove(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    try {
      const connection = await createConnection(this.address);
      await connection.end();
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * MariaDB refuses to run as root, unless it is told to. It needs a temporary folder of its own: as it starts it removes
 * every table in that folder, which are those that queries of another server are using.
 */
function ownedBy(folder: string): string[] {
  return [
    `--user=${userInfo().username}`,
    `--datadir=${join(folder, 'data')}`,
    `--tmpdir=${temporaryIn(folder)}`,
  ];
}

function temporaryIn(folder: string): string {
  return join(folder, 'tmp');
}

async function freePort(): Promise<number> {
  const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      resolve(true);
    });
  });
  if (!free) return freePort();
  server.close();
  await once(server, 'close');
  return port;
}

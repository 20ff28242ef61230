import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const REQUIRED = process.env['ALGOGATE_TEST_REQUIRE_REDIS'] === '1';
const FOUND = REQUIRED || spawnSync('redis-server', ['--version']).error === undefined;

/** Where no redis-server is installed, its tests are left out, unless ALGOGATE_TEST_REQUIRE_REDIS=1 makes that an error. */
export const describeWithRedis = FOUND ? describe : describe.skip;

/** A Redis of one test: empty, on a port of its own, and gone with the test. */
export class TestRedis {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private child: ChildProcess,
  ) {}

  static async start(): Promise<TestRedis> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'algogate-redis-'));
    const redis = new TestRedis(port, folder, spawnServer(port, folder));
    await redis.answers();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** What it counted is lost with it. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  /** Starts it again on the same port, empty. */
  async restart(): Promise<void> {
    this.child = spawnServer(this.port, this.folder);
    await this.answers();
  }

  /** Hangs: its connections stay, and nothing is answered, until it is woken. */
  hang(): void {
    this.child.kill('SIGSTOP');
  }

  wake(): void {
    this.child.kill('SIGCONT');
  }

  /** What one command gives. */
  async command(...words: string[]): Promise<unknown> {
    const { createClient } = await import('@redis/client');
    const client = createClient({ url: this.url, socket: { reconnectStrategy: false } });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.sendCommand(words);
    } finally {
      client.destroy();
    }
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<void> {
    while ((await this.command('PING').catch(() => null)) !== 'PONG') {
      if (this.child.exitCode !== null) throw new Error('redis-server did not start');
      await pause(25);
    }
  }
}

function spawnServer(port: number, folder: string): ChildProcess {
  const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  return spawn('redis-server', ['--port', String(port), ...options], { stdio: 'ignore' });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FileLock, NamedLock } from '../../src/database';
import { DATABASES, mysqlDatabase } from '../builders/databases';
import { expectSoon } from '../builders/soon';

test('a file is locked by one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'algogate-lock-'));
  const path = join(folder, 'algogate.db.counting');
  const first = FileLock.acquire(path);
  expect([first === null, FileLock.acquire(path)]).toEqual([false, null]);
  first?.release(false);
  const second = FileLock.acquire(path);
  expect(second === null).toBe(false);
  second?.release(true);
  rmSync(folder, { recursive: true });
});

const describeOnMysql = DATABASES.some(([name]) => name === 'MySQL') ? describe : describe.skip;

describeOnMysql('the lock of a MySQL server', () => {
  let url = '';
  let drop: () => Promise<void>;
  const open: NamedLock[] = [];
  const acquire = async (at = url, answerMs?: number) => {
    const lock = await NamedLock.acquire(at, 'algogate test', answerMs);
    if (lock !== null) open.push(lock);
    return lock;
  };
  beforeAll(async () => {
    const made = await mysqlDatabase();
    if (made.target.dialect === 'mysql') ({ url } = made.target);
    drop = () => made.drop();
  });
  afterEach(async () => {
    for (const lock of open.splice(0)) await lock.release();
  });
  afterAll(() => drop());

  test('is held by one connection, and free when that one gives it up', async () => {
    const first = await acquire();
    expect([first?.isHeld, await acquire()]).toEqual([true, null]);
    await first?.release();
    expect(first?.isHeld).toBe(false);
    await expectSoon(async () => (await acquire())?.isHeld, true);
  });

  test('is lost with its connection, and that is noticed', async () => {
    const first = await acquire();
    await killConnections(url);
    await expectSoon(() => Promise.resolve(first?.isHeld), false);
    await expectSoon(async () => (await acquire())?.isHeld, true);
  });

  test('has a name, and others are other locks', async () => {
    expect((await acquire())?.isHeld).toBe(true);
    const other = await NamedLock.acquire(url, 'another');
    expect(other?.isHeld).toBe(true);
    await other?.release();
    await expect(NamedLock.acquire(url, 'x'.repeat(32))).rejects.toThrow('too long');
  });

  test("of a server that hangs after the handshake is nobody's, and nobody waits for it", async () => {
    const hanging = await HangingServer.before(url);
    hanging.hangAt('wait_timeout');
    await expect(acquire(hanging.url, 100)).rejects.toMatchObject({ code: 'PROTOCOL_SEQUENCE_TIMEOUT' });
    await hanging.close();
    expect((await acquire())?.isHeld).toBe(true);
  });

  test('is given up when the server hangs', async () => {
    const hanging = await HangingServer.before(url);
    const first = await acquire(hanging.url, 100);
    expect(first?.isHeld).toBe(true);
    hanging.hangAt('IS_USED_LOCK');
    await expectSoon(() => Promise.resolve(first?.isHeld), false);
    // its connection is closed, and with it the lock is free
    await expectSoon(async () => (await acquire())?.isHeld, true);
    await hanging.close();
  });
});

/** A MySQL server, as far as a connection can tell, that can be made to hang. */
class HangingServer {
  private word: string | null = null;
  private readonly sockets: Socket[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** In front of the server of `url`. */
  static async before(url: string): Promise<HangingServer> {
    const { hostname, port } = new URL(url);
    const server = createServer((client) => {
      const upstream = connect(Number(port || 3306), hostname);
      hanging.sockets.push(client, upstream);
      upstream.pipe(client);
      client.on('data', (data) => {
        if (hanging.word === null || !data.includes(hanging.word)) upstream.write(data);
      });
      client.on('end', () => upstream.end());
      for (const socket of [client, upstream]) socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const before = new URL(url);
    before.hostname = '127.0.0.1';
    before.port = String((server.address() as AddressInfo).port);
    const hanging = new HangingServer(server, before.href);
    return hanging;
  }

  /** What has this word in it is never answered. */
  hangAt(word: string): void {
    this.word = word;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** Ends all other connections to the database of a test. */
async function killConnections(url: string): Promise<void> {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection(url);
  const [rows] = await connection.query(
    'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()',
  );
  for (const { id } of rows as { id: number }[]) await connection.query(`KILL ${id}`);
  await connection.end();
}

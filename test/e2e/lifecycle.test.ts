import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { createConnection, type RowDataPacket } from 'mysql2/promise';

import { CallPath } from '../../src/calls';
import { Database } from '../../src/database';
import { type Client, valueAt } from '../builders/client';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { startServer, type TestServer } from '../builders/server';
import { World } from '../builders/world';
import { collect, startBackend, type TestBackend } from '../calls/support/http';
import { until } from '../calls/support/world';

/** Chapter 9: a replica stops without losing anything, and the next one goes on where it stood. */

describe.each(DATABASES)('stopping and starting on %s', (_name, create) => {
  let world: World;
  let slow: TestBackend;
  let otto: Client;

  beforeEach(async () => {
    world = await World.start(create);
    slow = await startBackend((seen, response) => {
      setTimeout(() => response.writeHead(200, { 'Content-Type': 'text/plain' }).end(seen.body), 300);
    });
    otto = await world.user('otto');
    await world.organization('acme', { admin: 'otto' });
    for (const name of ['quick', 'slow']) await world.algorithm(`acme/${name}`);
    await world.publish('acme/quick', '1.0.0');
    await world.publish('acme/slow', '1.0.0', { backend: slow.url });
  });

  afterEach(async () => {
    await world.stop();
    await slow.close();
  });

  test('calls under way are answered, new ones are refused, and all are recorded', async () => {
    const calls = [1, 2, 3].map((n) => otto.call('acme/slow', `${n}`));
    const unheard = await otto.call('acme/slow', 'void', { query: 'output=void' });
    await until(() => slow.seen.length === 4);
    const closing = world.server.close();
    const late = await otto.call('acme/quick', 'late');
    const ready = await otto.http('/readyz');
    const answers = await Promise.all(calls);
    await closing;
    expect(answers.map(({ json }) => valueAt(json, 'result'))).toEqual(['1', '2', '3']);
    expect(late).toMatchObject({ status: 503, json: { error: { code: 'UNAVAILABLE' } } });
    expect(ready).toMatchObject({ status: 503, json: { status: 'not ready', server: 'shutting down' } });
    const ids = [...answers, unheard].map(({ headers }) => String(headers['x-request-id']));
    expect((await recordedIn(world.database)).sort()).toEqual(ids.sort());
    expect(journalOf(world.server)).toBe('');
    await expect(otto.resolve('acme/quick')).rejects.toThrow();
  });

  test('who reads its answer slowly has all of it before the replica is gone', async () => {
    const large = 'x'.repeat(12 * 1024 * 1024);
    const generous = await startBackend((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' }).end(large);
    });
    await world.algorithm('acme/generous');
    await world.publish('acme/generous', '1.0.0', { backend: generous.url });
    const headers = { authorization: `Simple ${otto.key}`, 'content-type': 'text/plain' };
    const url = `${world.server.url}/v1/algo/acme/generous`;
    const call = request(url, { method: 'POST', headers, agent: new Agent() }).end('x');
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    const closing = world.server.close();
    await otto.http('/readyz');
    const whole = await collect(answer).finally(() => generous.close());
    expect(whole.toString()).toContain(large);
    await closing;
  });

  describe('what does not end by itself', () => {
    let silent: TestBackend;

    beforeEach(async () => {
      silent = await startBackend(() => undefined);
      await world.algorithm('acme/silent');
      await world.publish('acme/silent', '1.0.0', { backend: silent.url });
      hurry();
    });

    afterEach(async () => {
      jest.restoreAllMocks();
      await silent.close();
    });

    test('calls are cut when their time is up: answered as broken off, and recorded', async () => {
      const heard = otto.call('acme/silent', 'heard');
      const keyed = otto.call('acme/silent', 'keyed', { headers: { 'Idempotency-Key': 'once' } });
      const unheard = await otto.call('acme/silent', 'void', { query: 'output=void' });
      await until(() => silent.seen.length === 3);
      expect(await closedInTime(world.server)).toBe(true);
      const answers = [await heard, await keyed];
      for (const { status, json } of answers) {
        const message = 'the backend of the algorithm broke off its answer';
        expect({ status, json }).toEqual({
          status: 502,
          json: { error: { code: 'BACKEND_UNAVAILABLE', message } },
        });
      }
      const ids = [...answers, unheard].map(({ headers }) => String(headers['x-request-id']));
      expect((await recordedIn(world.database)).sort()).toEqual(ids.sort());
      expect(journalFiles(world.server)).toEqual([]);
    });

    test('connections that say nothing, or a byte now and then, hold nothing up', async () => {
      const beginnings = [
        '',
        'POST /v1/algo/acme/quick HTTP/1.1\r\nHost: a\r\nContent-',
        requestOf('/v1/algo/acme/quick', 'application/json', otto.key),
        requestOf('/v1/algo/acme/quick', 'text/plain', otto.key),
        requestOf('/graphql', 'application/json', otto.key),
      ];
      const slow = await Promise.all(beginnings.map((text) => trickle(world.server, text)));
      await otto.resolve('acme/quick'); // its connection is kept alive, and idle
      await pause(100);
      expect(await closedInTime(world.server)).toBe(true);
      await until(() => slow.every(({ destroyed }) => destroyed));
      expect(await recordedIn(world.database)).toHaveLength(1); // the text was on its way to the backend
      expect(journalFiles(world.server)).toEqual([]);
    });
  });

  test('closing twice is closing once', async () => {
    await Promise.all([world.server.close(), world.server.close()]);
    await world.server.close();
    expect(journalOf(world.server)).toBe('');
  });

  test('the next one serves the same: versions, positions, keys and pseudonyms', async () => {
    const seen = () => world.backend.seen.at(-1)!.headers['x-algogate-caller'];
    await otto.call('acme/quick', 1);
    const pseudonym = seen();
    const resolved = (await otto.resolve('acme/quick/^1.0.0')).json;
    await world.server.close();

    const next = await startServer(world.database.target, {}, world.server.dataDir);
    const [again, operator] = [otto.at(next), world.operator.at(next)];
    expect((await again.resolve('acme/quick/^1.0.0')).json).toEqual(resolved);
    expect((await again.call('acme/quick', 1)).status).toBe(200);
    expect(seen()).toBe(pseudonym);
    await operator.mutate('yankVersion', { version: 'acme/quick/1.0.0', reason: 'a test' });
    expect((await again.resolve('acme/quick')).status).toBe(404);
    await next.close();
    expect(await recordedIn(world.database)).toHaveLength(2);
  });

  test('records that a replica could not hand over are handed over by the next one', async () => {
    await otto.call('acme/quick', 1);
    const { database } = world.server.app;
    await database.reads.query('ALTER TABLE calls RENAME TO hidden_calls');
    await otto.call('acme/quick', 2);
    await world.server.close();
    expect(journalOf(world.server)).toContain('acme/quick');
    const raw = await Database.open(world.database.target);
    await raw.reads.query('ALTER TABLE hidden_calls RENAME TO calls');
    await raw.close();

    const next = await startServer(world.database.target, {}, world.server.dataDir);
    while ((await recordedIn(world.database)).length < 2) await pause(50);
    await next.close();
    expect(await recordedIn(world.database)).toHaveLength(2);
    expect(journalOf(next)).toBe('');
  });

  test.each([
    ['another master key', () => ({ ALGOGATE_MASTER_KEY: 'f'.repeat(64) }), /ALGOGATE_MASTER_KEY/],
    ['a port that is taken', () => ({ ALGOGATE_PORT: new URL(world.server.url).port }), /EADDRINUSE/],
  ])('with %s it does not start, and leaves nothing open', async (_what, settings, message) => {
    const { dataDir } = world.server;
    await expect(startServer(world.database.target, settings(), dataDir)).rejects.toThrow(message);
    expect((await otto.call('acme/quick', 1)).status).toBe(200);
  });
});

/** A replica waits half a minute for its calls, and here a hundredth of that. */
function hurry(): void {
  const wait = jest.spyOn(CallPath.prototype, 'drain');
  const whole = wait.getMockImplementation();
  if (whole === undefined) throw new Error('there is nothing to wait for');
  wait.mockImplementation(function (this: CallPath, ms) {
    return whole.call(this, ms > 10_000 ? ms / 100 : ms);
  });
}

/** Whether it closed before whoever restarts it would have lost patience: well over what it waits here. */
async function closedInTime(server: TestServer): Promise<boolean> {
  return Promise.race([server.close().then(() => true), pause(10_000, false)]);
}

/** The beginning of a request whose body is yet to come. */
function requestOf(path: string, type: string, key: string | null): string {
  const lines = [`POST ${path} HTTP/1.1`, 'Host: a', `Authorization: Simple ${key}`, `Content-Type: ${type}`];
  return `${[...lines, 'Content-Length: 200000'].join('\r\n')}\r\n\r\n"`;
}

/** A connection that sends `text`, and then a byte now and then for as long as it is let. */
async function trickle({ url }: TestServer, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(text);
  const drip = setInterval(() => text !== '' && socket.write('a'), 20);
  socket
    .on('error', () => undefined)
    .on('close', () => {
      clearInterval(drip);
    });
  return socket.resume();
}

/** The journal's files but for the lock. */
function journalFiles({ dataDir }: TestServer): string[] {
  const folder = join(dataDir, 'journal');
  return readdirSync(folder)
    .filter((file) => !file.endsWith('.lock'))
    .map((file) => join(folder, file));
}

/** What is in the journal's files, all of them. */
function journalOf(server: TestServer): string {
  return journalFiles(server)
    .map((file) => readFileSync(file, 'utf8'))
    .join('');
}

/** The request ids of the calls in the database, read by a connection of its own. */
async function recordedIn({ target }: TestDatabase): Promise<string[]> {
  const sql = 'SELECT request_id FROM calls';
  if (target.dialect === 'mysql') {
    const connection = await createConnection(target.url);
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    await connection.end();
    return rows.map((row) => String(row['request_id']));
  }
  const database = await Database.open(target);
  const rows = await database.reads.query<{ request_id: string }[]>(sql);
  await database.close();
  return rows.map((row) => row.request_id);
}

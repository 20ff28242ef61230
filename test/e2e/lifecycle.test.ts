import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { createConnection, type RowDataPacket } from 'mysql2/promise';

import { Database } from '../../src/database';
import { type Client, valueAt } from '../builders/client';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { startServer, type TestServer } from '../builders/server';
import { World } from '../builders/world';
import { startBackend, type TestBackend } from '../calls/support/http';
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
    await database.reads.query('ALTER TABLE call_records RENAME TO hidden_records');
    await otto.call('acme/quick', 2);
    await world.server.close();
    expect(journalOf(world.server)).toContain('acme/quick');
    const raw = await Database.open(world.database.target);
    await raw.reads.query('ALTER TABLE hidden_records RENAME TO call_records');
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

/** What is in the journal's files, all of them. */
function journalOf({ dataDir }: TestServer): string {
  const folder = join(dataDir, 'journal');
  return readdirSync(folder)
    .filter((file) => !file.endsWith('.lock'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('');
}

/** The request ids of the calls in the database, read by a connection of its own. */
async function recordedIn({ target }: TestDatabase): Promise<string[]> {
  const sql = 'SELECT request_id FROM call_records';
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

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Client } from '../builders/client';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { PROGRAM } from '../builders/program';
import { environmentOf } from '../builders/server';
import { expectSoon } from '../builders/soon';

/** Chapter 5: the graph is swapped on SIGHUP, by a process of the program that is asked to look far less often itself. */

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])';
const WITH = (field: string): string => `${LINK} type Query { ${field}: Int }`;
/** Of the watcher of the file, which looks at the file alone and not at what it names. */
const LONGER_THAN_THE_WATCHER_MS = 1500;
const AT_MOST_MS = 15_000;

describe.each(DATABASES)('SIGHUP to a server on %s', (_name, create) => {
  const folder = mkdtempSync(join(tmpdir(), 'algogate-reload-'));
  const agent = new Agent({ keepAlive: true });
  let database: TestDatabase;
  let server: ChildProcess;
  let client: Client;
  let log = '';

  beforeAll(async () => {
    database = await create();
    writeFileSync(join(folder, 'others.graphql'), WITH('first'));
    writeFileSync(
      join(folder, 'subgraphs.yaml'),
      `pollSeconds: 86400
subgraphs: [{ name: others, url: "http://127.0.0.1:9/graphql", schema: ./others.graphql }]
`,
    );
    const env = {
      PATH: process.env['PATH'],
      ...environmentOf(database.target, join(folder, 'data')),
      ALGOGATE_SUBGRAPHS: join(folder, 'subgraphs.yaml'),
      ALGOGATE_LOG_LEVEL: 'info',
    };
    server = spawn(process.execPath, [...PROGRAM, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const serving = new Promise<string>((resolve, reject) => {
      server.stdout?.on('data', (chunk) => {
        log += String(chunk);
        const url = /"url":"([^"]+)"/.exec(log)?.[1];
        if (url !== undefined) resolve(url);
      });
      server.once('exit', () => {
        reject(new Error(`it ended: ${log}`));
      });
    });
    client = new Client(await serving, agent, null);
  });

  afterAll(async () => {
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
    agent.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  /** Which of the fields the graph has. */
  const fields = async (): Promise<string[]> => {
    const { data } = await client.graphql('{ __schema { queryType { fields { name } } } }');
    const { __schema } = data as { __schema: { queryType: { fields: { name: string }[] } } };
    const names = __schema.queryType.fields.map(({ name }) => name);
    return names.filter((name) => ['first', 'second', 'third'].includes(name));
  };

  test('what changed is served upon it, and not before', async () => {
    expect(await fields()).toEqual(['first']);
    writeFileSync(join(folder, 'others.graphql'), WITH('second'));
    await pause(LONGER_THAN_THE_WATCHER_MS);
    expect(await fields()).toEqual(['first']);
    server.kill('SIGHUP');
    await expectSoon(fields, ['second'], AT_MOST_MS);
  });

  test('what is wrong is told in the log and refused, and mended by the next', async () => {
    writeFileSync(join(folder, 'others.graphql'), `${LINK} type Algorithm @key(fields: "ref") { ref: Int! }`);
    server.kill('SIGHUP');
    const isTold = (): Promise<boolean> => Promise.resolve(log.includes('a change of the graph was refused'));
    await expectSoon(isTold, true, AT_MOST_MS);
    expect(log).toContain('FIELD_TYPE_MISMATCH');
    expect(await fields()).toEqual(['second']);
    writeFileSync(join(folder, 'others.graphql'), WITH('third'));
    server.kill('SIGHUP');
    server.kill('SIGHUP');
    await expectSoon(fields, ['third'], AT_MOST_MS);
  });
});

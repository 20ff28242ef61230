import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';

import { OpenAnswers } from '../../src/calls/open-answers';
import { listen, type Listening } from './support/http';
import { until } from './support/world';

const LONG = 60_000;
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
/** More than the system takes from us for one who reads nothing. */
const LARGE = 'x'.repeat(16 * 1024 * 1024);

/** Looked through when there are 64. */
const MOST = 64;

describe('answers that have not left yet', () => {
  let open: OpenAnswers;
  let answers: ServerResponse[];
  let server: Listening;
  let client: Socket;

  beforeEach(async () => {
    open = new OpenAnswers();
    answers = [];
    const http = createServer((_, response) => {
      open.add(response);
      answers.push(response);
    });
    server = await listen(http);
    client = connect(server.port, '127.0.0.1').pause();
    client.on('error', () => undefined);
    await once(client, 'connect');
  });

  afterEach(async () => {
    client.destroy();
    server.server.closeAllConnections();
    await server.close();
  });

  const asked = async (requests: string, expected: number): Promise<void> => {
    client.write(requests);
    await until(() => answers.length === expected);
  };

  test('are waited for until they are given and taken', async () => {
    await asked(REQUEST, 1);
    expect(await open.left(20)).toBe(false);
    answers[0]!.end(LARGE);
    expect(await open.left(20)).toBe(false);
    const left = open.left(LONG);
    client.resume();
    expect(await left).toBe(true);
    expect(await open.left(0)).toBe(true);
  });

  test('are not waited for where the client went away, whichever of its requests they answer', async () => {
    await asked(REQUEST.repeat(3), 3);
    answers[0]!.end(LARGE);
    answers[1]!.end('second in turn');
    const left = open.left(LONG);
    client.destroy();
    expect(await left).toBe(true);
  });

  test('are not waited for where the request is not whole, unless they have begun', async () => {
    await asked('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf', 1);
    expect(await open.left(LONG)).toBe(true);
    answers[0]!.write(LARGE);
    expect(await open.left(20)).toBe(false);
  });

  test('those that come after the beginning of the wait are not waited for', async () => {
    await asked(REQUEST, 1);
    const left = open.left(LONG);
    await asked(REQUEST, 2);
    answers[0]!.end('first');
    expect(await left).toBe(true);
    expect(await open.left(20)).toBe(false);
  });

  test('are forgotten when they have left, however many there were', async () => {
    client.resume();
    for (let n = 1; n <= 300; n += 1) {
      await asked(REQUEST, n);
      answers[n - 1]!.end('x');
      expect(open.size).toBeLessThanOrEqual(MOST);
    }
    expect(await open.left(LONG)).toBe(true);
    expect(open.size).toBe(0);
  });
});

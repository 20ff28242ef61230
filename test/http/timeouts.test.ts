import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';

import type { FastifyInstance } from 'fastify';

import { createHttpServer } from '../../src/http/server';
import { listen, type Listening } from '../calls/support/http';
import { admission, startWorld, until, type World } from '../calls/support/world';

/** Chapter 4, the wire protocol: what does not arrive is refused in the shape that clients expect as well. */

const TIMEOUT_MS = 300;
const KIB = 1024;

let backend: Listening;
let world: World;
let server: FastifyInstance;

beforeAll(async () => {
  // it begins an answer before it has heard the question out, and goes on for as long as it is listened to
  backend = await listen(
    createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': 1024 * KIB });
      response.write(Buffer.alloc(KIB, 'a'));
    }),
  );
  world = await startWorld({ 'demo/hello': admission(backend.url) });
  server = createHttpServer({ calls: world.calls, onFault: () => undefined });
  server.post('/read', (request) => Promise.resolve(request.body));
  quicken(server.server);
  await server.listen({ host: '127.0.0.1', port: 0 });
});

beforeEach(() => {
  world.journal.records.length = 0;
});

afterAll(async () => {
  await server.close();
  await world.close();
  await backend.close();
});

/**
 * A minute is long for a test. What is late is looked for from the moment when the server begins to listen; the
 * timeout of headers is taken for the one of requests where it is the longer of the two.
 */
function quicken(http: Server): void {
  expect(http.requestTimeout).toBe(60_000);
  const timeouts = { requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS };
  Object.assign(http, { ...timeouts, connectionsCheckingInterval: 50 });
}

/** Sends `text`, and `rest` once it is answered; gives what comes back until the server closes the connection. */
function answerTo(text: string, rest = ''): Promise<string> {
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return new Promise((resolve, reject) => {
    const socket = connect({ port: address.port, host: address.address, allowHalfOpen: true });
    socket.write(text);
    let received = '';
    socket.once('data', () => socket.write(rest));
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('end', () => {
      socket.destroy();
      resolve(received);
    });
    socket.on('error', reject);
  });
}

const head = (path: string, type: string, framing: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Simple KEY\r\nContent-Type: ${type}\r\n${framing}\r\n\r\n`;
const CALL = '/v1/algo/demo/Hello';
const LONG = 'Content-Length: 500000';
const CHUNKED = 'Transfer-Encoding: chunked';

test.each<[string, string, string[]]>([
  ['nothing at all', '', []],
  ['half of the headers', 'POST /v1/algo/demo/Hello HTTP/1.1\r\nHost: a\r\nContent-', []],
  ['no body of a call', head(CALL, 'application/json', LONG), []],
  ['half a body of a call', `${head(CALL, 'application/json', 'Content-Length: 5')}"ab`, []],
  ['half a body in chunks', `${head(CALL, 'application/json', CHUNKED)}3\r\n"ab\r\n`, []],
  ['no body of another request', head('/read', 'application/json', 'Content-Length: 5'), []],
  ['half of one', `${head('/read', 'application/json', 'Content-Length: 5')}"ab`, []],
  ['half a body that is passed on while it comes', `${head(CALL, 'text/plain', LONG)}ab`, ['CLIENT_CLOSED']],
])('%s is 408', async (_what, text, outcomes) => {
  const answer = await answerTo(text);
  const end = answer.indexOf('\r\n\r\n');
  const [status, ...headers] = answer.slice(0, end).split('\r\n');
  const body = answer.slice(end + 4);
  expect(status).toBe('HTTP/1.1 408 Request Timeout');
  expect(headers).toEqual([
    expect.stringMatching(/^X-Request-Id: [0-9a-f]{32}$/),
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ]);
  expect(JSON.parse(body)).toEqual({
    error: { message: 'the request did not arrive in time', code: 'INVALID_INPUT' },
  });
  await until(() => world.calls.stats.inFlight === 0);
  expect(world.journal.outcomes).toEqual(outcomes);
});

test.each([
  ['whose request does not end', ''],
  ['whose request goes on in nonsense', 'nonsense\r\n'],
])('an answer that has begun, %s, is cut, and nothing else is put into it', async (_what, rest) => {
  const text = `${head(`${CALL}?output=raw`, 'text/plain', CHUNKED)}2\r\nab\r\n`;
  const answer = await answerTo(text, rest);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe('a'.repeat(KIB));
  await until(() => world.calls.stats.inFlight === 0);
  expect(world.journal.outcomes).toEqual(['CLIENT_CLOSED']);
});

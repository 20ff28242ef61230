import { Agent, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import {
  admission,
  answerOf,
  AUTHORIZED,
  platformError,
  startWorld,
  until,
  type World,
} from './support/world';
import { answering, collect, startBackend, type SeenRequest, type TestBackend } from './support/http';

const MiB = 1024 * 1024;
const LOST = platformError(502, 'BACKEND_UNAVAILABLE', 'the backend of the algorithm broke off its answer');
const UNREACHABLE = platformError(
  502,
  'BACKEND_UNAVAILABLE',
  'the backend of the algorithm cannot be reached',
);

function bad(reason: string): unknown {
  return platformError(502, 'BACKEND_BAD_ANSWER', `the answer of the backend is ${reason}`);
}

let backend: TestBackend;
let world: World;
let answer: (request: SeenRequest, response: ServerResponse) => void;

beforeAll(async () => {
  backend = await startBackend((request, response) => {
    answer(request, response);
  });
  world = await startWorld({ 'demo/hello': admission(backend.url) }, { breakerFailures: 1000 });
});

beforeEach(() => {
  backend.seen.length = 0;
  world.journal.records.length = 0;
});

afterAll(async () => {
  await world.close();
  await backend.close();
});

/** A port that nothing listens on. */
async function deadPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const length = (bytes: number): Record<string, string> => ({ 'Content-Length': String(bytes) });

test.each<[string, (request: SeenRequest, response: ServerResponse) => void, unknown]>([
  ['garbage for JSON', answering('application/json', '<html>'), bad('declared as JSON, and is none')],
  [
    'two content types',
    (_request, response) => {
      response.writeHead(200, ['Content-Type', 'application/json', 'Content-Type', 'text/plain']).end('1');
    },
    bad('ambiguous: a header came twice'),
  ],
  [
    'nesting without end',
    answering('application/json', `${'{"a":'.repeat(1_001)}1${'}'.repeat(1_001)}${' '.repeat(70_000)}`),
    bad('nested deeper than 1000 levels'),
  ],
  ['nothing for JSON', answering('application/json', ''), bad('declared as JSON, and is none')],
  [
    'JSON in no UTF-8',
    answering('application/json', Buffer.from([0x22, 0xff, 0x22])),
    bad('declared as JSON, and is none'),
  ],
  [
    'text in no UTF-8',
    answering('text/plain', Buffer.from([0xff])),
    bad('declared as text, and is not in its charset'),
  ],
  [
    'text in an unknown charset',
    answering('text/plain; charset=klingon', 'x'),
    bad('declared as text, and is not in its charset'),
  ],
  [
    'an encoded answer',
    answering('application/json', 'x', 200, { 'Content-Encoding': 'gzip' }),
    bad('encoded, which was not asked for'),
  ],
  [
    '20 MiB with a length',
    answering('text/plain', 'x'.repeat(20 * MiB), 200, length(20 * MiB)),
    bad('over the limit in size'),
  ],
  [
    '20 MiB without a length',
    (_, response) => response.writeHead(200).end(Buffer.alloc(20 * MiB)),
    bad('over the limit in size'),
  ],
  [
    'a redirect',
    answering('text/plain', 'x', 302, { Location: 'http://127.0.0.1:1/' }),
    bad('a redirect, which is never followed'),
  ],
  ['a hang-up without an answer', (_, response) => response.destroy(), LOST],
  [
    'an answer broken off, of known length',
    (_, response) => {
      response.writeHead(200, length(10));
      response.write('12345', () => response.destroy());
    },
    LOST,
  ],
  [
    'an answer broken off, in chunks',
    (_, response) => {
      response.writeHead(200);
      response.write('12345', () => response.destroy());
    },
    LOST,
  ],
  [
    'something that is no HTTP',
    (_, response) => {
      response.socket?.end('hello\r\n\r\n');
    },
    LOST,
  ],
])('%s', async (_, given, expected) => {
  answer = given;
  for (const query of ['', '?output=raw']) {
    if (query !== '' && _.startsWith('text in')) continue; // raw text is not decoded
    expect(answerOf(await world.call(`/v1/algo/demo/Hello${query}`))).toEqual(expected);
  }
  expect(new Set(world.journal.outcomes)).toEqual(new Set(['BACKEND_UNAVAILABLE']));
  expect(backend.seen.length).toBe(world.journal.records.length);
});

test('the same connection of a caller works after a failure, and so does the backend', async () => {
  answer = (_, response) => response.destroy();
  await world.call('/v1/algo/demo/Hello');
  answer = answering('application/json', '1');
  expect((await world.call('/v1/algo/demo/Hello')).status).toBe(200);
});

test('a raw answer that breaks off after it began is cut, and recorded', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': MiB });
    response.write(Buffer.alloc(MiB / 2), () => setTimeout(() => response.destroy(), 20));
  };
  await expect(world.call('/v1/algo/demo/Hello?output=raw')).rejects.toThrow('aborted');
  await until(() => world.journal.records.length === 1);
  expect(world.journal.outcomes).toEqual(['BACKEND_UNAVAILABLE']);
});

test('a dead backend', async () => {
  world.admissions.set('demo/dead', admission(`http://127.0.0.1:${await deadPort()}/`));
  expect(answerOf(await world.call('/v1/algo/demo/dead'))).toEqual(UNREACHABLE);
  expect(world.journal.records).toMatchObject([{ outcome: 'BACKEND_UNAVAILABLE', bytesIn: 3, bytesOut: 0 }]);
});

test.each([
  ['a private address', 'http://10.0.0.1/'],
  ['a mapped one', 'http://[::ffff:10.0.0.1]/'],
  ['no URL', 'nonsense'],
])('%s is never connected to, and the caller learns no address', async (_, url) => {
  world.admissions.set('demo/private', admission(url));
  expect(answerOf(await world.call('/v1/algo/demo/private'))).toEqual(UNREACHABLE);
});

describe('a slow backend', () => {
  const waiting: ServerResponse[] = [];
  beforeEach(() => {
    answer = (_, response) => waiting.push(response);
  });
  afterEach(() => {
    for (const response of waiting.splice(0)) response.destroy();
  });

  test.each([
    ['', 200],
    ['&output=raw', 400],
  ])('timeout=1%s', async (more, status) => {
    expect(answerOf(await world.call(`/v1/algo/demo/Hello?timeout=1${more}`))).toEqual({
      status,
      type: 'application/json',
      body: {
        error: { message: 'algorithm did not complete within 1 seconds', error_type: 'TimeoutError' },
        metadata: { duration: expect.any(Number) as unknown },
      },
    });
    expect(world.journal.outcomes).toEqual(['TIMEOUT']);
    await until(() => waiting[0]?.destroyed === true); // its call was aborted
  });

  test('a raw answer that has begun is cut at the deadline', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': MiB });
      response.write(Buffer.alloc(1000));
    };
    await expect(world.call('/v1/algo/demo/Hello?output=raw&timeout=0.3')).rejects.toThrow('aborted');
    await until(() => world.journal.records.length === 1);
    expect(world.journal.outcomes).toEqual(['TIMEOUT']);
  });

  test('the caller hangs up: the backend sees it, and it is recorded', async () => {
    const call = httpRequest(`${world.url}/v1/algo/demo/Hello`, { method: 'POST', headers: AUTHORIZED });
    call.on('error', () => undefined);
    call.end('1');
    await until(() => waiting.length === 1);
    call.destroy();
    await until(() => waiting[0]?.destroyed === true && world.journal.records.length === 1);
    expect(world.journal.records).toMatchObject([{ outcome: 'CLIENT_CLOSED', bytesIn: 1, bytesOut: 0 }]);
    await until(() => world.calls.stats.inFlight === 0);
  });

  test('the caller of a void call hangs up: the call goes on', async () => {
    expect((await world.call('/v1/algo/demo/Hello?output=void')).status).toBe(200);
    await until(() => waiting.length === 1);
    expect(waiting[0]?.destroyed).toBe(false);
    waiting[0]?.end('done');
    await until(() => world.journal.records.length === 1);
    expect(world.journal.outcomes).toEqual(['OK']);
  });
});

test.each([
  ['in the middle of a body that is read whole', 'application/json', 0],
  ['in the middle of a body that is streamed', 'text/plain', 1],
])('the caller hangs up %s', async (_, contentType, records) => {
  answer = answering('application/json', '1');
  const headers = { ...AUTHORIZED, 'Content-Type': contentType };
  const call = httpRequest(`${world.url}/v1/algo/demo/Hello`, { method: 'POST', headers });
  call.on('error', () => undefined);
  call.write('"first');
  await until(() => world.calls.stats.inFlight === 1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  call.destroy();
  await until(() => world.calls.stats.inFlight === 0);
  expect(world.journal.outcomes).toEqual(Array(records).fill('CLIENT_CLOSED'));
  expect(backend.seen).toEqual([]);
});

test('a backend that reads slowly holds the caller back, and gets every byte', async () => {
  const body = Buffer.alloc(8 * MiB, 'abc');
  let got = 0;
  const slow = createTcpServer((socket: Socket) => {
    socket.on('data', (data) => {
      got += data.length;
      socket.pause();
      setTimeout(() => socket.resume(), 1);
      if (got > body.length) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  world.admissions.set('demo/slow', admission(`http://127.0.0.1:${(slow.address() as AddressInfo).port}/`));
  const headers = { ...AUTHORIZED, 'Content-Type': 'application/octet-stream' };
  const received = await world.call('/v1/algo/demo/slow', { headers, body });
  expect({ status: received.status, bytesIn: world.journal.records[0]?.bytesIn }).toEqual({
    status: 200,
    bytesIn: body.length,
  });
  slow.close();
});

test('an answer before the body has come, from a backend that reads none of it', async () => {
  const sockets: Socket[] = [];
  const hasty = createTcpServer((socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno');
      socket.pause();
    });
  });
  await new Promise<void>((resolve) => hasty.listen(0, '127.0.0.1', resolve));
  world.admissions.set('demo/hasty', admission(`http://127.0.0.1:${(hasty.address() as AddressInfo).port}/`));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { ...AUTHORIZED, 'Content-Type': 'text/plain' };
  for (let i = 0; i < 2; i += 1) {
    const received = await world.call('/v1/algo/demo/hasty', { headers, body: Buffer.alloc(8 * MiB), agent });
    expect(answerOf(received)).toMatchObject({ status: 200, body: { error: { message: 'no' } } });
  }
  agent.destroy();
  hasty.close();
  // one that is paused never hears that the other end is gone
  for (const socket of sockets) socket.destroy();
});

test('a content type that no header may carry', async () => {
  answer = (_, response) => {
    response.socket?.end('HTTP/1.1 200 OK\r\nContent-Type: t\u00e9xt/\u4e2d\r\nContent-Length: 1\r\n\r\nx');
  };
  const { status, headers, text } = await world.call('/v1/algo/demo/Hello?output=raw');
  expect([status, headers['content-type'], text]).toEqual([200, 'application/octet-stream', 'x']);
});

describe('the circuit breaker', () => {
  test('streamed bodies are heard out while it is open, and their connection goes on', async () => {
    const own = await startWorld(
      { 'demo/hello': admission(`http://127.0.0.1:${await deadPort()}/`) },
      { breakerFailures: 1, breakerOpenMs: 60_000 },
    );
    let connections = 0;
    own.server.on('connection', () => {
      connections += 1;
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const headers = { ...AUTHORIZED, 'Content-Type': 'application/octet-stream' };
    for (let i = 0; i < 3; i += 1) {
      const sent = { headers, body: [Buffer.alloc(4 * MiB), Buffer.alloc(MiB)], agent };
      expect(answerOf(await own.call('/v1/algo/demo/Hello', sent))).toEqual(UNREACHABLE);
    }
    agent.destroy();
    expect({ connections, outcomes: own.journal.outcomes }).toEqual({
      connections: 1,
      outcomes: Array(3).fill('BACKEND_UNAVAILABLE'),
    });
    await own.close();
  });

  test('opens after failures in a row, refuses at once, tries again, and recovers', async () => {
    const port = await deadPort();
    const own = await startWorld(
      { 'demo/hello': admission(`http://127.0.0.1:${port}/`) },
      { breakerFailures: 3, breakerOpenMs: 300 },
    );
    for (let i = 0; i < 3; i += 1) await own.call('/v1/algo/demo/Hello');
    expect(own.calls.stats.backends).toEqual([
      { origin: `http://127.0.0.1:${port}`, breaker: 'open', active: 0 },
    ]);
    const alive = await startBackend(answering('application/json', '1'), port);
    expect(answerOf(await own.call('/v1/algo/demo/Hello'))).toEqual(UNREACHABLE);
    expect(alive.seen.length).toBe(0);
    await until(() => own.calls.stats.backends[0]?.breaker === 'half-open');
    expect((await own.call('/v1/algo/demo/Hello')).status).toBe(200);
    expect(own.calls.stats.backends[0]?.breaker).toBe('closed');
    expect(own.journal.outcomes).toEqual([...Array<string>(4).fill('BACKEND_UNAVAILABLE'), 'OK']);
    await own.close();
    await alive.close();
  });

  test('a call from before it opened lets no second one try, whenever its caller hangs up', async () => {
    const waiting: ServerResponse[] = [];
    const moody = await startBackend(({ body }, response) => {
      if (body.toString() === '"break"') response.destroy();
      else waiting.push(response);
    });
    const own = await startWorld(
      { 'demo/hello': admission(moody.url) },
      { breakerFailures: 1, breakerOpenMs: 50 },
    );
    const early = httpRequest(`${own.url}/v1/algo/demo/Hello`, { method: 'POST', headers: AUTHORIZED });
    early.on('error', () => undefined);
    early.end('"early"');
    await until(() => waiting.length === 1);
    await own.call('/v1/algo/demo/Hello', { body: '"break"' });
    await until(() => own.calls.stats.backends[0]?.breaker === 'half-open');
    const trial = own.call('/v1/algo/demo/Hello');
    await until(() => waiting.length === 2);
    early.destroy();
    await until(() => own.journal.records.length === 2);
    const third = await own.call('/v1/algo/demo/Hello?timeout=1');
    waiting[1]?.end('1');
    const statuses = [(await trial).status, (await own.call('/v1/algo/demo/Hello?timeout=0.1')).status];
    const { breaker } = own.calls.stats.backends[0] ?? {};
    await own.close();
    await moody.close();
    expect(answerOf(third)).toEqual(UNREACHABLE);
    expect({ statuses, breaker, seen: moody.seen.length }).toEqual({
      statuses: [200, 200],
      breaker: 'closed',
      seen: 4,
    });
  });

  test('short deadlines and errors of the algorithm do not open it', async () => {
    let status = 500;
    const slow = await startBackend((request, response) => {
      if (status === 500) answering(null, '', 500)(request, response);
      else if (status === 200) answering('application/json', '1')(request, response);
    });
    const own = await startWorld({ 'demo/hello': admission(slow.url) }, { breakerFailures: 2 });
    for (let i = 0; i < 3; i += 1) await own.call('/v1/algo/demo/Hello');
    status = 0;
    for (let i = 0; i < 3; i += 1) await own.call('/v1/algo/demo/Hello?timeout=0.05');
    status = 200;
    expect((await own.call('/v1/algo/demo/Hello')).status).toBe(200);
    await own.close();
    await slow.close();
  });
});

describe('bounds', () => {
  test('calls waiting for one backend', async () => {
    const waiting: ServerResponse[] = [];
    const busy = await startBackend((_, response) => waiting.push(response));
    const own = await startWorld(
      { 'demo/hello': admission(busy.url) },
      { connectionsPerBackend: 1, queuePerBackend: 1 },
    );
    const first = own.call('/v1/algo/demo/Hello');
    const second = own.call('/v1/algo/demo/Hello');
    await until(() => waiting.length === 1 && own.calls.stats.backends[0]?.active === 2);
    expect(answerOf(await own.call('/v1/algo/demo/Hello'))).toEqual(
      platformError(503, 'UNAVAILABLE', 'too many calls are waiting for this algorithm'),
    );
    waiting[0]?.end('1');
    await until(() => waiting.length === 2);
    waiting[1]?.end('2');
    expect([(await first).status, (await second).status, own.calls.stats.backends[0]?.active]).toEqual([
      200, 200, 0,
    ]);
    await own.close();
    await busy.close();
  });

  test('a call whose turn comes after its deadline is never sent', async () => {
    const waiting: ServerResponse[] = [];
    const busy = await startBackend((_, response) => waiting.push(response));
    const own = await startWorld({ 'demo/hello': admission(busy.url) }, { connectionsPerBackend: 1 });
    const first = own.call('/v1/algo/demo/Hello');
    await until(() => waiting.length === 1);
    expect(answerOf(await own.call('/v1/algo/demo/Hello?timeout=0.05')).status).toBe(200);
    waiting[0]?.end('1');
    await first;
    await until(() => own.calls.stats.backends[0]?.active === 0);
    expect({ seen: busy.seen.length, outcomes: own.journal.outcomes }).toEqual({
      seen: 1,
      outcomes: ['TIMEOUT', 'OK'],
    });
    await own.close();
    await busy.close();
  });

  test('pools: the longest idle one makes room, and a busy one never does', async () => {
    const waiting: ServerResponse[] = [];
    const [one, two, three] = await Promise.all([
      startBackend((_, response) => waiting.push(response)),
      startBackend(answering('application/json', '2')),
      startBackend(answering('application/json', '3')),
    ]);
    const own = await startWorld(
      { 'demo/one': admission(one.url), 'demo/two': admission(two.url), 'demo/three': admission(three.url) },
      { maxBackends: 2 },
    );
    const held = own.call('/v1/algo/demo/one');
    await until(() => waiting.length === 1);
    await own.call('/v1/algo/demo/two');
    await own.call('/v1/algo/demo/three');
    expect(own.calls.stats.backends.map(({ origin }) => origin)).toEqual([one.url, three.url]);
    waiting[0]?.end('1');
    expect((await held).status).toBe(200);
    await own.close();
    await Promise.all([one.close(), two.close(), three.close()]);
  });

  test('calls of one caller at once', async () => {
    const waiting: ServerResponse[] = [];
    const busy = await startBackend((_, response) => waiting.push(response));
    const own = await startWorld({ 'demo/hello': admission(busy.url) }, { maxConcurrentCallsPerCaller: 1 });
    await own.call('/v1/algo/demo/Hello?output=void');
    await until(() => waiting.length === 1);
    expect(answerOf(await own.call('/v1/algo/demo/Hello'))).toEqual(
      platformError(429, 'RATE_LIMITED', 'at most 1 calls of one caller may be under way'),
    );
    waiting[0]?.end('1');
    await until(() => own.calls.stats.inFlight === 0);
    const next = own.call('/v1/algo/demo/Hello');
    await until(() => waiting.length === 2);
    waiting[1]?.end('2');
    expect((await next).status).toBe(200);
    await own.close();
    await busy.close();
  });

  test('calls at once', async () => {
    const waiting: ServerResponse[] = [];
    const busy = await startBackend((_, response) => waiting.push(response));
    const own = await startWorld({ 'demo/hello': admission(busy.url) }, { maxConcurrentCalls: 1 });
    const first = own.call('/v1/algo/demo/Hello');
    await until(() => waiting.length === 1);
    expect(answerOf(await own.call('/v1/algo/demo/Hello'))).toEqual(
      platformError(503, 'UNAVAILABLE', 'too many calls are under way'),
    );
    waiting[0]?.end('1');
    expect((await first).status).toBe(200);
    await own.close();
    await busy.close();
  });
});

describe('drain', () => {
  test('refuses new calls, closes their connections, and waits for void calls too', async () => {
    const waiting: ServerResponse[] = [];
    const busy = await startBackend((_, response) => waiting.push(response));
    const own = await startWorld({ 'demo/hello': admission(busy.url) });
    const first = own.call('/v1/algo/demo/Hello');
    await own.call('/v1/algo/demo/Hello?output=void');
    await until(() => waiting.length === 2);
    const drained = own.calls.drain(60_000);
    const refused = await own.call('/v1/algo/demo/Hello', { body: [Buffer.alloc(500_000)] });
    expect(answerOf(refused)).toEqual(platformError(503, 'UNAVAILABLE', 'this server is shutting down'));
    expect(refused.headers.connection).toBe('close');
    waiting[0]?.end('1');
    expect((await first).status).toBe(200);
    waiting[1]?.end('2');
    expect(await drained).toBe(true);
    expect(own.journal.outcomes).toEqual(['OK', 'OK']);
    await own.close();
    await busy.close();
  });

  describe('while an answer is being sent', () => {
    const large = JSON.stringify('x'.repeat(12 * MiB));
    let generous: TestBackend;
    let own: World;
    let reader: IncomingMessage;

    beforeEach(async () => {
      generous = await startBackend(answering('application/json', large));
      own = await startWorld({ 'demo/hello': admission(generous.url) });
      const options = { method: 'POST', headers: AUTHORIZED, agent: new Agent() };
      const call = httpRequest(`${own.url}/v1/algo/demo/Hello`, options);
      call.end('"x"');
      reader = await new Promise((resolve) => call.on('response', resolve));
      await until(() => own.journal.records.length === 1 && own.calls.stats.inFlight === 0);
      expect(await own.calls.drain(20)).toBe(false);
    });

    afterEach(async () => {
      reader.destroy();
      await own.close();
      await generous.close();
    });

    test('waits until a slow reader has all of it', async () => {
      const drained = own.calls.drain(60_000);
      const whole = await collect(reader);
      expect(whole.toString()).toContain(large);
      expect(await drained).toBe(true);
    });

    test('waits no longer for a reader that went away', async () => {
      const drained = own.calls.drain(60_000);
      reader.on('error', () => undefined).destroy();
      expect(await drained).toBe(true);
    });
  });

  test('is bounded; what is left is cut by close, answered and recorded', async () => {
    const waiting: ServerResponse[] = [];
    const busy = await startBackend((_, response) => waiting.push(response));
    const own = await startWorld({ 'demo/hello': admission(busy.url) });
    const call = own.call('/v1/algo/demo/Hello');
    await until(() => waiting.length === 1);
    expect(await own.calls.drain(20)).toBe(false);
    await own.calls.close();
    expect(answerOf(await call)).toEqual(LOST);
    expect(await own.calls.drain(1000)).toBe(true);
    expect(own.journal.outcomes).toEqual(['BACKEND_UNAVAILABLE']);
    await own.close();
    await busy.close();
  });
});

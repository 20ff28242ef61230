import type { LookupAddress, LookupOptions } from 'node:dns';
import { createServer } from 'node:http';
import { BackendAddressGuard, CallPath } from '../../src/calls';
import { AlgogateError } from '../../src/domain/errors';
import {
  admission,
  answerOf,
  AUTHORIZED,
  CALLER,
  MemoryIdempotency,
  MemoryJournal,
  platformError,
  startWorld,
} from './support/world';
import { answering, listen, send, startBackend } from './support/http';

function verdict(allow: readonly string[], url: string): string {
  try {
    new BackendAddressGuard(allow).check(url);
    return 'ok';
  } catch (error) {
    return error instanceof AlgogateError ? error.code : String(error);
  }
}

test.each([
  'http://example.com',
  'https://example.com:8443/run?x=1',
  'http://8.8.8.8/',
  'http://172.32.0.1/',
  'http://[2606:4700::1111]/',
  'http://[::ffff:8.8.8.8]/',
  'http://100.128.0.1/',
  'http://metadata.example.com/', // a name is judged when it is resolved
])('%s may be a backend', (url) => {
  expect(verdict([], url)).toBe('ok');
});

test.each([
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f.0.0.1/',
  'http://0177.0.0.1/',
  'http://localhost/',
  'http://LOCALHOST.:80/',
  'http://a.localhost/',
  'http://0.0.0.0/',
  'http://10.1.2.3/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.1.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://168.63.129.16/',
  'http://100.64.0.1/',
  'http://100.100.100.200/',
  'http://192.0.0.192/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://240.0.0.1/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::127.0.0.1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:a00:1]/',
  'http://[fe80::1]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/',
  'http://[64:ff9b::a00:1]/',
  'http://[64:ff9b:1::1]/',
  'http://[2002:a00:1::]/',
  'http://[2001:0:a00:1::]/',
  'http://[2001:db8::1]/',
  'http://[ff02::1]/',
  'http://[fec0::1]/',
])('%s may not', (url) => {
  expect(verdict([], url)).toBe('BACKEND_FORBIDDEN');
});

test.each([
  'ftp://example.com/',
  'file:///etc/passwd',
  'javascript:1',
  'example.com',
  '',
  'http://user@example.com/',
  'http://:secret@example.com/',
  'http://example.com/#x',
])('%p is no usable URL', (url) => {
  expect(verdict(['0.0.0.0/0'], url)).toBe('INVALID_INPUT');
});

test.each<[string, string, string]>([
  ['10.0.0.0/8', 'http://10.9.9.9/', 'ok'],
  ['10.0.0.0/8', 'http://11.0.0.1.nip/', 'ok'],
  ['10.0.0.0/8', 'http://192.168.0.1/', 'BACKEND_FORBIDDEN'],
  ['10.0.0.0/8', 'http://[::ffff:10.0.0.1]/', 'ok'],
  ['::ffff:10.0.0.0/104', 'http://10.0.0.1/', 'ok'],
  ['10.0.0.5', 'http://10.0.0.5:81/', 'ok'],
  ['10.0.0.5:80', 'http://10.0.0.5/', 'ok'],
  ['10.0.0.5:80', 'http://10.0.0.5:81/', 'BACKEND_FORBIDDEN'],
  ['10.0.0.5:443', 'https://10.0.0.5/', 'ok'],
  ['127.0.0.1', 'http://localhost/', 'ok'],
  ['LocalHost:3000', 'http://localhost:3000/', 'ok'],
  ['localhost:3000', 'http://localhost:3001/', 'BACKEND_FORBIDDEN'],
  ['localhost:3000', 'http://127.0.0.1:3000/', 'BACKEND_FORBIDDEN'],
  ['[fd00::1]:80', 'http://[fd00::1]/', 'ok'],
  ['[fd00::1]:80', 'http://[fd00::2]/', 'BACKEND_FORBIDDEN'],
  ['fd00::/8', 'http://[fd00::2]/', 'ok'],
  ['fd00::1', 'http://[fd00:0::1]:9/', 'ok'],
])('allowing %s makes %s %s', (entry, url, expected) => {
  expect(verdict([entry], url)).toBe(expected);
});

test.each(['', 'http://localhost', 'a b', '10.0.0.0/33', 'host:port', '-x', '[fd00::1'])(
  '%p is no entry',
  (entry) => {
    expect(() => new BackendAddressGuard([entry])).toThrow(
      `not a host, host:port, address or CIDR: ${entry}`,
    );
  },
);

function resolve(
  guard: BackendAddressGuard,
  host: string,
  options: LookupOptions,
): Promise<[Error | null, string | LookupAddress[]]> {
  return new Promise((done) => {
    guard.lookup(80)(host, options, (error, address) => {
      done([error, address]);
    });
  });
}

describe('names, when they are resolved', () => {
  test.each([{ all: true }, { all: false }, {}])(
    'one that leads to this machine is refused: %j',
    async (options) => {
      const [error] = await resolve(new BackendAddressGuard([]), 'localhost', options);
      expect(error).toMatchObject({ code: 'BACKEND_FORBIDDEN' });
    },
  );

  test('unless it is allowed, by name or by address', async () => {
    const [byName] = await resolve(new BackendAddressGuard(['localhost:80']), 'localhost', { all: true });
    const [error, address] = await resolve(new BackendAddressGuard(['127.0.0.1']), 'localhost', {
      all: true,
      family: 4,
    });
    expect([byName, error, address]).toEqual([null, null, [{ address: '127.0.0.1', family: 4 }]]);
  });

  test('a call to such a name is not connected', async () => {
    const backend = await startBackend(answering('application/json', '1'));
    // the guard of this world allows 127.0.0.0/8, so the name is allowed through the address it leads to
    const world = await startWorld({ 'demo/hello': admission(`http://localhost:${backend.port}/`) });
    const allowed = await world.call('/v1/algo/demo/hello');
    world.admissions.set('demo/hello', admission('http://[::1]:1/'));
    const refused = await world.call('/v1/algo/demo/hello');
    expect(allowed.status).toBe(200);
    expect(answerOf(refused)).toEqual(
      platformError(502, 'BACKEND_UNAVAILABLE', 'the backend of the algorithm cannot be reached'),
    );
    await world.close();
    await backend.close();
  });
});

test('the guard stands at the connection too, whatever was registered', async () => {
  const backend = await startBackend(answering('application/json', '1'));
  const guard = new BackendAddressGuard([]);
  jest.spyOn(guard, 'check').mockImplementation(() => undefined);
  const calls = new CallPath(
    {
      authenticate: () => CALLER,
      interfaceOf: () => null,
      admit: (_, { nameKey }) =>
        admission(`http://${nameKey === 'name' ? 'localhost' : '127.0.0.1'}:${backend.port}/`),
      idempotency: new MemoryIdempotency(),
      journal: new MemoryJournal(),
      pseudonym: () => 'x',
    },
    guard,
  );
  const server = createServer();
  calls.attach(server, () => undefined);
  const front = await listen(server);
  for (const name of ['name', 'address']) {
    const received = await send(`${front.url}/v1/algo/demo/${name}`, { headers: AUTHORIZED, body: '1' });
    expect(answerOf(received)).toEqual(
      platformError(502, 'BACKEND_UNAVAILABLE', 'the backend of the algorithm cannot be reached'),
    );
  }
  expect(backend.seen).toEqual([]);
  await calls.close();
  await front.close();
  await backend.close();
});

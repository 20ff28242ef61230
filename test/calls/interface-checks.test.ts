import { compileInputCheck, type InterfaceCheck } from '../../src/domain/interface/check-input';
import { AlgogateError } from '../../src/domain/errors';
import type { Admission } from '../../src/calls';
import { answering, type Sent, startBackend, type TestBackend } from './support/http';
import {
  admission,
  answerOf,
  AUTHORIZED,
  json,
  platformError,
  startWorld,
  until,
  type World,
} from './support/world';

const ONE = compileInputCheck('type Query { detect(image: String!, threshold: Float! = 0.5): Int }');
const TWO = compileInputCheck('type Query { detect(image: String!): Int train(epochs: Int): Int }');
const INTERFACES: ReadonlyMap<number, InterfaceCheck | null> = new Map([
  [1, ONE],
  [2, TWO],
  [3, null],
]);

let backend: TestBackend;
let world: World;
let asked: number[];

beforeAll(async () => {
  backend = await startBackend(answering('application/json', '1'));
  const at = (buildId: number, more: Partial<Admission> = {}): Admission =>
    admission(backend.url, { buildId, hasInterface: true, ...more });
  world = await startWorld(
    {
      'demo/one': at(1),
      'demo/two': at(2),
      'demo/gone': at(3),
      'demo/later': at(4),
      'demo/away': at(5),
      'demo/unchecked': at(2, { checksInput: false }),
      'demo/plain': admission(backend.url),
      'demo/dead': admission('http://127.0.0.1:1/', { buildId: 1, hasInterface: true }),
    },
    { maxInputBytes: 400_000 },
    {
      interfaceOf: (buildId) => {
        asked.push(buildId);
        if (buildId === 5) throw new AlgogateError('UNAVAILABLE', 'the registry is not reachable');
        if (buildId === 4) return new Promise((resolve) => setTimeout(resolve, 5, ONE));
        return INTERFACES.get(buildId) ?? null;
      },
    },
  );
});

beforeEach(() => {
  asked = [];
  backend.seen.length = 0;
  world.journal.records.length = 0;
  world.idempotency.uses.clear();
});

afterAll(async () => {
  await world.close();
  await backend.close();
});

const TEXT = { ...AUTHORIZED, 'Content-Type': 'text/plain' };
const BYTES = { ...AUTHORIZED, 'Content-Type': 'application/octet-stream' };
const RIGHT = '{"image": "a", "threshold": 1}';
const MISSPELT = '{"image": "a", "treshold": 1}';
const MESSAGE = 'input.treshold: expected one of image, threshold, found another name';

function inputError(message: string, status = 200): unknown {
  const body = { error: { message, error_type: 'InputError' }, metadata: { duration: 0 } };
  return { status, type: 'application/json', body };
}

const call = async (path: string, body: Sent['body'], headers: Record<string, string> = AUTHORIZED) =>
  answerOf(await world.call(`/v1/algo/demo/${path}`, { headers, ...(body === undefined ? {} : { body }) }));

/** What no backend heard of, and was recorded once. */
function expectRefusedOnce(bytesIn: number): void {
  expect(backend.seen).toEqual([]);
  expect(world.journal.records).toMatchObject([
    { outcome: 'ALGORITHM_ERROR', backendMs: 0, bytesIn, bytesOut: 0, algorithmId: 11, versionId: 12 },
  ]);
}

describe('JSON', () => {
  test.each([
    ['one', RIGHT],
    ['one?function=detect', RIGHT],
    ['one', '{"image": "a"}'],
    ['later', RIGHT],
    ['two?function=detect', '{"image": "a"}'],
    ['two?function=train', 'null'],
    ['two?function=train', '{"epochs": null}'],
    ['unchecked', MISSPELT],
    ['unchecked', '"anything"'],
    ['unchecked?function=train', '{"epochs": "many"}'],
    ['plain', MISSPELT],
    ['gone', MISSPELT],
  ])('%s of %s reaches the backend as it was sent', async (path, body) => {
    expect(await call(path, body)).toMatchObject({ status: 200, body: { result: 1 } });
    expect(backend.seen.map((seen) => seen.body.toString())).toEqual([body]);
    const functionName = /function=(.*)/.exec(path)?.[1];
    expect(backend.seen[0]?.headers['x-algogate-function']).toBe(functionName);
    expect(world.journal.outcomes).toEqual(['OK']);
  });

  test.each([
    ['one', MISSPELT, MESSAGE],
    ['later', MISSPELT, MESSAGE],
    ['dead', MISSPELT, MESSAGE],
    ['one', 'null', 'input.image: expected String!, found nothing'],
    ['one', '"a"', 'input: expected an object of inputs by name, found a string'],
    ['one', '{"image": "a", "threshold": "1"}', 'input.threshold: expected Float!, found a string'],
    ['one?function=train', RIGHT, 'function: expected one of detect, found another name'],
    ['two', '{"image": "a"}', 'function: expected one of detect, train, found none'],
    ['two?function=Train', 'null', 'function: expected one of detect, train, found another name'],
    ['unchecked?function=test', '1', 'function: expected one of detect, train, found another name'],
  ])('%s of %s is an InputError', async (path, body, message) => {
    expect(await call(path, body)).toEqual(inputError(message));
    expectRefusedOnce(body.length);
  });

  test('in chunks it is the same', async () => {
    expect(await call('one', ['{"image": "a",', '"treshold": 1}'])).toEqual(inputError(MESSAGE));
    expectRefusedOnce(MISSPELT.length - 1);
  });

  test('JSON that is none is no input yet: it is refused, and not recorded', async () => {
    expect(await call('one', '{')).toEqual(platformError(400, 'INVALID_INPUT', 'the body is not valid JSON'));
    expect([backend.seen, world.journal.records]).toEqual([[], []]);
  });

  test('a value is never told, however it was nested', async () => {
    const { text } = await world.call('/v1/algo/demo/one', { body: '{"image": ["s3cret"]}' });
    expect(text).not.toContain('s3cret');
  });

  test('nested without end, it is an input like any other as long as it is short', async () => {
    const deep = (levels: number) => `{"image": ${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(await call('one', deep(30_000))).toEqual(
      inputError('input.image: expected String!, found a list'),
    );
    expect(await call('one', deep(100_000))).toEqual(
      platformError(400, 'INVALID_INPUT', 'the body is nested deeper than 1000 levels'),
    );
  });

  test('raw: 400; void: the caller hears of it at once', async () => {
    expect(await call('one?output=raw', MISSPELT)).toEqual(inputError(MESSAGE, 400));
    expect(await call('one?output=void', MISSPELT)).toEqual(inputError(MESSAGE));
    expect(backend.seen).toEqual([]);
    expect(world.journal.outcomes).toEqual(['ALGORITHM_ERROR', 'ALGORITHM_ERROR']);
  });

  test('void, with an input that is right, goes on as ever', async () => {
    expect(await call('one?output=void', RIGHT)).toMatchObject({ body: { async: true } });
    await until(() => world.journal.records.length === 1);
    expect(world.journal.outcomes).toEqual(['OK']);
  });

  test('the answer has the headers of every answer', async () => {
    const { headers } = await world.call('/v1/algo/demo/one', { body: MISSPELT });
    expect(headers).toMatchObject({
      'x-request-id': world.journal.records[0]?.requestId,
      'content-location': '/v1/algo/Demo/Hello/1.2.3',
      'cache-control': 'no-store',
    });
  });

  test('where it cannot be recorded, the answer is withheld', async () => {
    world.journal.fault = new Error('ENOSPC');
    const received = await call('one', MISSPELT);
    world.journal.fault = null;
    expect(received).toEqual(
      platformError(503, 'UNAVAILABLE', 'the call could not be recorded, so its answer is withheld'),
    );
    expect(world.faults.splice(0)).toEqual([new Error('ENOSPC')]);
  });
});

describe('text and bytes', () => {
  const large = Buffer.alloc(300_000, 65);
  test.each([
    ['one', TEXT, 'x'],
    ['two', BYTES, 'x'],
    ['two?function=train', TEXT, 'x'],
    ['two?function=train', BYTES, large],
    ['two?function=train', BYTES, [large]],
    ['two?function=train&output=void', BYTES, large],
  ])('are not checked: %s', async (path, headers, body) => {
    expect(await call(path, body, headers)).toMatchObject({ status: 200 });
    await until(() => world.journal.records.length === 1);
    expect(backend.seen.map((seen) => seen.headers['x-algogate-function'])).toEqual([
      path.startsWith('two?') ? 'train' : undefined,
    ]);
    expect(world.journal.outcomes).toEqual(['OK']);
  });

  test.each<[string, Sent['body'], number]>([
    ['two', 'x', 1],
    ['two', large, 300_000],
    ['two', [large, 'x'], 300_001],
    ['unchecked', large, 300_000],
  ])('but the function that %s names is: %#', async (path, body, bytes) => {
    expect(await call(`${path}?function=test`, body, BYTES)).toEqual(
      inputError('function: expected one of detect, train, found another name'),
    );
    expectRefusedOnce(bytes);
  });
});

describe('an Idempotency-Key', () => {
  const keyed = { ...AUTHORIZED, 'Idempotency-Key': 'k' };

  test('is free again after an InputError, which reached no backend', async () => {
    expect(await call('one', MISSPELT, keyed)).toEqual(inputError(MESSAGE));
    expect(world.idempotency.uses.size).toBe(0);
    expectRefusedOnce(MISSPELT.length);
    expect(await call('one', RIGHT, keyed)).toMatchObject({ body: { result: 1 } });
    expect(await call('one', MISSPELT, keyed)).toEqual(
      platformError(422, 'IDEMPOTENCY_MISMATCH', 'this Idempotency-Key was used with another body or call'),
    );
    expect(world.journal.outcomes).toEqual(['ALGORITHM_ERROR', 'OK']);
  });

  test('is free again where the InputError could not be recorded', async () => {
    world.journal.fault = new Error('ENOSPC');
    expect((await call('one', MISSPELT, keyed)).status).toBe(503);
    world.journal.fault = null;
    expect(world.idempotency.uses.size).toBe(0);
    world.faults.length = 0;
  });

  test('has the first answer, whatever the interface says now', async () => {
    expect((await call('unchecked', MISSPELT, keyed)).status).toBe(200);
    world.admissions.set('demo/unchecked', admission(backend.url, { buildId: 1, hasInterface: true }));
    const again = await world.call('/v1/algo/demo/unchecked', { headers: keyed, body: MISSPELT });
    world.admissions.set(
      'demo/unchecked',
      admission(backend.url, { buildId: 2, hasInterface: true, checksInput: false }),
    );
    expect(json(again)).toMatchObject({ result: 1 });
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(world.journal.outcomes).toEqual(['OK']);
  });

  test('of another function is used for another call', async () => {
    const body = 'null';
    expect((await call('two?function=train', body, keyed)).status).toBe(200);
    expect((await call('two?function=detect', body, keyed)).status).toBe(422);
  });
});

describe('what is asked for', () => {
  test.each([
    ['plain', 'null', AUTHORIZED, []],
    ['unchecked', 'null', AUTHORIZED, []],
    ['two', 'x', TEXT, []],
    ['one', RIGHT, AUTHORIZED, [1]],
    ['unchecked?function=train', 'null', AUTHORIZED, [2]],
    ['two?function=train', 'x', TEXT, [2]],
  ])('%s of %s', async (path, body, headers, builds) => {
    expect((await call(path, body, headers)).status).toBe(200);
    expect(asked).toEqual(builds);
  });

  test('nothing, of what may not be called', async () => {
    expect((await call('none?function=train', MISSPELT)).status).toBe(404);
    expect((await call('one', MISSPELT, { 'Content-Type': 'application/json' })).status).toBe(401);
    expect([asked, world.journal.records]).toEqual([[], []]);
  });

  test('an interface that cannot be had refuses the call, and records nothing', async () => {
    expect(await call('away', RIGHT)).toEqual(
      platformError(503, 'UNAVAILABLE', 'the registry is not reachable'),
    );
    expect(await call('away', 'x', TEXT)).toMatchObject({ status: 200 });
    expect(world.journal.outcomes).toEqual(['OK']);
  });
});

import { setTimeout as pause } from 'node:timers/promises';

import { AlgorithmRow, ArtifactPointerRow, ArtifactRevisionRow } from '../../entities';
import type { Answer, Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { isOfDrain, settle, statementsOf } from '../builders/statements';

/** Chapter 4, "Interface checks on calls", with the real wiring; what each type takes is in test/domain/interface. */

const V1 = 'type Query { detect(image: String!, threshold: Float! = 0.5): Int }';
const V2 = `
  type Query { detect(image: String!, regions: [Region!]): Int "Another function." train(epochs: Int!): Int }
  input Region { x: Int!, y: Int!, stain: Stain }
  enum Stain { HE IHC }
`;

describeOnEachServer('interface checks on calls', (world) => {
  let ann: Client;
  let otto: Client;

  beforeAll(async () => {
    [ann, otto] = [await world().user('ann'), await world().user('otto')];
    await world().organization('acme', { admin: 'ann' });
    for (const name of ['checked', 'unchecked', 'plain', 'hidden', 'weighed']) {
      await world().algorithm(`acme/${name}`);
    }
    await world().publish('acme/checked', '1.0.0', { interface: V1 });
    await world().publish('acme/checked', '2.0.0', { interface: V2, permissions: { visibility: 'PUBLIC' } });
    await world().publish('acme/unchecked', '1.0.0', { interface: V1 });
    await world().publish('acme/plain', '1.0.0');
    await world().publish('acme/hidden', '1.0.0', {
      interface: V1,
      permissions: { visibility: 'PRIVATE' },
    });
  });

  const said = ({ status, headers, json }: Answer) => ({ status, type: headers['content-type'], json });
  const inputError = (message: string, status = 200) => ({
    status,
    type: 'application/json',
    json: { error: { message, error_type: 'InputError' }, metadata: { duration: 0 } },
  });
  const platformError = (status: number, code: string, message: string) => ({
    status,
    type: 'application/json',
    json: { error: { message, code } },
  });

  interface CallRow {
    readonly outcome: string;
    readonly backend: number;
    readonly artifacts: string | null;
  }

  /** The record of a call, once the journal was drained. */
  async function recordOf(answer: Answer): Promise<CallRow> {
    for (;;) {
      const [row] = await world().server.app.database.reads.query<CallRow[]>(
        'SELECT outcome, backend_ms AS backend, artifacts FROM calls WHERE request_id = ?',
        [answer.headers['x-request-id']],
      );
      if (row !== undefined) return row;
      await pause(50);
    }
  }

  const RIGHT: readonly (readonly [path: string, input: unknown, query: string])[] = [
    ['checked/1', { image: 'a' }, ''],
    ['checked/1', { image: 'a', threshold: 1 }, 'function=detect'],
    ['checked/2', { image: 'a', regions: [{ x: 1, y: 2, stain: 'HE' }] }, 'function=detect'],
    ['checked', { epochs: 3 }, 'function=train'],
    ['checked/2', 'some text', ''],
    ['checked/2', Buffer.from([0, 255]), 'function=train'],
    ['plain', { anything: ['goes'] }, ''],
  ];
  test.each(RIGHT)('%s of %j (%s) reaches the backend', async (path, input, query) => {
    const answer = await otto.call(`acme/${path}`, input, { query });
    expect(answer).toMatchObject({ status: 200, json: { result: { served: expect.any(String) } } });
    const seen = world().backend.seen.at(-1)!;
    expect(seen.headers['x-algogate-request-id']).toBe(answer.headers['x-request-id']);
    expect(seen.headers['x-algogate-function']).toBe(/function=(.*)/.exec(query)?.[1]);
    expect(seen.headers['x-algogate-artifacts']).toBeUndefined();
  });

  const WRONG: readonly (readonly [path: string, input: unknown, query: string, message: string])[] = [
    ['checked/1', { image: 'a', threshold: '1' }, '', 'input.threshold: expected Float!, found a string'],
    ['checked/1', null, '', 'input.image: expected String!, found nothing'],
    [
      'checked/1',
      { image: 'a', regions: [] },
      '',
      'input.regions: expected one of image, threshold, found another name',
    ],
    [
      'checked',
      {
        image: 'a',
        regions: [
          { x: 1, y: 2 },
          { x: 1, y: 2, stain: 'PAS' },
        ],
      },
      'function=detect',
      'input.regions[1].stain: expected Stain (one of HE, IHC), found another name',
    ],
    ['checked', { epochs: 1 }, '', 'function: expected one of detect, train, found none'],
    [
      'checked',
      { epochs: 1 },
      'function=test',
      'function: expected one of detect, train, found another name',
    ],
    ['checked', 'some text', 'function=test', 'function: expected one of detect, train, found another name'],
    [
      'checked',
      { epochs: 1.5 },
      'function=train&output=void',
      'input.epochs: expected Int!, found a number that is no integer',
    ],
  ];
  test.each(WRONG)('%s of %j (%s) is an InputError, and recorded', async (path, input, query, message) => {
    const before = world().backend.seen.length;
    const answer = await otto.call(`acme/${path}`, input, { query });
    expect(said(answer)).toEqual(inputError(message));
    expect(world().backend.seen.length).toBe(before);
    expect(await recordOf(answer)).toEqual({ outcome: 'ALGORITHM_ERROR', backend: 0, artifacts: null });
  });

  test('with raw output it is a 400', async () => {
    const answer = await otto.call('acme/checked/1', {}, { query: 'output=raw' });
    expect(said(answer)).toEqual(inputError('input.image: expected String!, found nothing', 400));
  });

  test('an Idempotency-Key is free again after it', async () => {
    const headers = { 'Idempotency-Key': 'interface-checks' };
    expect((await otto.call('acme/checked/1', {}, { headers })).json).toMatchObject({
      error: { error_type: 'InputError' },
    });
    const right = await otto.call('acme/checked/1', { image: 'a' }, { headers });
    const again = await otto.call('acme/checked/1', { image: 'a' }, { headers });
    expect([right.status, again.text]).toEqual([200, right.text]);
  });

  test('a function of a version without an interface, and artifacts that are none', async () => {
    expect(said(await otto.call('acme/plain', 1, { query: 'function=detect' }))).toEqual(
      platformError(400, 'INVALID_INPUT', 'acme/plain/1.0.0 has no interface whose function could be named'),
    );
    expect(said(await otto.call('acme/checked/1', { image: 'a' }, { query: 'artifacts=model@3' }))).toEqual(
      platformError(400, 'INVALID_INPUT', 'acme/checked/1.0.0 has no artifact model@3'),
    );
  });

  test('an algorithm turns the check off, and on again', async () => {
    const call = async () => (await otto.call('acme/unchecked', { picture: 'a' })).json;
    const set = (checkInput: boolean) =>
      ann.mutate('updateAlgorithm', { algorithm: 'acme/unchecked', policies: { checkInput } });
    const refused = { error: { error_type: 'InputError' } };
    expect(await call()).toMatchObject(refused);
    await set(false);
    expect(await call()).toMatchObject({ result: { input: '{"picture":"a"}' } });
    await set(true);
    expect(await call()).toMatchObject(refused);
  });

  test('who may not call learns nothing of an interface', async () => {
    for (const [input, query] of [
      [{ picture: 'a' }, ''],
      [{ image: 'a' }, 'function=none'],
      [{ image: 'a' }, 'artifacts=model@3'],
    ] as const) {
      const hidden = await otto.call('acme/hidden/1.0.0', input, { query });
      const missing = await otto.call('acme/nothing/1.0.0', input, { query });
      expect(hidden.text.replaceAll('hidden', 'nothing')).toBe(missing.text);
      expect([hidden.status, missing.status]).toEqual([404, 404]);
    }
    expect((await ann.call('acme/hidden/latestPrivate', {})).json).toMatchObject({
      error: { error_type: 'InputError' },
    });
  });

  test('in the steady state the database is not asked', async () => {
    const { database } = world().server.app;
    const call = async () => {
      await otto.call('acme/checked/1', { image: 'a' });
      await otto.call('acme/checked/1', {});
      await otto.call('acme/checked/2', 'text', { query: 'function=train' });
      await otto.call('acme/plain', {});
    };
    await call();
    await settle(database);
    const asked = await statementsOf(database, call);
    expect(asked.filter((sql) => !isOfDrain(sql) && !/^(BEGIN|COMMIT|START)/.test(sql))).toEqual([]);
  });

  test('the artifacts that hold are told to the backend, and recorded', async () => {
    const { database } = world().server.app;
    await database.write(async (tx) => {
      const { id: algorithmId } = await tx.findOneByOrFail(AlgorithmRow, { nameKey: 'weighed' });
      for (const name of ['weights', 'labels']) {
        const revision = {
          algorithmId,
          name,
          revision: '1.0.0+a',
          uri: 's3://a',
          sha256: 'a'.repeat(64),
          at: 1,
        };
        const { identifiers } = await tx.insert(ArtifactRevisionRow, { ...revision, byId: null });
        const revisionId = Number(identifiers[0]!['id']);
        await tx.insert(ArtifactPointerRow, { algorithmId, major: 1, name, revisionId });
      }
    });
    await world().publish('acme/weighed', '1.0.0'); // the ledger tells of it, whatever was put in before
    const answer = await otto.call('acme/weighed', 1);
    const artifacts = 'labels@1.0.0+a,weights@1.0.0+a';
    expect(world().backend.seen.at(-1)!.headers['x-algogate-artifacts']).toBe(artifacts);
    expect(await recordOf(answer)).toMatchObject({ outcome: 'OK', artifacts });
  });
});

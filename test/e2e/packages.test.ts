import { AlgorithmRow } from '../../entities';
import { Follower, Ledger } from '../../src/ledger';
import { PackageDocuments } from '../../src/packages';
import { ResolutionIndex } from '../../src/resolution';
import type { Answer, Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { settle, statementsOf } from '../builders/statements';
import { manyVersions } from '../builders/many-versions';
import { shaOf, type World } from '../builders/world';

/** Chapter 3, "The registry document": the record of an algorithm for machines. */

const SHORT = 'application/vnd.algogate.abbreviated+json';
const DIGEST = 'd'.repeat(64);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

function versionsOf(body: Buffer): number {
  return (JSON.parse(body.toString()) as { versions: unknown[] }).versions.length;
}

/** Everything of an answer that two askers can compare. */
function bytesOf({ status, headers, text }: Answer): object {
  const {
    date: _date,
    'x-request-id': _id,
    'keep-alive': _alive,
    connection: _connection,
    ...rest
  } = headers;
  return { status, headers: rest, text };
}

const packageOf = (client: Client, ref: string, headers: Record<string, string> = {}): Promise<Answer> =>
  client.http(`/v1/packages/${ref}`, { headers });

/** The versions of a document, and what of each is named. */
function versionsIn({ json }: Answer, ...fields: string[]): unknown[] {
  const { versions } = json as { versions: Record<string, unknown>[] };
  return versions.map((version) => fields.map((field) => version[field]));
}

/** `acme/detect`: 1.0.0 with an artifact and notes, 1.1.0 yanked, 1.2.0-beta.1, private 1.1.1; 2.0.0 of open source. */
async function furnish(world: World): Promise<void> {
  await world.operator.mutate('createAlgorithm', {
    owner: 'acme',
    name: 'Detect',
    summary: 'finds things',
    description: '# Detect',
    tags: ['vision'],
    licence: 'MIT',
    repositoryUrl: 'https://example.org/detect',
  });
  for (const name of ['one', 'two']) {
    await world.operator.mutate('registerBuild', {
      algorithm: 'acme/detect',
      sha: shaOf(name),
      status: 'SUCCEEDED',
      backendUrl: `${world.backend.url}/${name}`,
      artifact: { uri: `https://example.org/${name}.tar`, sha256: DIGEST },
    });
  }
  await world.publish('acme/detect', '1.0.0', {
    sha: shaOf('one'),
    releaseNotes: 'the first',
    compatibility: '>=1.0',
    stability: 'BETA',
  });
  await world.publish('acme/detect', '1.1.0');
  await world.yank('acme/detect/1.1.0');
  await world.publish('acme/detect', '1.1.1', { visibility: 'PRIVATE' });
  await world.publish('acme/detect', '1.2.0-beta.1');
  await world.publish('acme/detect', '2.0.0', {
    sha: shaOf('two'),
    permissions: { visibility: 'PUBLIC', sourceVisibility: 'OPEN' },
  });
}

describeOnEachServer('the registry document', (world) => {
  const clients: Record<string, Client> = {};

  beforeAll(async () => {
    for (const name of ['ann', 'mia', 'gus', 'sue', 'otto']) clients[name] = await world().user(name);
    await world().organization('acme', { admin: 'ann', members: { mia: 'MEMBER' } });
    await furnish(world());
    await world().algorithm('acme/secret');
    await world().publish('acme/secret', '1.0.0', { permissions: { visibility: 'PRIVATE' } });
    await world().grant('acme/detect/1', 'gus');
    await world().grant('acme/detect/1', 'sue', 'CALL_AND_SOURCE');
    clients['calls'] = await world().key('ann', { scopes: ['call'] });
    clients['reads'] = await world().key('ann', { scopes: ['read:acme/*'] });
    clients['anonymous'] = world().anonymous;
    clients['operator'] = world().operator;
  });

  const one = { version: '1.0.0', sha: shaOf('one') };
  const two = { version: '2.0.0', sha: shaOf('two') };
  const beta = { version: '1.2.0-beta.1', sha: expect.any(String) };
  const yanked = { version: '1.1.0', sha: expect.any(String), yanked: { reason: 'a test', at: TIME } };
  const plain = { artifact: null, deprecated: null, yanked: null };
  const pointers = { latest: '2.0.0', channels: { stable: '2.0.0', edge: '2.0.0' } };
  const position = expect.stringMatching(/^acme@\d+$/) as string;

  test('the whole of it, for everyone', async () => {
    const answer = await packageOf(world().anonymous, 'ACME/detect');
    const told = { released: TIME, stability: 'STABLE', changelog: null, compatibility: null, ...plain };
    expect(answer.json).toEqual({
      algorithm: 'acme/Detect',
      owner: 'acme',
      name: 'Detect',
      summary: 'finds things',
      description: '# Detect',
      tags: ['vision'],
      licence: 'MIT',
      repository: 'https://example.org/detect',
      position,
      ...pointers,
      versions: [
        { ...told, ...two, artifact: { url: 'https://example.org/two.tar', sha256: DIGEST } },
        { ...told, ...beta },
        { ...told, ...yanked },
        {
          ...told,
          ...one,
          stability: 'BETA',
          changelog: 'the first',
          compatibility: '>=1.0',
          artifact: { url: null, sha256: DIGEST },
        },
      ],
    });
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'public, max-age=1',
        vary: 'Accept, Authorization',
        etag: expect.stringMatching(/^"[\w-]{27}"$/) as string,
      },
    });
  });

  test('in short', async () => {
    const answer = await packageOf(world().anonymous, 'acme/detect', { Accept: SHORT });
    expect(answer.json).toEqual({
      algorithm: 'acme/Detect',
      position,
      ...pointers,
      versions: [
        { ...two, ...plain, artifact: { sha256: DIGEST } },
        { ...beta, ...plain },
        { ...plain, ...yanked },
        { ...one, ...plain, artifact: { sha256: DIGEST } },
      ],
    });
    expect(answer.headers).toMatchObject({ 'content-type': SHORT, vary: 'Accept, Authorization' });
  });

  test.each([
    [SHORT, true],
    [SHORT.toUpperCase(), true],
    [`${SHORT};q=0.5, */*;q=0.1`, true],
    [`${SHORT}; q=1.0, application/json; q=0.8, */*`, true],
    [`application/json, ${SHORT};q=0.9`, false],
    [`${SHORT};q=0`, false],
    ['application/json', false],
    ['*/*', false],
    ['text/html', false],
    ['nonsense;;=,', false],
  ])('Accept: %s is short: %s', async (accept, short) => {
    const { headers } = await packageOf(world().anonymous, 'acme/detect', { Accept: accept });
    expect(headers['content-type'] === SHORT).toBe(short);
  });

  test('who knows it already is told so, of each form by its own tag; HEAD is GET without the body', async () => {
    const full = await packageOf(world().anonymous, 'acme/detect');
    const short = await packageOf(world().anonymous, 'acme/detect', { Accept: SHORT });
    const [fullTag, shortTag] = [full, short].map(({ headers }) => headers.etag!);
    expect(fullTag).not.toBe(shortTag);
    const again = await packageOf(world().anonymous, 'acme/detect', { 'If-None-Match': `"x", ${fullTag!}` });
    expect(again).toMatchObject({ status: 304, text: '' });
    for (const name of ['etag', 'cache-control', 'vary']) {
      expect(again.headers[name]).toBe(full.headers[name]);
    }
    const other = await packageOf(world().anonymous, 'acme/detect', { 'If-None-Match': shortTag! });
    expect(other.status).toBe(200);
    const head = await world().anonymous.http('/v1/packages/acme/detect', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, text: '', headers: { etag: fullTag } });
    expect(head.headers['content-length']).toBe(String(full.body.length));
  });

  describe('who sees more than everyone', () => {
    const PUBLIC = ['2.0.0', '1.2.0-beta.1', '1.1.0', '1.0.0'];
    const ALL = ['2.0.0', '1.2.0-beta.1', '1.1.1', '1.1.0', '1.0.0'];
    test.each([
      ['anonymous', PUBLIC, null],
      ['otto', PUBLIC, null],
      ['calls', PUBLIC, null],
      ['gus', ALL, null],
      ['sue', ALL, 'https://example.org/one.tar'],
      ['mia', ALL, 'https://example.org/one.tar'],
      ['ann', ALL, 'https://example.org/one.tar'],
      ['reads', ALL, 'https://example.org/one.tar'],
      ['operator', ALL, 'https://example.org/one.tar'],
    ])('%s', async (who, versions, url) => {
      const answer = await packageOf(clients[who]!, 'acme/detect');
      const more = versions === ALL;
      const shown = (version: string) => (more ? [version === '1.1.1' ? 'PRIVATE' : 'PUBLIC'] : [undefined]);
      const state = more ? 'PUBLISHED' : undefined;
      expect(versionsIn(answer, 'version', 'visibility', 'state')).toEqual(
        versions.map((version) => [version, ...shown(version), state]),
      );
      expect(versionsIn(answer, 'artifact').at(-1)).toEqual([{ url, sha256: DIGEST }]);
      expect(answer.json).toMatchObject({
        ...pointers,
        position: more ? (expect.stringMatching(/^acme@\d+\+\d+$/) as string) : position,
      });
      expect(answer.headers).toMatchObject({
        'cache-control': more ? 'private, no-cache' : 'public, max-age=1',
        vary: 'Accept, Authorization',
      });
    });

    test('those who see no more than everyone get the same bytes', async () => {
      const [first, ...others] = await Promise.all(
        ['anonymous', 'otto', 'calls'].map(async (who) =>
          bytesOf(await packageOf(clients[who]!, 'acme/detect')),
        ),
      );
      for (const other of others) expect(other).toEqual(first);
    });

    test('a private algorithm has a document for its members, and for others is what a missing one is', async () => {
      const answer = await packageOf(clients['mia']!, 'acme/secret');
      expect(answer.json).toMatchObject({
        algorithm: 'acme/secret',
        latest: null,
        versions: [{ version: '1.0.0' }],
      });
      for (const who of ['anonymous', 'otto', 'calls', 'gus']) {
        const [hidden, missing] = await Promise.all(
          ['acme/secret', 'acme/missin'].map(async (ref) => bytesOf(await packageOf(clients[who]!, ref))),
        );
        expect(hidden).toMatchObject({
          status: 404,
          text: '{"error":{"message":"algorithm algo://acme/secret not found","code":"NOT_FOUND"}}',
        });
        expect(JSON.parse(JSON.stringify(hidden).replace('secret', 'missin'))).toEqual(missing);
      }
    });
  });

  test.each([
    ['acme/de%20tect', 400, 'INVALID_REFERENCE'],
    ['1acme/detect', 400, 'INVALID_REFERENCE'],
    ['acme/detect/1.0', 404, 'NOT_FOUND'],
    ['acme', 404, 'NOT_FOUND'],
  ])('of %s there is none: %i %s', async (path, status, code) => {
    expect(await packageOf(world().anonymous, path)).toMatchObject({ status, json: { error: { code } } });
  });

  test('a bad credential is refused before anything is looked up', async () => {
    const answer = await packageOf(world().as('nonsense'), 'acme/detect');
    expect(answer).toMatchObject({ status: 401, json: { error: { code: 'UNAUTHENTICATED' } } });
  });

  test('what is private changes no byte of what everyone gets', async () => {
    await world().algorithm('acme/twin');
    const input = { policies: { protectStable: 'MAJOR' }, algorithm: 'acme/twin' };
    await world().publish('acme/twin', '1.0.0');
    await world().operator.mutate('updateAlgorithm', input);
    const ask = async () =>
      Promise.all(
        [{}, { Accept: SHORT }].map(async (headers) =>
          bytesOf(await packageOf(world().anonymous, 'acme/twin', headers)),
        ),
      );
    const before = await ask();
    await world().build('acme/twin');
    await world().publish('acme/twin', '1.0.1', { visibility: 'PRIVATE' });
    await world().publish('acme/twin', '1.0.2-rc.1', { visibility: 'PRIVATE' });
    await world().yank('acme/twin/1.0.1');
    await world().publish('acme/twin', '2.0.0'); // waits for its approval
    await world().operator.mutate('deprecate', { algorithm: 'acme/twin', range: '1.0.1', message: 'a slip' });
    await world().grant('acme/twin/1', 'gus');
    await world().publish('acme/secret', '1.0.1');
    expect(await ask()).toEqual(before);
    const members = await packageOf(clients['mia']!, 'acme/twin');
    expect(versionsIn(members, 'version', 'visibility', 'state')).toEqual([
      ['2.0.0', 'PUBLIC', 'PENDING_APPROVAL'],
      ['1.0.2-rc.1', 'PRIVATE', 'PUBLISHED'],
      ['1.0.1', 'PRIVATE', 'PUBLISHED'],
      ['1.0.0', 'PUBLIC', 'PUBLISHED'],
    ]);
  });

  test('what happens is in it at once; what happens elsewhere makes no new one', async () => {
    await world().algorithm('acme/moving');
    await world().publish('acme/moving', '1.0.0');
    await world().publish('acme/moving', '1.1.0');
    const ask = () => packageOf(world().anonymous, 'acme/moving');
    const before = await ask();
    await world().algorithm('acme/elsewhere');
    await world().publish('acme/elsewhere', '1.0.0');
    expect(bytesOf(await ask())).toEqual(bytesOf(before));

    await world().yank('acme/moving/1.1.0');
    expect((await ask()).json).toMatchObject({
      latest: '1.0.0',
      channels: { stable: '1.0.0', edge: '1.0.0' },
      versions: [{ yanked: { reason: 'a test' } }, { yanked: null }],
    });
    await world().operator.mutate('unyankVersion', { version: 'acme/moving/1.1.0' });
    const message = 'use two';
    await world().operator.mutate('deprecate', { algorithm: 'acme/moving', range: '1.0', message });
    const deprecated = { message, replacement: null, removal_date: null, since: TIME };
    expect((await ask()).json).toMatchObject({
      latest: '1.1.0',
      versions: [{ deprecated: null }, { deprecated }],
    });
    const channel = { algorithm: 'acme/moving', channel: 'lts', to: '1.0.0', expected: null };
    await world().operator.mutate('moveChannel', channel);
    expect((await ask()).json).toMatchObject({ channels: { stable: '1.1.0', edge: '1.1.0', lts: '1.0.0' } });
    await world().operator.mutate('takeDownVersion', {
      version: 'acme/moving/1.1.0',
      reason: 'a court said so',
    });
    const after = await ask();
    expect(after.json).toMatchObject({ latest: '1.0.0', versions: [{}, { version: '1.0.0' }] });
    expect((after.json as { versions: unknown[] }).versions[0]).toEqual({
      version: '1.1.0',
      taken_down: true,
    });
    const { json } = await packageOf(clients['mia']!, 'acme/moving');
    const takenDown = { version: '1.1.0', visibility: 'PUBLIC', state: 'TAKEN_DOWN', taken_down: true };
    expect((json as { versions: unknown[] }).versions[0]).toEqual(takenDown);
  });

  test('of thousands of versions all are in it, in order; it is read in turns, and then from memory', async () => {
    await world().algorithm('acme/many');
    await world().publish('acme/many', '0.0.1');
    const all = await manyVersions(world(), 'acme/many', 1200);
    const { database } = world().server.app;
    await settle(database);
    const ask = () => packageOf(world().anonymous, 'acme/many');
    const cold = await statementsOf(database, ask);
    const warm = await statementsOf(database, async () => {
      expect(versionsIn(await ask(), 'version').flat()).toEqual([...all.reverse(), '0.0.1']);
    });
    expect({ pages: cold.filter((sql) => sql.includes('release_notes')).length, warm }).toEqual({
      pages: 5,
      warm: [],
    });
  });

  test('while it is read, others find what they call', async () => {
    const { database } = world().server.app;
    const { id: algorithmId } = await database.reads.findOneByOrFail(AlgorithmRow, { nameKey: 'many' });
    // nothing in memory: both must look
    const limits = { maxStalenessMs: 60_000, pollMs: 60_000 };
    const follower = new Follower(database, new Ledger(database), limits);
    const index = new ResolutionIndex(database, follower, { maxEntries: 10_000 });
    const documents = new PackageDocuments(database, () => false);
    const ends: string[] = [];
    let wasFound = (): void => undefined;
    const found = new Promise<void>((resolve) => (wasFound = resolve));
    const longSnapshot = database.longSnapshot.bind(database);
    // its snapshot stays open until the other was found
    const held = jest.spyOn(database, 'longSnapshot').mockImplementation((work) =>
      longSnapshot(async (tx) => {
        const made = await work(tx);
        await found;
        return made;
      }),
    );
    const request = { algorithmId, audience: { kind: 'everyone' }, form: 'full' } as const;
    const document = documents
      .find(request, { public: 0, private: 0 })
      .then(({ body }) => ends.push(`document of ${versionsOf(body)}`));
    ends.push(`found ${(await index.find('acme', 'detect'))?.name}`);
    wasFound();
    await document;
    held.mockRestore();
    expect(ends).toEqual(['found Detect', 'document of 1201']);
  });

  test('many who ask at once for what has changed wait for one reading', async () => {
    const { database } = world().server.app;
    const ask = (): Promise<Answer> => packageOf(world().anonymous, 'acme/many', { Accept: SHORT });
    const readingsOf = async (version: string, askers: number): Promise<[string[], object[]]> => {
      await world().publish('acme/many', version);
      await settle(database);
      let answers: Answer[] = [];
      const statements = await statementsOf(database, async () => {
        answers = await Promise.all(Array.from({ length: askers }, ask));
      });
      return [statements, answers.map(bytesOf)];
    };
    // the second time a reading begins where the first ended
    await readingsOf('0.0.2', 1);
    const [alone] = await readingsOf('0.0.3', 1);
    const [together, answers] = await readingsOf('0.0.4', 20);
    expect(alone.length).toBeGreaterThan(0);
    expect(together).toEqual(alone);
    expect(answers).toEqual(answers.map(() => answers[0]));
    expect(answers[0]).toMatchObject({ status: 200 });
    expect(versionsIn(await ask(), 'version')).toContainEqual(['0.0.4']);
  });
});

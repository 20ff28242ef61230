import { algorithmWith, channelsOf, move, namedBy, servedBy } from '../builders/channels';
import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { expectSoon } from '../builders/soon';
import { entriesOf, registryRows } from '../builders/tables';
import { shaOf } from '../builders/world';

/** Chapter 3, "Deprecating and withdrawing": takedown; chapter 1, `GONE`. */

const CONTENT = `releaseNotes migrationGuide sampleInput sampleOutput compatibility interface
  interfaceReport { severity } deprecation { message } yank { reason } gateReports { nodes { at } }
  artifacts { name } build { sha artifactDigest }`;

const HIDDEN = {
  releaseNotes: null,
  migrationGuide: null,
  sampleInput: null,
  sampleOutput: null,
  compatibility: null,
  interface: null,
  interfaceReport: null,
  deprecation: null,
  yank: null,
  gateReports: null,
  artifacts: [],
};

describeOnEachServer('takedowns', (world) => {
  let ann: Client;
  let max: Client;
  let mia: Client;
  let gus: Client;
  let otto: Client;
  let n = 0;

  beforeAll(async () => {
    [ann, max, mia, gus, otto] = [
      await world().user('ann'),
      await world().user('max'),
      await world().user('mia'),
      await world().user('gus'),
      await world().user('otto'),
    ];
    await world().organization('acme', { admin: 'ann', members: { max: 'MAINTAINER', mia: 'MEMBER' } });
  });

  const fresh = (...versions: string[]): Promise<string> => {
    n += 1;
    return algorithmWith(world(), `t${n}`, versions);
  };

  const takeDown = (version: string): Promise<unknown> =>
    world().operator.mutate('takeDownVersion', { version, reason: 'a court said so' }, 'version { state }');

  test('take a version out of every selector; by FULL and SHA it is gone, on every replica', async () => {
    const ref = await fresh('1.0.0', '1.1.0');
    const sha = shaOf(`gone ${ref}`);
    await max.mutate('registerBuild', {
      algorithm: ref,
      sha,
      status: 'SUCCEEDED',
      backendUrl: `${world().backend.url}/1.2.0`,
      artifact: { uri: 'https://builds.test/1', sha256: 'cd'.repeat(32) },
    });
    await world().publish(ref, '1.2.0', { sha, releaseNotes: 'notes' });
    const replica = await world().replica();
    const everybody = [world().operator, ann, mia, otto, otto.at(replica)];
    for (const client of everybody) expect(await namedBy(client, `${ref}/1`)).toBe('1.2.0');
    const position = String(valueAt((await otto.resolve(`${ref}/1`)).json, 'position'));
    await max.mutate('deprecate', { algorithm: ref, range: '1.2.0', message: 'content too' });
    expect(await takeDown(`${ref}/1.2.0`)).toEqual({ version: { state: 'TAKEN_DOWN' }, userErrors: [] });
    await expectSoon(() => namedBy(otto.at(replica), `${ref}/1.2.0`), 'GONE');
    for (const client of everybody) {
      const selectors = ['', '/1', '/1.2', '/^1.2.0', '/stable', '/edge', '/1.2.0', `/${sha}`];
      expect(await Promise.all(selectors.map((selector) => namedBy(client, `${ref}${selector}`)))).toEqual([
        '1.1.0',
        '1.1.0',
        'NOT_FOUND',
        'NOT_FOUND',
        '1.1.0',
        '1.1.0',
        'GONE',
        // by their SHA builds are for members alone, unless they carry a version that all may see
        'GONE',
      ]);
      expect(await servedBy(client, `${ref}/1.2.0`)).toBe('GONE');
      const answer = await client.graphql(`{ version(ref: "${ref}/1.2.0") { version } }`);
      expect(answer.errors).toMatchObject([{ code: 'GONE' }]);
    }
    expect((await otto.resolve(`${ref}/1.2.0`)).status).toBe(410);
    // what it was named by at that time it is named by for that time, without its content
    const then = await otto.graphql(`{ resolve(reference: "${ref}/1", asOf: { position: "${position}" }) {
      canonical warnings version { state releaseNotes } build { sha artifactDigest } } }`);
    expect(then.at('resolve')).toEqual({
      canonical: `${ref}/1.2.0`,
      // what its owner said of it is content too
      warnings: [],
      version: { state: 'TAKEN_DOWN', releaseNotes: null },
      build: { sha, artifactDigest: null },
    });
    expect((await world().anonymous.resolve(`${ref}/1.2.0`)).status).toBe(410);
    // a number is never free again
    const again = { algorithm: ref, version: '1.2.0', sha: await world().build(ref) };
    expect(await ann.attempt('publishVersion', again)).toBe('VERSION_EXISTS');
  });

  test('hide the content from everybody, wherever the version is named', async () => {
    const ref = await fresh();
    await world().publish(ref, '1.0.0', { interface: 'type Query { detect(image: String!): Int }' });
    await max.mutate('addArtifactRevision', {
      algorithm: ref,
      name: 'weights',
      revision: 'r1',
      uri: 'https://weights.test/r1',
      sha256: 'ab'.repeat(32),
    });
    const sha = shaOf(`content of ${ref}`);
    await max.mutate('registerBuild', {
      algorithm: ref,
      sha,
      status: 'SUCCEEDED',
      backendUrl: world().backend.url,
      interface: 'type Query { detect(image: String!): Int, count: Int }',
      artifact: { uri: 'https://builds.test/1', sha256: 'cd'.repeat(32) },
    });
    await max.mutate('publishVersion', {
      algorithm: ref,
      version: '1.1.0',
      sha,
      releaseNotes: 'notes',
      migrationGuide: 'guide',
      sampleInput: '1',
      sampleOutput: '2',
      compatibility: '>=1',
      artifacts: [{ name: 'weights', revision: 'r1' }],
    });
    const version = `${ref}/1.1.0`;
    await max.mutate('deprecate', { algorithm: ref, range: '1.1.0', message: 'old' });
    await max.mutate('submitGateReport', { version, gates: [{ name: 'recall', value: 1 }] });
    await move(ann, ref, 'canary', [null, '1.1.0']);
    await max.mutate('yankVersion', { version, reason: 'bad', rollbackChannels: true });
    const read = async (client: Client): Promise<{ listed: unknown; history: unknown }> => {
      const answer = await client.graphql(`{ algorithm(ref: "${ref}") {
        versions(first: 1) { nodes { version state stability ${CONTENT} } }
        channels { history { nodes { from { version state ${CONTENT} } } } } } }`);
      expect(answer.errors).toEqual([]);
      return {
        listed: answer.at('algorithm.versions.nodes.0'),
        history: answer.at('algorithm.channels.0.history.nodes.0.from'),
      };
    };
    const before = await read(mia);
    for (const [field, hidden] of Object.entries(HIDDEN)) {
      expect(valueAt(before.listed, field)).not.toEqual(hidden);
    }
    await takeDown(version);
    const content = { ...HIDDEN, build: { sha, artifactDigest: null } };
    for (const client of [world().operator, ann, mia, otto, world().anonymous]) {
      expect(await read(client)).toEqual({
        listed: { version: '1.1.0', state: 'TAKEN_DOWN', stability: 'STABLE', ...content },
        history: { version: '1.1.0', state: 'TAKEN_DOWN', ...content },
      });
    }
    const repeated = await world().operator.mutate(
      'takeDownVersion',
      { version, reason: 'again' },
      `version { ${CONTENT} }`,
    );
    expect(valueAt(repeated, 'version')).toEqual(content);
  });

  test('roll the channels back that pointed there, in the same entry', async () => {
    const ref = await fresh('1.0.0', '1.1.0');
    await move(ann, ref, 'canary', [null, '1.0.0']);
    await move(ann, ref, 'canary', ['1.0.0', '1.1.0']);
    await move(ann, ref, 'lts', [null, '1.1.0']);
    await move(ann, ref, 'stable', ['1.1.0', '1.1.0']);
    const made = await entriesOf(world(), 'acme', () => takeDown(`${ref}/1.1.0`));
    expect(made).toEqual([
      { chain: 'public', action: 'version.takenDown', subject: `${ref}/1.1.0`, actor: 'operator' },
    ]);
    expect(await lastChange()).toEqual({
      version: '1.1.0',
      reason: 'a court said so',
      channels: { canary: '1.0.0', lts: null, stable: null },
    });
    expect(await channelsOf(otto, ref)).toEqual({
      canary: '1.0.0',
      'edge*': '1.0.0',
      lts: null,
      stable: null,
    });
    const history = await otto.graphql(`{ algorithm(ref: "${ref}") { channels { name history(first: 1) {
      nodes { kind from { version } to { version } reason } } } } }`);
    expect(history.at('algorithm.channels.0.history.nodes')).toEqual([
      {
        kind: 'ROLLBACK',
        from: { version: '1.1.0' },
        to: { version: '1.0.0' },
        reason: 'version 1.1.0 was taken down',
      },
    ]);
    expect((await move(ann, ref, 'canary', ['1.0.0', '1.1.0'])).code).toBe('INVALID_INPUT');
    expect(await namedBy(otto, `${ref}/lts`)).toBe('NOT_FOUND');
  });

  test('are for the operator alone', async () => {
    const ref = await fresh('1.0.0');
    await world().publish(ref, '1.1.0', { visibility: 'PRIVATE' });
    await world().grant(`${ref}/1`, 'gus');
    const table: string[][] = [];
    const before = await registryRows(world());
    for (const client of [world().anonymous, otto, gus, mia, max, ann]) {
      const outcomes: string[] = [];
      for (const version of ['1.0.0', '1.1.0', '9.0.0']) {
        const input = { version: `${ref}/${version}`, reason: 'a test' };
        outcomes.push(await client.attempt('takeDownVersion', input));
      }
      table.push(outcomes);
    }
    expect(table).toEqual([
      ['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
      ['FORBIDDEN', 'NOT_FOUND', 'NOT_FOUND'],
      ['FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND'],
      ['FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND'],
      ['FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND'],
      ['FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND'],
    ]);
    for (const reason of ['', ' ', 'r'.repeat(1001)]) {
      const input = { version: `${ref}/1.0.0`, reason };
      expect(await world().operator.attempt('takeDownVersion', input)).toBe('INVALID_INPUT');
    }
    expect(await registryRows(world())).toEqual(before);
  });

  test('are for good: the version is changed by nobody any more', async () => {
    const ref = await fresh('1.0.0', '1.1.0');
    await world().publish(ref, '1.2.0', { visibility: 'PRIVATE' });
    for (const version of ['1.1.0', '1.2.0']) await takeDown(`${ref}/${version}`);
    const before = await registryRows(world());
    for (const version of [`${ref}/1.1.0`, `${ref}/1.2.0`]) {
      const outcomes = [
        await world().operator.attempt('takeDownVersion', { version, reason: 'again' }),
        await ann.attempt('yankVersion', { version, reason: 'a test' }),
        await ann.attempt('unyankVersion', { version }),
        await ann.attempt('promoteVersion', { version }),
        await ann.attempt('submitGateReport', { version, gates: [] }),
      ];
      expect(outcomes).toEqual(['OK', 'GONE', 'GONE', 'GONE', 'GONE']);
    }
    expect(await registryRows(world())).toEqual(before);
    await ann.mutate('setMajorPermissions', { major: `${ref}/1`, promoteExisting: true });
    expect(await namedBy(otto, `${ref}/1.2.0`)).toBe('NOT_FOUND');
  });

  test('what was published stays as public as it was: the database refuses it too', async () => {
    const ref = await fresh('1.0.0', '1.1.0');
    await takeDown(`${ref}/1.1.0`);
    const { reads } = world().server.app.database;
    const [{ id }] = (await reads.query<{ id: number }[]>('SELECT id FROM algorithms WHERE name = ?', [
      ref.slice('acme/'.length),
    ])) as [{ id: number }];
    const rows = (): Promise<unknown> => reads.query('SELECT * FROM versions WHERE algorithm_id = ?', [id]);
    const before = await rows();
    const outcomes: string[] = [];
    for (const change of [
      "visibility = 'PRIVATE'",
      "visibility = 'PRIVATE', state = 'TAKEN_DOWN'",
      "state = 'PENDING_APPROVAL'",
      "state = 'REJECTED'",
    ]) {
      for (const version of ['1.0.0', '1.1.0']) {
        const sql = `UPDATE versions SET ${change} WHERE algorithm_id = ? AND version = ?`;
        outcomes.push(
          await reads.query(sql, [id, version]).then(
            () => `${change} of ${version}`,
            (error: unknown) => String(valueAt(error, 'message')),
          ),
        );
      }
    }
    const refused = expect.stringContaining('versions: update refused, rows are immutable') as string;
    expect(outcomes).toEqual(Array.from({ length: 8 }, () => refused));
    expect(await rows()).toEqual(before);
  });

  describe('of what outsiders do not know of', () => {
    const states = async (client: Client, ref: string): Promise<unknown> =>
      (await client.graphql(`{ algorithm(ref: "${ref}") { versions { nodes { version state } } } }`)).at(
        'algorithm.versions.nodes',
      );

    test.each<[string, (ref: string) => Promise<unknown>, readonly string[]]>([
      [
        'a private version',
        (ref) => world().publish(ref, '1.1.0', { visibility: 'PRIVATE' }),
        ['GONE', 'GONE', 'GONE', 'NOT_FOUND', 'NOT_FOUND'],
      ],
      [
        'a release that waits for its approval',
        (ref) => world().publish(ref, '1.1.0', { by: max }),
        ['GONE', 'GONE', 'GONE', 'NOT_FOUND', 'NOT_FOUND'],
      ],
      [
        'a release that was rejected',
        async (ref) => {
          await world().publish(ref, '1.1.0', { by: max });
          await ann.mutate('rejectVersion', { version: `${ref}/1.1.0`, reason: 'a test' });
        },
        ['GONE', 'GONE', 'GONE', 'NOT_FOUND', 'NOT_FOUND'],
      ],
    ])('%s', async (_what, publish, expected) => {
      const ref = await fresh('1.0.0');
      await world().grant(`${ref}/1`, 'gus');
      await ann.mutate('updateAlgorithm', { algorithm: ref, policies: { protectStable: 'EVERY' } });
      await publish(ref);
      const outside = async (): Promise<unknown> => [
        await states(otto, ref),
        await otto.resolve(`${ref}/1.1.0`).then(({ status, json }) => [status, json]),
        await otto.resolve(ref).then(({ status, json }) => [status, json]),
      ];
      const before = await outside();
      const made = await entriesOf(world(), 'acme', () => takeDown(`${ref}/1.1.0`));
      expect(made).toMatchObject([{ chain: 'private', action: 'version.takenDown' }]);
      expect(await outside()).toEqual(before);
      const everybody = [world().operator, mia, gus, otto, world().anonymous];
      const named = everybody.map((client) => namedBy(client, `${ref}/1.1.0`));
      expect(await Promise.all(named)).toEqual(expected);
      expect(await states(mia, ref)).toEqual([
        { version: '1.1.0', state: 'TAKEN_DOWN' },
        { version: '1.0.0', state: 'PUBLISHED' },
      ]);
      for (const mutation of ['approveVersion', 'promoteVersion']) {
        expect(await ann.attempt(mutation, { version: `${ref}/1.1.0` })).not.toBe('OK');
      }
      expect(await namedBy(ann, `${ref}/latestPrivate`)).toBe('NOT_FOUND');
      expect(await namedBy(otto, `${ref}/1`)).toBe('1.0.0');
    });
  });

  async function lastChange(): Promise<unknown> {
    const [row] = await world().server.app.database.reads.query<{ change_json: string }[]>(
      'SELECT change_json FROM ledger_entries ORDER BY at DESC LIMIT 1',
    );
    return JSON.parse(row!.change_json);
  }
});

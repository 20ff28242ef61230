import { setTimeout as pause } from 'node:timers/promises';

import { type Client, valueAt } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { isOfDrain, settle, statementsOf } from '../builders/statements';
import { entriesOf } from '../builders/tables';
import type { PublishSpec } from '../builders/world';
import { send } from '../calls/support/http';

/** Chapter 3, "Model artifacts": data beside the code, with revisions and manifests of its own. */

const sha256 = (digit: string): string => digit.repeat(64);

describeOnEachServer('artifacts', (world) => {
  const clients: Record<string, Client> = {};

  beforeAll(async () => {
    for (const name of ['ann', 'max', 'mia', 'gus', 'sue', 'otto']) clients[name] = await world().user(name);
    await world().organization('acme', { admin: 'ann', members: { max: 'MAINTAINER', mia: 'MEMBER' } });
    clients['anonymous'] = world().anonymous;
  });

  const add = (algorithm: string, name: string, revision: string): Promise<unknown> =>
    world().operator.mutate('addArtifactRevision', input(algorithm, name, revision));
  const input = (algorithm: string, name: string, revision: string, more: object = {}) => ({
    algorithm,
    name,
    revision,
    uri: `https://models.test/${name}/${revision}`,
    sha256: sha256('a'),
    ...more,
  });
  const move = (major: string, name: string, to: string, expected: string | null, by = world().operator) =>
    by.attempt('moveArtifact', { major, name, to, expected });
  const manifestOf = async (major: string, by = world().operator): Promise<unknown> =>
    (
      await by.graphql(
        'query ($ref: String!) { major(ref: $ref) { manifest { name revision sha256 uri } } }',
        { ref: major },
      )
    ).at('major.manifest');
  /** What each artifact of a manifest is at. */
  const heldIn = async (major: string): Promise<unknown> =>
    Object.fromEntries(
      ((await manifestOf(major)) as { name: string; revision: string }[]).map(({ name, revision }) => [
        name,
        revision,
      ]),
    );

  /** An algorithm with 1.0.0 public, and revisions 1 to 3 of `weights`. */
  async function algorithm(ref: string, spec: PublishSpec = {}): Promise<void> {
    await world().algorithm(ref);
    await world().publish(ref, '1.0.0', spec);
    for (const revision of ['1', '2', '3']) await add(ref, 'weights', revision);
  }

  describe('revisions', () => {
    beforeAll(() => algorithm('acme/revised'));

    test('the same once more is the same; with other content it is refused, and nothing changes', async () => {
      const again = input('acme/revised', 'weights', '1');
      const entries = await entriesOf(world(), 'acme', async () => {
        expect(await world().operator.attempt('addArtifactRevision', again)).toBe('OK');
        for (const other of [{ sha256: sha256('b') }, { uri: 'https://models.test/other' }]) {
          expect(await world().operator.attempt('addArtifactRevision', { ...again, ...other })).toBe(
            'ALREADY_EXISTS',
          );
        }
      });
      expect(entries).toEqual([]);
    });

    test('what is added is told, but for those who may not know where it is', async () => {
      const added = await clients['max']!.mutate(
        'addArtifactRevision',
        input('acme/revised', 'labels', '2026-11+x', { sha256: sha256('B') }),
        'artifact { name revision sha256 uri addedAt }',
      );
      expect(valueAt(added, 'artifact')).toEqual({
        name: 'labels',
        revision: '2026-11+x',
        sha256: sha256('b'),
        uri: 'https://models.test/labels/2026-11+x',
        addedAt: expect.any(String) as string,
      });
      const uris = async (who: string) =>
        (
          await clients[who]!.graphql(
            '{ algorithm(ref: "acme/revised") { artifacts { nodes { name revision uri } } } }',
          )
        ).at('algorithm.artifacts.nodes');
      const listed = [
        ['labels', '2026-11+x'],
        ['weights', '1'],
        ['weights', '2'],
        ['weights', '3'],
      ].map(([name, revision]) => ({
        name,
        revision,
        uri: `https://models.test/${name!}/${revision!}`,
      }));
      expect(await uris('mia')).toEqual(listed);
      // no public manifest or version ever held one of them
      expect(await uris('otto')).toEqual([]);
      expect(await uris('anonymous')).toEqual([]);
    });

    test('page by page, and those of one name', async () => {
      const pages: unknown[] = [];
      let after: unknown = null;
      do {
        const { at } = await clients['mia']!.graphql(
          `query ($after: String) { algorithm(ref: "acme/revised") { artifacts(first: 2, name: "weights", after: $after) {
             nodes { revision } pageInfo { hasNextPage endCursor } } } }`,
          { after },
        );
        pages.push(at('algorithm.artifacts.nodes'));
        after =
          at('algorithm.artifacts.pageInfo.hasNextPage') === true
            ? at('algorithm.artifacts.pageInfo.endCursor')
            : null;
      } while (after !== null);
      expect(pages).toEqual([[{ revision: '1' }, { revision: '2' }], [{ revision: '3' }]]);
    });

    test.each([
      ['a name that begins with a digit', { name: '1weights' }],
      ['a name with a slash', { name: 'a/b' }],
      ['a name too long', { name: 'a'.repeat(64) }],
      ['no revision', { revision: '' }],
      ['a revision with a comma', { revision: '1,2' }],
      ['a revision with an @', { revision: '1@2' }],
      ['a digest that is none', { sha256: 'abc' }],
      ['an address that is none', { uri: 'weights' }],
      ['an address without a host', { uri: 'https:///x' }],
      ['a relative address', { uri: '/weights' }],
      ['an address with credentials', { uri: 'https://ada:secret@models.test/x' }],
      ['an address with a user', { uri: 's3://key@bucket/x' }],
      ['an address over two lines', { uri: 'https://models.test/x\ny' }],
      ['an address too long', { uri: `https://models.test/${'x'.repeat(2000)}` }],
    ])('%s is refused', async (_what, wrong) => {
      const outcome = await world().operator.attempt(
        'addArtifactRevision',
        input('acme/revised', 'x', '1', wrong),
      );
      expect(outcome).toBe('INVALID_INPUT');
    });

    test.each([
      ['s3', { uri: 's3://bucket/key' }],
      ['oci', { uri: 'oci://registry.test/model:1' }],
    ])('an address of %s will do', async (name, more) => {
      expect(
        await world().operator.attempt('addArtifactRevision', input('acme/revised', name, '1', more)),
      ).toBe('OK');
    });

    test.each([
      ['anonymous', 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
      ['otto', 'FORBIDDEN', 'NOT_FOUND'],
      ['mia', 'FORBIDDEN', 'FORBIDDEN'],
      ['max', 'OK', 'OK'],
    ])('who may: %s: %s, of a private algorithm %s', async (who, listed, unlisted) => {
      const secret = `acme/secret-${who}`;
      await algorithm(secret, { permissions: { visibility: 'PRIVATE' } });
      for (const [ref, outcome] of [
        ['acme/revised', listed],
        [secret, unlisted],
      ] as const) {
        expect(await clients[who]!.attempt('addArtifactRevision', input(ref, `by-${who}`, '1'))).toBe(
          outcome,
        );
        const moved = move(`${ref}/1`, 'weights', '1', ref === secret ? null : '9', clients[who]);
        // of the public one it points nowhere yet: whoever may do it is told so
        expect(await moved).toBe(outcome === 'OK' && ref !== secret ? 'CHANNEL_MOVED' : outcome);
        const back = await clients[who]!.attempt('rollbackArtifact', { major: `${ref}/1`, name: 'weights' });
        expect(back).toBe(outcome === 'OK' && ref !== secret ? 'NOT_FOUND' : outcome);
      }
    });
  });

  describe('manifests', () => {
    test('are moved by a compare-and-set, and rolled back to what was before, and before that', async () => {
      await algorithm('acme/moved');
      const major = 'acme/moved/1';
      expect(await heldIn(major)).toEqual({});
      expect(await move(major, 'weights', '1', null)).toBe('OK');
      expect(await move(major, 'weights', '2', null)).toBe('CHANNEL_MOVED');
      expect(await move(major, 'weights', '2', '3')).toBe('CHANNEL_MOVED');
      expect(await move(major, 'weights', '2', '1')).toBe('OK');
      expect(await move(major, 'weights', '2', '2')).toBe('OK'); // it is there
      expect(await move(major, 'weights', '9', '2')).toBe('NOT_FOUND');
      expect(await move(major, 'nothing', '1', null)).toBe('NOT_FOUND');
      expect(await move('acme/moved/7', 'weights', '1', null)).toBe('NOT_FOUND');
      expect(await move(major, 'weights', '3', '2')).toBe('OK');
      expect(await heldIn(major)).toEqual({ weights: '3' });
      const back = () =>
        world().operator.attempt('rollbackArtifact', { major, name: 'weights', reason: 'worse' });
      for (const held of [{ weights: '2' }, { weights: '1' }, {}, {}]) {
        expect(await back()).toBe('OK');
        expect(await heldIn(major)).toEqual(held);
      }
      expect(await move(major, 'weights', '2', null)).toBe('OK');
      expect(await heldIn(major)).toEqual({ weights: '2' });
    });

    test('of many who move it at once, on as many connections, one does', async () => {
      await algorithm('acme/raced');
      const revisions = Array.from({ length: 20 }, (_, at) => `r${at}`);
      for (const revision of revisions) await add('acme/raced', 'weights', revision);
      const query = `mutation ($input: MoveArtifactInput!) { moveArtifact(input: $input) {
        major { manifest { revision } } userErrors { code } } }`;
      const headers = { 'Content-Type': 'application/json', Authorization: world().operator.key! };
      // without an agent each is sent on a connection of its own
      const raced = () =>
        Promise.all(
          revisions.map(async (to) => {
            const variables = { input: { major: 'acme/raced/1', name: 'weights', to, expected: null } };
            const body = JSON.stringify({ query, variables });
            const answer = await send(`${world().server.url}/graphql`, { headers, body });
            return valueAt(JSON.parse(answer.text), 'data.moveArtifact');
          }),
        );
      let answers: unknown[] = [];
      const entries = await entriesOf(world(), 'acme', async () => (answers = await raced()));
      const won = answers.filter((answer) => valueAt(answer, 'userErrors.0') === undefined);
      const lost = answers.filter((answer) => valueAt(answer, 'userErrors.0.code') === 'CHANNEL_MOVED');
      expect([won.length, lost.length]).toEqual([1, 19]);
      const { weights } = (await heldIn('acme/raced/1')) as { weights: string };
      expect(won).toEqual([{ major: { manifest: [{ revision: weights }] }, userErrors: [] }]);
      expect(entries).toEqual([
        { chain: 'public', action: 'artifact.moved', subject: 'acme/raced/1', actor: 'operator' },
      ]);
    });

    test('what is public of them is in the public chain, and nothing else is', async () => {
      await world().algorithm('acme/quiet');
      await world().publish('acme/quiet', '1.0.0', { permissions: { visibility: 'PRIVATE' } });
      const steps = async (): Promise<void> => {
        await world().operator.mutate('addArtifactRevision', input('acme/quiet', 'weights', '1'));
        expect(await move('acme/quiet/1', 'weights', '1', null)).toBe('OK');
        await world().operator.mutate('rollbackArtifact', { major: 'acme/quiet/1', name: 'weights' });
      };
      const entry = (chain: string, action: string, subject: string) => ({
        chain,
        action,
        subject,
        actor: 'operator',
      });
      expect(await entriesOf(world(), 'acme', steps)).toEqual([
        entry('private', 'artifact.added', 'acme/quiet'),
        entry('private', 'artifact.moved', 'acme/quiet/1'),
        entry('private', 'artifact.rolledBack', 'acme/quiet/1'),
      ]);
      await world().publish('acme/quiet', '2.0.0', { permissions: { visibility: 'PUBLIC' } });
      const later = async (): Promise<void> => {
        await add('acme/quiet', 'weights', '2');
        for (const major of ['acme/quiet/1', 'acme/quiet/2'])
          expect(await move(major, 'weights', '2', null)).toBe('OK');
      };
      expect(await entriesOf(world(), 'acme', later)).toEqual([
        entry('private', 'artifact.added', 'acme/quiet'),
        entry('private', 'artifact.moved', 'acme/quiet/1'),
        entry('public', 'artifact.moved', 'acme/quiet/2'),
      ]);
    });

    test('where an artifact is, those read who may see the source', async () => {
      await algorithm('acme/closed');
      expect(await move('acme/closed/1', 'weights', '1', null)).toBe('OK');
      await world().grant('acme/closed/1', 'gus');
      await world().grant('acme/closed/1', 'sue', 'CALL_AND_SOURCE');
      const entry = { name: 'weights', revision: '1', sha256: sha256('a') };
      const uri = 'https://models.test/weights/1';
      for (const [who, known] of [
        ['anonymous', null],
        ['otto', null],
        ['gus', null],
        ['sue', uri],
        ['mia', uri],
      ] as const) {
        expect(await manifestOf('acme/closed/1', clients[who])).toEqual([{ ...entry, uri: known }]);
      }
      await world().operator.mutate('setMajorPermissions', {
        major: 'acme/closed/1',
        sourceVisibility: 'OPEN',
      });
      expect(await manifestOf('acme/closed/1', world().anonymous)).toEqual([{ ...entry, uri }]);
    });

    test('have fifty artifacts at the most', async () => {
      await algorithm('acme/full');
      for (let at = 0; at < 50; at += 1) {
        await add('acme/full', `a${at}`, '1');
        expect(await move('acme/full/1', `a${at}`, '1', null)).toBe('OK');
      }
      expect(await move('acme/full/1', 'weights', '1', null)).toBe('INVALID_INPUT');
    });

    test('a list of majors and versions costs queries that do not grow with it', async () => {
      await world().algorithm('acme/lists');
      await add('acme/lists', 'weights', '1');
      for (let major = 0; major < 20; major += 1) {
        await world().publish('acme/lists', `${major}.1.0`, {
          artifacts: [{ name: 'weights', revision: '1' }],
        });
        expect(await move(`acme/lists/${major}`, 'weights', '1', null)).toBe('OK');
      }
      const { database } = world().server.app;
      await settle(database);
      const ask = (first: number) => async (): Promise<void> => {
        const { at, errors } = await clients['ann']!.graphql(
          `query ($first: Int!) { algorithm(ref: "acme/lists") { versions(first: $first) { nodes {
             artifacts { name revision uri } deprecation { message } major { manifest { name revision uri } } } } } }`,
          { first },
        );
        expect(errors).toEqual([]);
        const held = [{ name: 'weights', revision: '1', uri: 'https://models.test/weights/1' }];
        const version = { artifacts: held, deprecation: null, major: { manifest: held } };
        expect(at('algorithm.versions.nodes')).toEqual(Array.from({ length: first }, () => version));
      };
      await ask(1)();
      const [few, many] = [await statementsOf(database, ask(2)), await statementsOf(database, ask(20))];
      expect(many.length).toBe(few.length);

      const browse = (first: number) => async (): Promise<void> => {
        const { at } = await clients['ann']!.graphql(
          `query ($first: Int!) { algorithms(owner: "acme", first: $first) { nodes {
             artifacts(first: 2, name: "weights") { nodes { name revision } pageInfo { hasNextPage } } } } }`,
          { first },
        );
        expect(at('algorithms.nodes')).toHaveLength(first);
      };
      await browse(7)();
      const [one, seven] = [await statementsOf(database, browse(1)), await statementsOf(database, browse(7))];
      expect(seven.length).toBe(one.length);
    });
  });

  describe('what is private', () => {
    const outsiders = ['anonymous', 'otto'] as const;
    const names = async (who: string, ref: string): Promise<unknown> =>
      (
        await clients[who]!.graphql(
          'query ($ref: String!) { algorithm(ref: $ref) { artifacts { nodes { name revision sha256 } } } }',
          { ref },
        )
      ).at('algorithm.artifacts.nodes');
    const shown = (...revisions: string[]) =>
      revisions.map((revision) => ({ name: 'weights', revision, sha256: sha256('a') }));
    const naming = async (who: string, ref: string, artifacts: string): Promise<unknown> => {
      const { status, json } = await clients[who]!.call(ref, 1, {
        query: `artifacts=${encodeURIComponent(artifacts)}`,
      });
      return status === 200 ? world().backend.seen.at(-1)!.headers['x-algogate-artifacts'] : json;
    };
    const refused = (message: string) => ({ error: { code: 'INVALID_INPUT', message } });

    /** Major 1 public, at revision 1; major 2 private. */
    async function twoMajors(ref: string): Promise<void> {
      await algorithm(ref);
      await world().publish(ref, '2.0.0', { permissions: { visibility: 'PRIVATE' } });
      expect(await move(`${ref}/1`, 'weights', '1', null)).toBe('OK');
    }

    /** All that an outsider can read, as it comes. */
    async function reads(who: (typeof outsiders)[number], ref: string): Promise<unknown[]> {
      const client = clients[who]!;
      const packages = `/v1/packages/${ref}`;
      const answers = [
        await client.http(packages),
        await client.http(packages, { headers: { Accept: 'application/vnd.algogate.abbreviated+json' } }),
        await client.resolve(ref),
        await client.resolve(`${ref}/1`),
        await client.resolve(`${ref}/2`),
      ].map(({ status, headers, text }) => ({ status, etag: headers['etag'], text }));
      const { at, errors } = await client.graphql(
        `query ($ref: String!) { algorithm(ref: $ref) {
           artifacts { nodes { name revision sha256 uri addedAt } pageInfo { hasNextPage endCursor } }
           majors { number manifest { name revision sha256 uri } }
           versions { nodes { version artifacts { name revision sha256 uri } } } } }`,
        { ref },
      );
      const refusals =
        who === 'anonymous'
          ? []
          : [await naming(who, `${ref}/1`, 'weights@secret'), await naming(who, `${ref}/1`, 'secret@1')];
      return [...answers, at('algorithm'), errors, ...refusals];
    }

    test('whatever is done with private revisions, outsiders read the same bytes and positions', async () => {
      const ref = 'acme/twins';
      await twoMajors(ref);
      const before = [await reads('anonymous', ref), await reads('otto', ref)];
      const entries = await entriesOf(world(), 'acme', async () => {
        await add(ref, 'weights', 'secret');
        await add(ref, 'secret', '1');
        expect(await move(`${ref}/2`, 'weights', 'secret', null)).toBe('OK');
        await world().publish(ref, '1.5.0', {
          visibility: 'PRIVATE',
          artifacts: [{ name: 'secret', revision: '1' }],
        });
      });
      expect(entries.filter(({ chain }) => chain === 'public')).toEqual([]);
      // members see and name them: the replica knows of them
      expect(await names('mia', ref)).toEqual([
        { name: 'secret', revision: '1', sha256: sha256('a') },
        ...shown('1', '2', '3', 'secret'),
      ]);
      expect(await naming('mia', `${ref}/1`, 'weights@secret,secret@1')).toBe('secret@1,weights@secret');
      expect([await reads('anonymous', ref), await reads('otto', ref)]).toEqual(before);
      expect(before[1]!.slice(-2)).toEqual([
        refused(`${ref}/1.0.0 has no artifact weights@secret`),
        refused(`${ref}/1.0.0 has no artifact secret@1`),
      ]);
    });

    test('a revision is for everybody once a public manifest pointed to it, or a public version pins it', async () => {
      const ref = 'acme/shown';
      await twoMajors(ref);
      for (const who of outsiders) expect(await names(who, ref)).toEqual(shown('1'));
      expect(await move(`${ref}/1`, 'weights', '2', '1')).toBe('OK');
      for (const who of outsiders) expect(await names(who, ref)).toEqual(shown('1', '2'));
      expect(await naming('otto', `${ref}/1.0.0`, 'weights@1')).toBe('weights@1');
      await world().operator.mutate('rollbackArtifact', { major: `${ref}/1`, name: 'weights' });
      expect(await naming('otto', `${ref}/1.0.0`, 'weights@2')).toBe('weights@2');
      expect(await naming('otto', `${ref}/1.0.0`, 'weights@3')).toEqual(
        refused(`${ref}/1.0.0 has no artifact weights@3`),
      );
      await world().publish(ref, '1.1.0', { artifacts: [{ name: 'weights', revision: '3' }] });
      for (const who of outsiders) expect(await names(who, ref)).toEqual(shown('1', '2', '3'));
      expect(await naming('otto', `${ref}/1.0.0`, 'weights@3')).toBe('weights@3');
      // with the version that pins it goes what it told
      await world().operator.mutate('takeDownVersion', { version: `${ref}/1.1.0`, reason: 'a test' });
      for (const who of outsiders) expect(await names(who, ref)).toEqual(shown('1', '2'));
      expect(await naming('otto', `${ref}/1.0.0`, 'weights@3')).toEqual(
        refused(`${ref}/1.0.0 has no artifact weights@3`),
      );
      expect(await naming('mia', `${ref}/1.0.0`, 'weights@3')).toBe('weights@3');
    });

    test('grantees of a private major have those of its manifest and versions too, in its calls alone', async () => {
      const ref = 'acme/granted';
      await twoMajors(ref);
      expect(await move(`${ref}/2`, 'weights', '2', null)).toBe('OK');
      await world().publish(ref, '2.1.0', { artifacts: [{ name: 'weights', revision: '3' }] });
      await world().operator.mutate('rollbackArtifact', { major: `${ref}/2`, name: 'weights' });
      await world().grant(`${ref}/2`, 'gus');
      expect(await names('gus', ref)).toEqual(shown('1', '2', '3'));
      expect(await names('otto', ref)).toEqual(shown('1'));
      for (const revision of ['1', '2', '3'])
        expect(await naming('gus', `${ref}/2.0.0`, `weights@${revision}`)).toBe(`weights@${revision}`);
      for (const who of ['gus', 'otto'])
        expect(await naming(who, `${ref}/1.0.0`, 'weights@2')).toEqual(
          refused(`${ref}/1.0.0 has no artifact weights@2`),
        );
    });
  });

  describe('gates', () => {
    const report = (revision: string, recall: number): Promise<string> =>
      world().operator.attempt('submitGateReport', {
        algorithm: 'acme/gated',
        artifact: `weights@${revision}`,
        gates: [{ name: 'recall', value: recall }],
      });

    test('a revision is judged before a manifest points to it, once', async () => {
      await algorithm('acme/gated');
      const gates = [{ channel: 'artifact/weights', gates: ['recall >= 0.9', 'recall_delta >= -0.01'] }];
      await world().operator.mutate('updateAlgorithm', { algorithm: 'acme/gated', policies: { gates } });
      expect(await move('acme/gated/1', 'weights', '1', null)).toBe('GATES_NOT_PASSED');
      expect(await report('1', 0.95)).toBe('OK');
      expect(await report('2', 0.93)).toBe('OK');
      expect(await report('3', 0.8)).toBe('OK');
      expect(await move('acme/gated/1', 'weights', '1', null)).toBe('OK');
      const refused = await world().operator.mutation(
        'moveArtifact',
        { major: 'acme/gated/1', name: 'weights', to: '2', expected: '1' },
        'major { ref }',
      );
      expect(refused.at('moveArtifact')).toEqual({
        major: null,
        userErrors: [
          {
            code: 'GATES_NOT_PASSED',
            message:
              'revision 2 does not pass the gates of artifact/weights: recall_delta >= -0.01: value -0.02, threshold -0.01 (below the threshold)',
            field: null,
          },
        ],
      });
      expect(await report('2', 0.945)).toBe('OK');
      expect(await move('acme/gated/1', 'weights', '2', '1')).toBe('OK');
      expect(await move('acme/gated/1', 'weights', '3', '2')).toBe('GATES_NOT_PASSED');
      // 1 was there before: what it is measured as now has no say
      expect(await report('1', 0.1)).toBe('OK');
      expect(await move('acme/gated/1', 'weights', '1', '2')).toBe('OK');
      await world().operator.mutate('rollbackArtifact', { major: 'acme/gated/1', name: 'weights' });
      expect(await heldIn('acme/gated/1')).toEqual({ weights: '2' });
    });

    test('another major, and another artifact, are judged for themselves', async () => {
      await world().publish('acme/gated', '2.0.0');
      expect(await move('acme/gated/2', 'weights', '3', null)).toBe('GATES_NOT_PASSED');
      await add('acme/gated', 'labels', '1');
      expect(await move('acme/gated/2', 'labels', '1', null)).toBe('OK');
    });
  });

  describe('calls', () => {
    const seen = (): unknown => world().backend.seen.at(-1)!.headers['x-algogate-artifacts'];
    const call = async (reference: string, artifacts?: string): Promise<unknown> => {
      const query = artifacts === undefined ? {} : { query: `artifacts=${encodeURIComponent(artifacts)}` };
      const answer = await clients['otto']!.call(reference, 1, query);
      return answer.status === 200 ? seen() : [answer.status, answer.json];
    };
    const refused = (message: string) => [400, { error: { code: 'INVALID_INPUT', message } }];

    beforeAll(async () => {
      await algorithm('acme/called');
      await add('acme/called', 'labels', '1');
      const artifacts = [{ name: 'weights', revision: '2' }];
      await world().publish('acme/called', '1.0.1', { artifacts });
      await world().publish('acme/called', '2.0.0', { artifacts: [{ name: 'weights', revision: '3' }] });
    });

    test('the manifest holds, at once where it is moved; a pin before it; what a call names before both', async () => {
      expect(await call('acme/called/1.0.0')).toBeUndefined();
      expect(await move('acme/called/1', 'weights', '1', null)).toBe('OK');
      expect(await call('acme/called/1.0.0')).toBe('weights@1');
      expect(await call('acme/called/1.0.1')).toBe('weights@2');
      expect(await move('acme/called/1', 'labels', '1', null)).toBe('OK');
      expect(await call('acme/called/1.0.0')).toBe('labels@1,weights@1');
      expect(await call('acme/called/1')).toBe('labels@1,weights@2');
      expect(await call('acme/called/1.0.0', 'weights@3')).toBe('labels@1,weights@3');
      expect(await call('acme/called/1.0.0', 'weights@3,labels@1')).toBe('labels@1,weights@3');
      await world().operator.mutate('rollbackArtifact', { major: 'acme/called/1', name: 'weights' });
      expect(await call('acme/called/1.0.0')).toBe('labels@1');
      expect(await call('acme/called/1.0.1', 'weights@2')).toBe('labels@1,weights@2');
    });

    test('another revision than the pinned one, and what is not there, are refused', async () => {
      expect(await call('acme/called/1.0.1', 'weights@1')).toEqual(
        refused('acme/called/1.0.1 pins weights@2: it runs with no other'),
      );
      for (const named of ['weights@9', 'nothing@1', 'Weights@1', 'weights@1,labels@2']) {
        const missing = named.split(',').at(-1)!;
        expect(await call('acme/called/1.0.0', named)).toEqual(
          refused(`acme/called/1.0.0 has no artifact ${missing}`),
        );
      }
      await algorithm('acme/other');
      await add('acme/other', 'foreign', '1');
      expect(await call('acme/called/1.0.0', 'foreign@1')).toEqual(
        refused('acme/called/1.0.0 has no artifact foreign@1'),
      );
    });

    test('in the steady state nothing is asked of the database for them', async () => {
      const { database } = world().server.app;
      await call('acme/called/1.0.0', 'weights@3');
      await call('acme/called/1.0.1');
      await settle(database);
      const asked = await statementsOf(database, async () => {
        for (let at = 0; at < 10; at += 1) {
          await call('acme/called/1.0.0');
          await call('acme/called/1.0.1');
          await call('acme/called/1.0.0', 'weights@3');
        }
      });
      // a drain has a transaction around it
      expect(asked.filter((sql) => !isOfDrain(sql) && !/^(BEGIN|COMMIT|START)/.test(sql))).toEqual([]);
    });

    test('records keep what held', async () => {
      const answers = [
        await clients['otto']!.call('acme/called/1.0.0', 1, { query: 'artifacts=weights@3' }),
        await clients['otto']!.call('acme/called/1.0.1', 1),
      ];
      const ids = answers.map(({ headers }) => String(headers['x-request-id']));
      const recorded = async (): Promise<unknown[]> => {
        const rows = await world().server.app.database.reads.query<
          { request_id: string; artifacts: unknown }[]
        >(`SELECT request_id, artifacts FROM calls WHERE request_id IN ('${ids.join("','")}')`);
        return ids.flatMap((id) =>
          rows.filter((row) => row.request_id === id).map(({ artifacts }) => artifacts),
        );
      };
      for (let tries = 0; tries < 100 && (await recorded()).length < 2; tries += 1) await pause(50);
      expect(await recorded()).toEqual(['labels@1,weights@3', 'labels@1,weights@2']);
    });
  });

  describe('pins', () => {
    const publish = (input: object): Promise<string> =>
      world().operator.attempt('publishVersion', { algorithm: 'acme/pinned', ...input });
    const pin = (revision: string, name = 'weights') => ({ name, revision });

    beforeAll(() => algorithm('acme/pinned'));

    test('belong to the publication: the very same one repeated is answered, one with others is refused', async () => {
      await add('acme/pinned', 'labels', '1');
      const sha = await world().build('acme/pinned');
      const input = { sha, version: '1.1.0', artifacts: [pin('1'), pin('1', 'labels')] };
      expect(await publish(input)).toBe('OK');
      const entries = await entriesOf(world(), 'acme', async () => {
        expect(await publish({ ...input, artifacts: [pin('1', 'labels'), pin('1')] })).toBe('OK');
        for (const artifacts of [undefined, [], [pin('1')], [pin('2'), pin('1', 'labels')]]) {
          expect(await publish({ ...input, artifacts })).toBe('VERSION_EXISTS');
        }
      });
      expect(entries).toEqual([]);
      const { at } = await world().anonymous.graphql(
        '{ version(ref: "acme/pinned/1.1.0") { artifacts { name revision sha256 uri } } }',
      );
      const shown = { revision: '1', sha256: sha256('a'), uri: null };
      expect(at('version.artifacts')).toEqual([
        { name: 'labels', ...shown },
        { name: 'weights', ...shown },
      ]);
    });

    test.each([
      ['a revision that is not there', [pin('9')]],
      ['an artifact that is not there', [pin('1', 'none')]],
      ['one name twice', [pin('1'), pin('2')]],
      ['what can be no name', [pin('1', '1x')]],
      ['what can be no revision', [pin('a,b')]],
    ])('%s is refused, and nothing is published', async (_what, artifacts) => {
      const sha = await world().build('acme/pinned');
      const entries = await entriesOf(world(), 'acme', async () => {
        expect(await publish({ sha, version: '1.2.0', artifacts })).toBe('INVALID_INPUT');
      });
      expect(entries).toEqual([]);
      expect((await world().anonymous.resolve('acme/pinned/1.2.0')).status).toBe(404);
    });

    test('are in the ledger, with the publication', async () => {
      await world().publish('acme/pinned', '1.3.0', { artifacts: [pin('3'), pin('1', 'labels')] });
      const [row] = await world().server.app.database.reads.query<{ change_json: string }[]>(
        "SELECT change_json FROM ledger_entries WHERE subject = 'acme/pinned/1.3.0' AND action = 'version.published'",
      );
      expect(JSON.parse(row!.change_json)).toMatchObject({ artifacts: ['labels@1', 'weights@3'] });
    });
  });
});

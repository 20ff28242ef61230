import { artifactsIn, artifactsOfCall, parseArtifacts } from '../../src/calls/artifacts';
import type { ArtifactRevision } from '../../src/calls/ports';
import { AlgogateError } from '../../src/domain/errors';
import { heldArtifacts, NO_RELEASE_CONTROL } from '../../src/resolution';
import { errorOf, facts } from '../domain/support';
import { admission, answerOf, platformError, startWorld, type World } from './support/world';
import { answering, startBackend, type TestBackend } from './support/http';

describe('artifacts=name@revision,…', () => {
  const FORM = 'artifacts must be name@revision, with commas between them (a + in a URL is written %2B)';
  const many = (count: number): string =>
    Array.from({ length: count }, (_, index) => `a${index}@${index}`).join(',');

  test.each<[string, [string, string][]]>([
    ['model@3', [['model', '3']]],
    ['model@1.0.0+exp_2-x', [['model', '1.0.0+exp_2-x']]],
    [
      'weights@2,Labels.v2@a',
      [
        ['Labels.v2', 'a'],
        ['weights', '2'],
      ],
    ],
    [`${'a'.repeat(63)}@${'1'.repeat(128)}`, [['a'.repeat(63), '1'.repeat(128)]]],
  ])('%s', (text, revisions) => {
    expect([...parseArtifacts(text)]).toEqual(revisions);
  });

  test('what holds for a call is read from the words for it', () => {
    expect(artifactsIn(null)).toEqual([]);
    expect(artifactsIn('Labels.v2@a,weights@1.0.0+x')).toEqual([
      { name: 'Labels.v2', revision: 'a' },
      { name: 'weights', revision: '1.0.0+x' },
    ]);
  });

  test('fifty of them, in one order however they are written', () => {
    expect(parseArtifacts(many(50)).size).toBe(50);
    expect([...parseArtifacts('b@1,a@2')]).toEqual([...parseArtifacts('a@2,b@1')]);
  });

  test.each([
    ['', FORM],
    [',', FORM],
    ['model', FORM],
    ['model@', FORM],
    ['@3', FORM],
    ['model@3,', FORM],
    ['model@3 ,labels@1', FORM],
    ['model@1.0 exp', FORM],
    ['model@@3', FORM],
    ['model@3@4', FORM],
    ['1model@3', FORM],
    ['model@-3', FORM],
    ['mödel@3', FORM],
    ['model@3\nX-Header: 1', FORM],
    [`${'a'.repeat(64)}@1`, FORM],
    [`a@${'1'.repeat(129)}`, FORM],
    ['model@3,model@4', 'artifacts name model twice'],
    ['model@3,model@3', 'artifacts name model twice'],
    [many(51), 'artifacts may name at most 50'],
    [','.repeat(100_000), 'artifacts may name at most 50'],
  ])('%j is refused', (text, message) => {
    expect(errorOf(() => parseArtifacts(text))).toEqual({ code: 'INVALID_INPUT', message });
  });
});

describe('what holds for a version', () => {
  const revision = (name: string, text: string): ArtifactRevision => ({ name, revision: text });
  const manifest = [revision('labels', '1'), revision('weights', '7')];
  const version = facts('1.2.3', { id: 12 });

  test.each<[string, Partial<typeof NO_RELEASE_CONTROL>, ArtifactRevision[]]>([
    ['nothing', {}, []],
    ['the manifest of its major', { manifests: new Map([[1, manifest]]) }, manifest],
    ['not that of another', { manifests: new Map([[2, manifest]]) }, []],
    ['what it pins', { pins: new Map([[12, [revision('weights', '3')]]]) }, [revision('weights', '3')]],
    ['not what another pins', { pins: new Map([[13, manifest]]) }, []],
    [
      'what it pins before the manifest, in the order of names',
      {
        manifests: new Map([[1, manifest]]),
        pins: new Map([[12, [revision('weights', '3'), revision('classes', '2')]]]),
      },
      [revision('classes', '2'), revision('labels', '1'), revision('weights', '3')],
    ],
  ])('%s', (_what, release, held) => {
    expect(heldArtifacts({ ...NO_RELEASE_CONTROL, ...release }, version)).toEqual(held);
  });

  test('a build that is no version has none', () => {
    const release = { ...NO_RELEASE_CONTROL, manifests: new Map([[1, manifest]]) };
    expect(heldArtifacts(release, null)).toEqual([]);
  });
});

describe('calls', () => {
  let backend: TestBackend;
  let world: World;
  const held = [
    { name: 'labels', revision: '1' },
    { name: 'weights', revision: '1.0.0+a' },
  ];

  beforeAll(async () => {
    backend = await startBackend(answering('application/json', '1'));
    const admissions = {
      'demo/plain': admission(backend.url),
      'demo/held': admission(backend.url, { artifacts: held }),
    };
    const overrides = {
      artifactsFor: async (found: ReturnType<typeof admission>, wanted: ReadonlyMap<string, string>) => {
        if (wanted.has('unknown')) throw new AlgogateError('INVALID_INPUT', 'no artifact unknown');
        return found.artifacts.map(({ name, revision }) => ({
          name,
          revision: wanted.get(name) ?? revision,
        }));
      },
    };
    world = await startWorld(admissions, {}, overrides);
  });

  beforeEach(() => {
    backend.seen.length = 0;
    world.journal.records.length = 0;
    world.idempotency.uses.clear();
  });

  afterAll(async () => {
    await world.close();
    await backend.close();
  });

  test.each([
    ['/v1/algo/demo/plain', undefined],
    ['/v1/algo/demo/held', 'labels@1,weights@1.0.0+a'],
    ['/v1/algo/demo/held?artifacts=weights@2', 'labels@1,weights@2'],
    ['/v1/algo/demo/held?artifacts=weights@1.0.0%2Bb,labels@9', 'labels@9,weights@1.0.0+b'],
  ])('%s: the backend and the record are told %s', async (path, artifacts) => {
    expect((await world.call(path)).status).toBe(200);
    expect(backend.seen.map(({ headers }) => headers['x-algogate-artifacts'])).toEqual([artifacts]);
    expect(world.journal.records.map((record) => record.artifacts)).toEqual([artifacts ?? null]);
  });

  test('what the algorithm does not have is refused, and not recorded', async () => {
    const received = await world.call('/v1/algo/demo/held?artifacts=unknown@1');
    expect(answerOf(received)).toEqual(platformError(400, 'INVALID_INPUT', 'no artifact unknown'));
    expect([backend.seen, world.journal.records]).toEqual([[], []]);
  });

  test('other artifacts are another call to an Idempotency-Key; another order of them is not', async () => {
    const call = (query: string) =>
      world.call(`/v1/algo/demo/held?artifacts=${query}`, {
        headers: { Authorization: 'KEY', 'Content-Type': 'application/json', 'Idempotency-Key': 'k' },
      });
    const statuses = [
      await call('labels@2,weights@2'),
      await call('weights@2,labels@2'),
      await call('labels@2'),
    ];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 422]);
    expect(backend.seen.length).toBe(1);
  });

  test('at once where nothing has to be looked up', () => {
    const found = admission('http://backend/', { artifacts: held });
    const ports = { artifactsFor: () => [{ name: 'labels', revision: '3' }] } as never;
    expect(artifactsOfCall(ports, found, null)).toBe('labels@1,weights@1.0.0+a');
    expect(artifactsOfCall(ports, found, new Map([['labels', '3']]))).toBe('labels@3');
  });
});

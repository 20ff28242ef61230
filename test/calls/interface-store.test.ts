import { BuildRow } from '../../entities';
import { InterfaceStore } from '../../src/calls';
import { Database } from '../../src/database';
import type { InterfaceCheck } from '../../src/domain/interface/check-input';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { refusal, World } from '../builders/services';

const SDL = 'type Query { f(n: Int!): Int }';
const away = (): Error => Object.assign(new Error('no route'), { code: 'ECONNREFUSED' });

describe.each(DATABASES)('interfaces of builds on %s', (_name, create) => {
  let made: TestDatabase;
  let database: Database;
  let algorithmId: number;
  let builds = 0;

  beforeAll(async () => {
    made = await create();
    database = await Database.open(made.target);
    await database.migrate();
    const world = await World.open(database);
    await world.user('Ann');
    algorithmId = await world.algorithm('Ann', 'Detect');
    await world.stop(); // from here on nobody else asks the database
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await database.close();
    await made.drop();
  });

  async function build(sdl: string | null): Promise<number> {
    builds += 1;
    const sha = String(builds).padStart(40, '0');
    const row = {
      algorithmId,
      sha,
      status: 'SUCCEEDED',
      backendUrl: null,
      interface: sdl,
      createdAt: 1,
    } as const;
    const { identifiers } = await database.write((tx) => tx.insert(BuildRow, row));
    return Number(identifiers[0]!['id']);
  }

  const openStore = (maxBytes?: number): InterfaceStore =>
    new InterfaceStore(database, () => false, maxBytes);
  const fault = (check: InterfaceCheck | null): string | undefined => check?.check(null, {})?.message;
  const MISSING = 'input.n: expected Int!, found nothing';

  async function costOf(work: () => unknown): Promise<number> {
    const before = database.queries.count;
    await work();
    return database.queries.count - before;
  }

  test('read once, and then at once: absent ones too', async () => {
    const [some, none] = [await build(SDL), await build(null)];
    const store = openStore();
    expect(fault(await store.find(some))).toBe(MISSING);
    expect(await store.find(none)).toBeNull();
    expect(await store.find(1_000_000)).toBeNull();
    const again = await costOf(() => {
      expect(store.find(some)).toBe(store.find(some));
      expect(store.find(some)).not.toBeInstanceOf(Promise);
      expect([store.find(none), store.find(1_000_000)]).toEqual([null, null]);
    });
    expect(again).toBe(0);
  });

  test('those who ask at once share one read', async () => {
    const id = await build(SDL);
    const store = openStore();
    let found: (InterfaceCheck | null)[] = [];
    const cost = await costOf(async () => {
      found = await Promise.all(Array.from({ length: 20 }, async () => store.find(id)));
    });
    expect([cost, new Set(found).size, fault(found[0] ?? null)]).toEqual([1, 1, MISSING]);
  });

  test('what is kept is bounded in bytes; the one that was asked for longest ago goes', async () => {
    const [first, second, third] = [await build(SDL), await build(SDL), await build(SDL)];
    const store = openStore(2 * (2048 + 20 * SDL.length));
    for (const id of [first, second, first, third]) await store.find(id);
    expect([first, second, third].map((id) => store.find(id) instanceof Promise)).toEqual([
      false,
      true,
      false,
    ]);
  });

  test('one that is too large to be kept is read each time', async () => {
    const id = await build(`${SDL} # ${'x'.repeat(1_000)}`);
    const store = openStore(10_000);
    expect(await costOf(() => store.find(id))).toBe(1);
    expect(fault(await store.find(id))).toBe(MISSING);
    expect(await costOf(() => store.find(id))).toBe(1);
  });

  test('while the database is away: UNAVAILABLE, and asked again later', async () => {
    const id = await build(SDL);
    const store = openStore();
    jest.spyOn(database.reads, 'findOne').mockRejectedValueOnce(away());
    expect(await refusal(Promise.resolve(store.find(id)))).toEqual({
      code: 'UNAVAILABLE',
      message: 'the registry is not reachable',
    });
    expect(fault(await store.find(id))).toBe(MISSING);
  });

  test('any other failure is told as it is', async () => {
    const id = await build(SDL);
    jest.spyOn(database.reads, 'findOne').mockRejectedValueOnce(new Error('a fault of ours'));
    await expect(Promise.resolve(openStore().find(id))).rejects.toThrow('a fault of ours');
  });
});

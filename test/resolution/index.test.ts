import { Database } from '../../src/database';
import { parseReference } from '../../src/domain/reference';
import { Follower, Ledger } from '../../src/ledger';
import { type AlgorithmView, answer, canonicalOf, positionOf, ResolutionIndex } from '../../src/resolution';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { commitMany } from '../ledger/support';
import { coldIndex, everythingOf, Process, shaOf } from './support';

const SELECTORS = ['', '1', '1.0', '^1.0.0', 'edge', 'latestPrivate', '1.0.0', '1.0.1', '1.0.2'];

describe.each(DATABASES)('the index on %s', (_name, create) => {
  let made: TestDatabase;
  /** The databases of a process that writes, and of the index that is looked at. */
  let databases: readonly [Database, Database];
  let here: Process;
  let owners = 0;
  let owner: string;

  beforeAll(async () => {
    made = await create();
    databases = [await Database.open(made.target), await Database.open(made.target)];
    await databases[0].migrate();
    here = await Process.on(databases[0]);
  });
  afterAll(async () => {
    await here.stop();
    for (const database of databases) await database.close();
    await made.drop();
  });
  beforeEach(async () => {
    owner = `Owner${++owners}`;
    await here.owner(owner);
  });

  /** Into a major that is public from its first version on, unless the algorithm is secret. */
  async function publish(algorithm: string, version: string): Promise<void> {
    const open = version === '1.0.0' && !algorithm.endsWith('Secret');
    const sha = shaOf(`${algorithm} ${version}`);
    await here.build(algorithm, sha);
    await here.publish(algorithm, version, { sha, open });
  }

  /** A public algorithm with 1.0.0, and a private one. */
  async function algorithms(): Promise<void> {
    await here.algorithm(owner, 'Open');
    await publish(`${owner}/Open`, '1.0.0');
    await here.algorithm(owner, 'Secret');
    await publish(`${owner}/Secret`, '1.0.0');
  }

  /** An index with nothing in memory, on a database of which every statement is its own. */
  async function quietIndex(maxEntries = 10_000): Promise<ResolutionIndex> {
    return new ResolutionIndex(databases[1], here.follower, { maxEntries });
  }

  /** The statements that `work` costs, without the numbers in them. */
  async function statementsOf(work: () => unknown): Promise<string[]> {
    const statements: string[] = [];
    databases[1].queries.listener = (sql) => statements.push(sql.replace(/\b\d+\b/g, 'N'));
    await work();
    databases[1].queries.listener = null;
    return statements;
  }

  /** Until memory may be answered from: a busy machine can let the polls wait. */
  async function fresh(): Promise<void> {
    do await here.follower.catchUp();
    while (!here.follower.isFresh);
  }

  const find = (index: ResolutionIndex, algorithm: string) => {
    const { ownerKey, nameKey } = parseReference(algorithm);
    return index.find(ownerKey, nameKey);
  };
  const looked = async (index: ResolutionIndex, algorithm: string) => find(index, algorithm);
  const asCold = async (algorithm: string) =>
    everythingOf(await coldIndex(databases[0]), algorithm, SELECTORS);

  test('what is missing, hidden or without an owner costs the same statements, cold; and none, warm', async () => {
    await algorithms();
    const names = [`${owner}/Open`, `${owner}/Secret`, `${owner}/Missing`, 'Nobody/Missing', 'Nobody/Other'];
    const cold = await Promise.all(names.map(async (name) => [name, await quietIndex()] as const));
    const costs: string[][] = [];
    for (const [name, index] of cold) costs.push(await statementsOf(() => find(index, name)));
    expect(costs[0]?.length).toBeGreaterThan(0);
    for (const cost of costs) expect(cost).toEqual(costs[0]);

    for (const [name, index] of cold) {
      await fresh();
      const warm = await statementsOf(() => {
        expect(find(index, name)).not.toBeInstanceOf(Promise);
        expect(find(index, name.toUpperCase())).not.toBeInstanceOf(Promise);
      });
      expect([name, warm]).toEqual([name, []]);
    }
    const shared = await quietIndex();
    await find(shared, `${owner}/Known`);
    const further: string[][] = [];
    for (const name of names.slice(0, 3)) further.push(await statementsOf(() => find(shared, name)));
    for (const cost of further) expect(cost).toEqual(further[0]);
  });

  test('many that ask at once for what is not in memory share one look', async () => {
    await algorithms();
    const one = await statementsOf(async () => find(await quietIndex(), `${owner}/Open`));
    const index = await quietIndex();
    let views: (AlgorithmView | null)[] = [];
    const many = await statementsOf(async () => {
      views = await Promise.all(Array.from({ length: 20 }, () => looked(index, `${owner}/Open`)));
    });
    expect(many).toEqual(one);
    expect(new Set(views).size).toBe(1);
    expect(views[0]).toMatchObject({ name: 'Open', owner: { handle: owner } });
  });

  test('what was absent is found when it comes to be: an owner, an algorithm, a version', async () => {
    const late = `Late${owners}`;
    const seen = async () =>
      (await everythingOf(here.index, `${late}/Detect`, SELECTORS)) as { size: number } | null;
    expect(await seen()).toBeNull();
    await here.owner(late);
    expect(await seen()).toBeNull();
    await here.algorithm(late, 'Detect');
    expect(await seen()).toMatchObject({ name: 'Detect', size: 0, listed: false });
    await publish(`${late}/Detect`, '1.0.0');
    expect(await seen()).toMatchObject({ size: 1, listed: true });
    expect(await seen()).toEqual(await asCold(`${late}/Detect`));
  });

  test('answers name what they found in the spelling of its creation, and where the ledger stood', async () => {
    await algorithms();
    await publish(`${owner}/Open`, '1.0.1');
    await publish(`${owner}/Open`, '1.0.2-rc.1');
    await here.build(`${owner}/Open`, shaOf('alone'));
    const { owner: at } = (await find(here.index, `${owner}/Open`))!;
    const [outside, inside] = [
      `${owner}@${at.publicSequence}`,
      `${owner}@${at.publicSequence}+${at.privateSequence}`,
    ];
    const table: [string, string | null, string | null][] = [
      ['Open', '1.0.1', outside],
      ['open/1', '1.0.1', outside],
      ['OPEN/edge', '1.0.2-rc.1', outside],
      [`open/${shaOf(`${owner}/Open 1.0.0`)}`, '1.0.0', outside],
      [`open/${shaOf('alone')}`, shaOf('alone'), inside],
      ['open/latestPrivate', null, null],
      ['open/3', null, null],
    ];
    for (const [path, selector, position] of table) {
      const found = await answer(here.index, parseReference(`${owner.toLowerCase()}/${path}`));
      expect([path, found && canonicalOf(found), found && positionOf(found)]).toEqual([
        path,
        selector && `${owner}/Open/${selector}`,
        position,
      ]);
    }
    const secret = await answer(here.index, parseReference(`${owner}/secret/latestPrivate`));
    expect([canonicalOf(secret!), positionOf(secret!)]).toEqual([`${owner}/Secret/1.0.0`, inside]);
  });

  test('what is in memory is bounded: the longest unused goes, and is read again', async () => {
    await algorithms();
    const index = await quietIndex(4); // an algorithm with a version weighs 2
    await find(index, `${owner}/Open`);
    await find(index, `${owner}/Secret`);
    expect(index.size).toBe(2);
    await find(index, `${owner}/Open`);
    await find(index, `${owner}/Missing`);
    expect(index.size).toBe(2);
    await fresh();
    expect(find(index, `${owner}/Open`)).not.toBeInstanceOf(Promise);
    expect(await statementsOf(() => find(index, `${owner}/Secret`))).not.toEqual([]);
    expect(await everythingOf(index, `${owner}/Secret`, SELECTORS)).toEqual(await asCold(`${owner}/Secret`));
  });

  test('an algorithm that is over the bound by itself is kept alone, and brought up to date as any', async () => {
    await algorithms();
    for (const version of ['1.0.1', '1.0.2', '1.0.3']) await publish(`${owner}/Open`, version);
    const index = await quietIndex(2);
    await find(index, `${owner}/Missing`);
    expect(await everythingOf(index, `${owner}/Open`, SELECTORS)).toEqual(await asCold(`${owner}/Open`));
    expect(index.size).toBe(1);
    await fresh();
    expect(find(index, `${owner}/Open`)).not.toBeInstanceOf(Promise);
    await publish(`${owner}/Open`, '1.0.4');
    expect(await everythingOf(index, `${owner}/Open`, SELECTORS)).toEqual(await asCold(`${owner}/Open`));
    expect(await everythingOf(index, `${owner}/Secret`, SELECTORS)).toEqual(await asCold(`${owner}/Secret`));
    expect(index.size).toBe(1);
  });

  describe('while an owner is looked at', () => {
    /** A process that hears of nothing but its own commits, and an index whose looks wait at a gate. */
    let writer: Process;
    let index: ResolutionIndex;
    let gate: Promise<void>;
    let open: () => void;
    beforeEach(async () => {
      await algorithms();
      writer = await Process.on(databases[0], 100, 60_000);
      const gated = {
        dialect: databases[1].dialect,
        snapshot: async (work: Parameters<Database['snapshot']>[0]) => {
          const seen = await databases[1].snapshot(work);
          await gate;
          return seen;
        },
      } as unknown as Database;
      index = new ResolutionIndex(gated, writer.follower, { maxEntries: 2 });
      gate = Promise.resolve();
      await find(index, `${owner}/Open`);
      gate = new Promise((resolve) => {
        open = resolve;
      });
    });
    afterEach(() => writer.stop());

    const publishMeanwhile = async () => {
      const algorithm = `${owner}/Secret`;
      await new Promise((resolve) => setTimeout(resolve, 50));
      await writer.build(algorithm, shaOf('meanwhile'));
      await writer.publish(algorithm, '1.0.1', { sha: shaOf('meanwhile') });
    };

    test('what is heard of it meanwhile holds', async () => {
      const looking = looked(index, `${owner}/Secret`);
      await publishMeanwhile();
      open();
      await looking;
      expect(await everythingOf(index, `${owner}/Secret`, SELECTORS)).toEqual(
        await asCold(`${owner}/Secret`),
      );
    });

    test('so it does when all else of the owner is evicted meanwhile', async () => {
      const looking = looked(index, `${owner}/Secret`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const before = gate;
      gate = Promise.resolve();
      await find(index, 'Nobody/Missing'); // and `Open` with it is out of memory
      await find(index, 'Nobody/Other');
      gate = before;
      await publishMeanwhile();
      open();
      await looking;
      expect(await everythingOf(index, `${owner}/Secret`, SELECTORS)).toEqual(
        await asCold(`${owner}/Secret`),
      );
    });
  });

  test('a major that is opened with all that is in it opens in memory as well', async () => {
    await algorithms();
    for (const version of ['1.0.1', '1.1.0']) await publish(`${owner}/Secret`, version);
    await find(here.index, `${owner}/Secret`);
    await here.openMajor(`${owner}/Secret/1`, true);
    const opened = await everythingOf(here.index, `${owner}/Secret`, SELECTORS);
    expect(opened).toMatchObject({ listed: true, majors: [[1, { visibility: 'PUBLIC' }]] });
    expect(opened).toEqual(await asCold(`${owner}/Secret`));
    expect(await answer(here.index, parseReference(`${owner}/Secret/1`))).toMatchObject({
      resolved: { version: { version: '1.1.0', visibility: 'PUBLIC' } },
    });
  });

  test('more entries than are worth replaying: all is read anew', async () => {
    await algorithms();
    const index = await quietIndex();
    for (const name of ['Open', 'Secret', 'Missing']) await find(index, `${owner}/${name}`);
    const { id } = (await find(index, `${owner}/Open`))!.owner;
    await commitMany(databases[0], { id, handle: owner }, 998);
    await publish(`${owner}/Open`, '1.0.1'); // two entries more
    await here.algorithm(owner, 'Missing');
    await here.caughtUp();
    for (const name of ['Open', 'Secret', 'Missing']) {
      expect(await everythingOf(index, `${owner}/${name}`, SELECTORS)).toEqual(
        await asCold(`${owner}/${name}`),
      );
    }
    expect(await find(index, `${owner}/Missing`)).not.toBeNull();
  });

  test('a look that fails for a reason of its own fails its reader, and no other', async () => {
    await algorithms();
    let failures = 1;
    const failing = {
      dialect: databases[1].dialect,
      snapshot: (work: Parameters<Database['snapshot']>[0]) =>
        failures-- > 0 ? Promise.reject(new Error('a row is broken')) : databases[1].snapshot(work),
    } as unknown as Database;
    const index = new ResolutionIndex(failing, here.follower, { maxEntries: 100 });
    const [broken, sound] = await Promise.allSettled([
      looked(index, `${owner}/Open`),
      looked(index, `${owner}/Secret`),
    ]);
    expect(broken).toMatchObject({ status: 'rejected', reason: { message: 'a row is broken' } });
    expect(sound).toMatchObject({ status: 'fulfilled', value: { name: 'Secret' } });
    expect(await find(index, `${owner}/Open`)).toMatchObject({ name: 'Open' });
  });

  test('nothing is answered from memory that is too old', async () => {
    const ledger = new Ledger(databases[1]);
    const never = new Follower(databases[1], ledger, { maxStalenessMs: 60_000 });
    const index = new ResolutionIndex(databases[1], never, { maxEntries: 100 });
    await algorithms();
    expect(find(index, `${owner}/Open`)).toBeInstanceOf(Promise);
    expect(await find(index, `${owner}/Open`)).toMatchObject({ name: 'Open' });
  });
});

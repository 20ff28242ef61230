import { Database } from '../../src/database';
import { Distinct } from '../../src/domain/usage/distinct';
import { Meter, meteringSink } from '../../src/metering/sink';
import { describeOnEachDatabase } from '../builders/databases';
import { call, type Callable, market, NOW, randomRecords } from './support/market';
import { counted, recount } from './support/recount';

/** 50 hours before the minute of NOW: minutes are kept for 49, and one of grace. */
const MINUTES_FROM = Date.UTC(2026, 2, 29, 21, 58);
const at = () => NOW;

/** Lets no transaction record more than `most` calls, as a database that is slow would. */
async function refuseBeyond({ migrations, dialect }: Database, most: number): Promise<void> {
  const refusal = {
    sqlite: `SELECT RAISE(ABORT, 'too many calls at once') FROM under_way WHERE calls > ${most};`,
    mysql: `IF (SELECT calls FROM under_way) > ${most} THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'too many calls at once'; END IF;`,
  };
  await migrations.query('CREATE TABLE under_way (calls int NOT NULL)');
  await migrations.query('INSERT INTO under_way VALUES (0)');
  await migrations.query(
    `CREATE TRIGGER counts BEFORE INSERT ON calls FOR EACH ROW
      BEGIN UPDATE under_way SET calls = calls + 1; ${refusal[dialect]} END`,
  );
  // they come after the last call of a transaction
  await migrations.query(
    `CREATE TRIGGER begins_anew BEFORE INSERT ON usage_rollups FOR EACH ROW
      BEGIN UPDATE under_way SET calls = 0; END`,
  );
}

describeOnEachDatabase('the sink of calls', (open, create) => {
  test('random records are recorded, and counted for every subject by every length of time', async () => {
    const database = await open();
    const callables = await market(database);
    const meter = new Meter(database, at);
    const records = randomRecords(callables, 600, 1);
    for (const [from, to] of [
      [0, 1],
      [1, 300],
      [300, 300],
      [300, 600],
    ] as const) {
      await meter.take(records.slice(from, to));
    }
    expect(await counted(database)).toEqual(recount(records, callables, MINUTES_FROM));
  });

  test('a record that comes again counts once: alone, among new ones, and within a batch', async () => {
    const database = await open();
    const callables = await market(database);
    const meter = new Meter(database, at);
    const records = randomRecords(callables, 100, 2);
    const [first, second] = [records.slice(0, 50), records.slice(50)];
    await meter.take(first);
    await meter.take(first);
    expect(await counted(database)).toEqual(recount(first, callables, MINUTES_FROM));
    await meter.take([...second.slice(0, 25), ...first, ...second, ...second]);
    expect(await counted(database)).toEqual(recount(records, callables, MINUTES_FROM));
  });

  test('what is too much for one transaction takes several', async () => {
    const database = await open();
    const callables = await market(database);
    const meter = new Meter(database, at);
    const [to] = callables;
    // each by a caller, a key and in a month of its own
    const records = Array.from({ length: 200 }, (_, i) =>
      call(to!, `r-${i}`, { principal: `owner:${i + 10}`, keyId: i + 1, start: Date.UTC(2000, i) }),
    );
    const { records: first, added } = await meter.portionOf(records);
    expect(first.length).toBeLessThan(records.length);
    expect(added.rollups.length + added.pairs.length).toBeLessThan(3030);
    await meter.take(records);
    expect(await counted(database)).toEqual(recount(records, callables, MINUTES_FROM));
  });

  test('what is too much for a database goes in smaller portions, as often as it takes', async () => {
    const database = await open();
    const callables = await market(database);
    await refuseBeyond(database, 40);
    const meter = new Meter(database, at);
    const records = Array.from({ length: 200 }, (_, i) =>
      call(callables[0]!, `r-${i}`, { principal: `owner:${i + 10}`, start: Date.UTC(2000, i) }),
    );
    const faults: string[] = [];
    const drained = async (): Promise<void> => {
      while (faults.length < 6) {
        try {
          await meter.take(records);
          return;
        } catch (error) {
          faults.push(String(error));
        }
      }
    };
    await drained();
    expect(new Set(faults)).toEqual(new Set([expect.stringContaining('too many calls at once')]));
    expect(faults.length).toBeLessThan(6);
    expect(await counted(database)).toEqual(recount(records, callables, MINUTES_FROM));
  });

  test('sinks of several replicas add to the same cells', async () => {
    const { target } = await create();
    const databases = [await Database.open(target), await Database.open(target)];
    await databases[0]!.migrate();
    const callables = await market(databases[0]!);
    const records = randomRecords(callables.slice(0, 2), 240, 3);
    const take = async (database: Database, own: (i: number) => boolean): Promise<void> => {
      const meter = new Meter(database, at);
      const batch = records.filter((_, i) => own(i));
      for (let from = 0; from < batch.length; from += 30) await meter.take(batch.slice(from, from + 30));
    };
    // a third of the records comes to both
    await Promise.all([take(databases[0]!, (i) => i % 3 !== 1), take(databases[1]!, (i) => i % 3 !== 2)]);
    expect(await counted(databases[0]!)).toEqual(recount(records, callables, MINUTES_FROM));
    for (const database of databases) await database.close();
  }, 30_000);

  test('a transaction that fails on the way leaves nothing, and what it had is counted later', async () => {
    const database = await open();
    const callables = await market(database);
    const meter = new Meter(database, at);
    const records = randomRecords(callables, 50, 4);
    await meter.take(records.slice(0, 20));
    const before = await counted(database);
    await database.reads.query('ALTER TABLE usage_pairs RENAME TO hidden_pairs');
    await expect(meter.take(records)).rejects.toThrow(/usage_pairs/);
    await expect(meter.take(records.slice(20))).rejects.toThrow(/usage_pairs/);
    await database.reads.query('ALTER TABLE hidden_pairs RENAME TO usage_pairs');
    expect(await counted(database)).toEqual(before);
    await meter.take(records);
    expect(await counted(database)).toEqual(recount(records, callables, MINUTES_FROM));
  });

  test('a record from before builds were noted gets its own', async () => {
    const database = await open();
    const callables = await market(database);
    const records = callables.map((to, i) => call(to, `r-${i}`));
    await new Meter(database, at).take(records.map((record) => ({ ...record, buildId: null })));
    expect(await counted(database)).toEqual(recount(records, callables, MINUTES_FROM));
    const rows = await database.reads.query<{ build_id: number }[]>('SELECT build_id FROM calls');
    expect(rows.map((row) => row.build_id).sort()).toEqual(callables.map(({ buildId }) => buildId).sort());
  });

  test('calls of what the database does not know any more count for what is known of them', async () => {
    const database = await open();
    await market(database);
    const lost: Callable = {
      ...{ ownerId: 0, algorithmId: 900, versionId: 901, major: 1, buildId: 902, sha: 'e'.repeat(40) },
    };
    const unpublished = { ...lost, versionId: null };
    await meteringSink(database)([
      call(lost, 'r-1', { keyId: null, start: 0 }),
      call(unpublished, 'r-2', { keyId: null, buildId: null, start: 0 }),
    ]);
    const rows = await database.reads.query<{ subject: string; family: string | null; calls: number }[]>(
      "SELECT subject, family, calls FROM usage_rollups WHERE granularity = 'MONTH' ORDER BY subject",
    );
    expect(rows).toEqual([
      { subject: 'algorithm:900', family: null, calls: 2 },
      { subject: 'consumer:77', family: null, calls: 2 },
      { subject: 'version:901', family: 'versions:900', calls: 1 },
    ]);
  });

  test('callers are counted beyond what is counted exactly', async () => {
    const database = await open();
    const [to] = await market(database);
    const meter = new Meter(database, at);
    const records = Array.from({ length: 600 }, (_, i) => call(to!, `r-${i}`, { principal: `owner:${i}` }));
    await meter.take(records.slice(0, 200));
    await meter.take(records.slice(200));
    const [row] = await database.reads.query<{ callers: Buffer }[]>(
      'SELECT callers FROM usage_rollups WHERE subject = ? AND granularity = ?',
      [`algorithm:${to!.algorithmId}`, 'MONTH'],
    );
    const all = new Distinct();
    for (let id = 0; id < 600; id += 1) all.add(id);
    expect(row!.callers.equals(Buffer.from(all.encode()))).toBe(true);
  });
});

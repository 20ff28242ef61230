import { bulkDelete, bulkFind, bulkInsert, type Database, isDuplicate, type Tx } from '../../src/database';
import { describeOnEachDatabase } from '../builders/databases';

interface Thing {
  readonly name: string;
  readonly at: number;
  readonly size: number;
  readonly body: Buffer | null;
}

const TABLE = { table: 'things', columns: ['name', 'at', 'size', 'body'] };
const values = ({ name, at, size, body }: Thing) => [name, at, size, body];
const insert = bulkInsert({ ...TABLE, values });
const put = bulkInsert({ ...TABLE, values, over: ['name', 'at'] });
const find = bulkFind({ ...TABLE, key: { name: 'text', at: 'number' } });
const deleteBefore = bulkDelete({
  table: 'things',
  key: ['name', 'at'],
  where: 'name = ? AND at < ?',
  order: ['name', 'at'],
});

const thing = (name: string, at: number, size = 1, body: Buffer | null = null): Thing => ({
  ...{ name, at, size, body },
});

async function withTable(database: Database): Promise<void> {
  await database.migrations.query(
    `CREATE TABLE things (name varchar(40) ${database.dialect === 'mysql' ? 'COLLATE utf8mb4_bin' : ''} NOT NULL,
      at bigint NOT NULL, size bigint NOT NULL, body ${database.dialect === 'mysql' ? 'mediumblob' : 'blob'},
      PRIMARY KEY (name, at))`,
  );
}

describeOnEachDatabase('many rows at a time', (open) => {
  let database: Database;
  const write = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.write(work);
  const all = () => database.reads.query<Thing[]>('SELECT * FROM things ORDER BY name, at');

  beforeEach(async () => {
    database = await open();
    await withTable(database);
  });

  test('are inserted, more than go into one statement by number', async () => {
    const things = Array.from({ length: 700 }, (_, i) =>
      thing('a', i, 2 ** 50 + i, Buffer.from([0, 39, 92, i % 256])),
    );
    await write((tx) => insert(tx, things));
    await write((tx) => insert(tx, []));
    expect(await all()).toEqual(things);
  });

  test('are inserted, more than go into one statement by length', async () => {
    // written as hex they are the 16 MiB that MariaDB takes at once, and a little more
    const long = Array.from({ length: 36 }, (_, i) => thing('a', i, 0, Buffer.alloc(2 ** 18, i)));
    await write((tx) => insert(tx, long));
    const lastOf = (at: number) => at.toString(16).toUpperCase().padStart(2, '0');
    const found = await database.reads.query<{ at: number; length: number; last: string }[]>(
      'SELECT at, LENGTH(body) AS length, HEX(SUBSTR(body, -1)) AS last FROM things ORDER BY at',
    );
    expect(found).toEqual(long.map(({ at }) => ({ at, length: 2 ** 18, last: lastOf(at) })));
  });

  test('one that is there is an error, and then none is', async () => {
    await write((tx) => insert(tx, [thing('a', 2)]));
    const fault = await write((tx) => insert(tx, [thing('a', 1), thing('a', 2)])).catch(
      (error: unknown) => error,
    );
    expect(isDuplicate(fault)).toBe(true);
    expect(await all()).toEqual([thing('a', 2)]);
  });

  test('one that is there is written over where that is wanted', async () => {
    await write((tx) => put(tx, [thing('a', 1, 5, Buffer.from('x')), thing('a', 2)]));
    await write((tx) => put(tx, [thing('a', 2, 7, Buffer.from('y')), thing('a', 3), thing('a', 1, 6)]));
    expect(await all()).toEqual([thing('a', 1, 6), thing('a', 2, 7, Buffer.from('y')), thing('a', 3)]);
  });

  test('are found by their keys, byte by byte', async () => {
    const things = Array.from({ length: 600 }, (_, i) => thing(`n${i}`, i));
    const odd = [thing("it's", 1), thing('Ärger', 2 ** 50), thing('"quoted"\\', 3), thing('case', 4)];
    await write((tx) => insert(tx, [...things, ...odd]));
    const keys = [...things, ...odd].map(({ name, at }) => [name, at]);
    const missing = [
      ['n1', 2],
      ['Case', 4],
      ['arger', 2 ** 50],
    ];
    const found = (await find(database.reads, [...missing, ...keys])) as unknown as Thing[];
    expect(new Set(found.map(({ name, at }) => `${name} ${at}`))).toEqual(
      new Set(keys.map((key) => key.join(' '))),
    );
    expect(found).toHaveLength(keys.length);
    expect(await find(database.reads, [])).toEqual([]);
  });

  test('are deleted, the first of those that fit and no more than the limit', async () => {
    await write((tx) => insert(tx, [...[5, 1, 3, 2, 9].map((at) => thing('a', at)), thing('b', 1)]));
    expect(await write((tx) => deleteBefore(tx, ['a', 6], 2))).toBe(2);
    expect((await all()).map(({ name, at }) => `${name}${at}`)).toEqual(['a3', 'a5', 'a9', 'b1']);
    expect(await write((tx) => deleteBefore(tx, ['a', 6], 3))).toBe(2);
    expect(await write((tx) => deleteBefore(tx, ['a', 6], 3))).toBe(0);
    expect((await all()).map(({ name, at }) => `${name}${at}`)).toEqual(['a9', 'b1']);
  });
});

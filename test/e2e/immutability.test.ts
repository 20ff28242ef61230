import { createRequire } from 'node:module';

import { createConnection } from 'mysql2/promise';

import type { TestDatabase } from '../builders/databases';
import { describeOnEachServer } from '../builders/each-server';
import { registryRows } from '../builders/tables';

/** Chapter 3, "Immutable": the database refuses it too, whoever asks, by whatever connection. */

/** A connection of the driver itself, without any of our settings. */
interface Raw {
  run(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** The columns of a version that move, each by its own rule; all others of the three tables never do. */
const MOVING: Readonly<Record<string, readonly string[]>> = {
  builds: [],
  versions: ['visibility', 'state', 'yank_reason', 'yanked_at'],
  ledger_entries: [],
};
const TABLES = Object.keys(MOVING);

/** What would be another value of a column, whatever its type. */
const OTHER: Readonly<Record<string, string>> = { chain: `CASE chain WHEN 'public' THEN 'x' ELSE 'y' END` };

describeOnEachServer('rows that nobody changes', (world) => {
  let raw: Raw;

  beforeAll(async () => {
    raw = await connect(world().database);
    await world().user('ann');
    await world().organization('acme', { admin: 'ann' });
    await world().algorithm('acme/detect');
    await world().publish('acme/detect', '1.0.0', { releaseNotes: 'first', compatibility: '>=1' });
    await world().publish('acme/detect', '1.1.0-rc.1', { visibility: 'PRIVATE' });
  });

  afterAll(() => raw.close());

  const statements: Readonly<Record<string, (table: string, columns: readonly string[]) => string[]>> = {
    'every UPDATE of every content column': (table, columns) =>
      columns.map(
        (column) => `UPDATE ${table} SET ${column} = ${OTHER[column] ?? `COALESCE(${column}, 1) + 1`}`,
      ),
    'every content column set to null': (table, columns) =>
      columns
        .filter((column) => NEVER_NULL.has(column))
        .map((column) => `UPDATE ${table} SET ${column} = NULL`),
    'every DELETE': (table) => [`DELETE FROM ${table}`, `DELETE FROM ${table} WHERE 1 = 1`],
    'REPLACE of what is there': (table, columns) => [
      `REPLACE INTO ${table} (${columns.join()}) SELECT ${columns.join()} FROM ${table}`,
    ],
  };

  test.each(TABLES.flatMap((table) => Object.keys(statements).map((title) => [title, table] as const)))(
    '%s of %s is refused',
    async (title, table) => {
      const before = await registryRows(world());
      const all = Object.keys((before[table] as object[])[0]!);
      const content = all.filter((column) => !MOVING[table]!.includes(column));
      const columns = title.startsWith('REPLACE') ? all : content;
      const attempts = statements[title]!(table, columns);
      expect(attempts.length).toBeGreaterThan(0);
      for (const sql of attempts)
        expect({ sql, refused: await refusalOf(raw, sql) }).toEqual({ sql, refused: REFUSED });
      expect(await registryRows(world())).toEqual(before);
    },
  );

  test.each(overwrites())('%s is refused', async (_title, sql) => {
    const before = await registryRows(world());
    const attempts = sql(world().database.target.dialect);
    for (const attempt of attempts) {
      expect({ attempt, refused: await refusalOf(raw, attempt) }).toEqual({ attempt, refused: REFUSED });
    }
    expect(await registryRows(world())).toEqual(before);
  });

  test('what moves by its own rule can be moved, so the refusals above are those of the columns', async () => {
    await raw.run(`UPDATE versions SET yank_reason = 'by hand', yanked_at = 1 WHERE version = '1.0.0'`);
    await raw.run(`UPDATE versions SET yank_reason = NULL, yanked_at = NULL WHERE version = '1.0.0'`);
  });

  test('what was public stays public', async () => {
    const before = await registryRows(world());
    const sql = `UPDATE versions SET visibility = 'PRIVATE' WHERE visibility = 'PUBLIC'`;
    expect(await refusalOf(raw, sql)).toEqual(REFUSED);
    expect(await registryRows(world())).toEqual(before);
  });
});

const REFUSED = expect.stringMatching(/refused, rows are immutable/);
const NEVER_NULL = new Set([
  'release_notes',
  'compatibility',
  'release_build_id',
  'backend_url',
  'change_json',
]);

/** INSERTs over a key that is taken, key by key, the row being new in everything else. */
function overwrites(): [string, (dialect: 'sqlite' | 'mysql') => string[]][] {
  const version = (values: string) =>
    `INTO versions (id, algorithm_id, version, sort_key, major, build_id, release_build_id, visibility, state, stability, published_at)
       SELECT ${values}, 'PUBLIC', 'PUBLISHED', 'STABLE', 1 FROM versions WHERE version = '1.0.0'`;
  const build = (values: string) =>
    `INTO builds (id, algorithm_id, sha, status, created_at) SELECT ${values}, 'FAILED', 1 FROM builds LIMIT 1`;
  const entry = `INTO ledger_entries (owner_id, chain, sequence, at, actor, action, subject, change_json, hash)
       SELECT owner_id, chain, sequence, 1, 'me', 'forged', 'x', '{}', 'h' FROM ledger_entries LIMIT 1`;
  const rows: Readonly<Record<string, string>> = {
    "a version's id": version("id, algorithm_id, '9.9.9', 'zzz', 9, build_id, NULL"),
    "a version's number": version("id + 1000, algorithm_id, '1.0.0', sort_key, 1, build_id, NULL"),
    "a version's build": version("id + 1000, algorithm_id, '9.9.9', 'zzz', 9, build_id, release_build_id"),
    "a build's id": build("id, algorithm_id, '0123'"),
    "a build's commit": build('id + 1000, algorithm_id, sha'),
    "an entry's sequence": entry,
  };
  return Object.entries(rows).map(([title, row]) => [
    `an INSERT over ${title}`,
    (dialect) =>
      dialect === 'sqlite'
        ? [
            `INSERT OR REPLACE ${row}`,
            `REPLACE ${row}`,
            `INSERT ${row} ON CONFLICT DO UPDATE SET ${upsert(row)}`,
          ]
        : [`REPLACE ${row}`, `INSERT ${row} ON DUPLICATE KEY UPDATE ${upsert(row)}`],
  ]);
}

function upsert(row: string): string {
  const [, table = ''] = /INTO (\w+)/.exec(row) ?? [];
  return (
    { versions: `version = '8.8.8'`, builds: `status = 'NONE'`, ledger_entries: `actor = 'me'` }[table] ?? ''
  );
}

/**
 * By the message alone: better-sqlite3 keeps the error class of the first test file that a worker ran, which is
 * no `Error` of a later file's, so that `rejects.toThrow` would see none.
 */
async function refusalOf(raw: Raw, sql: string): Promise<string> {
  try {
    await raw.run(sql);
    return 'nothing was refused';
  } catch (error) {
    return (error as Error).message;
  }
}

/** better-sqlite3 has no types of its own. */
const Sqlite = createRequire(__filename)('better-sqlite3') as new (path: string) => {
  exec(sql: string): void;
  close(): void;
};

async function connect({ target }: TestDatabase): Promise<Raw> {
  if (target.dialect === 'sqlite') {
    const database = new Sqlite(target.path);
    return {
      run: async (sql) => {
        database.exec(sql);
      },
      close: async () => {
        database.close();
      },
    };
  }
  const connection = await createConnection(target.url);
  // without the strict mode, MySQL takes what is no value for the column
  await connection.query(`SET SESSION sql_mode = ''`);
  return {
    run: async (sql) => {
      await connection.query(sql);
    },
    close: () => connection.end(),
  };
}

import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';

import type { Database, DatabaseTarget } from '../../src/database';

/** A statement as it went to the database. */
export interface Asked {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** How a database goes about a statement, in words that are the same for all databases. */
export interface Reading {
  /** One for each time that a table is read: `usage_rollups by PRIMARY (subject, granularity)`, the parts of the key that it searches by. */
  readonly accesses: readonly string[];
  /** Whether something is sorted, or put into a table for the time being. */
  readonly sorts: boolean;
  /** How many rows of tables it reads. */
  readonly rows: number;
}

/** The statements of `work` that read one of these tables, in order. */
export async function statementsOn(
  { queries }: Database,
  tables: readonly string[],
  work: () => Promise<unknown>,
): Promise<Asked[]> {
  const reads = new RegExp(`^\\s*SELECT\\b.*\\bFROM (${tables.join('|')})\\b`, 's');
  const statements: Asked[] = [];
  const before = queries.listener;
  queries.listener = (sql, parameters) => {
    if (reads.test(sql)) statements.push({ sql, parameters });
    before?.(sql, parameters);
  };
  try {
    await work();
  } finally {
    queries.listener = before;
  }
  return statements;
}

/** Has the database look at its tables now, as it does by itself now and then. SQLite plans without. */
export async function analyze({ dialect, reads }: Database, tables: readonly string[]): Promise<void> {
  if (dialect === 'mysql') await reads.query(`ANALYZE TABLE ${tables.join(', ')}`);
}

export function readingOf(database: Database, target: DatabaseTarget, asked: Asked): Promise<Reading> {
  return target.dialect === 'mysql' ? onMysql(target.url, asked) : onSqlite(database, asked);
}

const SEARCH = /^SEARCH (\w+) USING (?:(PRIMARY) KEY|INDEX (\w+)|COVERING INDEX (\w+)) \((.*)\)$/;
const STORED = /^(?:SEARCH|SCAN) (?:usage_\w+|calls)\b/;

/** As the plan says it. Of the rows it says nothing: they are those that fulfil the conditions that it searches by. */
async function onSqlite({ reads }: Database, asked: Asked): Promise<Reading> {
  const { sql, parameters } = asked;
  const lines = await reads.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, [...parameters]);
  const plan = lines.map(({ detail }) => detail);
  const accesses = plan.filter((line) => STORED.test(line)).map(accessOf);
  const sorts = plan.some((line) => line.includes('TEMP B-TREE'));
  return { accesses, sorts, rows: await rowsOf(reads, asked, accesses) };
}

/** @returns the line itself where nothing is searched by a key */
function accessOf(line: string): string {
  const [, table, primary, index, covering, conditions = ''] = SEARCH.exec(line) ?? [];
  if (table === undefined) return line;
  const columns = new Set([...conditions.matchAll(/(\w+)[=<>]/g)].map(([, column]) => column));
  return `${table} by ${primary ?? index ?? covering ?? ''} (${[...columns].join(', ')})`;
}

/**
 * The rows of the innermost parts, without what is made of them, and whatever becomes of those that were read. The
 * parameters are all in these parts, or after them; or the parts have none.
 */
async function rowsOf(
  reads: Database['reads'],
  { sql, parameters }: Asked,
  accesses: readonly string[],
): Promise<number> {
  let rows = 0;
  let bound = 0;
  for (const [at, [, table = '', where = '']] of [...sql.matchAll(PARTS)].entries()) {
    const searched: string[] = [];
    const values: unknown[] = [];
    for (const condition of where.split(' AND ')) {
      const given = parameters.slice(bound, bound + condition.split('?').length - 1);
      bound += given.length;
      const column = /^\w+/.exec(condition)?.[0] ?? '';
      if (!new RegExp(`[( ]${column}[,)]`).test(accesses[at] ?? '')) continue;
      searched.push(condition);
      values.push(...given);
    }
    const all = ['1 = 1', ...searched].join(' AND ');
    const found = await reads.query<{ n: number }[]>(
      `SELECT COUNT(*) AS n FROM ${table} WHERE ${all}`,
      values,
    );
    rows += found[0]?.n ?? 0;
  }
  return rows;
}

const PARTS = /FROM (usage_\w+|calls)\s+WHERE (.*?)(?=\) pairs| UNION ALL| GROUP BY| LIMIT|$)/gs;

/** As the plan says it; the rows are counted by the engine, which counts those of its temporary tables apart. */
async function onMysql(url: string, { sql, parameters }: Asked): Promise<Reading> {
  const connection = await createConnection({ uri: url });
  try {
    const [[line]] = await connection.query<RowDataPacket[]>(`EXPLAIN FORMAT=JSON ${sql}`, [...parameters]);
    const plan: unknown = JSON.parse(String(line?.['EXPLAIN']));
    const accesses = objectsIn(plan).filter(isStored).map(keyOf);
    const before = await handled(connection);
    await connection.query(sql, [...parameters]);
    const rows = (await handled(connection)) - before;
    return {
      accesses,
      sorts: /"(filesort|temporary_table|using_filesort|using_temporary_table)": *[t{]/.test(
        String(line?.['EXPLAIN']),
      ),
      rows,
    };
  } finally {
    await connection.end();
  }
}

type Fields = Readonly<Record<string, unknown>>;

function objectsIn(value: unknown): Fields[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? below : [value as Fields, ...below];
}

function isStored({ table_name: name }: Fields): boolean {
  return typeof name === 'string' && /^(usage_\w+|calls)$/.test(name);
}

function keyOf({ table_name: table, key, used_key_parts: parts }: Fields): string {
  return Array.isArray(parts)
    ? `${String(table)} by ${String(key)} (${parts.join(', ')})`
    : `SCAN ${String(table)}`;
}

/** How often this connection has gone from one entry of an index to the next one. */
async function handled(connection: Connection): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>("SHOW SESSION STATUS LIKE 'Handler_read_next'");
  return Number(rows[0]?.['Value']);
}

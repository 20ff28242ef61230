import { type QueryRunner, QueryFailedError, Table, type TableColumnOptions } from 'typeorm';

type Dialect = 'sqlite' | 'mysql';

export function dialectOf(runner: QueryRunner): Dialect {
  return runner.dataSource.options.type === 'better-sqlite3' ? 'sqlite' : 'mysql';
}

const TABLE_IS_THERE = 1050;
const COLUMN_IS_THERE = 1060;
const INDEX_IS_THERE = 1061;
const COLUMN_OR_INDEX_IS_GONE = 1091;
const MADE_BEFORE = new Set([TABLE_IS_THERE, COLUMN_IS_THERE, INDEX_IS_THERE, COLUMN_OR_INDEX_IS_GONE]);

/**
 * Changes the schema, unless that was done already. On MySQL each such statement commits by itself: a migration that
 * was killed is run again from its beginning, and what it did before is there. It is tried rather than looked for:
 * the server may still be at work on what the dead one asked for.
 */
async function unlessDone(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    const errno = error instanceof QueryFailedError ? (error.driverError as { errno?: unknown }).errno : null;
    if (typeof errno !== 'number' || !MADE_BEFORE.has(errno)) throw error;
  }
}

/** A column: its type, whether it may be null, and the table whose `id` it names. */
export interface Column {
  readonly type:
    'id' | 'int' | 'bigint' | 'double' | 'boolean' | 'text' | 'blob' | 'mediumblob' | { varchar: number };
  readonly nullable?: true;
  readonly primary?: true;
  readonly references?: string;
}

export interface Index {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique?: true;
}

/**
 * Creates a table on either database, unless a try before made it: with its indices and foreign keys in one statement
 * on MySQL, in one transaction on SQLite, so that it is there whole or not at all. On MySQL every text compares by its
 * bytes, as it does on SQLite.
 */
export async function createTable(
  runner: QueryRunner,
  name: string,
  columns: Readonly<Record<string, Column>>,
  indices: readonly Index[] = [],
  { withoutRowid = false }: { readonly withoutRowid?: boolean } = {},
): Promise<void> {
  const dialect = dialectOf(runner);
  const table = new Table({
    name,
    withoutRowid,
    columns: Object.entries(columns).map(([column, options]) => columnOptions(dialect, column, options)),
    indices: indices.map((index) => ({
      name: index.name,
      columnNames: [...index.columns],
      isUnique: index.unique === true,
    })),
    foreignKeys: Object.entries(columns).flatMap(([column, { references }]) =>
      references === undefined
        ? []
        : [
            {
              columnNames: [column],
              referencedTableName: references,
              referencedColumnNames: ['id'],
              onDelete: 'RESTRICT',
              onUpdate: 'RESTRICT',
            },
          ],
    ),
    ...(dialect === 'mysql' ? { engine: 'InnoDB' } : {}),
  });
  await unlessDone(() => runner.createTable(table));
}

function columnOptions(dialect: Dialect, name: string, column: Column): TableColumnOptions {
  const bytewise = dialect === 'mysql' ? { charset: 'utf8mb4', collation: 'utf8mb4_bin' } : {};
  const common = { name, isNullable: column.nullable === true, isPrimary: column.primary === true };
  if (typeof column.type === 'object') {
    return { ...common, ...bytewise, type: 'varchar', length: String(column.type.varchar) };
  }
  const integer = dialect === 'sqlite' ? 'integer' : 'int';
  switch (column.type) {
    case 'id':
      return {
        ...common,
        type: integer,
        isPrimary: true,
        isGenerated: true,
        generationStrategy: 'increment',
      };
    case 'int':
      return { ...common, type: integer };
    case 'boolean':
      return { ...common, type: dialect === 'sqlite' ? 'boolean' : 'tinyint' };
    case 'text':
      return { ...common, ...bytewise, type: 'text' };
    case 'bigint':
    case 'double':
    case 'blob':
    case 'mediumblob':
      return { ...common, type: column.type };
  }
}

/**
 * Adds a column that may be null, by a statement of its own: TypeORM would copy the whole table on SQLite, and lose
 * its triggers.
 */
export async function addColumn(
  runner: QueryRunner,
  table: string,
  name: string,
  column: { readonly type: 'int' | 'text'; readonly nullable: true },
): Promise<void> {
  const dialect = dialectOf(runner);
  const text = dialect === 'mysql' ? 'text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' : 'text';
  const integer = dialect === 'mysql' ? 'int' : 'integer';
  const type = column.type === 'text' ? text : integer;
  await unlessDone(() => runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type} NULL`));
}

export async function dropColumn(runner: QueryRunner, table: string, name: string): Promise<void> {
  await unlessDone(() => runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`));
}

export async function addIndex(
  runner: QueryRunner,
  table: string,
  { name, columns }: Omit<Index, 'unique'>,
): Promise<void> {
  await unlessDone(() => runner.query(`CREATE INDEX ${name} ON ${table} (${columns.join(', ')})`));
}

export async function dropIndex(runner: QueryRunner, table: string, name: string): Promise<void> {
  const on = dialectOf(runner) === 'mysql' ? ` ON ${table}` : '';
  await unlessDone(() => runner.query(`DROP INDEX ${name}${on}`));
}

/** In one statement: TypeORM would drop its keys and indices before it, each by one that commits. */
export async function dropTable(runner: QueryRunner, name: string): Promise<void> {
  await runner.query(`DROP TABLE IF EXISTS ${name}`);
}

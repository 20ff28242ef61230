import type { QueryRunner } from 'typeorm';

import { dialectOf } from './support';

/** What the database itself refuses for a table, whoever asks. */
export interface Immutability {
  readonly table: string;
  /** Columns that no UPDATE may change; `all` where there is none that it may. */
  readonly columns: readonly string[] | 'all';
  /** What else no UPDATE may do: conditions on NEW and OLD that both dialects read alike. */
  readonly never?: readonly string[];
  /** The keys over which no INSERT may go: each a list of columns that together are unique. */
  readonly keys: readonly (readonly string[])[];
}

/**
 * Triggers that reject UPDATE of the content columns and DELETE; on SQLite also INSERT over an existing key, since
 * `INSERT OR REPLACE` slips past the other two there (MySQL's REPLACE fires the delete trigger). What a try before made
 * of them is made anew.
 */
export async function makeImmutable(runner: QueryRunner, rule: Immutability): Promise<void> {
  await makeMutable(runner, rule);
  for (const sql of dialectOf(runner) === 'sqlite' ? sqliteTriggers(rule) : mysqlTriggers(rule)) {
    await runner.query(sql);
  }
}

export async function makeMutable(
  runner: QueryRunner,
  { table }: Pick<Immutability, 'table'>,
): Promise<void> {
  for (const event of ['update', 'delete', 'insert']) {
    await runner.query(`DROP TRIGGER IF EXISTS ${table}_refuse_${event}`);
  }
}

function sqliteTriggers({ table, columns, keys, never = [] }: Immutability): string[] {
  const refuse = (event: string) => `BEGIN SELECT RAISE(ABORT, '${message(table, event)}'); END`;
  const changed =
    columns === 'all'
      ? ''
      : `WHEN ${[...columns.map((c) => `NEW.${c} IS NOT OLD.${c}`), ...never].join(' OR ')}`;
  const taken = keys
    .map((key) => `EXISTS (SELECT 1 FROM ${table} WHERE ${key.map((c) => `${c} = NEW.${c}`).join(' AND ')})`)
    .join(' OR ');
  return [
    `CREATE TRIGGER ${table}_refuse_update BEFORE UPDATE ON ${table} ${changed} ${refuse('update')}`,
    `CREATE TRIGGER ${table}_refuse_delete BEFORE DELETE ON ${table} ${refuse('delete')}`,
    `CREATE TRIGGER ${table}_refuse_insert BEFORE INSERT ON ${table} WHEN ${taken} ${refuse('overwrite')}`,
  ];
}

function mysqlTriggers({ table, columns, never = [] }: Immutability): string[] {
  const refuse = (event: string) => `SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${message(table, event)}'`;
  const update =
    columns === 'all'
      ? refuse('update')
      : `BEGIN IF ${[...columns.map((c) => `NOT (NEW.${c} <=> OLD.${c})`), ...never].join(' OR ')} THEN ${refuse('update')}; END IF; END`;
  return [
    `CREATE TRIGGER ${table}_refuse_update BEFORE UPDATE ON ${table} FOR EACH ROW ${update}`,
    `CREATE TRIGGER ${table}_refuse_delete BEFORE DELETE ON ${table} FOR EACH ROW ${refuse('delete')}`,
  ];
}

function message(table: string, event: string): string {
  return `${table}: ${event} refused, rows are immutable`;
}

import type { Database } from '../../src/database';

/** Longer than any replica waits between two looks at the heads of the ledger. */
const BACKGROUND_MS = 600;
const background = new WeakMap<Database, ReadonlySet<string>>();

/**
 * Learns what a replica asks by itself all the time (the heads of the ledger), from a moment in which nothing else
 * happens; by then it has also heard of all that was written before.
 */
export async function settle(database: Database): Promise<void> {
  background.set(database, new Set(await heard(database, pause)));
}

/** The SQL statements that `work` costs at a settled replica, in order, without the numbers in them. */
export async function statementsOf(database: Database, work: () => Promise<unknown>): Promise<string[]> {
  const idle = background.get(database);
  if (idle === undefined) throw new Error('settle the replica first');
  return (await heard(database, work)).filter((sql) => !idle.has(sql) && !isOfBackfill(sql));
}

/** Whether a statement is the look for old records, which a replica takes every ten seconds: no request ever does. */
function isOfBackfill(sql: string): boolean {
  return /\bcall_records\b/.test(sql);
}

/** Whether a statement is the drain's, which records the calls of a moment ago. */
export function isOfDrain(sql: string): boolean {
  return /\b(calls|usage_rollups|usage_pairs|usage_turn)\b/.test(sql);
}

async function heard({ queries }: Database, work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const before = queries.listener;
  queries.listener = (sql, parameters) => {
    statements.push(sql.replace(/\b\d+\b/g, 'N'));
    before?.(sql, parameters);
  };
  try {
    await work();
  } finally {
    queries.listener = before;
  }
  return statements;
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, BACKGROUND_MS);
  });
}

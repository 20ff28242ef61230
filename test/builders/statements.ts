import { SignedHeadRow } from '../../entities';
import type { Database } from '../../src/database';
import { readUnsignedHeads } from '../../src/ledger/heads/store';

/** Longer than any replica waits between two looks at the heads of the ledger. */
const BACKGROUND_MS = 600;
const BETWEEN_MS = 25;
/** One that is under way may have begun before what was written; the second sees it, and is over when the third begins. */
const LOOKS = 3;
const background = new WeakMap<Database, ReadonlySet<string>>();
/** Of a replica whose subgraphs are servers of their own: what it asks by itself, and what they ask for it. */
const companions = new WeakMap<Database, readonly Database[]>();

/** From now on, what the first of them is heard to ask is what all of them ask. */
export function heardTogether(databases: readonly Database[]): void {
  const [first] = databases;
  if (first !== undefined) companions.set(first, databases);
}

/**
 * Learns what a replica asks by itself all the time (the heads of the ledger), from a moment in which nothing else
 * happens; by then it has also heard of all that was written before.
 */
export async function settle(database: Database): Promise<void> {
  await lookedAtHeads(companions.get(database) ?? [database]);
  while (await hasUnsignedHeads(database)) await pause(BETWEEN_MS);
  background.set(database, new Set(await allStatementsOf(database, () => pause(BACKGROUND_MS))));
}

/** Whether a replica is about to sign what moved, in a transaction of its own; where nobody signs, none is. */
async function hasUnsignedHeads({ reads }: Database): Promise<boolean> {
  if (!(await reads.exists(SignedHeadRow))) return false;
  const { heads } = await readUnsignedHeads(reads, 0, Number.MAX_SAFE_INTEGER);
  return heads.length > 0;
}

/** Waits until each has looked at the heads anew, from the first look to the last: the others follow it by themselves. */
async function lookedAtHeads(databases: readonly Database[]): Promise<void> {
  const looks = databases.map(() => 0);
  const restored = databases.map((database, at) =>
    listen(database, (sql) => {
      if (/^SELECT\b.*\bledger_heads h\b/s.test(sql)) looks[at] = (looks[at] ?? 0) + 1;
    }),
  );
  while (looks.some((count) => count < LOOKS)) await pause(BETWEEN_MS);
  for (const restore of restored) restore();
}

/** The SQL statements that `work` costs at a settled replica, in order, without the numbers in them. */
export async function statementsOf(database: Database, work: () => Promise<unknown>): Promise<string[]> {
  const idle = background.get(database);
  if (idle === undefined) throw new Error('settle the replica first');
  const isOwn = (sql: string): boolean =>
    !idle.has(sql) && !PERIODIC.some((is) => is(sql)) && !isOfFollower(database, sql);
  return (await allStatementsOf(database, work)).filter(isOwn);
}

/** Whether servers beside the one that wrote read what it wrote, each when it hears of it; who shows runs of it does not. */
function isOfFollower(database: Database, sql: string): boolean {
  return companions.has(database) && /^SELECT\b(?!.* AS run\b).*\bledger_entries\b/s.test(sql);
}

/** Whether a statement is the look for old records, which a replica takes every ten seconds: no request ever does. */
function isOfBackfill(sql: string): boolean {
  return /\bcall_records\b/.test(sql);
}

/** Whether a statement is of the job that signs heads half a second after they moved: no request ever does. */
function isOfSigner(sql: string): boolean {
  return /\bledger_signed_heads\b|\bowners signed_owner\b/.test(sql);
}

/** Whether a statement is the look for keys that sign, which a replica takes now and then by itself. */
function isOfKeys(sql: string): boolean {
  return /\bsigning_keys\b/.test(sql);
}

/** Whether a statement is the drain's, which records the calls of a moment ago. */
export function isOfDrain(sql: string): boolean {
  return /\b(calls|usage_rollups|usage_pairs|usage_turn)\b/.test(sql);
}

/** What a replica asks by itself now and then. */
const PERIODIC = [isOfBackfill, isOfSigner, isOfKeys];

/** All of them, the replica's own included, without the numbers in them. */
export async function allStatementsOf(database: Database, work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const restored = (companions.get(database) ?? [database]).map((each) =>
    listen(each, (sql) => {
      statements.push(sql.replace(/\b\d+\b/g, 'N'));
    }),
  );
  try {
    await work();
  } finally {
    for (const restore of restored) restore();
  }
  return statements;
}

/** Gives what ends it. */
function listen({ queries }: Database, hear: (sql: string) => void): () => void {
  const before = queries.listener;
  queries.listener = (sql, parameters) => {
    hear(sql);
    before?.(sql, parameters);
  };
  return () => {
    queries.listener = before;
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

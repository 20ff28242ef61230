import { chunksOf, pause, type Tx } from '../../../database';
import type { Span } from '../../../domain/usage/cover';
import { AlgogateError } from '../../../domain/errors';
import { USAGE_BOUNDS, type UsageBounds } from '../bounds';
import { Budget } from '../budget';
import { type Cell } from '../series/cell';
import { pair, pairCells, type PairRow, Reading, rollupSpans } from '../series/cells-store';
import { type CallScope, unitsOf } from '../targets/scope';

/** How much one caller called. */
interface CallerCount {
  readonly callerId: number;
  readonly calls: number;
}

/** The same, and the start of the day on which it called last, in epoch milliseconds. */
export interface RecentCaller extends CallerCount {
  readonly lastDay: number;
}

/** A page of callers, most calls first: those with at most `calls` calls; null: from the top. */
export interface CallersPage {
  readonly limit: number;
  readonly calls: number | null;
}

const IDS_AT_ONCE = 500;
/** SQLite takes up to 500 parts of a UNION. */
const BRANCHES_AT_ONCE = 400;
/** So that one statement adds up only so much before others have their turn. */
const SCOPES_AT_ONCE = 40;

/** One part of a UNION: a range of one index. Ids are numbers of ours, and stand in the text. */
interface Branch {
  readonly scope: number;
  readonly table: 'usage_pairs' | 'calls';
  readonly where: string;
}

/**
 * Those who called most, of each scope: `most` of them, in the order of their calls, then of their ids.
 * @throws AlgogateError QUERY_TOO_COMPLEX
 */
export async function readTopCallers(
  tx: Tx,
  scopes: readonly CallScope[],
  spans: readonly Span[],
  most: number,
  budget = new Budget(),
): Promise<readonly (readonly CallerCount[])[]> {
  const found = scopes.map((): CallerCount[] => []);
  for (const branches of statements(scopes, spans)) {
    budget.assertLeft('byCaller');
    const rows = await tx.query<(CountedRow & { calls: number | string })[]>(
      `SELECT scope, callerId, calls, allCounts FROM (
         SELECT scope, callerId, calls, SUM(counts) OVER () AS allCounts,
                ROW_NUMBER() OVER (PARTITION BY scope ORDER BY calls DESC, callerId) AS place
           FROM (${countedByCaller(branches)}) counted) ranked
        WHERE place <= ? ORDER BY scope, place`,
      [most],
    );
    for (const { scope, callerId, calls } of rows) found[scope]?.push({ callerId, calls: Number(calls) });
    await spend(budget, rows);
  }
  return found;
}

/**
 * What these callers called within each scope.
 * @throws AlgogateError QUERY_TOO_COMPLEX
 */
export async function readPairs(
  tx: Tx,
  scopes: readonly (CallScope & { readonly callerIds: readonly number[] })[],
  spans: readonly Span[],
  budget = new Budget(),
): Promise<readonly Cell[][]> {
  const reading = new Reading<number>(budget);
  for (const branches of statements(scopes, rollupSpans(spans))) {
    const parts = branches.map(({ scope, where }) => {
      const callers = scopes[scope]?.callerIds.join() || 'NULL';
      // without the sum, MariaDB takes the ids for the next part of its key, and reads all buckets that there are
      return `SELECT ${scope} AS scope, ${pair('TOTAL')} FROM usage_pairs WHERE ${where} AND (caller_id + 0) IN (${callers})`;
    });
    const sql = `SELECT * FROM (${parts.join(' UNION ALL ')}) pairs LIMIT ?`;
    const read = (most: number) => tx.query<(PairRow & { readonly scope: number })[]>(sql, [most]);
    await reading.take(read, ({ scope }) => scope, pairCells);
  }
  return scopes.map((_, at) => reading.cells.get(at) ?? []);
}

/**
 * Who called within each scope, and when last: the page, and all who have as many calls as its last, or as the one
 * that it comes after.
 * @param spans of whole days
 * @throws AlgogateError QUERY_TOO_COMPLEX
 */
export async function readRecentCallers(
  tx: Tx,
  { scopes, page }: { readonly scopes: readonly CallScope[]; readonly page: CallersPage },
  spans: readonly Span[],
  { callers }: Pick<UsageBounds, 'callers'> = USAGE_BOUNDS,
  budget = new Budget(),
): Promise<readonly (readonly RecentCaller[])[]> {
  const { limit, calls } = page;
  const found = scopes.map((): RecentCaller[] => []);
  for (const branches of statements(scopes, spans)) {
    budget.assertLeft('byCaller');
    const rows = await tx.query<(CountedRow & { calls: number | string; lastDay: number | string })[]>(
      `SELECT scope, callerId, calls, lastDay, allCounts FROM (
         SELECT scope, callerId, calls, lastDay, SUM(counts) OVER () AS allCounts,
                RANK() OVER (PARTITION BY scope, CASE WHEN calls = ? THEN 0 ELSE 1 END ORDER BY calls DESC) AS place
           FROM (${countedByCaller(branches, ', MAX(lastDay) AS lastDay')}) counted
          WHERE calls <= ?) ranked
        WHERE place <= ? LIMIT ?`,
      [calls ?? -1, calls ?? Number.MAX_SAFE_INTEGER, limit, callers + 1],
    );
    if (rows.length > callers) throw tooManyCallers(callers);
    for (const { scope, callerId, ...row } of rows) {
      found[scope]?.push({ callerId, calls: Number(row.calls), lastDay: Number(row.lastDay) });
    }
    await spend(budget, rows);
  }
  return found;
}

/** A caller of a scope. `allCounts` is how many counts were added up for all of its statement. */
interface CountedRow {
  readonly scope: number;
  readonly callerId: number;
  readonly allCounts: number | string;
}

/** SQLite answers at once: others must have their turn between two statements. */
async function spend(budget: Budget, [first]: readonly CountedRow[]): Promise<void> {
  budget.spend('byCaller', Number(first?.allCounts ?? 0));
  await pause();
}

function tooManyCallers(most: number): AlgogateError {
  const message = `over ${most} callers called as often as each other: ask for a shorter range`;
  return new AlgogateError('QUERY_TOO_COMPLEX', message);
}

function countedByCaller(branches: readonly Branch[], more = ''): string {
  const parts = branches.map(({ scope, table, where }) => {
    const [calls, day] = table === 'calls' ? ['COUNT(*)', 'started_at'] : ['SUM(calls)', 'bucket'];
    return `SELECT ${scope} AS scope, caller_id AS callerId, ${calls} AS calls, COUNT(*) AS counts,
             MAX(${day}) AS lastDay FROM ${table} WHERE ${where} GROUP BY caller_id`;
  });
  return `SELECT scope, callerId, SUM(calls) AS calls, SUM(counts) AS counts${more} FROM (${parts.join(' UNION ALL ')}) parts
    GROUP BY scope, callerId`;
}

/**
 * The branches of scopes, as many at a time as go into one statement; never those of one scope into two, and never two
 * that have something in common into one: what is counted twice is counted in two turns.
 */
function* statements(scopes: readonly CallScope[], spans: readonly Span[]): Generator<readonly Branch[]> {
  let together: Branch[] = [];
  let first = 0;
  let taken = new Set<string | number>();
  for (const [at, scope] of scopes.entries()) {
    const own = spans.flatMap((span) => branchesOf(at, scope, span));
    const parts = unitsOf(scope) ?? scope.algorithmIds;
    const isFull = together.length + own.length > BRANCHES_AT_ONCE || at - first >= SCOPES_AT_ONCE;
    if (together.length > 0 && (isFull || parts.some((part) => taken.has(part)))) {
      yield together;
      together = [];
      first = at;
      taken = new Set();
    }
    together.push(...own);
    for (const part of parts) taken.add(part);
  }
  if (together.length > 0) yield together;
}

function branchesOf(scope: number, what: CallScope, { source, from, to }: Span): Branch[] {
  if (source === 'RECORDS') {
    const versions =
      what.versionIds === null ? '' : ` AND version_id IN (${what.versionIds.join() || 'NULL'})`;
    const within = `started_at >= ${from} AND started_at < ${to}${versions}`;
    return [...chunksOf(what.algorithmIds, IDS_AT_ONCE)].map((ids) => {
      return { scope, table: 'calls', where: `algorithm_id IN (${ids.join()}) AND ${within}` };
    });
  }
  const within = `granularity = '${source}' AND bucket >= ${from} AND bucket < ${to}`;
  const units = unitsOf(what);
  const places =
    units === null
      ? [...chunksOf(what.algorithmIds, IDS_AT_ONCE)].map((ids) => `algorithm_id IN (${ids.join()})`)
      : [...chunksOf(units, IDS_AT_ONCE)].map(
          (some) => `unit IN (${some.map((unit) => `'${unit}'`).join()})`,
        );
  return places.map((place) => ({ scope, table: 'usage_pairs', where: `${place} AND ${within}` }));
}

import { pause, type Tx } from '../../../database';
import type { OwnerId } from '../../../domain/principal';

/** An entry of the ledger as it is shown: times are epoch milliseconds. */
export interface LedgerRecord {
  readonly chain: 'public' | 'private';
  readonly sequence: number;
  /** Of the public chain, when this entry was made. */
  readonly publicSequence: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly changeJson: string;
  readonly previousHash: string | null;
  readonly hash: string;
}

/** A part of the ledger of an owner, both chains together, the newest first. */
export interface LedgerRun {
  readonly ownerId: OwnerId;
  /** Entries before this time, or at whatever time. No two entries of an owner have the same. */
  readonly before: number | null;
  readonly action: string | null;
  /** In lower case; what is below it is meant too. */
  readonly subject: string | null;
  readonly limit: number;
}

/** What was found of a run, and how far was looked: before `lookedTo` there may be more, unless it is null. */
export interface LedgerFound {
  readonly entries: readonly LedgerRecord[];
  readonly lookedTo: number | null;
}

/** Entries that all runs of a request together look at, where not all of them match. */
const MOST_LOOKED_AT = 10_000;
/** Runs of one statement. */
const MOST_RUNS = 50;

/**
 * What each of the runs has, in its order: by the index of the owner's times, and no further than a bound, however long
 * the history is and however little of it matches.
 */
export async function readRuns(
  tx: Tx,
  runs: readonly LedgerRun[],
  mostLookedAt = MOST_LOOKED_AT,
): Promise<LedgerFound[]> {
  const most = Math.floor(mostLookedAt / runs.length);
  const windowed = runs.map((run) => ({ ...run, window: Math.max(run.limit, most), since: 0 }));
  const filtered = windowed.filter(isFiltered);
  const ends = await readEach<{ readonly at: number | string }>(tx, filtered, endOf);
  for (const [at, run] of filtered.entries()) run.since = Number(ends[at]?.[0]?.at ?? 0);
  const entries = await readEach<Raw>(tx, windowed, entriesOf);
  return windowed.map(({ since, limit }, at) => {
    const found = (entries[at] ?? []).map(recordOf);
    return { entries: found, lookedTo: since === 0 || found.length === limit ? null : since };
  });
}

/** A run, and what of it is looked at: how many entries, and from which time on; 0: whatever there is. */
interface WindowedRun extends LedgerRun {
  readonly window: number;
  readonly since: number;
}

interface Statement {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** What a driver gives of a row. */
interface Raw extends Omit<LedgerRecord, 'publicSequence' | 'at'> {
  readonly publicSequence: number | string;
  readonly at: number | string;
}

/** The rows that a statement gives for each of the runs: many runs in one, so that lists do not cost one each. */
async function readEach<Row extends { readonly at: number | string }>(
  tx: Tx,
  runs: readonly WindowedRun[],
  statementOf: (run: WindowedRun) => Statement,
): Promise<Row[][]> {
  const found: Row[][] = runs.map(() => []);
  for (let from = 0; from < runs.length; from += MOST_RUNS) {
    const parts = runs.slice(from, from + MOST_RUNS).map(statementOf);
    const sql = parts.map((part, at) => `SELECT ${from + at} AS run, r.* FROM (${part.sql}) r`);
    const rows = await tx.query<(Row & { readonly run: number | string })[]>(
      sql.join(' UNION ALL '),
      parts.flatMap(({ parameters }) => [...parameters]),
    );
    for (const { run, ...row } of rows) found[Number(run)]?.push(row as unknown as Row);
    // SQLite answers at once: without a pause, calls would wait for all of them
    await pause();
  }
  for (const rows of found) rows.sort((one, other) => Number(other.at) - Number(one.at));
  return found;
}

function recordOf({ at, publicSequence, ...rest }: Raw): LedgerRecord {
  return { ...rest, at: Number(at), publicSequence: Number(publicSequence) };
}

const COLUMNS = `e.chain AS chain, e.sequence AS sequence,
  CASE WHEN e.chain = 'public' THEN e.sequence ELSE COALESCE((
    SELECT p.sequence FROM ledger_entries p WHERE p.owner_id = e.owner_id AND p.chain = 'public' AND p.at <= e.at
     ORDER BY p.at DESC LIMIT 1), 0) END AS publicSequence,
  e.at AS at, e.actor AS actor, e.action AS action, e.subject AS subject, e.change_json AS changeJson,
  e.previous_hash AS previousHash, e.hash AS hash`;

function entriesOf(run: WindowedRun): Statement {
  const match = matchOf(run);
  return {
    sql: `SELECT ${COLUMNS} FROM ledger_entries e WHERE e.owner_id = ? AND e.at < ? AND e.at >= ? AND ${match.sql}
           ORDER BY e.at DESC LIMIT ?`,
    parameters: [run.ownerId, beforeOf(run), run.since, ...match.parameters, run.limit],
  };
}

/** The last that may be looked at; none where there are fewer. It is read from the index alone. */
function endOf(run: WindowedRun): Statement {
  return {
    sql: `SELECT e.at AS at FROM ledger_entries e WHERE e.owner_id = ? AND e.at < ?
           ORDER BY e.at DESC LIMIT 1 OFFSET ?`,
    parameters: [run.ownerId, beforeOf(run), run.window - 1],
  };
}

function beforeOf({ before }: LedgerRun): number {
  return before ?? Number.MAX_SAFE_INTEGER;
}

/** What follows the slash: nothing else is between them, in either database's order of bytes. */
const AFTER_SLASH = '0';

function matchOf({ action, subject }: LedgerRun): Statement {
  const ofAction = action === null ? [] : [action];
  const ofSubject = subject === null ? [] : [subject, `${subject}/`, `${subject}${AFTER_SLASH}`];
  const conditions = [
    ...(action === null ? [] : ['e.action = ?']),
    ...(subject === null
      ? []
      : ['(LOWER(e.subject) = ? OR (LOWER(e.subject) >= ? AND LOWER(e.subject) < ?))']),
  ];
  return { sql: conditions.join(' AND ') || '1 = 1', parameters: [...ofAction, ...ofSubject] };
}

function isFiltered({ action, subject }: LedgerRun): boolean {
  return action !== null || subject !== null;
}

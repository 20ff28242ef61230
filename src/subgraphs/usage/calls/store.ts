import { pause, type Tx } from '../../../database';
import type { OwnerId } from '../../../domain/principal';
import type { SelectorKind } from '../../../domain/terms';
import type { Outcome } from '../../../domain/usage/call';

/** A call as it is stored, before anyone asked what of it is for whose eyes. Times are epoch milliseconds. */
export interface StoredCall {
  readonly algorithmId: number;
  readonly startedAt: number;
  readonly requestId: string;
  readonly durationMs: number;
  readonly backendMs: number | null;
  readonly callerId: OwnerId;
  readonly keyId: number | null;
  readonly reference: string;
  readonly selector: SelectorKind;
  readonly versionId: number | null;
  readonly sha: string;
  readonly position: string;
  readonly outcome: Outcome;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly artifacts: string | null;
}

/** The calls of one algorithm, or those that one caller made: what one index has in the order of time. */
export type CallSource =
  | { readonly kind: 'algorithm'; readonly algorithmId: number }
  | { readonly kind: 'caller'; readonly callerId: OwnerId };

type CallOrder = 'NEWEST_FIRST' | 'OLDEST_FIRST';

/** Where a reader of a source stands: after this call of it. */
export type Place = Pick<StoredCall, 'startedAt' | 'algorithmId' | 'requestId'>;

/** A part of a source that is to be read: at most `limit` calls that started in [from, to), those after a place. */
export interface Run {
  readonly source: CallSource;
  readonly order: CallOrder;
  readonly from: number;
  readonly to: number;
  readonly after: Place | null;
  readonly limit: number;
}

/** So that one statement holds up neither the process nor, with its text, a database. */
const MOST_ROWS = 2_000;
const MOST_RUNS = 100;

/**
 * What each of the runs has, in its order. Every run is one seek in an index and at most `limit` rows from there:
 * nothing is sorted, however long the history is.
 */
export async function readRuns(tx: Tx, runs: readonly Run[]): Promise<StoredCall[][]> {
  const found: StoredCall[][] = runs.map(() => []);
  for (const some of statementsFor(runs)) {
    const { sql, parameters } = statementOf(some);
    for (const row of await tx.query<Raw[]>(sql, [...parameters])) found[Number(row.run)]?.push(callOf(row));
    // SQLite answers at once: without a pause, calls would wait for all the chunks
    await pause();
  }
  return found;
}

/** A run, and its place among those that were asked for. */
type Numbered = readonly [at: number, run: Run];

/** Runs that go into one statement: not too many, and not too many calls. */
function statementsFor(runs: readonly Run[]): Numbered[][] {
  const chunks: Numbered[][] = [];
  let rows = Infinity;
  for (const [at, run] of runs.entries()) {
    const chunk = chunks.at(-1);
    if (chunk === undefined || chunk.length >= MOST_RUNS || rows + run.limit > MOST_ROWS) {
      chunks.push([[at, run]]);
      rows = run.limit;
    } else {
      chunk.push([at, run]);
      rows += run.limit;
    }
  }
  return chunks;
}

const COLUMNS = [
  'algorithm_id',
  'started_at',
  'request_id',
  'duration_ms',
  'backend_ms',
  'caller_id',
  'key_id',
  'reference',
  'selector',
  'version_id',
  'sha',
  'position',
  'outcome',
  'bytes_in',
  'bytes_out',
  'artifacts',
].join(', ');

interface Statement {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

/** The statement that reads some runs. */
function statementOf(runs: readonly Numbered[]): Statement {
  const parts = runs.map(([at, run]) => selectOf(at, run));
  return {
    sql: parts.map(({ sql }) => sql).join(' UNION ALL '),
    parameters: parts.flatMap(({ parameters }) => parameters),
  };
}

function selectOf(at: number, run: Run): Statement {
  const { key, order } = INDEX_OF[run.source.kind];
  const { from, to } = narrowed(run);
  const past = pastOf(run);
  const direction = run.order === 'NEWEST_FIRST' ? 'DESC' : 'ASC';
  const ordered = order.map((column) => `${column} ${direction}`).join(', ');
  const sql = `SELECT * FROM (SELECT ${at} AS run, ${COLUMNS} FROM calls
    WHERE ${key} = ? AND started_at >= ? AND started_at < ?${past.sql} ORDER BY ${ordered} LIMIT ?) r${at}`;
  return { sql, parameters: [idOf(run.source), from, to, ...past.parameters, run.limit] };
}

/** By what a source is found, and in what order its index has its calls. */
const INDEX_OF = {
  algorithm: { key: 'algorithm_id', order: ['started_at', 'request_id'] },
  caller: { key: 'caller_id', order: ['started_at', 'algorithm_id', 'request_id'] },
} as const;

function idOf(source: CallSource): number {
  return source.kind === 'algorithm' ? source.algorithmId : source.callerId;
}

/** What is after a place begins, or ends, with the moment of that place. */
function narrowed({ from, to, order, after }: Run): { from: number; to: number } {
  if (after === null) return { from, to };
  return order === 'NEWEST_FIRST'
    ? { from, to: Math.min(to, after.startedAt + 1) }
    : { from: Math.max(from, after.startedAt), to };
}

/** Of the calls of that moment, those that come after it. */
function pastOf({ source, order, after }: Run): Statement {
  if (after === null) return { sql: '', parameters: [] };
  const beyond = order === 'NEWEST_FIRST' ? '<' : '>';
  const { startedAt, algorithmId, requestId } = after;
  return source.kind === 'algorithm'
    ? { sql: ` AND (started_at <> ? OR request_id ${beyond} ?)`, parameters: [startedAt, requestId] }
    : {
        sql: ` AND (started_at <> ? OR algorithm_id ${beyond} ? OR (algorithm_id = ? AND request_id ${beyond} ?))`,
        parameters: [startedAt, algorithmId, algorithmId, requestId],
      };
}

/** What a driver gives of a row. */
interface Raw {
  readonly run: number | string;
  readonly algorithm_id: number;
  readonly started_at: number | string;
  readonly request_id: string;
  readonly duration_ms: number;
  readonly backend_ms: number | null;
  readonly caller_id: number;
  readonly key_id: number | null;
  readonly reference: string;
  readonly selector: SelectorKind;
  readonly version_id: number | null;
  readonly sha: string;
  readonly position: string;
  readonly outcome: Outcome;
  readonly bytes_in: number | string;
  readonly bytes_out: number | string;
  readonly artifacts: string | null;
}

function callOf(raw: Raw): StoredCall {
  return {
    algorithmId: raw.algorithm_id,
    startedAt: Number(raw.started_at),
    requestId: raw.request_id,
    durationMs: raw.duration_ms,
    backendMs: raw.backend_ms,
    callerId: raw.caller_id,
    keyId: raw.key_id,
    reference: raw.reference,
    selector: raw.selector,
    versionId: raw.version_id,
    sha: raw.sha,
    position: raw.position,
    outcome: raw.outcome,
    bytesIn: Number(raw.bytes_in),
    bytesOut: Number(raw.bytes_out),
    artifacts: raw.artifacts,
  };
}

/** Of which algorithm a call of this caller was; null where there is none such, or not any more. */
export async function readAlgorithmOf(
  tx: Tx,
  callerId: OwnerId,
  { startedAt, requestId }: Omit<Place, 'algorithmId'>,
): Promise<number | null> {
  const [row] = await tx.query<{ algorithm_id: number }[]>(
    'SELECT algorithm_id FROM calls WHERE caller_id = ? AND started_at = ? AND request_id = ? LIMIT 1',
    [callerId, startedAt, requestId],
  );
  return row?.algorithm_id ?? null;
}

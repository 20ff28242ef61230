import { chunksOf, pause, placesFor, type Tx } from '../../../database';
import { AlgogateError } from '../../../domain/errors';
import type { SelectorKind } from '../../../domain/terms';
import type { Outcome } from '../../../domain/usage/call';
import type { Span } from '../../../domain/usage/cover';
import { unitOf } from '../../../domain/usage/subject';
import { countsOf } from '../../../domain/usage/tally';
import { USAGE_BOUNDS, type UsageBounds } from '../bounds';
import { type Cell, ROWS_IN_A_ROW } from './cell';
import { recordSpans } from './cells-store';

/** The records of one algorithm, of one caller, or of both. */
interface RecordsOf {
  readonly algorithmIds: readonly number[] | null;
  readonly callerId: number | null;
}

interface RecordRow {
  readonly algorithmId: number;
  readonly versionId: number | null;
  readonly buildId: number | null;
  readonly callerId: number;
  readonly at: number | string;
  readonly selector: SelectorKind;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly bytesIn: number | string;
  readonly bytesOut: number | string;
}

const ALGORITHMS_AT_ONCE = 200;
const COLUMNS = `algorithm_id AS algorithmId, version_id AS versionId, build_id AS buildId, caller_id AS callerId,
  started_at AS at, selector, outcome, duration_ms AS durationMs, bytes_in AS bytesIn, bytes_out AS bytesOut`;

/**
 * Calls one by one, by algorithm: those at the edges of a range, where it does not reach over whole buckets.
 * @throws AlgogateError INVALID_INPUT where there are too many
 */
export async function readRecords(
  tx: Tx,
  { algorithmIds, callerId }: RecordsOf,
  spans: readonly Span[],
  { records }: Pick<UsageBounds, 'records'> = USAGE_BOUNDS,
): Promise<ReadonlyMap<number, Cell[]>> {
  const cells = new Map<number, Cell[]>();
  let left = records + 1;
  for (const { from, to } of recordSpans(spans)) {
    for (const some of algorithmIds === null ? [null] : chunksOf(algorithmIds, ALGORITHMS_AT_ONCE)) {
      const [where, ids] = conditionOf(some, callerId);
      const sql = `SELECT ${COLUMNS} FROM calls WHERE ${where} AND started_at >= ? AND started_at < ? LIMIT ?`;
      const rows = await tx.query<RecordRow[]>(sql, [...ids, from, to, left]);
      left -= rows.length;
      if (left === 0) throw tooManyRecords(records);
      for (const together of chunksOf(rows, ROWS_IN_A_ROW)) {
        for (const row of together) put(cells, row.algorithmId, cellOf(row));
        if (together.length === ROWS_IN_A_ROW) await pause();
      }
    }
  }
  return cells;
}

/** By the caller where there is one: of algorithms that all call, its own calls are few. */
function conditionOf(algorithmIds: readonly number[] | null, callerId: number | null): [string, number[]] {
  const of = algorithmIds && placesFor(algorithmIds);
  if (callerId === null) return [`algorithm_id IN (${of ?? 'NULL'})`, [...(algorithmIds ?? [])]];
  const among = of === null ? '' : ` AND (algorithm_id + 0) IN (${of})`;
  return [`caller_id = ?${among}`, [callerId, ...(algorithmIds ?? [])]];
}

function cellOf(row: RecordRow): Cell {
  const { selector, outcome, callerId, durationMs } = row;
  const [bytesIn, bytesOut] = [Number(row.bytesIn), Number(row.bytesOut)];
  const counts = countsOf({ outcome, durationMs, bytesIn, bytesOut });
  return { about: unitOf(row), callerId, at: Number(row.at), selector, outcome, counts };
}

function put(cells: Map<number, Cell[]>, algorithmId: number, cell: Cell): void {
  const known = cells.get(algorithmId);
  if (known === undefined) cells.set(algorithmId, [cell]);
  else known.push(cell);
}

function tooManyRecords(most: number): AlgogateError {
  return new AlgogateError(
    'INVALID_INPUT',
    `over ${most} calls are in parts of hours or minutes at the edges of the range: ask for whole ones`,
    ['from'],
  );
}

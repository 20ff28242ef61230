import { chunksOf, pause, placesFor, type Tx } from '../../../database';
import type { Span } from '../../../domain/usage/cover';
import { Budget } from '../budget';
import { type CellsByAlgorithm, ROWS_IN_A_ROW } from './cell';
import { recordSpans } from './cells-store';
import { FoldedRecords, type RecordRow } from './folded-records';

/** The records of algorithms, of one caller, or of both. */
export interface RecordsOf {
  readonly algorithmIds: readonly number[] | null;
  readonly callerId: number | null;
}

type Pages = AsyncGenerator<readonly RecordRow[], void>;
type Values = readonly (number | string)[];

const ALGORITHMS_AT_ONCE = 200;
const COLUMNS = `algorithm_id AS algorithmId, version_id AS versionId, build_id AS buildId, caller_id AS callerId,
  started_at AS at, request_id AS requestId, selector, outcome, duration_ms AS durationMs, bytes_in AS bytesIn,
  bytes_out AS bytesOut`;
const WITHIN = 'started_at >= ? AND started_at < ?';

/**
 * Calls at the edges of a range, where it does not reach over whole buckets, by algorithm. They are read a page at a
 * time and added up at once, so that memory is that of what they add up to.
 * @throws AlgogateError QUERY_TOO_COMPLEX where the request has too many
 */
export async function readRecords(
  tx: Tx,
  { algorithmIds, callerId }: RecordsOf,
  spans: readonly Span[],
  budget = new Budget(),
): Promise<CellsByAlgorithm> {
  const folded = new FoldedRecords();
  const sorted = algorithmIds && [...algorithmIds].sort((a, b) => a - b);
  for (const span of recordSpans(spans)) {
    const inSpan = folded.within(span);
    for (const some of sorted === null ? [null] : chunksOf(sorted, ALGORITHMS_AT_ONCE)) {
      const pages =
        callerId === null ? ofAlgorithms(tx, some ?? [], span) : ofCaller(tx, callerId, some, span);
      const readOn = async (): Promise<boolean> => {
        budget.assertLeft('records');
        budget.assertLeft('cells');
        const { value: rows } = await pages.next();
        if (rows === undefined) return false;
        budget.spend('records', rows.length);
        budget.spend('cells', inSpan.take(rows));
        // SQLite answers at once: others must have their turn in between
        await pause();
        return true;
      };
      while (await budget.inTurn(readOn));
    }
  }
  return folded.cells;
}

/** In the order of the primary key: those of the first of the algorithms that have any, then of the next. */
async function* ofAlgorithms(tx: Tx, ids: readonly number[], { from, to }: Span): Pages {
  const order = 'algorithm_id, started_at, request_id';
  for (let rest = ids, after: RecordRow | null = null; after !== null || rest.length > 0;) {
    const rows: readonly RecordRow[] =
      after === null
        ? await page(tx, `algorithm_id IN (${placesFor(rest)}) AND ${WITHIN}`, [...rest, from, to], order)
        : await page(
            tx,
            `algorithm_id = ? AND ${WITHIN} AND (started_at <> ? OR request_id > ?)`,
            [after.algorithmId, after.at, to, after.at, after.requestId],
            order,
          );
    yield rows;
    const last: RecordRow | null = rows.length < ROWS_IN_A_ROW ? null : (rows.at(-1) ?? null);
    if (last === null && after === null) return;
    if (last !== null) rest = rest.filter((id) => id > last.algorithmId);
    after = last;
  }
}

/** In the order of the index by caller. Of algorithms that all call, its own calls are few. */
async function* ofCaller(
  tx: Tx,
  callerId: number,
  algorithmIds: readonly number[] | null,
  { from, to }: Span,
): Pages {
  const among = algorithmIds === null ? '' : ` AND (algorithm_id + 0) IN (${placesFor(algorithmIds)})`;
  const where = `caller_id = ?${among} AND ${WITHIN}`;
  const order = 'started_at, algorithm_id, request_id';
  const own = [callerId, ...(algorithmIds ?? [])];
  for (let after: RecordRow | null = null; ;) {
    const rows: readonly RecordRow[] =
      after === null
        ? await page(tx, where, [...own, from, to], order)
        : await page(
            tx,
            `${where} AND (started_at <> ? OR algorithm_id > ? OR (algorithm_id = ? AND request_id > ?))`,
            [...own, after.at, to, after.at, after.algorithmId, after.algorithmId, after.requestId],
            order,
          );
    yield rows;
    after = rows.at(-1) ?? null;
    if (rows.length < ROWS_IN_A_ROW) return;
  }
}

function page(tx: Tx, where: string, values: Values, order: string): Promise<readonly RecordRow[]> {
  const sql = `SELECT ${COLUMNS} FROM calls WHERE ${where} ORDER BY ${order} LIMIT ${ROWS_IN_A_ROW}`;
  return tx.query<RecordRow[]>(sql, [...values]);
}

import { chunksOf, pause, type Tx } from '../../database';
import { AlgogateError } from '../../domain/errors';
import type { SelectorKind } from '../../domain/terms';
import { isError, type Outcome } from '../../domain/usage/call';
import type { Span } from '../../domain/usage/cover';
import { Distinct } from '../../domain/usage/distinct';
import { Latencies } from '../../domain/usage/latencies';
import type { FamilyKey, SubjectKey } from '../../domain/usage/subject';
import { type Cell, MAX_CELLS, ROWS_IN_A_ROW } from './cell';

/** Of a family: all of it, or all but the versions. */
export interface FamilyPart {
  readonly family: FamilyKey;
  readonly without: 'versions' | null;
}

/** The calls of one caller to one algorithm; null: to whatever. */
export interface OwnCalls {
  readonly callerId: number;
  readonly algorithmId: number | null;
}

const KEYS_AT_ONCE = 200;

interface RollupRow extends CountRow {
  readonly about: SubjectKey;
  readonly family: FamilyKey | null;
  readonly callers: Uint8Array | null;
}

interface PairRow extends CountRow {
  readonly about: SubjectKey;
  readonly algorithmId: number;
  readonly callerId: number;
}

interface CountRow {
  readonly at: number | string;
  readonly selector: SelectorKind;
  readonly outcome: Outcome;
  readonly calls: number | string;
  readonly bytesIn: number | string;
  readonly bytesOut: number | string;
  readonly latencies: Uint8Array;
}

const COUNTS =
  'bucket AS at, selector, outcome, calls, bytes_in AS bytesIn, bytes_out AS bytesOut, latencies';
const ROLLUP = `subject AS about, family, ${COUNTS}, callers`;
export const PAIR = `unit AS about, algorithm_id AS algorithmId, caller_id AS callerId, ${COUNTS}`;
const WITHIN = 'granularity = ? AND bucket >= ? AND bucket < ?';

/** The rollups of subjects, by subject: one range of the primary key for each. @throws AlgogateError QUERY_TOO_COMPLEX */
export async function readSubjects(
  tx: Tx,
  subjects: readonly SubjectKey[],
  spans: readonly Span[],
): Promise<ReadonlyMap<SubjectKey, Cell[]>> {
  const reading = new Reading<SubjectKey>();
  for (const span of rollupSpans(spans)) {
    for (const some of chunksOf(subjects, KEYS_AT_ONCE)) {
      const sql = `SELECT ${ROLLUP} FROM usage_rollups WHERE subject IN (${places(some)}) AND ${WITHIN} LIMIT ?`;
      const rows = await tx.query<RollupRow[]>(sql, [...some, ...bounds(span), reading.left]);
      await reading.take(rows, ({ about }) => about, rollupCell);
    }
  }
  return reading.cells;
}

/** The rollups of all subjects of families, by family. @throws AlgogateError QUERY_TOO_COMPLEX */
export async function readFamilies(
  tx: Tx,
  families: readonly FamilyKey[],
  without: FamilyPart['without'],
  spans: readonly Span[],
): Promise<ReadonlyMap<FamilyKey, Cell[]>> {
  const reading = new Reading<FamilyKey>();
  // builds and majors come before versions, in the order of the index
  const part = without === null ? '' : " AND subject < 'version'";
  for (const span of rollupSpans(spans)) {
    for (const some of chunksOf(families, KEYS_AT_ONCE)) {
      const sql = `SELECT ${ROLLUP} FROM usage_rollups WHERE family IN (${places(some)}) AND ${WITHIN}${part} LIMIT ?`;
      const rows = await tx.query<RollupRow[]>(sql, [...some, ...bounds(span), reading.left]);
      await reading.take(rows, ({ family }) => family, rollupCell);
    }
  }
  return reading.cells;
}

/**
 * What one caller called, by algorithm. Read by the caller, whatever the algorithm: of an algorithm that all call, its
 * own are few. @param algorithmIds null: all
 * @throws AlgogateError QUERY_TOO_COMPLEX
 */
export async function readPairsOfCaller(
  tx: Tx,
  callerId: number,
  algorithmIds: readonly number[] | null,
  spans: readonly Span[],
): Promise<ReadonlyMap<number, Cell[]>> {
  const reading = new Reading<number>();
  for (const span of rollupSpans(spans)) {
    for (const some of algorithmIds === null ? [null] : chunksOf(algorithmIds, KEYS_AT_ONCE)) {
      const of = some === null ? '' : ` AND (algorithm_id + 0) IN (${places(some)})`;
      const sql = `SELECT ${PAIR} FROM usage_pairs WHERE caller_id = ? AND ${WITHIN}${of} LIMIT ?`;
      const rows = await tx.query<PairRow[]>(sql, [callerId, ...bounds(span), ...(some ?? []), reading.left]);
      await reading.take(rows, ({ algorithmId }) => algorithmId, pairCell);
    }
  }
  return reading.cells;
}

/** Cells as they come in, by what they were asked for; more than fit are refused. */
export class Reading<Key> {
  readonly cells = new Map<Key, Cell[]>();
  private count = 0;

  /** How many rows to ask for: one more than fit, to see whether there are. */
  get left(): number {
    return MAX_CELLS + 1 - this.count;
  }

  /** @throws AlgogateError QUERY_TOO_COMPLEX */
  async take<R>(rows: readonly R[], keyOf: (row: R) => Key | null, cellOf: (row: R) => Cell): Promise<void> {
    this.count += rows.length;
    if (this.count > MAX_CELLS) throw tooMany();
    for (const [at, row] of rows.entries()) {
      const key = keyOf(row);
      if (key === null) continue;
      const known = this.cells.get(key);
      if (known === undefined) this.cells.set(key, [cellOf(row)]);
      else known.push(cellOf(row));
      // decoding is work: others must have their turn in between
      if (at % ROWS_IN_A_ROW === ROWS_IN_A_ROW - 1) await pause();
    }
  }
}

export function pairCell(row: PairRow): Cell {
  return cellOf(row, row.callerId, null);
}

/** The spans that rollups are read for, and not records. */
export function rollupSpans(spans: readonly Span[]): Span[] {
  return spans.filter(({ source }) => source !== 'RECORDS');
}

function rollupCell(row: RollupRow): Cell {
  const consumer = /^consumer:(\d+)$/.exec(row.about)?.[1];
  const callers = row.callers === null ? null : Distinct.decode(row.callers);
  return cellOf(row, consumer === undefined ? null : Number(consumer), callers);
}

function cellOf(
  row: CountRow & { about: SubjectKey },
  callerId: number | null,
  callers: Distinct | null,
): Cell {
  const { about, selector, outcome } = row;
  const calls = Number(row.calls);
  const counts = {
    calls,
    errors: isError(outcome) ? calls : 0,
    bytesIn: Number(row.bytesIn),
    bytesOut: Number(row.bytesOut),
    latencies: Latencies.decode(row.latencies),
    callers,
  };
  return { about, callerId, at: Number(row.at), selector, outcome, counts };
}

function bounds({ source, from, to }: Span): readonly [string, number, number] {
  return [source, from, to];
}

function places(values: readonly unknown[]): string {
  return values.map(() => '?').join();
}

export function tooMany(): AlgogateError {
  return new AlgogateError(
    'QUERY_TOO_COMPLEX',
    `over ${MAX_CELLS} counts are in the answer: ask for a shorter range, a longer granularity or another grouping`,
  );
}

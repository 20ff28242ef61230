import { pause } from '../../../database';
import type { Span } from '../../../domain/usage/cover';
import { Distinct } from '../../../domain/usage/distinct';
import { Latencies } from '../../../domain/usage/latencies';
import { Parts } from '../../../domain/usage/parts';
import { type FamilyKey, parseSubject, type SubjectKey } from '../../../domain/usage/subject';
import type { Budget } from '../budget';
import { type Cell, ROWS_IN_A_ROW } from './cell';

/** Whether calls are told apart by selector and outcome. Few questions need that, and it is much to read. */
export type Detail = 'TOTAL' | 'PARTS';

/** A row of `usage_rollups`, as `rollup` reads it. */
export type RollupRow = CountRow & {
  readonly about: SubjectKey;
  readonly family: FamilyKey | null;
};

/** A row of `usage_pairs`, as `pair` reads it. */
export type PairRow = CountRow & {
  readonly about: SubjectKey;
  readonly algorithmId: number;
  readonly callerId: number;
};

type CountRow = { readonly at: number | string } & (TotalRow | PartsRow);

interface TotalRow {
  readonly calls: number | string;
  readonly errors: number | string;
  readonly bytesIn: number | string;
  readonly bytesOut: number | string;
  readonly latencies: Uint8Array;
  /** Of rollups alone; null where one alone calls. */
  readonly callers?: Uint8Array | null;
}

interface PartsRow {
  readonly parts: Uint8Array;
}

const COUNTS = {
  TOTAL: 'calls, errors, bytes_in AS bytesIn, bytes_out AS bytesOut, latencies',
  PARTS: 'parts',
} as const;

/** The columns of a rollup. */
export function rollup(detail: Detail): string {
  const callers = detail === 'TOTAL' ? ', callers' : '';
  return `subject AS about, family, bucket AS at, ${COUNTS[detail]}${callers}`;
}

/** The columns of a pair. */
export function pair(detail: Detail): string {
  return `unit AS about, algorithm_id AS algorithmId, caller_id AS callerId, bucket AS at, ${COUNTS[detail]}`;
}

/** Cells as they come in, by what they were asked for; more than the request has left are refused. */
export class Reading<Key> {
  readonly cells = new Map<Key, Cell[]>();

  constructor(private readonly budget: Budget) {}

  /**
   * Takes what a statement gives: of each row its cells.
   * @param read is told how many rows to ask for: one more than fit, to see whether there are
   * @throws AlgogateError QUERY_TOO_COMPLEX; nothing is read where nothing is left
   */
  take<R>(
    read: (most: number) => Promise<readonly R[]>,
    keyOf: (row: R) => Key | null,
    cellsOf: (row: R) => readonly Cell[],
  ): Promise<void> {
    const { budget } = this;
    return budget.inTurn(async () => {
      budget.assertLeft('cells');
      const rows = await read(budget.left('cells') + 1);
      budget.spend('cells', rows.length);
      await this.put(rows, keyOf, cellsOf);
    });
  }

  private async put<R>(
    rows: readonly R[],
    keyOf: (row: R) => Key | null,
    cellsOf: (row: R) => readonly Cell[],
  ): Promise<void> {
    for (const [at, row] of rows.entries()) {
      const key = keyOf(row);
      if (key === null) continue;
      const cells = cellsOf(row);
      if (cells.length > 1) this.budget.spend('cells', cells.length - 1);
      const known = this.cells.get(key) ?? [];
      this.cells.set(key, known);
      known.push(...cells);
      // decoding is work: others must have their turn in between
      if (at % ROWS_IN_A_ROW === ROWS_IN_A_ROW - 1) await pause();
    }
    // SQLite answers at once: without a pause, calls would wait for all the statements
    await pause();
  }
}

export function rollupCells({ about, ...row }: RollupRow): Cell[] {
  const subject = parseSubject(about);
  const callerId = subject.kind === 'consumer' ? subject.id : null;
  return cellsOf(row, { about, algorithmId: null, callerId });
}

export function pairCells({ about, algorithmId, callerId, ...row }: PairRow): Cell[] {
  return cellsOf(row, { about, algorithmId, callerId });
}

/** The spans that rollups are read for, and not records. */
export function rollupSpans(spans: readonly Span[]): Span[] {
  return spans.filter(({ source }) => source !== 'RECORDS');
}

/** The spans that records are read for, one by one. */
export function recordSpans(spans: readonly Span[]): Span[] {
  return spans.filter(({ source }) => source === 'RECORDS');
}

function cellsOf(row: CountRow, of: Pick<Cell, 'about' | 'algorithmId' | 'callerId'>): Cell[] {
  const at = Number(row.at);
  if ('parts' in row)
    return Parts.decode(row.parts)
      .all()
      .map((part) => ({ ...of, at, ...part }));
  const { callers = null } = row;
  const counts = {
    calls: Number(row.calls),
    errors: Number(row.errors),
    bytesIn: Number(row.bytesIn),
    bytesOut: Number(row.bytesOut),
    latencies: Latencies.decode(row.latencies),
    callers: callers === null ? null : Distinct.decode(callers),
  };
  return [{ ...of, at, selector: null, outcome: null, counts }];
}

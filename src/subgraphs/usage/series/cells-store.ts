import { pause } from '../../../database';
import type { SelectorKind } from '../../../domain/terms';
import { isError, type Outcome } from '../../../domain/usage/call';
import type { Span } from '../../../domain/usage/cover';
import { Distinct } from '../../../domain/usage/distinct';
import { Latencies } from '../../../domain/usage/latencies';
import { type FamilyKey, parseSubject, type SubjectKey } from '../../../domain/usage/subject';
import type { Budget } from '../budget';
import { type Cell, ROWS_IN_A_ROW } from './cell';

/** A row of `usage_rollups`, as ROLLUP reads it. */
export interface RollupRow extends CountRow {
  readonly about: SubjectKey;
  readonly family: FamilyKey | null;
  readonly callers: Uint8Array | null;
}

/** A row of `usage_pairs`, as PAIR reads it. */
export interface PairRow extends CountRow {
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
export const ROLLUP = `subject AS about, family, ${COUNTS}, callers`;
export const PAIR = `unit AS about, algorithm_id AS algorithmId, caller_id AS callerId, ${COUNTS}`;

/** Cells as they come in, by what they were asked for; more than the request has left are refused. */
export class Reading<Key> {
  readonly cells = new Map<Key, Cell[]>();

  constructor(private readonly budget: Budget) {}

  /**
   * Takes what a statement gives.
   * @param read is told how many rows to ask for: one more than fit, to see whether there are
   * @throws AlgogateError QUERY_TOO_COMPLEX; nothing is read where nothing is left
   */
  take<R>(
    read: (most: number) => Promise<readonly R[]>,
    keyOf: (row: R) => Key | null,
    cellOf: (row: R) => Cell,
  ): Promise<void> {
    const { budget } = this;
    return budget.inTurn(async () => {
      budget.assertLeft('cells');
      const rows = await read(budget.left('cells') + 1);
      budget.spend('cells', rows.length);
      await this.put(rows, keyOf, cellOf);
    });
  }

  private async put<R>(
    rows: readonly R[],
    keyOf: (row: R) => Key | null,
    cellOf: (row: R) => Cell,
  ): Promise<void> {
    for (const [at, row] of rows.entries()) {
      const key = keyOf(row);
      if (key === null) continue;
      const known = this.cells.get(key);
      if (known === undefined) this.cells.set(key, [cellOf(row)]);
      else known.push(cellOf(row));
      // decoding is work: others must have their turn in between
      if (at % ROWS_IN_A_ROW === ROWS_IN_A_ROW - 1) await pause();
    }
    // SQLite answers at once: without a pause, calls would wait for all the statements
    await pause();
  }
}

export function rollupCell(row: RollupRow): Cell {
  const subject = parseSubject(row.about);
  const callers = row.callers === null ? null : Distinct.decode(row.callers);
  return cellOf(row, {
    algorithmId: null,
    callerId: subject.kind === 'consumer' ? subject.id : null,
    callers,
  });
}

export function pairCell(row: PairRow): Cell {
  const { algorithmId, callerId } = row;
  return cellOf(row, { algorithmId, callerId, callers: null });
}

/** The spans that rollups are read for, and not records. */
export function rollupSpans(spans: readonly Span[]): Span[] {
  return spans.filter(({ source }) => source !== 'RECORDS');
}

/** The spans that records are read for, one by one. */
export function recordSpans(spans: readonly Span[]): Span[] {
  return spans.filter(({ source }) => source === 'RECORDS');
}

function cellOf(
  row: CountRow & { readonly about: SubjectKey },
  who: Pick<Cell, 'algorithmId' | 'callerId'> & { readonly callers: Distinct | null },
): Cell {
  const { algorithmId, callerId, callers } = who;
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
  return { about, algorithmId, callerId, at: Number(row.at), selector, outcome, counts };
}

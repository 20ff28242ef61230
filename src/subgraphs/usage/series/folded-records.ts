import type { SelectorKind } from '../../../domain/terms';
import { isError, type Outcome } from '../../../domain/usage/call';
import type { Span } from '../../../domain/usage/cover';
import { Latencies } from '../../../domain/usage/latencies';
import { unitOf } from '../../../domain/usage/subject';
import type { Counts } from '../../../domain/usage/tally';
import type { Cell } from './cell';

/** A row of `calls`, as far as it is added up. */
export interface RecordRow {
  readonly algorithmId: number;
  readonly versionId: number | null;
  readonly buildId: number | null;
  readonly callerId: number;
  readonly at: number | string;
  readonly requestId: string;
  readonly selector: SelectorKind;
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly bytesIn: number | string;
  readonly bytesOut: number | string;
}

/** Counts that grow, as those of a cell that is still being read. */
type Growing = { -readonly [Name in keyof Counts]: Counts[Name] };

/** Records as they come in, added up: of each span one cell for whatever an answer may tell apart. */
export class FoldedRecords {
  readonly cells = new Map<number, Cell[]>();

  /** @param span which stays within one bucket, of whatever granularity it is an edge of */
  within({ from }: Span): { take(rows: readonly RecordRow[]): number } {
    const growing = new Map<string, Growing>();
    return {
      /** @returns how many cells they made that were not there before */
      take: (rows) => {
        const before = growing.size;
        for (const row of rows) this.add(growing, row, from);
        return growing.size - before;
      },
    };
  }

  private add(growing: Map<string, Growing>, row: RecordRow, at: number): void {
    const { algorithmId, versionId, buildId, callerId, selector, outcome } = row;
    const key = `${algorithmId} ${versionId} ${versionId === null ? buildId : ''} ${callerId} ${selector} ${outcome}`;
    const known = growing.get(key);
    const counts = known ?? nothing();
    addTo(counts, row);
    if (known !== undefined) return;
    growing.set(key, counts);
    const cell = { about: unitOf(row), algorithmId, callerId, at, selector, outcome, counts };
    const cells = this.cells.get(algorithmId);
    if (cells === undefined) this.cells.set(algorithmId, [cell]);
    else cells.push(cell);
  }
}

function nothing(): Growing {
  return { calls: 0, errors: 0, bytesIn: 0, bytesOut: 0, latencies: new Latencies(), callers: null };
}

function addTo(counts: Growing, { outcome, durationMs, bytesIn, bytesOut }: RecordRow): void {
  counts.calls += 1;
  if (isError(outcome)) counts.errors += 1;
  counts.bytesIn += Number(bytesIn);
  counts.bytesOut += Number(bytesOut);
  counts.latencies.add(durationMs);
}

import type { SelectorKind } from '../../../domain/terms';
import type { Outcome } from '../../../domain/usage/call';
import type { Span } from '../../../domain/usage/cover';
import { unitOf } from '../../../domain/usage/subject';
import { Tally } from '../../../domain/usage/tally';
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

/** Records as they come in, added up: of each span one cell for whatever an answer may tell apart. */
export class FoldedRecords {
  readonly cells = new Map<number, Cell[]>();

  /** @param span which stays within one bucket, of whatever granularity it is an edge of */
  within({ from }: Span): { take(rows: readonly RecordRow[]): number } {
    const growing = new Map<string, Tally>();
    return {
      /** @returns how many cells they made that were not there before */
      take: (rows) => {
        const before = growing.size;
        for (const row of rows) this.add(growing, row, from);
        return growing.size - before;
      },
    };
  }

  private add(growing: Map<string, Tally>, row: RecordRow, at: number): void {
    const { algorithmId, versionId, buildId, callerId, selector, outcome } = row;
    const key = `${algorithmId} ${versionId} ${versionId === null ? buildId : ''} ${callerId} ${selector} ${outcome}`;
    const known = growing.get(key);
    const counts = known ?? new Tally();
    counts.add({ ...row, bytesIn: Number(row.bytesIn), bytesOut: Number(row.bytesOut) });
    if (known !== undefined) return;
    growing.set(key, counts);
    const cell = { about: unitOf(row), algorithmId, callerId, at, selector, outcome, counts };
    const cells = this.cells.get(algorithmId);
    if (cells === undefined) this.cells.set(algorithmId, [cell]);
    else cells.push(cell);
  }
}

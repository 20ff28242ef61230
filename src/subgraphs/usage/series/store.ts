import { chunksOf, placesFor, type Tx } from '../../../database';
import type { Span } from '../../../domain/usage/cover';
import type { FamilyKey, SubjectKey } from '../../../domain/usage/subject';
import { Budget } from '../budget';
import type { Cell } from './cell';
import {
  type Detail,
  pair,
  pairCells,
  type PairRow,
  Reading,
  rollup,
  rollupCells,
  type RollupRow,
  rollupSpans,
} from './cells-store';

/** Of families: all of them, or all but the versions. */
export interface FamiliesPart {
  readonly families: readonly FamilyKey[];
  readonly without: 'versions' | null;
}

/** What subjects are read, and how finely. */
export interface SubjectsRead {
  readonly subjects: readonly SubjectKey[];
  readonly detail: Detail;
}

/** The calls of one caller to algorithms; null: to whatever. */
export interface OwnCalls {
  readonly detail: Detail;
  readonly callerId: number;
  readonly algorithmIds: readonly number[] | null;
}

const KEYS_AT_ONCE = 200;
const WITHIN = 'granularity = ? AND bucket >= ? AND bucket < ?';

/**
 * The rollups of subjects, by subject: one range of the primary key for each.
 * @throws AlgogateError QUERY_TOO_COMPLEX
 */
export async function readSubjects(
  tx: Tx,
  { subjects, detail }: SubjectsRead,
  spans: readonly Span[],
  budget = new Budget(),
): Promise<ReadonlyMap<SubjectKey, Cell[]>> {
  const reading = new Reading<SubjectKey>(budget);
  for (const span of rollupSpans(spans)) {
    for (const some of chunksOf(subjects, KEYS_AT_ONCE)) {
      const sql = `SELECT ${rollup(detail)} FROM usage_rollups WHERE subject IN (${placesFor(some)}) AND ${WITHIN} LIMIT ?`;
      const read = (most: number) => tx.query<RollupRow[]>(sql, [...some, ...endsOf(span), most]);
      await reading.take(read, ({ about }) => about, rollupCells);
    }
  }
  return reading.cells;
}

/**
 * The rollups of all subjects of families, by family; never in parts, which no grouping by family wants.
 * @throws AlgogateError QUERY_TOO_COMPLEX
 */
export async function readFamilies(
  tx: Tx,
  { families, without }: FamiliesPart,
  spans: readonly Span[],
  budget = new Budget(),
): Promise<ReadonlyMap<FamilyKey, Cell[]>> {
  const reading = new Reading<FamilyKey>(budget);
  // builds and majors come before versions, in the order of the index
  const part = without === null ? '' : " AND subject < 'version'";
  for (const span of rollupSpans(spans)) {
    for (const some of chunksOf(families, KEYS_AT_ONCE)) {
      const sql = `SELECT ${rollup('TOTAL')} FROM usage_rollups WHERE family IN (${placesFor(some)}) AND ${WITHIN}${part} LIMIT ?`;
      const read = (most: number) => tx.query<RollupRow[]>(sql, [...some, ...endsOf(span), most]);
      await reading.take(read, ({ family }) => family, rollupCells);
    }
  }
  return reading.cells;
}

/**
 * What one caller called, by algorithm. Read by the caller, whatever the algorithm: of an algorithm that all call, its
 * own are few.
 * @param of `algorithmIds` null: all
 * @throws AlgogateError QUERY_TOO_COMPLEX
 */
export async function readPairsOfCaller(
  tx: Tx,
  { callerId, algorithmIds, detail }: OwnCalls,
  spans: readonly Span[],
  budget = new Budget(),
): Promise<ReadonlyMap<number, Cell[]>> {
  const reading = new Reading<number>(budget);
  for (const span of rollupSpans(spans)) {
    for (const some of algorithmIds === null ? [null] : chunksOf(algorithmIds, KEYS_AT_ONCE)) {
      const of = some === null ? '' : ` AND (algorithm_id + 0) IN (${placesFor(some)})`;
      const sql = `SELECT ${pair(detail)} FROM usage_pairs WHERE caller_id = ? AND ${WITHIN}${of} LIMIT ?`;
      const values = [callerId, ...endsOf(span), ...(some ?? [])];
      const read = (most: number) => tx.query<PairRow[]>(sql, [...values, most]);
      await reading.take(read, ({ algorithmId }) => algorithmId, pairCells);
    }
  }
  return reading.cells;
}

function endsOf({ source, from, to }: Span): readonly [string, number, number] {
  return [source, from, to];
}

import { chunksOf, placesFor, type Tx } from '../../../database';
import type { Span } from '../../../domain/usage/cover';
import type { FamilyKey, SubjectKey } from '../../../domain/usage/subject';
import { Budget } from '../budget';
import type { Cell } from './cell';
import {
  PAIR,
  pairCell,
  type PairRow,
  Reading,
  ROLLUP,
  rollupCell,
  type RollupRow,
  rollupSpans,
} from './cells-store';

/** Of families: all of them, or all but the versions. */
export interface FamiliesPart {
  readonly families: readonly FamilyKey[];
  readonly without: 'versions' | null;
}

/** The calls of one caller to algorithms; null: to whatever. */
export interface OwnCalls {
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
  subjects: readonly SubjectKey[],
  spans: readonly Span[],
  budget = new Budget(),
): Promise<ReadonlyMap<SubjectKey, Cell[]>> {
  const reading = new Reading<SubjectKey>(budget);
  for (const span of rollupSpans(spans)) {
    for (const some of chunksOf(subjects, KEYS_AT_ONCE)) {
      const sql = `SELECT ${ROLLUP} FROM usage_rollups WHERE subject IN (${placesFor(some)}) AND ${WITHIN} LIMIT ?`;
      const read = (most: number) => tx.query<RollupRow[]>(sql, [...some, ...endsOf(span), most]);
      await reading.take(read, ({ about }) => about, rollupCell);
    }
  }
  return reading.cells;
}

/**
 * The rollups of all subjects of families, by family.
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
      const sql = `SELECT ${ROLLUP} FROM usage_rollups WHERE family IN (${placesFor(some)}) AND ${WITHIN}${part} LIMIT ?`;
      const read = (most: number) => tx.query<RollupRow[]>(sql, [...some, ...endsOf(span), most]);
      await reading.take(read, ({ family }) => family, rollupCell);
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
  { callerId, algorithmIds }: OwnCalls,
  spans: readonly Span[],
  budget = new Budget(),
): Promise<ReadonlyMap<number, Cell[]>> {
  const reading = new Reading<number>(budget);
  for (const span of rollupSpans(spans)) {
    for (const some of algorithmIds === null ? [null] : chunksOf(algorithmIds, KEYS_AT_ONCE)) {
      const of = some === null ? '' : ` AND (algorithm_id + 0) IN (${placesFor(some)})`;
      const sql = `SELECT ${PAIR} FROM usage_pairs WHERE caller_id = ? AND ${WITHIN}${of} LIMIT ?`;
      const values = [callerId, ...endsOf(span), ...(some ?? [])];
      const read = (most: number) => tx.query<PairRow[]>(sql, [...values, most]);
      await reading.take(read, ({ algorithmId }) => algorithmId, pairCell);
    }
  }
  return reading.cells;
}

function endsOf({ source, from, to }: Span): readonly [string, number, number] {
  return [source, from, to];
}

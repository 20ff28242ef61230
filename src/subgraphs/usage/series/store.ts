import { chunksOf, placesFor, type Tx } from '../../../database';
import type { Span } from '../../../domain/usage/cover';
import type { FamilyKey, SubjectKey } from '../../../domain/usage/subject';
import { USAGE_BOUNDS, type UsageBounds } from '../bounds';
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
const WITHIN = 'granularity = ? AND bucket >= ? AND bucket < ?';

/**
 * The rollups of subjects, by subject: one range of the primary key for each.
 * @throws AlgogateError QUERY_TOO_COMPLEX
 */
export async function readSubjects(
  tx: Tx,
  subjects: readonly SubjectKey[],
  spans: readonly Span[],
  { cells }: Pick<UsageBounds, 'cells'> = USAGE_BOUNDS,
): Promise<ReadonlyMap<SubjectKey, Cell[]>> {
  const reading = new Reading<SubjectKey>(cells);
  for (const span of rollupSpans(spans)) {
    for (const some of chunksOf(subjects, KEYS_AT_ONCE)) {
      const sql = `SELECT ${ROLLUP} FROM usage_rollups WHERE subject IN (${placesFor(some)}) AND ${WITHIN} LIMIT ?`;
      const rows = await tx.query<RollupRow[]>(sql, [...some, ...endsOf(span), reading.left]);
      await reading.take(rows, ({ about }) => about, rollupCell);
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
  { families, without }: { readonly families: readonly FamilyKey[] } & Pick<FamilyPart, 'without'>,
  spans: readonly Span[],
  { cells }: Pick<UsageBounds, 'cells'> = USAGE_BOUNDS,
): Promise<ReadonlyMap<FamilyKey, Cell[]>> {
  const reading = new Reading<FamilyKey>(cells);
  // builds and majors come before versions, in the order of the index
  const part = without === null ? '' : " AND subject < 'version'";
  for (const span of rollupSpans(spans)) {
    for (const some of chunksOf(families, KEYS_AT_ONCE)) {
      const sql = `SELECT ${ROLLUP} FROM usage_rollups WHERE family IN (${placesFor(some)}) AND ${WITHIN}${part} LIMIT ?`;
      const rows = await tx.query<RollupRow[]>(sql, [...some, ...endsOf(span), reading.left]);
      await reading.take(rows, ({ family }) => family, rollupCell);
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
  { callerId, algorithmIds }: { readonly callerId: number; readonly algorithmIds: readonly number[] | null },
  spans: readonly Span[],
  { cells }: Pick<UsageBounds, 'cells'> = USAGE_BOUNDS,
): Promise<ReadonlyMap<number, Cell[]>> {
  const reading = new Reading<number>(cells);
  for (const span of rollupSpans(spans)) {
    for (const some of algorithmIds === null ? [null] : chunksOf(algorithmIds, KEYS_AT_ONCE)) {
      const of = some === null ? '' : ` AND (algorithm_id + 0) IN (${placesFor(some)})`;
      const sql = `SELECT ${PAIR} FROM usage_pairs WHERE caller_id = ? AND ${WITHIN}${of} LIMIT ?`;
      const rows = await tx.query<PairRow[]>(sql, [callerId, ...endsOf(span), ...(some ?? []), reading.left]);
      await reading.take(rows, ({ algorithmId }) => algorithmId, pairCell);
    }
  }
  return reading.cells;
}

function endsOf({ source, from, to }: Span): readonly [string, number, number] {
  return [source, from, to];
}

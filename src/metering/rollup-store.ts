import {
  bulkFind,
  bulkInsert,
  type BulkValue,
  chunksOf,
  type Dialect,
  type FoundRow,
  type Tx,
} from '../database';
import { Distinct } from '../domain/usage/distinct';
import { Latencies } from '../domain/usage/latencies';
import { Parts } from '../domain/usage/parts';
import type { Counts, Tally } from '../domain/usage/tally';
import type { Added, PairCell, RollupCell } from './cells';

/** Sketches are unpacked and packed between two turns of the event loop. */
const CELLS_AT_ONCE = 100;

type Counted = Pick<RollupCell | PairCell, 'parts'>;

/** Rows of one table that cells are added to. */
interface Rows<C extends Counted> {
  readonly key: (cell: C) => readonly BulkValue[];
  readonly keyOfRow: (row: FoundRow) => readonly unknown[];
  readonly find: (tx: Tx, keys: readonly (readonly BulkValue[])[]) => Promise<FoundRow[]>;
  readonly write: (tx: Tx, cells: readonly Merged<C>[]) => Promise<void>;
}

/** A cell, and what its row holds from now on. */
interface Merged<C> {
  readonly cell: C;
  readonly total: Tally;
  readonly parts: Parts;
}

/** All calls of the row together; their parts stand behind all else, and are read by few. */
const TOTAL = ['calls', 'errors', 'bytes_in', 'bytes_out', 'latencies'];

const ROLLUP_KEY = {
  subject: 'text',
  granularity: 'text',
  bucket: 'number',
} as const;

const ROLLUPS: Rows<RollupCell> = {
  key: (cell) => [cell.subject, cell.granularity, cell.bucket],
  keyOfRow: (row) => Object.keys(ROLLUP_KEY).map((column) => row[column]),
  find: bulkFind({
    table: 'usage_rollups',
    columns: [...Object.keys(ROLLUP_KEY), ...TOTAL, 'callers', 'parts'],
    key: ROLLUP_KEY,
  }),
  write: bulkInsert({
    table: 'usage_rollups',
    columns: [...Object.keys(ROLLUP_KEY), 'family', ...TOTAL, 'callers', 'parts'],
    values: ({ cell, total, parts }) => [
      ...ROLLUPS.key(cell),
      cell.family,
      ...valuesOf(total),
      cell.hasCallers ? bytesOf(total.callers) : null,
      bytesOf(parts),
    ],
    over: Object.keys(ROLLUP_KEY),
  }),
};

const PAIR_KEY = {
  algorithm_id: 'number',
  granularity: 'text',
  bucket: 'number',
  unit: 'text',
  caller_id: 'number',
} as const;

const PAIRS: Rows<PairCell> = {
  key: (cell) => [cell.algorithmId, cell.granularity, cell.bucket, cell.unit, cell.callerId],
  keyOfRow: (row) => Object.keys(PAIR_KEY).map((column) => row[column]),
  find: bulkFind({
    table: 'usage_pairs',
    columns: [...Object.keys(PAIR_KEY), ...TOTAL, 'parts'],
    key: PAIR_KEY,
  }),
  write: bulkInsert({
    table: 'usage_pairs',
    columns: [...Object.keys(PAIR_KEY), ...TOTAL, 'parts'],
    values: ({ cell, total, parts }) => [...PAIRS.key(cell), ...valuesOf(total), bytesOf(parts)],
    over: Object.keys(PAIR_KEY),
  }),
};

/**
 * Adds cells to the rows of the database. What is read to be merged stays true until the transaction ends: on MySQL
 * whoever adds holds the turn, on SQLite a transaction that writes is alone.
 */
export async function addCells(tx: Tx, dialect: Dialect, { rollups, pairs }: Added): Promise<void> {
  if (dialect === 'mysql') await tx.query('SELECT id FROM usage_turn WHERE id = 1 FOR UPDATE');
  await addTo(ROLLUPS, tx, rollups);
  await addTo(PAIRS, tx, pairs);
}

async function addTo<C extends Counted>(rows: Rows<C>, tx: Tx, cells: readonly C[]): Promise<void> {
  for (const chunk of chunksOf(cells, CELLS_AT_ONCE)) {
    const found = await rows.find(tx, chunk.map(rows.key));
    const there = new Map(found.map((row) => [rows.keyOfRow(row).join(' '), row]));
    const merged = chunk.map((cell) => ({ cell, ...sumsOf(cell, there.get(rows.key(cell).join(' '))) }));
    await rows.write(tx, merged);
  }
}

/** What was there and what is added. The cell itself stays as it is: a transaction may run again. */
function sumsOf({ parts: added }: Counted, row: FoundRow | undefined): Omit<Merged<never>, 'cell'> {
  const total = added.total();
  if (row === undefined) return { total, parts: added };
  total.merge(countsOf(row));
  const parts = Parts.decode(row['parts'] as Buffer);
  parts.merge(added);
  return { total, parts };
}

function countsOf(row: FoundRow): Counts {
  const callers = (row['callers'] ?? null) as Buffer | null;
  return {
    calls: Number(row['calls']),
    errors: Number(row['errors']),
    bytesIn: Number(row['bytes_in']),
    bytesOut: Number(row['bytes_out']),
    latencies: Latencies.decode(row['latencies'] as Buffer),
    callers: callers === null ? null : Distinct.decode(callers),
  };
}

function valuesOf({ calls, errors, bytesIn, bytesOut, latencies }: Tally): readonly BulkValue[] {
  return [calls, errors, bytesIn, bytesOut, bytesOf(latencies)];
}

function bytesOf(sums: Latencies | Distinct | Parts): Buffer {
  const { buffer, byteOffset, byteLength } = sums.encode();
  return Buffer.from(buffer, byteOffset, byteLength);
}

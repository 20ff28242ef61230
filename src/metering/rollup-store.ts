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
import type { Added, PairCell, RollupCell, Sums } from './cells';

/** Sketches are unpacked and packed between two turns of the event loop. */
const CELLS_AT_ONCE = 100;

/** Rows of one table that cells are added to. */
interface Rows<C extends Sums> {
  readonly key: (cell: C) => readonly BulkValue[];
  readonly keyOfRow: (row: FoundRow) => readonly unknown[];
  readonly find: (tx: Tx, keys: readonly (readonly BulkValue[])[]) => Promise<FoundRow[]>;
  readonly write: (tx: Tx, cells: readonly Merged<C>[]) => Promise<void>;
}

/** A cell, and what its row holds from now on. */
interface Merged<C> {
  readonly cell: C;
  readonly sums: Sums;
}

const SUMS = ['calls', 'bytes_in', 'bytes_out', 'latencies'];

const ROLLUP_KEY = {
  subject: 'text',
  granularity: 'text',
  bucket: 'number',
  selector: 'text',
  outcome: 'text',
} as const;

const ROLLUPS: Rows<RollupCell> = {
  key: (cell) => [cell.subject, cell.granularity, cell.bucket, cell.selector, cell.outcome],
  keyOfRow: (row) => Object.keys(ROLLUP_KEY).map((column) => row[column]),
  find: bulkFind({
    table: 'usage_rollups',
    columns: [...Object.keys(ROLLUP_KEY), ...SUMS, 'callers'],
    key: ROLLUP_KEY,
  }),
  write: bulkInsert({
    table: 'usage_rollups',
    columns: [...Object.keys(ROLLUP_KEY), 'family', ...SUMS, 'callers'],
    values: ({ cell, sums }) => [
      ...ROLLUPS.key(cell),
      cell.family,
      ...valuesOf(sums),
      sums.callers === null ? null : bytesOf(sums.callers),
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
  selector: 'text',
  outcome: 'text',
} as const;

const PAIRS: Rows<PairCell> = {
  key: (cell) => [
    cell.algorithmId,
    cell.granularity,
    cell.bucket,
    cell.unit,
    cell.callerId,
    cell.selector,
    cell.outcome,
  ],
  keyOfRow: (row) => Object.keys(PAIR_KEY).map((column) => row[column]),
  find: bulkFind({ table: 'usage_pairs', columns: [...Object.keys(PAIR_KEY), ...SUMS], key: PAIR_KEY }),
  write: bulkInsert({
    table: 'usage_pairs',
    columns: [...Object.keys(PAIR_KEY), ...SUMS],
    values: ({ cell, sums }) => [...PAIRS.key(cell), ...valuesOf(sums)],
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

async function addTo<C extends Sums>(rows: Rows<C>, tx: Tx, cells: readonly C[]): Promise<void> {
  for (const chunk of chunksOf(cells, CELLS_AT_ONCE)) {
    const found = await rows.find(tx, chunk.map(rows.key));
    const there = new Map(found.map((row) => [rows.keyOfRow(row).join(' '), row]));
    const merged = chunk.map((cell) => ({ cell, sums: sumsOf(cell, there.get(rows.key(cell).join(' '))) }));
    await rows.write(tx, merged);
  }
}

/** What was there and what is added. The cell itself stays as it is: a transaction may run again. */
function sumsOf(cell: Sums, row: FoundRow | undefined): Sums {
  if (row === undefined) return cell;
  const latencies = Latencies.decode(row['latencies'] as Buffer);
  latencies.merge(cell.latencies);
  return {
    calls: cell.calls + Number(row['calls']),
    bytesIn: cell.bytesIn + Number(row['bytes_in']),
    bytesOut: cell.bytesOut + Number(row['bytes_out']),
    latencies,
    callers: cell.callers === null ? null : union(cell.callers, row['callers'] as Buffer | null),
  };
}

function union(added: Distinct, there: Buffer | null): Distinct {
  if (there === null) return added;
  const callers = Distinct.decode(there);
  callers.merge(added);
  return callers;
}

function valuesOf({ calls, bytesIn, bytesOut, latencies }: Sums): readonly BulkValue[] {
  return [calls, bytesIn, bytesOut, bytesOf(latencies)];
}

function bytesOf(sketch: Latencies | Distinct): Buffer {
  const { buffer, byteOffset, byteLength } = sketch.encode();
  return Buffer.from(buffer, byteOffset, byteLength);
}

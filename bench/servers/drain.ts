import 'reflect-metadata';

import { readConfig } from '../../src/config';
import { Database } from '../../src/database';
import type { CallRecord } from '../../src/domain/usage/call';
import { meteringSink } from '../../src/metering';
import { insertRecords } from '../../src/metering/record-store';
import { insertAlgorithms, insertOwner } from '../tools/rows';
import { serve } from '../tools/serve';
import { versionsOf } from '../tools/versions';

/** One algorithm with ten versions and few callers, or each call of another caller to another algorithm. */
export type Variety = 'few' | 'many';

export interface DrainSpec {
  readonly variety: Variety;
  /** Whether the calls are counted as well, or only recorded, as they were before there were rollups. */
  readonly counted: boolean;
  readonly records: number;
}

/** Of one drain: how long it took, and how much of it this process was at work, the database's apart. */
export interface DrainCost {
  readonly seconds: number;
  readonly cpuMicroseconds: number;
}

/** As the journal hands them to the sink. */
const BATCH = 4_000;
const FEW_CALLERS = 10;
const MANY = 8_000;
/** The id of the algorithm with ten versions; after it come those with one. */
const BUSY = 1;
/** How many calls a second the records are of. */
const PER_SECOND = 1_000;

let database: Database;
let sink: ReturnType<typeof meteringSink>;
let made = 0;

async function open(variables: Readonly<Record<string, string>>): Promise<void> {
  database = await Database.open(readConfig(variables).database);
  await database.migrate();
  sink = meteringSink(database);
  await insertOwner(database, 1, 'owner');
  await insertAlgorithms(database, [
    { id: BUSY, ownerId: 1, name: 'cells', versions: versionsOf(10) },
    ...Array.from({ length: MANY }, (_, at) => ({
      id: BUSY + 1 + at,
      ownerId: 1,
      name: `cells-${at}`,
      versions: versionsOf(1, 1_000 + at),
    })),
  ]);
}

async function drain({ variety, counted, records: count }: DrainSpec): Promise<DrainCost> {
  const begun = Date.now();
  const records = Array.from({ length: count }, (_, at) => record(variety, at, begun));
  const began = performance.now();
  const before = process.cpuUsage();
  for (let from = 0; from < count; from += BATCH) {
    const batch = records.slice(from, from + BATCH);
    await (counted ? sink(batch) : database.write((tx) => insertRecords(tx, batch)));
  }
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - began) / 1000, cpuMicroseconds: user + system };
}

function record(variety: Variety, at: number, begun: number): CallRecord {
  made += 1;
  const isFew = variety === 'few';
  const caller = 10 + (isFew ? at % FEW_CALLERS : at % MANY);
  const versionId = isFew ? 1 + (at % 10) : 1_000 + (at % MANY);
  return {
    requestId: `request-${String(made).padStart(12, '0')}`,
    start: begun + Math.floor((at * 1000) / PER_SECOND),
    durationMs: 20 + ((Math.imul(made, 2_654_435_761) >>> 0) % 1_000) / 10,
    backendMs: 15,
    principal: `owner:${caller}`,
    keyId: caller,
    calledFor: null,
    reference: 'owner/cells/1.2',
    selectorKind: 'PARTIAL',
    algorithmId: isFew ? BUSY : BUSY + 1 + (at % MANY),
    versionId,
    buildId: versionId,
    sha: 'a'.repeat(40),
    position: 'owner@100',
    outcome: made % 50 === 0 ? 'ALGORITHM_ERROR' : 'OK',
    bytesIn: 100,
    bytesOut: 1_000,
    artifacts: null,
  };
}

serve({ open, drain }, () => (database as Database | undefined)?.close());

import { LegacyCallRecordRow } from '../../entities';
import { MIGRATIONS } from '../../migrations';
import { Database } from '../../src/database';
import { type CallRecord, callerIdOf } from '../../src/domain/usage/call';
import { backfillRecords } from '../../src/metering/backfill';
import { Meter } from '../../src/metering/sink';
import { describeOnEachDatabase } from '../builders/databases';
import { market, NOW, randomRecords } from './support/market';
import { counted, recount } from './support/recount';

const MINUTES_FROM = Date.UTC(2026, 2, 29, 21, 58);
const at = () => NOW;
const never = () => false;

/** Stops after so many transactions. */
const after = (transactions: number) => () => transactions-- === 0;

/** As they were written before there were rollups. */
async function writeBefore(database: Database, records: readonly CallRecord[]): Promise<void> {
  for (let from = 0; from < records.length; from += 200) {
    const rows = records.slice(from, from + 200).map((record) => ({
      startedAt: record.start,
      requestId: record.requestId,
      durationMs: record.durationMs,
      backendMs: record.backendMs,
      callerId: callerIdOf(record.principal),
      keyId: record.keyId,
      calledForId: record.calledFor,
      reference: record.reference,
      selector: record.selectorKind,
      algorithmId: record.algorithmId,
      versionId: record.versionId,
      sha: record.sha,
      position: record.position,
      outcome: record.outcome,
      bytesIn: record.bytesIn,
      bytesOut: record.bytesOut,
      artifacts: record.artifacts,
    }));
    await database.write((tx) => tx.insert(LegacyCallRecordRow, rows));
  }
}

async function leftBefore({ reads }: Database): Promise<number> {
  return reads.count(LegacyCallRecordRow);
}

describeOnEachDatabase('records from before there were rollups', (open, create) => {
  test('are moved and counted once each, by whoever goes on after a stop', async () => {
    const database = await open();
    const callables = await market(database);
    const records = randomRecords(callables.slice(0, 2), 1100, 1).sort((a, b) => a.start - b.start);
    await writeBefore(database, records);

    expect(await backfillRecords(database, new Meter(database, at), after(0))).toBe(0);
    const moved = await backfillRecords(database, new Meter(database, at), after(2));
    expect(moved).toBeGreaterThan(0);
    expect(moved + (await leftBefore(database))).toBe(1100);
    expect(await counted(database)).toEqual(recount(records.slice(0, moved), callables, MINUTES_FROM));

    expect(await backfillRecords(database, new Meter(database, at), never)).toBe(1100 - moved);
    expect(await counted(database)).toEqual(recount(records, callables, MINUTES_FROM));
    expect(await leftBefore(database)).toBe(0);
    expect(await backfillRecords(database, new Meter(database, at), never)).toBe(0);
  });

  test('are passed over where the journal brought them first, and the other way round', async () => {
    const database = await open();
    const callables = await market(database);
    const meter = new Meter(database, at);
    const records = randomRecords(callables, 90, 2);
    await writeBefore(database, records.slice(0, 60));
    await meter.take(records.slice(30));
    expect(await backfillRecords(database, meter, never)).toBe(60);
    await meter.take(records);
    expect(await counted(database)).toEqual(recount(records, callables, MINUTES_FROM));
    expect(await leftBefore(database)).toBe(0);
  });

  test('are moved whole: a calling owner, the operator, and what was noted of artifacts', async () => {
    const database = await open();
    const callables = await market(database);
    const records = randomRecords(callables, 20, 3).map((record, i) => ({
      ...record,
      artifacts: i % 2 === 0 ? 'weights@1' : null,
    }));
    await writeBefore(database, records);
    const read = () => database.reads.query<unknown[]>('SELECT * FROM calls ORDER BY started_at, request_id');
    await backfillRecords(database, new Meter(database, at), never);
    const moved = await read();
    await database.reads.query('DELETE FROM calls');
    await new Meter(database, at).take(records);
    expect(moved).toEqual(await read());
    expect(moved).toHaveLength(20);
  });

  test('are there again when the tables of usage are taken away, and counted anew when they come back', async () => {
    const database = await open();
    const callables = await market(database);
    const records = randomRecords(callables, 60, 5);
    await new Meter(database, at).take(records.slice(0, 40));
    await writeBefore(database, records.slice(20));
    const later = MIGRATIONS.slice(MIGRATIONS.findIndex(({ name }) => name.startsWith('CreateUsage')));
    for (const _ of later) await database.migrations.undoLastMigration();
    expect(await leftBefore(database)).toBe(60);
    await database.migrate();
    await backfillRecords(database, new Meter(database, at), never);
    expect(await counted(database)).toEqual(recount(records, callables, MINUTES_FROM));
  });

  test('are counted once where replicas move them at the same time, and one goes on writing them', async () => {
    const { target } = await create();
    const databases = [await Database.open(target), await Database.open(target)] as const;
    await databases[0].migrate();
    const callables = await market(databases[0]);
    const records = randomRecords(callables, 300, 4);
    await writeBefore(databases[0], records.slice(0, 200));
    await Promise.all([
      ...databases.map((database) => backfillRecords(database, new Meter(database, at), never)),
      writeBefore(databases[1], records.slice(200)),
    ]);
    await backfillRecords(databases[0], new Meter(databases[0], at), never);
    expect(await counted(databases[0])).toEqual(recount(records, callables, MINUTES_FROM));
    expect(await leftBefore(databases[0])).toBe(0);
    for (const database of databases) await database.close();
  }, 30_000);
});

import { CallRecordRow } from '../../entities';
import { Upkeep } from '../../src/metering';
import { Meter } from '../../src/metering/sink';
import { describeOnEachDatabase } from '../builders/databases';
import { call, market } from './support/market';

const DAY = 86_400_000;

describeOnEachDatabase('the upkeep', (open) => {
  test('begins at the start, and a fault in one of its tasks leaves the other', async () => {
    const database = await open();
    const [to] = await market(database);
    await new Meter(database).take([
      call(to!, 'old', { start: Date.now() - 3 * DAY }),
      call(to!, 'new', { start: Date.now() }),
    ]);
    const round = async (): Promise<string[]> => {
      const faults: string[] = [];
      const upkeep = new Upkeep(database, {
        retentionMs: DAY,
        onFault: (fault) => faults.push(String(fault)),
      });
      upkeep.start();
      await upkeep.ended();
      await upkeep.stop();
      return faults;
    };
    const recorded = async () =>
      (await database.reads.query<{ id: string }[]>('SELECT request_id AS id FROM calls ORDER BY 1')).map(
        ({ id }) => id,
      );

    await database.reads.query('ALTER TABLE call_records RENAME TO hidden_records');
    expect(await round()).toEqual([expect.stringContaining('call_records')]);
    expect(await recorded()).toEqual(['new']);

    await database.reads.query('ALTER TABLE hidden_records RENAME TO call_records');
    await database.write((tx) =>
      tx.insert(CallRecordRow, {
        ...{ startedAt: Date.now(), requestId: 'adopted', durationMs: 1, backendMs: 1, callerId: null },
        ...{ keyId: null, calledForId: null, reference: 'a/b', selector: 'LATEST' as const, artifacts: null },
        ...{ algorithmId: to!.algorithmId, versionId: to!.versionId, sha: to!.sha, position: 'a@1' },
        ...{ outcome: 'OK', bytesIn: 1, bytesOut: 1 },
      }),
    );
    expect(await round()).toEqual([]);
    expect(await recorded()).toEqual(['adopted', 'new']);
  });

  test('ends between two transactions when it is stopped', async () => {
    const database = await open();
    const faults: unknown[] = [];
    const upkeep = new Upkeep(database, { retentionMs: DAY, onFault: (fault) => faults.push(fault) });
    upkeep.start();
    await upkeep.stop();
    expect(faults).toEqual([]);
  });
});

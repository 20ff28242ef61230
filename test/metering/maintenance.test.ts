import { LegacyCallRecordRow } from '../../entities';
import type { Database } from '../../src/database';
import { Maintenance } from '../../src/metering';
import { Meter } from '../../src/metering/sink';
import { describeOnEachDatabase } from '../builders/databases';
import { call, type Callable, market } from './support/market';

const DAY = 86_400_000;
/** Several of the transactions that delete them, which take 500 each. */
const MANY = 2000;

describeOnEachDatabase('maintenance', (open) => {
  let faults: string[];

  beforeEach(() => {
    faults = [];
  });

  function begin(database: Database, drained = () => Promise.resolve()): Maintenance {
    const onFault = (fault: unknown) => faults.push(String(fault));
    const maintenance = new Maintenance(database, { retentionMs: DAY, drained, onFault });
    maintenance.start();
    return maintenance;
  }

  /** As a replica of an earlier release does. */
  async function writeAsBefore(database: Database, to: Callable, requestId: string): Promise<void> {
    await database.write((tx) =>
      tx.insert(LegacyCallRecordRow, {
        ...{ startedAt: Date.now(), requestId, durationMs: 1, backendMs: 1, callerId: null },
        ...{ keyId: null, calledForId: null, reference: 'a/b', selector: 'LATEST' as const, artifacts: null },
        ...{ algorithmId: to.algorithmId, versionId: to.versionId, sha: to.sha, position: 'a@1' },
        ...{ outcome: 'OK' as const, bytesIn: 1, bytesOut: 1 },
      }),
    );
  }

  async function recorded({ reads }: Database): Promise<string[]> {
    const rows = await reads.query<{ id: string }[]>('SELECT request_id AS id FROM calls ORDER BY 1');
    return rows.map(({ id }) => id);
  }

  test('begins at the start, and a fault in one of its tasks leaves the other', async () => {
    const database = await open();
    const [to] = await market(database);
    await new Meter(database).take([
      call(to!, 'old', { start: Date.now() - 3 * DAY }),
      call(to!, 'new', { start: Date.now() }),
    ]);
    const round = async (): Promise<void> => {
      const maintenance = begin(database);
      await maintenance.ended();
      await maintenance.stop();
    };

    await database.reads.query('ALTER TABLE call_records RENAME TO hidden_records');
    await round();
    expect(faults).toEqual([expect.stringContaining('call_records')]);
    expect(await recorded(database)).toEqual(['new']);

    await database.reads.query('ALTER TABLE hidden_records RENAME TO call_records');
    await writeAsBefore(database, to!, 'moved');
    await round();
    expect(faults).toHaveLength(1);
    expect(await recorded(database)).toEqual(['moved', 'new']);
  });

  test('purges nothing before the journal is drained, and moves records all the same', async () => {
    const database = await open();
    const [to] = await market(database);
    const old = call(to!, 'old', { start: Date.now() - 3 * DAY });
    await new Meter(database, () => 0).take([old]);
    await writeAsBefore(database, to!, 'moved');
    let drain = (): void => undefined;
    const drained = new Promise<void>((resolve) => {
      drain = resolve;
    });
    const maintenance = begin(database, () => drained);
    await maintenance.ended();
    expect(await recorded(database)).toEqual(['moved', 'old']);

    // what was committed by one that died before it deleted its file
    await new Meter(database).take([old]);
    drain();
    while ((await recorded(database)).includes('old')) await maintenance.ended();
    await maintenance.stop();
    const [day] = await database.reads.query<{ n: string }[]>(
      "SELECT SUM(calls) AS n FROM usage_rollups WHERE subject LIKE 'algorithm:%' AND granularity = 'DAY'",
    );
    expect({ left: await recorded(database), counted: Number(day!.n), faults }).toEqual({
      left: ['moved'],
      counted: 2,
      faults: [],
    });
  });

  test('moves what a replica of an earlier release writes meanwhile, within seconds', async () => {
    jest.useFakeTimers({
      doNotFake: ['Date', 'nextTick', 'setImmediate', 'performance', 'setTimeout', 'clearTimeout'],
    });
    try {
      const database = await open();
      const [to] = await market(database);
      const maintenance = begin(database);
      await maintenance.ended();
      for (const id of ['a', 'b']) {
        await writeAsBefore(database, to!, id);
        jest.advanceTimersByTime(10_000);
        await maintenance.ended();
        expect(await recorded(database)).toContain(id);
      }
      await maintenance.stop();
      expect(faults).toEqual([]);
    } finally {
      jest.useRealTimers();
    }
  });

  test('ends between two transactions when it is stopped: what is left is for the next', async () => {
    const database = await open();
    const [to] = await market(database);
    const start = Date.now() - 3 * DAY;
    await new Meter(database, () => 0).take(
      Array.from({ length: MANY }, (_, i) => call(to!, `r-${i}`, { start })),
    );
    const write = database.write.bind(database);
    const writes = jest.spyOn(database, 'write').mockImplementation(async (work) => {
      const done = await write(work);
      if (Number(done) > 0) void first.stop();
      return done;
    });
    const first = begin(database);
    await first.ended();
    writes.mockRestore();
    const left = (await recorded(database)).length;
    expect({ left, faults }).toEqual({ left: MANY - 500, faults: [] });

    const second = begin(database);
    await second.ended();
    await second.stop();
    expect({ left: await recorded(database), faults }).toEqual({ left: [], faults: [] });
  });
});

import { UsagePairRow, UsageRollupRow } from '../../../entities';
import { DAY_MS } from '../../../src/domain/usage/granularity';
import { USAGE_BOUNDS } from '../../../src/subgraphs/usage/bounds';
import { Budget } from '../../../src/subgraphs/usage/budget';
import { callerLoaders } from '../../../src/subgraphs/usage/callers/loaders';
import { describeOnEachDatabase } from '../../builders/databases';
import { countsOfCalls } from './support';

const DAY = { granularity: 'DAY', bucket: 0 } as const;

describeOnEachDatabase('who called', (open) => {
  test('is read of one moment, which the snapshots of resolution neither wait for nor keep waiting', async () => {
    const database = await open();
    await database.write(async (tx) => {
      const rollup = { ...DAY, subject: 'algorithm:1', family: null, callers: null };
      await tx.insert(UsageRollupRow, { ...rollup, ...countsOfCalls(5) });
      const pair = { ...DAY, algorithmId: 1, unit: 'version:1' };
      await tx.insert(UsagePairRow, [
        { ...pair, callerId: 7, ...countsOfCalls(2) },
        { ...pair, callerId: 8, ...countsOfCalls(3) },
      ]);
    });
    const { calledBy } = callerLoaders(database, USAGE_BOUNDS, new Budget());
    const asked = {
      subject: 'algorithm:1',
      scope: { algorithmIds: [1], versionIds: null },
      spans: [{ source: 'DAY', from: 0, to: DAY_MS }],
      admit: () => undefined,
    } as const;
    // a snapshot that is over when the callers are told: were they read in one queue, neither ever was
    const { all, top, ofTop } = await database.snapshot(() => calledBy.load(asked));
    expect(all.map(({ counts }) => counts.calls)).toEqual([5]);
    expect(top).toEqual([8, 7]);
    expect(ofTop.map(({ callerId, counts }) => [callerId, counts.calls]).sort()).toEqual([
      [7, 2],
      [8, 3],
    ]);
  });

  test('is read once of the same, and in two turns of what has something in common', async () => {
    const database = await open();
    await database.write((tx) =>
      tx.insert(
        UsagePairRow,
        [1, 2, 3].map((id) => ({
          ...{ ...DAY, algorithmId: 1, unit: `version:${id}` },
          ...{ ...countsOfCalls(1), callerId: id },
        })),
      ),
    );
    const { recentCallers } = callerLoaders(database, USAGE_BOUNDS, new Budget());
    const spans = [{ source: 'DAY', from: 0, to: DAY_MS }] as const;
    const page = { limit: 10, calls: null };
    const asked = [[1], [2], [1], [2, 3], [3, 2], [2, 3]].map((versionIds) => ({
      ...{ spans, page },
      scope: { algorithmIds: [1], versionIds },
    }));
    const statements: string[] = [];
    database.queries.listener = (sql) => statements.push(sql);
    const found = await recentCallers.loadMany(asked);
    database.queries.listener = null;
    const callers = found.map((one) =>
      one instanceof Error ? one : one.map(({ callerId }) => callerId).sort((a, b) => a - b),
    );
    expect(callers).toEqual([[1], [2], [1], [2, 3], [2, 3], [2, 3]]);
    // the first two together, then each of those that have the second in common
    expect(statements).toHaveLength(3);
  });
});

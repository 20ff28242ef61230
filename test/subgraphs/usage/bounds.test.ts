import { CallRow, UsagePairRow, UsageRollupRow } from '../../../entities';
import type { Span } from '../../../src/domain/usage/cover';
import { DAY_MS, type Granularity } from '../../../src/domain/usage/granularity';
import { readPairs, readRecentCallers, readTopCallers } from '../../../src/subgraphs/usage/callers/store';
import { USAGE_BOUNDS, type UsageBounds } from '../../../src/subgraphs/usage/bounds';
import { Budget } from '../../../src/subgraphs/usage/budget';
import type { Cell } from '../../../src/subgraphs/usage/series/cell';
import type { Detail } from '../../../src/subgraphs/usage/series/cells-store';
import { readRecords } from '../../../src/subgraphs/usage/series/records-store';
import { readFamilies, readPairsOfCaller, readSubjects } from '../../../src/subgraphs/usage/series/store';
import type { CallScope } from '../../../src/subgraphs/usage/targets/scope';
import { describeOnEachDatabase } from '../../builders/databases';
import { refusal } from '../../builders/services';
import { countsOfCalls, countsOfRow } from './support';

const SPANS: readonly Span[] = [
  { source: 'RECORDS', from: 0, to: 60_000 },
  { source: 'MINUTE', from: 60_000, to: 120_000 },
  { source: 'HOUR', from: 3_600_000, to: 7_200_000 },
  { source: 'DAY', from: DAY_MS, to: 2 * DAY_MS },
  { source: 'MONTH', from: 31 * DAY_MS, to: 59 * DAY_MS },
];

/** Calls of one caller to one version, at the beginning of one of SPANS. */
interface Called {
  readonly algorithmId: number;
  readonly versionId: number;
  readonly callerId: number;
  readonly calls: number;
  readonly span: Span;
}

/** Of each algorithm something, in each span in turn; and of one the first and the last version that are asked for. */
const CALLED: readonly Called[] = [
  ...numbers(100, 1).map((id) => ({ ...{ algorithmId: id, callerId: 1000 + id }, versionId: 5000 + id })),
  { algorithmId: 1, versionId: 1, callerId: 6 },
  { algorithmId: 1, versionId: 3000, callerId: 7 },
  { algorithmId: 3000, versionId: 9999, callerId: 8 },
].map((called, at) => {
  const span = SPANS[at % SPANS.length]!;
  return { ...called, span, calls: span.source === 'RECORDS' ? 1 : 1 + (at % 7) };
});

const SCOPES: readonly CallScope[] = [
  ...numbers(100, 1).map((id) => ({ algorithmIds: [id], versionIds: null })),
  { algorithmIds: [1], versionIds: numbers(3000, 1) },
  { algorithmIds: numbers(3000, 1), versionIds: null },
  { algorithmIds: [], versionIds: null },
  { algorithmIds: [1], versionIds: [] },
];

describeOnEachDatabase('the bounds of what usage reads', (open) => {
  test('many algorithms over many spans, and a major of thousands of versions, are read as one is', async () => {
    const database = await open();
    const rollups = CALLED.filter(({ span }) => span.source !== 'RECORDS');
    await database.write(async (tx) => {
      await tx.insert(UsagePairRow, rollups.map(pairOf));
      const records = CALLED.filter((called) => !rollups.includes(called));
      await tx.insert(
        CallRow,
        records.map((called, at) => recordOf(called, `r${at}`)),
      );
    });
    const { reads } = database;

    const all = SCOPES.map((scope) => within(scope, CALLED).map(countOf).sort(byCalls));
    expect(all.map(({ length }) => length)).toEqual([3, ...numbers(99, 1).map(() => 1), 2, 103, 0, 0]);
    expect(await readTopCallers(reads, SCOPES, SPANS, 100)).toEqual(all.map((most) => most.slice(0, 100)));

    const named = SCOPES.map((scope, at) => ({
      ...scope,
      callerIds: at % 3 === 1 ? [] : [6, 8, ...numbers(80, 1001)],
    }));
    const cells = await readPairs(reads, named, SPANS);
    const ofNamed = named.map((scope) =>
      within(scope, rollups).filter(({ callerId }) => scope.callerIds.includes(callerId)),
    );
    expect(cells.map((some) => some.map(shown).sort())).toEqual(
      ofNamed.map((some) => some.map(pairOf).map(shownPair).sort()),
    );

    const days = SPANS.filter(({ source }) => source === 'DAY');
    const asked = { scopes: SCOPES, page: { limit: 50, calls: null } };
    const recent = await readRecentCallers(reads, asked, days);
    const ofDays = SCOPES.map((scope) =>
      within(
        scope,
        rollups.filter(({ span }) => days.includes(span)),
      ),
    );
    expect(recent.map((some) => [...some].sort(byCalls))).toEqual(
      ofDays.map((some) =>
        some
          .map(countOf)
          .sort(byCalls)
          .map((one) => ({ ...one, lastDay: DAY_MS })),
      ),
    );
  });

  test('more records than are counted one by one are refused', async () => {
    const database = await open();
    const called = { algorithmId: 1, versionId: 1, callerId: 7, calls: 1, span: SPANS[0]! };
    const put = (from: number, count: number) =>
      database.write((tx) =>
        tx.insert(
          CallRow,
          numbers(count, from).map((id) => recordOf(called, `r${id}`)),
        ),
      );
    await put(0, 20);
    const of = { algorithmIds: [1], callerId: null };
    const bounds = { records: 20 };
    const read = (budget = budgetWith(bounds)) => readRecords(database.reads, of, SPANS, budget);
    expect((await read()).get(1)?.map(({ counts }) => counts.calls)).toEqual([20]);
    await put(20, 1);
    expect(await refusal(read())).toEqual({
      code: 'QUERY_TOO_COMPLEX',
      message:
        'over 20 calls are in parts of hours or minutes at the edges of the ranges of one request: ask for whole ones',
    });
    const ofAnother = { algorithmIds: [1], callerId: 8 };
    expect(await readRecords(database.reads, ofAnother, SPANS, budgetWith(bounds))).toEqual(new Map());
  });

  test('records are read in pages, and added up to one for whatever an answer tells apart', async () => {
    const database = await open();
    const [edge] = SPANS;
    const rows = numbers(5_003, 0).map((n) => ({
      ...recordOf(
        { algorithmId: 1 + (n % 3 === 0 ? 0 : 1), versionId: n % 2, callerId: 7, calls: 1, span: edge! },
        `r${n}`,
      ),
      startedAt: edge!.from + (n % 4),
      durationMs: 1 + (n % 2),
    }));
    await database.write(async (tx) => {
      for (let at = 0; at < rows.length; at += 500) await tx.insert(CallRow, rows.slice(at, at + 500));
    });
    const expected = [1, 2].map((algorithmId) =>
      [0, 1].map((versionId) => {
        const own = rows.filter((row) => row.algorithmId === algorithmId && row.versionId === versionId);
        const about = `version:${versionId}`;
        return { about, at: 0, calls: own.length, bytesIn: own.length, longest: 1 + versionId };
      }),
    );
    const readings = [
      { algorithmIds: [2, 3, 1], callerId: null },
      { algorithmIds: [2, 3, 1], callerId: 7 },
      { algorithmIds: null, callerId: 7 },
    ];
    for (const of of readings) {
      const pages: number[] = [];
      database.queries.listener = (sql) => pages.push(sql.length);
      const budget = budgetWith({ records: rows.length, cells: 4 });
      const cells = await readRecords(database.reads, of, SPANS.slice(0, 1), budget);
      database.queries.listener = null;
      const told = [1, 2].map((id) =>
        (cells.get(id) ?? [])
          .map(({ about, at, counts: { calls, bytesIn, latencies } }) => {
            return { about, at, calls, bytesIn, longest: Math.round(latencies.quantile(1) ?? 0) };
          })
          .sort((a, b) => (String(a.about) < String(b.about) ? -1 : 1)),
      );
      expect(told).toEqual(expected);
      expect(pages.length).toBeGreaterThanOrEqual(3);
      expect(pages.length).toBeLessThanOrEqual(4);
      expect([budget.left('records'), budget.left('cells')]).toEqual([0, 0]);
      expect((await refusal(readRecords(database.reads, of, SPANS.slice(0, 1), budget))).code).toBe(
        'QUERY_TOO_COMPLEX',
      );
    }
  });

  test('more counts than are held in memory are refused, however many go into one turn', async () => {
    const database = await open();
    const most = 4_500;
    const day = { granularity: 'DAY', ...countsOfCalls(1) } as const;
    const put = (from: number, count: number) =>
      database.write(async (tx) => {
        for (let at = from; at < from + count; at += 500) {
          const ids = numbers(Math.min(500, from + count - at), at);
          await tx.insert(
            UsageRollupRow,
            ids.map((bucket) => ({ ...day, bucket, subject: 'version:1', family: 'versions:1' })),
          );
          await tx.insert(
            UsagePairRow,
            ids.map((bucket) => ({ ...day, bucket, algorithmId: 1, unit: 'version:1', callerId: 7 })),
          );
        }
      });
    const span: readonly Span[] = [{ source: 'DAY', from: 0, to: DAY_MS }];
    const scope = { algorithmIds: [1], versionIds: null };
    const { reads } = database;
    const detail = 'TOTAL';
    const readings: readonly ((budget: Budget) => Promise<readonly Cell[] | undefined>)[] = [
      async (budget) =>
        (await readSubjects(reads, { subjects: ['version:1'], detail }, span, budget)).get('version:1'),
      async (budget) =>
        (await readFamilies(reads, { families: ['versions:1'], without: null }, span, budget)).get(
          'versions:1',
        ),
      async (budget) =>
        (await readPairsOfCaller(reads, { callerId: 7, algorithmIds: null, detail }, span, budget)).get(1),
      async (budget) => (await readPairs(reads, [{ ...scope, callerIds: [7] }], span, budget))[0],
    ];
    await put(0, most);
    for (const read of readings) {
      const buckets = (await read(budgetWith({ cells: most })))?.map(({ at }) => at).sort((a, b) => a - b);
      expect(buckets).toEqual(numbers(most, 0));
    }
    await put(most, 1);
    const refused = {
      code: 'QUERY_TOO_COMPLEX',
      message: `over ${most} counts are in the answers of one request: ask for a shorter range, a longer granularity or another grouping`,
    };
    for (const read of readings) {
      const budget = budgetWith({ cells: most });
      expect(await refusal(read(budget))).toEqual(refused);
      // nor is anything read for the same request again
      const statements: string[] = [];
      database.queries.listener = (sql) => statements.push(sql);
      for (const other of readings) expect(await refusal(other(budget))).toEqual(refused);
      database.queries.listener = null;
      expect(statements).toEqual([]);
    }
  });

  test('a row that is read in parts is as many counts as it has parts', async () => {
    const database = await open();
    const counts = countsOfRow('OK', 'TIMEOUT', 'ALGORITHM_ERROR');
    await database.write((tx) =>
      tx.insert(
        UsageRollupRow,
        numbers(4, 0).map((bucket) => ({
          ...{ ...counts, granularity: 'DAY' as const },
          ...{ bucket, subject: 'version:1', family: 'versions:1' },
        })),
      ),
    );
    const read = (detail: Detail, cells: number) =>
      readSubjects(
        database.reads,
        { subjects: ['version:1'], detail },
        [{ source: 'DAY', from: 0, to: DAY_MS }],
        budgetWith({ cells }),
      );
    expect((await read('PARTS', 12)).get('version:1')).toHaveLength(12);
    expect((await refusal(read('PARTS', 11))).code).toBe('QUERY_TOO_COMPLEX');
    expect((await read('TOTAL', 4)).get('version:1')).toHaveLength(4);
  });

  test('what the database adds up by caller is of one request as well', async () => {
    const database = await open();
    const span = SPANS[3]!;
    const pairs = numbers(6, 1).map((id) =>
      pairOf({ ...{ algorithmId: id, versionId: id, calls: 1 }, callerId: 7, span }),
    );
    await database.write((tx) => tx.insert(UsagePairRow, pairs));
    const budget = budgetWith({ byCaller: 3 });
    const { reads } = database;
    const scopeOf = (...algorithmIds: number[]) => ({ algorithmIds, versionIds: null });
    const recent = (scope: CallScope) =>
      readRecentCallers(
        reads,
        { scopes: [scope], page: { limit: 1, calls: null } },
        [span],
        undefined,
        budget,
      );
    expect(await recent(scopeOf(1, 2))).toEqual([[{ callerId: 7, calls: 2, lastDay: DAY_MS }]]);
    expect(await readTopCallers(reads, [scopeOf(3)], [span], 100, budget)).toEqual([
      [{ callerId: 7, calls: 1 }],
    ]);
    const refused = {
      code: 'QUERY_TOO_COMPLEX',
      message: 'over 3 counts are added up by caller for one request: ask for a shorter range',
    };
    expect(await refusal(recent(scopeOf(4)))).toEqual(refused);
    expect(await refusal(readTopCallers(reads, [scopeOf(9)], [span], 100, budget))).toEqual(refused);
  });

  test('more callers than are held in memory are refused', async () => {
    const database = await open();
    const called = { algorithmId: 1, versionId: 1, calls: 1, span: SPANS[3]! };
    const put = (callerId: number) =>
      database.write((tx) => tx.insert(UsagePairRow, pairOf({ ...called, callerId })));
    const asked = { scopes: [{ algorithmIds: [1], versionIds: null }], page: { limit: 1, calls: null } };
    const read = () => readRecentCallers(database.reads, asked, [called.span], { callers: 3 });
    for (const callerId of [1, 2, 3]) await put(callerId);
    expect((await read())[0]).toHaveLength(3);
    await put(4);
    expect((await refusal(read())).code).toBe('QUERY_TOO_COMPLEX');
  });
});

function budgetWith(bounds: Partial<UsageBounds>): Budget {
  return new Budget({ ...USAGE_BOUNDS, ...bounds });
}

function numbers(count: number, from: number): number[] {
  return Array.from({ length: count }, (_, at) => from + at);
}

/** What of it a scope has. */
function within({ algorithmIds, versionIds }: CallScope, called: readonly Called[]): Called[] {
  return called.filter(
    ({ algorithmId, versionId }) =>
      algorithmIds.includes(algorithmId) && (versionIds?.includes(versionId) ?? true),
  );
}

type Count = Pick<Called, 'callerId' | 'calls'>;

function countOf({ callerId, calls }: Called): Count {
  return { callerId, calls };
}

function byCalls(a: Count, b: Count): number {
  return b.calls - a.calls || a.callerId - b.callerId;
}

function pairOf({ span, versionId, algorithmId, callerId, calls }: Called) {
  const granularity = span.source as Granularity;
  return {
    ...countsOfCalls(calls),
    ...{ algorithmId, callerId, granularity },
    bucket: span.from,
    unit: `version:${versionId}`,
  };
}

function recordOf({ algorithmId, callerId, versionId, span }: Called, requestId: string) {
  const counted = { selector: 'FULL', outcome: 'OK', bytesIn: 1, bytesOut: 1 } as const;
  const unasked = { durationMs: 1.5, reference: 'x', buildId: 1, sha: 'a', position: 'b' };
  return { ...counted, ...unasked, algorithmId, callerId, versionId, startedAt: span.from, requestId };
}

function shown({ about, callerId, at, counts }: Cell): string {
  return `${about} ${callerId} ${at} ${counts.calls}`;
}

function shownPair({ unit, callerId, bucket, calls }: ReturnType<typeof pairOf>): string {
  return `${unit} ${callerId} ${bucket} ${calls}`;
}

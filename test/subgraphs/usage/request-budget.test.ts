import { AlgorithmRow, CallRow, UsagePairRow, UsageRollupRow } from '../../../entities';
import type { Database } from '../../../src/database';
import type { Principal } from '../../../src/domain/principal';
import { DAY_MS, HOUR_MS } from '../../../src/domain/usage/granularity';
import type { GraphContext } from '../../../src/subgraphs/shared/context';
import type { UsageService } from '../../../src/subgraphs/usage';
import { USAGE_BOUNDS, type UsageBounds } from '../../../src/subgraphs/usage/bounds';
import type { UsageArgs } from '../../../src/subgraphs/usage/series/types';
import { describeOnEachDatabase } from '../../builders/databases';
import { refusal, World } from '../../builders/services';
import { countsOfCalls, usageServiceOf } from './support';

/** Chapter 6: what usage costs is bounded for a request, however many of its fields ask for it. */

type Args = Pick<UsageArgs, keyof UsageArgs>;

const DAY = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
const CALLS = 20;

describeOnEachDatabase('the budget of a request', (open) => {
  let world: World;
  let ann: Principal;
  let algorithmId: number;
  let service: UsageService;
  let statements: string[];
  let stop: (() => Promise<void>) | undefined;
  afterEach(() => stop?.());

  /** Calls of the first second of a day, and a hundred days with a call of each of five callers. */
  async function openWith(bounds: Partial<UsageBounds>): Promise<void> {
    world = await World.open(await open());
    stop = () => world.stop();
    ann = await world.user('ann');
    await world.algorithm('ann', 'detect', { versions: ['1.0.0'] });
    const row = await world.database.reads.findOneByOrFail(AlgorithmRow, { nameKey: 'detect' });
    algorithmId = row.id;
    const { id: annId } = await world.owner('ann');
    await world.database.write(async (tx) => {
      await tx.insert(
        CallRow,
        numbers(CALLS).map((n) => callOf(algorithmId, annId, n)),
      );
      const days = numbers(100).map((n) => ({ bucket: DAY - n * DAY_MS, granularity: 'DAY' as const }));
      await tx.insert(
        UsageRollupRow,
        days.map((day) => ({
          ...{ ...countsOfCalls(5), ...day },
          ...{ subject: `algorithm:${algorithmId}`, family: null, callers: null },
        })),
      );
      await tx.insert(
        UsagePairRow,
        days.flatMap((day) =>
          numbers(5).map((callerId) => ({
            ...{ ...countsOfCalls(1), ...day },
            ...{ algorithmId, unit: 'version:1', callerId: 1 + callerId },
          })),
        ),
      );
    });
    service = usageServiceOf(world, { bounds: { ...USAGE_BOUNDS, ...bounds } });
    // what is asked for is in memory from now on
    await algorithm(request(), daily(1));
    statements = watched(world.database);
  }

  const request = (): GraphContext => ({ principal: ann, requestId: 'one' });
  const algorithm = (context: GraphContext, args: Args) =>
    service.usage.ofAlgorithm(context, 'ann/detect', args);
  const daily = (days: number, groupBy: UsageArgs['groupBy'] = null): Args => ({
    ...{ from: new Date(DAY - (days - 1) * DAY_MS), to: new Date(DAY + DAY_MS) },
    ...{ granularity: 'DAY', groupBy },
  });
  /** An hour before the day, and some of its milliseconds, which are counted record by record. */
  const cut = (ms: number): Args => ({
    ...{ from: new Date(DAY - HOUR_MS), to: new Date(DAY + ms) },
    ...{ granularity: 'HOUR' },
  });
  const codesOf = async (asked: readonly Promise<unknown>[]): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (const result of await Promise.allSettled(asked)) {
      const code = result.status === 'fulfilled' ? 'OK' : (result.reason as { code: string }).code;
      counts[code] = (counts[code] ?? 0) + 1;
    }
    return counts;
  };

  test('has so many records, of whatever ranges, and nothing is read after them', async () => {
    await openWith({ records: 2 * CALLS });
    const context = request();
    const asked = numbers(20).map((n) => algorithm(context, cut(1000 + n)));
    expect(await codesOf(asked)).toEqual({ OK: 2, QUERY_TOO_COMPLEX: 18 });
    expect(statements.filter((sql) => sql.includes('FROM calls'))).toHaveLength(3);
    const [one, another] = [request(), request()];
    for (const other of [one, another]) {
      expect((await algorithm(other, cut(1000)))?.totals.calls).toBe(CALLS);
    }
  });

  test('has so many counts, of whatever ranges', async () => {
    await openWith({ cells: 100 });
    const context = request();
    const asked = [60, 40, 30, 20].map((days) => algorithm(context, daily(days)));
    expect(await codesOf(asked)).toEqual({ OK: 2, QUERY_TOO_COMPLEX: 2 });
    expect(statements.filter((sql) => sql.includes('usage_rollups'))).toHaveLength(3);
    const within = request();
    expect(await codesOf([60, 40].map((days) => algorithm(within, daily(days))))).toEqual({ OK: 2 });
    expect((await refusal(algorithm(within, daily(1)))).code).toBe('QUERY_TOO_COMPLEX');
  });

  test('adds up so many counts, though all ask for the same, which is read once', async () => {
    await openWith({ addedUp: 100 });
    const context = request();
    expect(await codesOf(numbers(4).map(() => algorithm(context, daily(30))))).toEqual({
      OK: 3,
      QUERY_TOO_COMPLEX: 1,
    });
    expect(statements.filter((sql) => sql.includes('usage_rollups'))).toHaveLength(1);
  });

  test('has so many times; with one more, none of them is read', async () => {
    await openWith({ times: 4 });
    const usages = (context: GraphContext, count: number) =>
      numbers(count).map((n) => algorithm(context, daily(1 + n)));
    const callers = (context: GraphContext, days: number) =>
      service.activeCallers.ofVersion(context, 'ann/detect/1.0.0', { days, first: 10, after: null });
    const context = request();
    // the same twice is one
    const asked = [...usages(context, 3), ...usages(context, 3), callers(context, 9), callers(context, 9)];
    expect(await codesOf(asked)).toEqual({ OK: 8 });
    expect(await refusal(callers(context, 10))).toEqual({
      code: 'QUERY_TOO_COMPLEX',
      message: 'one request asks of 4 different ranges of time at the most',
    });
    statements.length = 0;
    const over = request();
    const tooMany = [...usages(over, 3), callers(over, 9), callers(over, 10)];
    expect(await codesOf(tooMany)).toEqual({ QUERY_TOO_COMPLEX: 5 });
    expect(statements.filter((sql) => /usage_(rollups|pairs)/.test(sql))).toEqual([]);
  });

  test('has so many buckets by caller, of which nothing is read where they are too many', async () => {
    await openWith({});
    const context = request();
    const usage = await algorithm(context, daily(100, 'CALLER'));
    expect(usage?.series.map(({ buckets }) => buckets.length)).toEqual([100, 100, 100, 100, 100]);
    statements.length = 0;
    const long = daily(2100, 'CALLER');
    expect(await refusal(algorithm(request(), long))).toEqual({
      code: 'QUERY_TOO_COMPLEX',
      message: 'a usage may have at most 10000 buckets, of all series together',
    });
    const read = statements.filter((sql) => /usage_(rollups|pairs)/.test(sql));
    expect(read.map((sql) => /place/.test(sql))).toEqual([true]);
    // what has too many of its own keeps no other from its answer
    const both = request();
    const asked = [long, daily(2100)].map((args) => algorithm(both, args));
    expect(await codesOf(asked)).toEqual({ OK: 1, QUERY_TOO_COMPLEX: 1 });
  });
});

function watched({ queries }: Database): string[] {
  const statements: string[] = [];
  queries.listener = (sql) => statements.push(sql);
  return statements;
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

function callOf(algorithmId: number, callerId: number, n: number): CallRow {
  return {
    ...{ algorithmId, callerId, startedAt: DAY + n, requestId: `call-${n}` },
    ...{ durationMs: 1, backendMs: null, keyId: null, calledForId: null, reference: 'ann/detect' },
    ...{ selector: 'LATEST', versionId: 1, buildId: null, sha: 'ab'.repeat(20), position: 'ann@1' },
    ...{ outcome: 'OK', bytesIn: 1, bytesOut: 1, artifacts: null },
  };
}

import { analyze, type Reading, readingOf, statementsOn } from '../../../bench/tools/query-plans';
import { writeHistory } from '../../../bench/tools/usage/history';
import { readPlace, writeCallers } from '../../../bench/tools/usage/place';
import type { HistoryPlan, Place, PlaceCaller } from '../../../bench/tools/usage/plan';
import type { Database } from '../../../src/database';
import { bucketOf, DAY_MS, HOUR_MS } from '../../../src/domain/usage/granularity';
import type { Client } from '../../builders/client';
import { describeOnEachServer } from '../../builders/each-server';
import type { World } from '../../builders/world';

/** Chapter 6: dashboards stay fast as history grows. What is read is what the range holds, found by an index. */

const NOW = Date.now();
const TODAY = bucketOf('DAY', NOW);
const TOMORROW = TODAY + DAY_MS;
/** Histories meet at the start of a month, so that no bucket is of both; at least a month lies behind every range. */
const RECENT_FROM = monthsBack(2);
const OLD_FROM = monthsBack(2 + 22);
const TABLES = ['usage_rollups', 'usage_pairs', 'calls'];
const VERSIONS = ['1.0.0', '1.0.1', '1.1.0', '2.0.0'];
const CALLS_A_DAY = 16;

const DAYS = `from: "${iso(TODAY - 29 * DAY_MS)}", to: "${iso(TOMORROW)}", granularity: DAY`;
const HOURS = `from: "${iso(TODAY - 6 * DAY_MS)}", to: "${iso(TOMORROW)}", granularity: HOUR`;
/** What is before the next hour is counted record by record. */
const SINCE_AT = TODAY - 5 * DAY_MS + 10.1 * HOUR_MS;
const NEXT_HOUR = TODAY - 5 * DAY_MS + 11 * HOUR_MS;
const SINCE = `from: "${iso(SINCE_AT)}", to: "${iso(TOMORROW)}", granularity: DAY`;
const SERIES = 'totals { calls callers p99 } series { key buckets { totals { calls callers p99 } } }';

const RECORDED = { from: NEXT_HOUR - HOUR_MS, to: NEXT_HOUR };

/** What is asked, and which rows hold the answer. */
interface Question {
  readonly query: string;
  readonly by: 'provider' | 'consumer';
  /** In the order of the alphabet. */
  readonly accesses: readonly string[];
  /** Whether rows are put in an order that no index has. */
  readonly sorts: boolean;
  /** Conditions that count them, of each statement; `ID` stands for the algorithm. */
  readonly held: readonly string[];
}

const DAILY_ROLLUPS = `usage_rollups WHERE subject = 'algorithm:ID' AND ${within('DAY', 29)}`;
const DAILY_PAIRS = `usage_pairs WHERE algorithm_id = ID AND ${within('DAY', 29)}`;
const CALLS_BY_TIME = 'calls by PRIMARY (algorithm_id, started_at)';
const PAIRS_BY_TIME = 'usage_pairs by PRIMARY (algorithm_id, granularity, bucket)';
const ROLLUPS_BY_TIME = 'usage_rollups by PRIMARY (subject, granularity, bucket)';

const QUESTIONS: Readonly<Record<string, Question>> = {
  'a daily series of 30 days': {
    query: `{ algorithm(ref: "provider/cells") { usage(${DAYS}) { ${SERIES} } } }`,
    by: 'provider',
    accesses: [ROLLUPS_BY_TIME],
    sorts: false,
    held: [DAILY_ROLLUPS],
  },
  'a daily series from the middle of an hour': {
    query: `{ algorithm(ref: "provider/cells") { usage(${SINCE}) { ${SERIES} } } }`,
    by: 'provider',
    accesses: [CALLS_BY_TIME, ROLLUPS_BY_TIME, ROLLUPS_BY_TIME],
    sorts: false,
    held: [
      `calls WHERE algorithm_id = ID AND started_at >= ${SINCE_AT} AND started_at < ${NEXT_HOUR}`,
      `usage_rollups WHERE subject = 'algorithm:ID' AND granularity = 'HOUR' AND bucket >= ${NEXT_HOUR} AND bucket < ${TODAY - 4 * DAY_MS}`,
      `usage_rollups WHERE subject = 'algorithm:ID' AND ${within('DAY', 4)}`,
    ],
  },
  'an hourly series of 7 days for each version': {
    query: `{ algorithm(ref: "provider/cells") { usage(${HOURS}, groupBy: VERSION) { ${SERIES} } } }`,
    by: 'provider',
    accesses: ['usage_rollups by usage_rollups_family (family, granularity, bucket)'],
    sorts: false,
    held: [`usage_rollups WHERE family = 'versions:ID' AND ${within('HOUR', 6)}`],
  },
  'who called a version in 30 days': {
    query:
      '{ version(ref: "provider/cells/2.0.0") { activeCallers(days: 30) { nodes { pseudonym calls } } } }',
    by: 'provider',
    accesses: ['usage_pairs by usage_pairs_unit (unit, granularity, bucket)'],
    sorts: true,
    held: [`usage_pairs WHERE unit = 'version:LATEST' AND ${within('DAY', 30)}`],
  },
  'a daily series of 30 days for each caller': {
    query: `{ algorithm(ref: "provider/cells") { usage(${DAYS}, groupBy: CALLER) { ${SERIES} } } }`,
    by: 'provider',
    accesses: [PAIRS_BY_TIME, PAIRS_BY_TIME, ROLLUPS_BY_TIME],
    sorts: true,
    held: [DAILY_PAIRS, DAILY_PAIRS, DAILY_ROLLUPS],
  },
  'what a consumer called in 30 days, for each algorithm': {
    query: `{ viewer { usage(${DAYS}, groupBy: ALGORITHM) { ${SERIES} } } }`,
    by: 'consumer',
    accesses: ['usage_pairs by usage_pairs_caller (caller_id, granularity, bucket)'],
    sorts: false,
    held: [`usage_pairs WHERE caller_id = 1000 AND ${within('DAY', 29)}`],
  },
};

describeOnEachServer('usage with a long history behind it', (world) => {
  const places: { place: Place; callers: PlaceCaller[] }[] = [];
  const clients: Partial<Record<Question['by'], Client>> = {};
  const recent = new Map<string, { readonly answer: unknown; readonly reading: Reading }>();

  beforeAll(async () => {
    const { database } = world().server.app;
    for (const [at, owner] of ['provider', 'another'].entries()) {
      await makeAlgorithm(world(), owner);
      const callers = await writeCallers(database, {
        prefix: `${owner}-user`,
        firstId: 1000 * (at + 1),
        count: 25,
      });
      places.push({ place: await readPlace(database, owner, 'cells'), callers });
    }
    clients.provider = await world().key('provider');
    clients.consumer = await world().key('provider-user0');
    await write(database, {
      from: RECENT_FROM,
      to: NOW,
      hoursFrom: TODAY - 9 * DAY_MS,
      minutesFrom: NOW - HOUR_MS,
    });
    for (const name of Object.keys(QUESTIONS)) recent.set(name, await ask(QUESTIONS[name]!));
    // ten times as long, and of hours as well
    await write(database, {
      from: OLD_FROM,
      to: RECENT_FROM,
      hoursFrom: RECENT_FROM - 45 * DAY_MS,
      minutesFrom: Infinity,
    });
  });

  test.each(Object.entries(QUESTIONS))(
    '%s reads what the range holds, however much is behind it',
    async (name, question) => {
      const now = await ask(question);
      expect(now).toEqual(recent.get(name));
      const { accesses, sorts } = question;
      expect(now.reading).toEqual({ accesses, sorts, rows: await held(question) });
      expect(now.reading.rows).toBeGreaterThan(10);
    },
  );

  test.each([
    ['DAY', TODAY - 29 * DAY_MS, RECENT_FROM],
    ['HOUR', TODAY - 6 * DAY_MS, RECENT_FROM],
  ])(
    'behind the range there is ten times what there was before, by the %s',
    async (granularity, from, recentFrom) => {
      const rows = async (since: number): Promise<number> => {
        const where = `granularity = '${granularity}' AND bucket >= ${since} AND bucket < ${from}`;
        return countOf(world(), `usage_rollups WHERE ${where}`);
      };
      expect(await rows(0)).toBeGreaterThan(10 * (await rows(recentFrom)));
    },
  );

  async function write(
    database: Database,
    when: Pick<HistoryPlan, 'from' | 'to' | 'hoursFrom' | 'minutesFrom'>,
  ): Promise<void> {
    const calls = Math.round(((when.to - when.from) / DAY_MS) * CALLS_A_DAY);
    for (const [at, { place, callers }] of places.entries()) {
      await writeHistory(database, place, {
        ...when,
        calls,
        callers,
        steady: 2,
        recorded: RECORDED,
        seed: at,
      });
    }
    await analyze(database, TABLES);
  }

  /** What a question is answered with, and what its statements read. */
  async function ask({ query, by }: Question): Promise<{ answer: unknown; reading: Reading }> {
    const { database } = world().server.app;
    let answer: unknown = null;
    const statements = await statementsOn(database, TABLES, async () => {
      answer = (await clients[by]!.graphql(query)).json;
    });
    const readings: Reading[] = [];
    for (const one of statements) readings.push(await readingOf(database, world().database.target, one));
    const reading = {
      accesses: readings.flatMap(({ accesses }) => accesses).sort(),
      sorts: readings.some(({ sorts }) => sorts),
      rows: readings.reduce((sum, { rows }) => sum + rows, 0),
    };
    return { answer, reading };
  }

  /** How many rows there are in the range of a question. */
  async function held(question: Question): Promise<number> {
    const { algorithmId, versions } = places[0]!.place;
    let rows = 0;
    for (const condition of question.held) {
      const of = condition.replace('ID', String(algorithmId)).replace('LATEST', String(versions.at(-1)?.id));
      rows += await countOf(world(), of);
    }
    return rows;
  }
});

async function countOf({ server }: World, what: string): Promise<number> {
  const sql = `SELECT COUNT(*) AS n FROM ${what}`;
  const [row] = await server.app.database.reads.query<{ n: number | string }[]>(sql);
  return Number(row?.n);
}

async function makeAlgorithm(world: World, owner: string): Promise<void> {
  await world.user(owner);
  await world.algorithm(`${owner}/cells`);
  for (const version of VERSIONS) await world.publish(`${owner}/cells`, version);
  await world.build(`${owner}/cells`);
}

/** From so many days before today, to the end of today. */
function within(granularity: string, days: number): string {
  return `granularity = '${granularity}' AND bucket >= ${TODAY - days * DAY_MS} AND bucket < ${TOMORROW}`;
}

function monthsBack(count: number): number {
  const date = new Date(bucketOf('MONTH', NOW));
  return date.setUTCMonth(date.getUTCMonth() - count);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

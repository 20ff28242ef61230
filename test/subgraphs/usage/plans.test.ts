import type { Database, Tx } from '../../../src/database';
import { DAY_MS } from '../../../src/domain/usage/granularity';
import type { Span } from '../../../src/domain/usage/cover';
import { Latencies } from '../../../src/domain/usage/latencies';
import { Parts } from '../../../src/domain/usage/parts';
import { readPairs, readRecentCallers, readTopCallers } from '../../../src/subgraphs/usage/callers/store';
import { readRecords } from '../../../src/subgraphs/usage/series/records-store';
import { readFamilies, readPairsOfCaller, readSubjects } from '../../../src/subgraphs/usage/series/store';
import { describeOnEachDatabase } from '../../builders/databases';

/**
 * Chapter 6, "Dashboards stay fast as history grows": every statement reads ranges of an index that hold what is
 * asked for, and nothing of what is older.
 */

const DAYS = 700;
const ALGORITHMS = [1, 2, 3, 4];
const CALLERS = 10;
const EVERYONE = Array.from({ length: CALLERS }, (_, at) => 1 + at);
const LAST = DAYS * DAY_MS;
const WEEK: readonly Span[] = [{ source: 'DAY', from: LAST - 7 * DAY_MS, to: LAST }];
const EDGE: readonly Span[] = [{ source: 'RECORDS', from: LAST - 1000, to: LAST }];
const SCOPE = { algorithmIds: [1, 2], versionIds: null };
const VERSIONS = { algorithmIds: [1], versionIds: [11, 12] };

interface Plan {
  readonly what: string;
  readonly read: (tx: Tx) => Promise<unknown>;
  /** The index that is gone through, and what bounds it. */
  readonly sqlite: string;
  /** Those that may be taken: of two that fit, statistics choose. */
  readonly mysql: readonly string[];
  /** The most rows that are looked at, as the optimizer sees it. */
  readonly rows: number;
  /** Where statistics have led MySQL astray: nothing but the index is there to be chosen. */
  readonly isForced?: boolean;
}

const BUCKETS = 'granularity=? AND bucket>? AND bucket<?';
const STARTED = 'started_at>? AND started_at<?';

const PLANS: readonly Plan[] = [
  {
    what: 'subjects',
    read: (tx) =>
      readSubjects(tx, { subjects: ['algorithm:1', 'algorithm:2', 'version:11'], detail: 'TOTAL' }, WEEK),
    sqlite: `usage_rollups USING PRIMARY KEY (subject=? AND ${BUCKETS})`,
    mysql: ['PRIMARY'],
    rows: 100,
  },
  {
    what: 'subjects in parts',
    read: (tx) => readSubjects(tx, { subjects: ['algorithm:1'], detail: 'PARTS' }, WEEK),
    sqlite: `usage_rollups USING PRIMARY KEY (subject=? AND ${BUCKETS})`,
    mysql: ['PRIMARY'],
    rows: 100,
  },
  {
    what: 'a family',
    read: (tx) => readFamilies(tx, { families: ['versions:1', 'versions:2'], without: null }, WEEK),
    sqlite: `usage_rollups USING INDEX usage_rollups_family (family=? AND ${BUCKETS})`,
    mysql: ['usage_rollups_family'],
    rows: 100,
  },
  {
    what: 'what of a family is no version',
    read: (tx) => readFamilies(tx, { families: ['versions:1'], without: 'versions' }, WEEK),
    sqlite: `usage_rollups USING INDEX usage_rollups_family (family=? AND ${BUCKETS})`,
    mysql: ['usage_rollups_family'],
    rows: 100,
  },
  {
    what: 'all that one caller called',
    read: (tx) => readPairsOfCaller(tx, { callerId: 5, algorithmIds: null, detail: 'TOTAL' }, WEEK),
    sqlite: `usage_pairs USING INDEX usage_pairs_caller (caller_id=? AND ${BUCKETS})`,
    mysql: ['usage_pairs_caller'],
    rows: 100,
  },
  {
    what: 'what one caller called of an algorithm',
    read: (tx) => readPairsOfCaller(tx, { callerId: 5, algorithmIds: [1], detail: 'PARTS' }, WEEK),
    sqlite: `usage_pairs USING INDEX usage_pairs_caller (caller_id=? AND ${BUCKETS})`,
    mysql: ['usage_pairs_caller'],
    rows: 100,
  },
  {
    what: 'who called algorithms',
    read: (tx) => readTopCallers(tx, [SCOPE, { ...SCOPE, algorithmIds: [3, 4] }], WEEK, 100),
    sqlite: `usage_pairs USING PRIMARY KEY (algorithm_id=? AND ${BUCKETS})`,
    mysql: ['PRIMARY'],
    rows: 700,
  },
  {
    what: 'who called versions',
    read: (tx) => readTopCallers(tx, [VERSIONS], WEEK, 100),
    sqlite: `usage_pairs USING INDEX usage_pairs_unit (unit=? AND ${BUCKETS})`,
    mysql: ['usage_pairs_unit'],
    rows: 700,
  },
  {
    what: 'what those called',
    read: (tx) => readPairs(tx, [{ ...SCOPE, callerIds: [3, 4, 5] }], WEEK),
    sqlite: `usage_pairs USING PRIMARY KEY (algorithm_id=? AND ${BUCKETS})`,
    mysql: ['PRIMARY'],
    rows: 700,
  },
  {
    what: 'what all callers of one algorithm called',
    read: (tx) => readPairs(tx, [{ ...SCOPE, algorithmIds: [1], callerIds: EVERYONE }], WEEK),
    sqlite: `usage_pairs USING PRIMARY KEY (algorithm_id=? AND ${BUCKETS})`,
    mysql: ['PRIMARY'],
    rows: 150,
    isForced: true,
  },
  {
    what: 'who called of late',
    read: (tx) => readRecentCallers(tx, { scopes: [VERSIONS], page: { limit: 21, calls: 5 } }, WEEK),
    sqlite: `usage_pairs USING INDEX usage_pairs_unit (unit=? AND ${BUCKETS})`,
    mysql: ['usage_pairs_unit'],
    rows: 700,
  },
  {
    what: 'records of algorithms',
    read: (tx) => readRecords(tx, { algorithmIds: [1, 2], callerId: null }, EDGE),
    sqlite: `calls USING PRIMARY KEY (algorithm_id=? AND ${STARTED})`,
    mysql: ['PRIMARY'],
    rows: 100,
  },
  {
    what: 'records of a caller',
    read: (tx) => readRecords(tx, { algorithmIds: [1], callerId: 5 }, EDGE),
    sqlite: `calls USING INDEX calls_caller_started (caller_id=? AND ${STARTED})`,
    mysql: ['calls_caller_started'],
    rows: 100,
  },
  {
    what: 'callers in records',
    read: (tx) => readTopCallers(tx, [VERSIONS], EDGE, 100),
    sqlite: `calls USING PRIMARY KEY (algorithm_id=? AND ${STARTED})`,
    mysql: ['PRIMARY'],
    rows: 100,
  },
];

describeOnEachDatabase('the plans of what usage reads', (open) => {
  test('are ranges of an index, of the time that is asked for', async () => {
    const database = await open();
    await fill(database);
    for (const { what, read, sqlite, mysql, rows, isForced = false } of PLANS) {
      const plans = await plansOf(database, read);
      expect({ what, statements: plans.length }).toEqual({ what, statements: 1 });
      const tables = plans
        .flat()
        .filter(({ detail }) => detail.startsWith('SEARCH') || detail.startsWith('SCAN'));
      const stored = tables.filter(({ detail }) => /\b(usage_rollups|usage_pairs|calls)\b/.test(detail));
      expect({ what, found: stored.length > 0 }).toEqual({ what, found: true });
      for (const { detail, estimate, keys } of stored) {
        if (database.dialect === 'sqlite') {
          expect({ what, detail }).toEqual({ what, detail: expect.stringContaining(`SEARCH ${sqlite}`) });
          expect({ what, detail }).toEqual({ what, detail: expect.stringMatching(/(bucket|started_at)>\?/) });
        } else {
          const [, kind, , index] = detail.split(' ');
          expect({ what, kind, index: mysql.includes(index ?? '') }).toEqual({
            what,
            kind: expect.stringMatching(/^(range|ref)$/),
            index: true,
          });
          expect({ what, few: estimate <= rows }).toEqual({ what, few: true });
          if (isForced) expect({ what, keys }).toEqual({ what, keys: mysql });
        }
      }
    }
  });
});

interface Step {
  /** As SQLite says it; on MySQL `SEARCH type table index`. */
  readonly detail: string;
  readonly estimate: number;
  /** All that were there to be chosen. */
  readonly keys: readonly string[];
}

/** The plan of each statement that `read` would run. */
async function plansOf({ dialect, reads }: Database, read: (tx: Tx) => Promise<unknown>): Promise<Step[][]> {
  const plans: Step[][] = [];
  const explaining = {
    query: async (sql: string, values: unknown[]) => {
      plans.push(
        dialect === 'sqlite' ? await onSqlite(reads, sql, values) : await onMysql(reads, sql, values),
      );
      return [];
    },
  };
  await read(explaining as unknown as Tx);
  return plans;
}

async function onSqlite(reads: Tx, sql: string, values: unknown[]): Promise<Step[]> {
  const rows = await reads.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, values);
  return rows.map(({ detail }) => ({ detail, estimate: 0, keys: [] }));
}

async function onMysql(reads: Tx, sql: string, values: unknown[]): Promise<Step[]> {
  const rows = await reads.query<
    { table: string; type: string; key: string; possible_keys: string | null; rows: number | string }[]
  >(`EXPLAIN ${sql}`, values);
  return rows.map(({ table, type, key, possible_keys: keys, rows: estimate }) => ({
    detail: `SEARCH ${type} ${table} ${key}`,
    estimate: Number(estimate),
    keys: keys?.split(',') ?? [],
  }));
}

/** Two years of days: so much that to read all of it would be dearer than any range. */
async function fill(database: Database): Promise<void> {
  const sums = [1, 0, 1, 1, Buffer.from(new Latencies().encode()), Buffer.from(new Parts().encode())];
  const [rollups, pairs, calls]: [unknown[][], unknown[][], unknown[][]] = [[], [], []];
  for (let day = 0; day < DAYS; day += 1) {
    const at = day * DAY_MS;
    for (const id of ALGORITHMS) {
      rollups.push([`algorithm:${id}`, 'DAY', at, 'algorithms:1', ...sums]);
      for (const version of [10 * id + 1, 10 * id + 2]) {
        rollups.push([`version:${version}`, 'DAY', at, `versions:${id}`, ...sums]);
      }
      for (let caller = 1; caller <= CALLERS; caller += 1) {
        const unit = `version:${10 * id + 1 + (caller % 2)}`;
        pairs.push([id, 'DAY', at, unit, caller, ...sums]);
        if (day % 5 === 0) {
          const shared = ['FULL', 10 * id + 1, 1, 'a', 'b', 'OK', 1, 1];
          calls.push([id, at, `${day} ${id} ${caller}`, 1, caller, 'x', ...shared]);
        }
      }
    }
  }
  await insert(
    database,
    'usage_rollups (subject, granularity, bucket, family, calls, errors, bytes_in, bytes_out, latencies, parts)',
    rollups,
  );
  await insert(
    database,
    'usage_pairs (algorithm_id, granularity, bucket, unit, caller_id, calls, errors, bytes_in, bytes_out, latencies, parts)',
    pairs,
  );
  await insert(
    database,
    'calls (algorithm_id, started_at, request_id, duration_ms, caller_id, reference, selector, version_id, build_id, sha, position, outcome, bytes_in, bytes_out)',
    calls,
  );
  if (database.dialect === 'mysql')
    await database.reads.query('ANALYZE TABLE usage_rollups, usage_pairs, calls');
}

async function insert(database: Database, into: string, rows: readonly unknown[][]): Promise<void> {
  await database.write(async (tx) => {
    for (let from = 0; from < rows.length; from += 1000) {
      const some = rows.slice(from, from + 1000);
      const places = some.map((row) => `(${row.map(() => '?').join()})`).join();
      await tx.query(`INSERT INTO ${into} VALUES ${places}`, some.flat());
    }
  });
}

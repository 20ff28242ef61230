import fc from 'fast-check';

import { CallRow } from '../../../entities';
import type { Database, Tx } from '../../../src/database';
import { readerOf, type ReadRuns } from '../../../src/subgraphs/usage/calls/reader';
import {
  type CallSource,
  readRuns,
  type Run,
  type StoredCall,
} from '../../../src/subgraphs/usage/calls/store';
import { describeOnEachDatabase } from '../../builders/databases';

/** Chapter 6: calls in the order of time, out of as many indexes as there are algorithms. */

const ORDERS: readonly Run['order'][] = ['NEWEST_FIRST', 'OLDEST_FIRST'];
const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER, after: null };

function rowOf(algorithmId: number, startedAt: number, requestId: string, callerId = 1): CallRow {
  return {
    algorithmId,
    startedAt,
    requestId,
    callerId,
    durationMs: 1,
    backendMs: null,
    keyId: null,
    calledForId: null,
    reference: 'acme/detect',
    selector: 'LATEST',
    versionId: null,
    buildId: null,
    sha: 'ab'.repeat(20),
    position: 'acme@1',
    outcome: 'OK',
    bytesIn: 0,
    bytesOut: 0,
    artifacts: null,
  };
}

/** As `readRuns` reads them, out of memory; tells of what was asked. */
function readerIn(rows: readonly CallRow[], seen: (runs: readonly Run[]) => void): ReadRuns {
  const sorted = [...rows].sort((a, b) => a.startedAt - b.startedAt || (a.requestId < b.requestId ? -1 : 1));
  return (runs) => {
    seen(runs);
    return Promise.resolve(
      runs.map(({ source, order, after, limit, from, to }) => {
        const inOrder = order === 'NEWEST_FIRST' ? [...sorted].reverse() : sorted;
        const isOf = (row: CallRow) => source.kind === 'algorithm' && row.algorithmId === source.algorithmId;
        const own = inOrder.filter((row) => isOf(row) && row.startedAt >= from && row.startedAt < to);
        const at = after === null ? -1 : own.findIndex(({ requestId }) => requestId === after.requestId);
        return own.slice(at + 1, at + 1 + limit);
      }),
    );
  };
}

async function all(reader: ReturnType<typeof readerOf>, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const calls = await reader.next(count);
    ids.push(...calls.map(({ requestId }) => requestId));
    if (calls.length < count) return ids;
  }
}

const sourcesOf = (count: number): CallSource[] =>
  Array.from({ length: count }, (_, algorithmId) => ({ kind: 'algorithm', algorithmId }));

describe('calls of many algorithms', () => {
  test('come once each and in order, whatever the spread and the size of the pages', async () => {
    const spread = fc.array(fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 20 })), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(
        spread,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(...ORDERS),
        async (calls, count, order) => {
          const rows = calls.map(([algorithmId, at], n) =>
            rowOf(algorithmId, at, `r${String(n).padStart(3, '0')}`),
          );
          const reader = readerOf(
            readerIn(rows, () => {}),
            sourcesOf(7),
            { order, ...ALWAYS },
          );
          const key = ({ startedAt, requestId }: CallRow) =>
            `${String(startedAt).padStart(2, '0')} ${requestId}`;
          const expected = rows.sort((a, b) => (key(a) < key(b) ? -1 : 1)).map(({ requestId }) => requestId);
          expect(await all(reader, count)).toEqual(order === 'OLDEST_FIRST' ? expected : expected.reverse());
        },
      ),
    );
  });

  test.each([
    ['each as busy as the other', (n: number) => n % 200],
    ['all the calls of one', () => 7],
    ['half of them of one', (n: number) => (n % 2 === 0 ? 7 : n % 200)],
  ])('a page of 200 algorithms is few seeks and few calls: %s', async (_how, algorithmOf) => {
    const rows = Array.from({ length: 5000 }, (_, n) =>
      rowOf(algorithmOf(n), n, `r${String(n).padStart(4, '0')}`),
    );
    let calls = 0;
    let rounds = 0;
    const read = readerIn(rows, (runs) => {
      rounds += 1;
      for (const { limit } of runs) calls += limit;
    });
    const page = await readerOf(read, sourcesOf(200), { order: 'NEWEST_FIRST', ...ALWAYS }).next(101);
    expect(page).toHaveLength(101);
    expect(calls).toBeLessThanOrEqual(200 * 2 + 5 * 101);
    expect(rounds).toBeLessThanOrEqual(10);
  });

  test('of no algorithm there are none', async () => {
    expect(
      await readerOf(
        readerIn([], () => {}),
        [],
        { order: 'NEWEST_FIRST', ...ALWAYS },
      ).next(10),
    ).toEqual([]);
  });
});

describeOnEachDatabase('runs of calls', (open) => {
  /** Twenty algorithms and ten callers, 200 calls each, ten at a moment. */
  async function filled(): Promise<Database> {
    const database = await open();
    const rows = Array.from({ length: 4000 }, (_, n) =>
      rowOf(n % 20, 1_000_000 + Math.floor(n / 200), `r${String(n).padStart(4, '0')}`, n % 10),
    );
    await database.write(async (tx) => {
      for (let at = 0; at < rows.length; at += 500) await tx.insert(CallRow, rows.slice(at, at + 500));
      await tx.query(database.dialect === 'sqlite' ? 'ANALYZE' : 'ANALYZE TABLE calls');
    });
    return database;
  }

  const sources: readonly CallSource[] = [
    { kind: 'algorithm', algorithmId: 3 },
    { kind: 'caller', callerId: 3 },
  ];

  /** In which order the index of a source has its calls. */
  const keyOf = ({ kind }: CallSource, call: StoredCall): string => {
    const algorithm = kind === 'caller' ? String(call.algorithmId).padStart(3, '0') : '';
    return `${call.startedAt} ${algorithm} ${call.requestId}`;
  };

  test('go on exactly where the one before ended, in both orders', async () => {
    const database = await filled();
    for (const source of sources) {
      for (const order of ORDERS) {
        const whole = { source, order, ...ALWAYS, limit: 1000 };
        const [once = []] = await readRuns(database.reads, [whole]);
        const found: StoredCall[] = [];
        for (let after: StoredCall | null = null; ;) {
          const [next = []]: StoredCall[][] = await readRuns(database.reads, [{ ...whole, after, limit: 7 }]);
          found.push(...next);
          after = next.at(-1) ?? null;
          if (next.length < 7) break;
        }
        const keys = found.map((call) => keyOf(source, call));
        expect(keys).toHaveLength(source.kind === 'caller' ? 400 : 200);
        expect(keys).toEqual(once.map((call) => keyOf(source, call)));
        expect(keys).toEqual(order === 'OLDEST_FIRST' ? [...keys].sort() : [...keys].sort().reverse());
      }
    }
  });

  test('are each a part of one index, in its order: nothing is sorted, nothing is read beside them', async () => {
    const database = await filled();
    const after = { startedAt: 1_000_010, algorithmId: 3, requestId: 'r2003' };
    for (const source of sources) {
      for (const order of ORDERS) {
        for (const place of [null, after]) {
          const run: Run = { source, order, from: 1_000_002, to: 1_000_018, after: place, limit: 20 };
          const plans: string[][] = [];
          const explaining = {
            query: async (sql: string, parameters: unknown[]) => {
              plans.push(await planOf(database, sql, parameters));
              return [];
            },
          };
          await readRuns(explaining as unknown as Tx, [run]);
          expect(plans).toEqual([[source.kind === 'algorithm' ? 'PRIMARY' : 'calls_caller_started']]);
        }
      }
    }
  });

  test('are read in statements of a bounded number of runs and of calls', async () => {
    const database = await filled();
    const asked: number[] = [];
    database.queries.listener = (sql) => asked.push(sql.split('UNION ALL').length);
    const runs = (count: number, limit: number): Run[] =>
      sourcesOf(count).map((source) => ({ source, order: 'NEWEST_FIRST', ...ALWAYS, limit }));
    expect((await readRuns(database.reads, runs(250, 2))).map(({ length }) => length)).toEqual(
      Array.from({ length: 250 }, (_, n) => (n < 20 ? 2 : 0)),
    );
    await readRuns(database.reads, runs(5, 1000));
    expect(asked).toEqual([100, 100, 50, 2, 2, 1]);
  });
});

/** The indexes that a statement goes by; and what it does beside, where it is more than to follow them. */
async function planOf(database: Database, sql: string, parameters: readonly unknown[]): Promise<string[]> {
  if (database.dialect === 'sqlite') {
    const steps = await database.reads.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, [
      ...parameters,
    ]);
    const details = steps.map(({ detail }) => detail);
    return details
      .filter((detail) => !/^(CO-ROUTINE|SCAN r0|MATERIALIZE)/.test(detail))
      .map((detail) => {
        const [, index] = /^SEARCH calls USING (?:INDEX )?(PRIMARY|\w+)(?: KEY)? \(/.exec(detail) ?? [];
        return index ?? detail;
      });
  }
  const steps = await database.reads.query<Record<string, unknown>[]>(`EXPLAIN ${sql}`, [...parameters]);
  return steps
    .filter(({ table }) => table === 'calls')
    .map(({ key, type, Extra }) =>
      type === 'range' && !/filesort|temporary/.test(String(Extra))
        ? String(key)
        : JSON.stringify({ key, type, Extra }),
    );
}

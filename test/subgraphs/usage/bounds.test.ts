import { randomUUID } from 'node:crypto';

import { graphql } from 'graphql';

import type { Database } from '../../../src/database';
import { ANONYMOUS, OPERATOR, type Principal } from '../../../src/domain/principal';
import type { Span } from '../../../src/domain/usage/cover';
import { DAY_MS } from '../../../src/domain/usage/granularity';
import { Latencies } from '../../../src/domain/usage/latencies';
import { buildUsageSubgraph, UsageService } from '../../../src/subgraphs/usage';
import { readPairs, readRecentCallers, readTopCallers } from '../../../src/subgraphs/usage/callers-store';
import { MAX_CELLS, MAX_RECORDS } from '../../../src/subgraphs/usage/cell';
import { readRecords } from '../../../src/subgraphs/usage/records-store';
import { readSubjects } from '../../../src/subgraphs/usage/usage-store';
import { describeOnEachDatabase } from '../../builders/databases';
import { refusal, World } from '../../builders/services';

const SPANS: readonly Span[] = [
  { source: 'RECORDS', from: 0, to: 60_000 },
  { source: 'MINUTE', from: 60_000, to: 120_000 },
  { source: 'HOUR', from: 3_600_000, to: 7_200_000 },
  { source: 'DAY', from: DAY_MS, to: 2 * DAY_MS },
  { source: 'MONTH', from: 31 * DAY_MS, to: 59 * DAY_MS },
];

/** 100,000 rows of one column `n`, from 0, on any database. */
const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => `SELECT ${digit} AS d`).join(' UNION ALL ');
const NUMBERS = `SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n
  FROM (${DIGITS}) a, (${DIGITS}) b, (${DIGITS}) c, (${DIGITS}) e, (${DIGITS}) f`;

describeOnEachDatabase('the bounds of what usage reads', (open) => {
  test('many algorithms over many spans, and a major of thousands of versions, are read as one is', async () => {
    const { reads } = await open();
    const scopes = [
      ...Array.from({ length: 100 }, (_, at) => ({ algorithmIds: [at + 1], versionIds: null })),
      { algorithmIds: [1], versionIds: Array.from({ length: 3000 }, (_, at) => at + 1) },
      { algorithmIds: Array.from({ length: 3000 }, (_, at) => at + 1), versionIds: null },
      { algorithmIds: [], versionIds: null },
      { algorithmIds: [1], versionIds: [] },
    ];
    const nobody = scopes.map(() => []);
    expect(await readTopCallers(reads, scopes, SPANS, 100)).toEqual(nobody);
    const named = scopes.map((scope, at) => ({ ...scope, callerIds: at % 2 === 0 ? [1, 2, 3] : [] }));
    expect(await readPairs(reads, named, SPANS)).toEqual(nobody);
    const days = SPANS.filter(({ source }) => source === 'DAY');
    expect(await readRecentCallers(reads, scopes, days, { limit: 21, calls: null })).toEqual(nobody);
  });

  test('more records than are counted one by one are refused', async () => {
    const database = await open();
    const record = (request: string) =>
      `INSERT INTO calls (algorithm_id, started_at, request_id, duration_ms, caller_id, reference, selector, version_id, build_id, sha, position, outcome, bytes_in, bytes_out)
        SELECT 1, 5, ${request}, 1.5, 7, 'x', 'FULL', 1, 1, 'a', 'b', 'OK', 1, 1`;
    await database.write((tx) => tx.query(`${record('n')} FROM (${NUMBERS}) numbers`));
    const of = { algorithmIds: [1], callerId: null };
    const cells = await readRecords(database.reads, of, SPANS);
    expect(cells.get(1)).toHaveLength(MAX_RECORDS);
    await database.write((tx) => tx.query(record("'one more'")));
    expect(await refusal(readRecords(database.reads, of, SPANS))).toEqual({
      code: 'INVALID_INPUT',
      message: `over ${MAX_RECORDS} calls are in parts of hours or minutes at the edges of the range: ask for whole ones`,
      field: ['from'],
    });
    expect(await readRecords(database.reads, { algorithmIds: [1], callerId: 8 }, SPANS)).toEqual(new Map());
  });

  test('more counts than are held in memory are refused', async () => {
    const database = await open();
    const latencies = Buffer.from(new Latencies().encode());
    const rollup = (bucket: string) =>
      `INSERT INTO usage_rollups (subject, granularity, bucket, selector, outcome, calls, bytes_in, bytes_out, latencies)
        SELECT 'algorithm:1', 'DAY', ${bucket}, 'FULL', 'OK', 1, 1, 1, ?`;
    await database.write((tx) => tx.query(`${rollup('n')} FROM (${NUMBERS}) numbers`, [latencies]));
    const all: readonly Span[] = [{ source: 'DAY', from: 0, to: DAY_MS }];
    expect((await readSubjects(database.reads, ['algorithm:1'], all)).get('algorithm:1')).toHaveLength(
      MAX_CELLS,
    );
    await database.write((tx) => tx.query(rollup('100000'), [latencies]));
    expect((await refusal(readSubjects(database.reads, ['algorithm:1'], all))).code).toBe(
      'QUERY_TOO_COMPLEX',
    );
  });
});

describeOnEachDatabase('usage of what is hidden', (open) => {
  let world: World;
  let stop: (() => Promise<void>) | undefined;
  afterEach(() => stop?.());

  async function openWorld(database: Database): Promise<void> {
    world = await World.open(database);
    stop = () => world.stop();
    await world.user('ann');
    await world.organization('acme', 'ann');
    await world.algorithm('acme', 'secret', {
      versions: ['1.0.0', { version: '2.0.0', state: 'PENDING_APPROVAL' }],
    });
    await world.algorithm('acme', 'half', {
      versions: [{ version: '1.0.0', visibility: 'PUBLIC' }, '1.1.0', '2.0.0'],
      grants: [{ major: 2, grantee: 'ann', level: 'CALL' }],
    });
  }

  test('is what there is of the missing, in every field, and the viewer is who asks, whatever id is sent', async () => {
    const database = await open();
    await openWorld(database);
    const service = new UsageService({
      database,
      ledger: world.ledger,
      index: world.index,
      standings: { standsOf: () => Promise.resolve([]), standsAt: () => Promise.resolve([]) },
      pseudonyms: (owner, caller) => `${owner}|${caller}`,
      now: Date.now,
      callRetentionMs: 30 * DAY_MS,
    });
    const { schema } = buildUsageSubgraph(service);
    const args = `from: "2024-01-01T00:00:00Z", to: "2024-01-02T00:00:00Z", granularity: DAY`;
    const usage = `usage(${args}) { totals { calls } }`;
    const callers = (range = '') => `activeCallers(days: 1${range}) { nodes { calls } }`;
    const source = `query ($asked: [_Any!]!) { _entities(representations: $asked) {
      ... on Algorithm { ${usage} ${callers(', range: "1"')} callRecords { nodes { sha } } }
      ... on Major { ${usage} }
      ... on Version { ${usage} ${callers()} callRecords { nodes { sha } } }
      ... on Viewer { id ${usage} callRecords { nodes { sha } } }
    } }`;
    const ask = async (principal: Principal, asked: readonly object[]) => {
      const contextValue = { principal, requestId: randomUUID() };
      const result = await graphql({ schema, source, variableValues: { asked }, contextValue });
      return JSON.parse(JSON.stringify(result)) as { data: { _entities: unknown[] } };
    };
    const hidden = [
      { __typename: 'Algorithm', ref: 'acme/secret' },
      ...['acme/secret/1', 'acme/half/2'].map((ref) => ({ __typename: 'Major', ref })),
      ...['acme/secret/1.0.0', 'acme/secret/2.0.0', 'acme/half/1.1.0', 'acme/half/2.0.0'].map((ref) => ({
        __typename: 'Version',
        ref,
      })),
    ];
    const missing = hidden.map(({ __typename, ref }) => ({
      __typename,
      ref: ref.replace(/secret|half/, 'nothing'),
    }));
    const malformed = hidden.map(({ __typename }) => ({ __typename, ref: '/' }));
    const [otto, ann] = [await world.user('otto'), await world.as('ann')];
    for (const principal of [otto, ANONYMOUS]) {
      const answer = await ask(principal, hidden);
      expect(await ask(principal, missing)).toEqual(answer);
      expect(await ask(principal, malformed)).toEqual(answer);
      expect(
        answer.data._entities.every((entity) => Object.values(entity ?? {}).every((value) => value === null)),
      ).toBe(true);
    }
    const told = await ask(ann, hidden);
    expect(JSON.stringify(told)).not.toContain('null');
    const ids = await Promise.all(
      [ann, otto, OPERATOR, ANONYMOUS].map(async (principal) => {
        const { data } = await ask(principal, [{ __typename: 'Viewer', id: 'operator' }]);
        return (data._entities[0] as { id?: string } | null)?.id ?? null;
      }),
    );
    expect(new Set(ids).size).toBe(4);
    expect(ids.slice(2)).toEqual(['operator', null]);
  });
});

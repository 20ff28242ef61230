import { insertAlgorithms } from '../../bench/tools/rows';
import { versionsOf } from '../../bench/tools/versions';
import { OwnerRow } from '../../entities';
import { DAY_MS, GROUPINGS } from '../../src/domain/usage/granularity';
import type { Client } from '../builders/client';
import { describeOnEachServer } from '../builders/each-server';
import { settle, statementsOf } from '../builders/statements';
import { recordCalls, SERIES, within } from '../builders/usage';

/** Chapter 5: the usage of a list of N things costs queries that do not grow with N. */

const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const ALGORITHMS = Array.from({ length: 30 }, (_, at) => `acme/a${at}`);
/** Of the first of them. */
const VERSIONS = [...versionsOf(1_000)].slice(0, 30);
const FIRST_OF_OTHERS = 1_000;
const DAYS = within('DAY', TODAY - 3 * DAY_MS, TODAY);
/** Cut within a minute at both ends: minutes, hours and days, and records one by one. */
const CUT = within('DAY', TODAY - DAY_MS - 3_599_999, TODAY - 3_599_999);

describeOnEachServer('batching of usage', (world) => {
  let ann: Client;
  let otto: Client;

  beforeAll(async () => {
    [ann, otto] = [await world().user('ann'), await world().user('otto')];
    await world().organization('acme', { admin: 'ann' });
    const { database } = world().server.app;
    const owner = await database.reads.findOneByOrFail(OwnerRow, { handleKey: 'acme' });
    await insertAlgorithms(
      database,
      ALGORITHMS.map((ref, at) => ({
        id: 1 + at,
        ownerId: owner.id,
        name: ref.slice('acme/'.length),
        versions: at === 0 ? VERSIONS : versionsOf(1, FIRST_OF_OTHERS + at),
      })),
    );
    const called = [
      ...ALGORITHMS.map((ref) => `${ref}/1.0.0`),
      ...VERSIONS.slice(1).map(({ version }) => `acme/a0/${version}`),
    ];
    await recordCalls(
      world(),
      called.flatMap((of) => [
        { by: 'otto', of, at: TODAY - 2 * DAY_MS },
        { by: 'acme', of, at: TODAY - DAY_MS + 1 },
      ]),
    );
    await settle(database);
  });

  const usages = [null, ...GROUPINGS].flatMap((groupBy) =>
    Object.entries({ days: DAYS, cut: CUT }).map(([range, args]) => {
      const by = groupBy === null ? '' : `, groupBy: ${groupBy}`;
      return [`${range} by ${groupBy}`, `usage(${args}${by}) { ${SERIES} }`] as const;
    }),
  );
  const ofAlgorithms = (fields: string) =>
    `query ($first: Int!) { algorithms(owner: "acme", first: $first) { nodes { ref ${fields} } } }`;
  const ofVersions = (fields: string) =>
    `query ($first: Int!) { algorithm(ref: "acme/a0") { versions(first: $first) { nodes { ref ${fields} } } } }`;
  const queries = [
    ...usages.map(
      ([what, usage]) => [`algorithms: ${what}`, ofAlgorithms(usage), 'algorithms.nodes'] as const,
    ),
    ...usages.map(
      ([what, usage]) => [`versions: ${what}`, ofVersions(usage), 'algorithm.versions.nodes'] as const,
    ),
    ['majors', ofAlgorithms(`majors { usage(${DAYS}) { ${SERIES} } }`), 'algorithms.nodes'] as const,
    ['callers', ofVersions('activeCallers { nodes { calls } }'), 'algorithm.versions.nodes'] as const,
    [
      'callers of ranges',
      ofAlgorithms('activeCallers(range: "1") { nodes { caller { handle } } }'),
      'algorithms.nodes',
    ] as const,
  ];

  test.each(queries)('%s', async (_what, query, path) => {
    const { database } = world().server.app;
    for (const client of [ann, otto]) {
      const ask = (first: number) => async (): Promise<void> => {
        const answer = await client.graphql(query, { first });
        expect({ errors: answer.errors, nodes: answer.at(`${path}.length`) }).toEqual({
          errors: [],
          nodes: first,
        });
      };
      await ask(30)(); // what is asked for is in memory now
      const few = await statementsOf(database, ask(5));
      const all = await statementsOf(database, ask(30));
      expect(all.length).toBe(few.length);
      expect(all.length).toBeLessThanOrEqual(16);
    }
  });
});

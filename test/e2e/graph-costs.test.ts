import type { Answer, Client } from '../builders/client';
import { sqliteDatabase } from '../builders/databases';
import { describeWithRedis, TestRedis } from '../builders/redis';
import { World } from '../builders/world';

/** Costs of requests to the graph, through the front door. */

const SETTINGS = { ALGOGATE_GRAPH_MAX_COST: '500', ALGOGATE_GRAPH_COST_PER_MINUTE: '100' };
/** 1 for the connection, and 1 for each of its nodes. */
const costing = (cost: number): string => `{ algorithms(first: ${cost - 1}) { nodes { name } } }`;

/** The headers of a budget, the seconds until it is whole again as T. */
function budgetOf({ headers }: Answer): unknown {
  const [policy, stand, retry] = ['ratelimit-policy', 'ratelimit', 'retry-after'].map(
    (name) => headers[name],
  );
  return {
    policy,
    stand: String(stand).replace(/t=\d+/, 't=T'),
    ...(retry === undefined ? {} : { retry: Number(retry) > 0 }),
  };
}

const policy = '"graph-minute";q=100;w=60';

describe('budgets of the graph', () => {
  let world: World;
  let ann: Client;
  beforeAll(async () => {
    world = await World.start(sqliteDatabase, SETTINGS);
    ann = await world.user('ann');
  });
  afterAll(() => world.stop());

  test('are charged by the estimate, and refuse what is left for too little', async () => {
    const first = await ann.graphql(costing(60));
    expect([first.status, first.errors, budgetOf(first)]).toEqual([
      200,
      [],
      { policy, stand: '"graph-minute";r=40;t=T' },
    ]);
    const refused = await ann.graphql(costing(41));
    expect([refused.status, refused.data, refused.errors]).toEqual([
      429,
      null,
      [{ code: 'RATE_LIMITED', message: 'this query costs 41, and 40 of 100 cost units a minute are left' }],
    ]);
    expect(budgetOf(refused)).toEqual({ policy, stand: '"graph-minute";r=40;t=T', retry: true });
    // what was refused cost nothing
    expect(budgetOf(await ann.graphql(costing(40)))).toEqual({ policy, stand: '"graph-minute";r=0;t=T' });
  });

  test('are an account’s own: neither another account nor anybody without a credential draws on them', async () => {
    const bob = await world.user('bob');
    expect(budgetOf(await bob.graphql(costing(10)))).toEqual({ policy, stand: '"graph-minute";r=90;t=T' });
    expect(budgetOf(await world.anonymous.graphql(costing(100)))).toEqual({
      policy,
      stand: '"graph-minute";r=0;t=T',
    });
    expect((await world.anonymous.graphql(costing(2))).status).toBe(429);
    expect(budgetOf(await bob.graphql(costing(10)))).toEqual({ policy, stand: '"graph-minute";r=80;t=T' });
    expect((await world.operator.graphql(costing(100))).headers['ratelimit']).toBeUndefined();
  });

  test('are given back where nothing ran', async () => {
    const eve = await world.user('eve');
    const unknown = await eve.post({ query: '{ nothing }' });
    expect([unknown.status, unknown.headers['ratelimit']]).toEqual([400, undefined]);
    const variables = {
      query: 'query ($n: Int!) { algorithms(first: $n) { nodes { name } } }',
      variables: { n: 'x' },
    };
    expect((await eve.post(variables)).errors).toHaveLength(1);
    expect(budgetOf(await eve.graphql(costing(10)))).toEqual({ policy, stand: '"graph-minute";r=90;t=T' });
  });

  test.each([
    [501, 'The estimated cost of this query is 501; it may be at most 500.'],
    [101, 'The estimated cost of this query is 101; there are 100 cost units a minute.'],
  ])('a query of %d is too complex', async (cost, message) => {
    const zoe = await world.user(`zoe${cost}`);
    const parts = Array.from(
      { length: Math.floor(cost / 100) },
      (_, at) => `a${at}: algorithms(first: 99) { nodes { name } }`,
    );
    const query = `{ ${parts.join(' ')} resolve(reference: "a/b") { reference } }`;
    const answer = await zoe.graphql(query);
    expect([answer.status, answer.errors]).toEqual([400, [{ code: 'QUERY_TOO_COMPLEX', message }]]);
    expect(budgetOf(await zoe.graphql(costing(100)))).toEqual({ policy, stand: '"graph-minute";r=0;t=T' });
  });
});

describeWithRedis('a budget in Redis', () => {
  test('is one for all replicas, and each replica’s own while Redis is away', async () => {
    const redis = await TestRedis.start();
    const world = await World.start(sqliteDatabase, { ...SETTINGS, ALGOGATE_REDIS_URL: redis.url });
    try {
      const second = await world.replica({ ...SETTINGS, ALGOGATE_REDIS_URL: redis.url });
      const ann = await world.user('ann');
      await ann.graphql(costing(60));
      expect(budgetOf(await ann.at(second).graphql(costing(30)))).toEqual({
        policy,
        stand: '"graph-minute";r=10;t=T',
      });
      await redis.kill();
      expect((await ann.graphql(costing(60))).status).toBe(200);
      expect((await ann.at(second).graphql(costing(60))).status).toBe(200);
    } finally {
      await world.stop();
      await redis.stop();
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeOnEachServer } from '../../builders/each-server';
import { DATABASES } from '../../builders/databases';
import { Reviews } from '../../builders/reviews';
import { IS_DISTRIBUTED } from '../../builders/server';
import { expectSoon } from '../../builders/soon';
import { World } from '../../builders/world';
import { type Exposition, family, grown, metricsOf } from '../exposition';

/** Issue 5, point 6: what `/metrics` says of plans, of fetches from subgraphs, and of subgraphs elsewhere. */

const FETCHES = 'algogate_subgraph_fetches_total';
const SECONDS = 'algogate_subgraph_fetch_duration_seconds';
const ASKED = 'algogate_subgraph_entities_asked_total';
const SENT = 'algogate_subgraph_entities_sent_total';
const LOOKUPS = 'algogate_plan_lookups_total';
const PLANNING = 'algogate_plan_duration_seconds';

const of = (subgraph: string, label = ''): string => `{subgraph="${subgraph}"${label}}`;
const ended = (subgraph: string, outcome: string): string => of(subgraph, `,outcome="${outcome}"`);

async function algorithms(world: World, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await world.algorithm(name);
    await world.publish(name, '1.0.0');
  }
}

describeOnEachServer('the metrics of the graph', (world) => {
  const metrics = (): Promise<Exposition> => metricsOf(world().operator);

  beforeAll(async () => {
    await world().user('ada');
    await algorithms(world(), 'ada/one', 'ada/two', 'ada/three');
  });

  test('of each subgraph there is everything from the start', async () => {
    const now = await metrics();
    for (const name of ['registry', 'access', 'usage']) {
      expect(Object.keys(family(now, FETCHES)).filter((line) => line.includes(`"${name}"`))).toEqual(
        ['OK', 'PARTIAL', 'FAILED', 'UNAVAILABLE', 'ABORTED'].map((outcome) => ended(name, outcome)),
      );
      for (const one of [ASKED, SENT, `${SECONDS}_count`])
        expect(family(now, one)).toHaveProperty([of(name)]);
    }
    // where ours are elsewhere, they have breakers like anybody's
    const closed = Object.entries(family(now, 'algogate_subgraph_breaker')).filter(
      ([, value]) => value === 1,
    );
    const elsewhere = IS_DISTRIBUTED ? ['registry', 'access', 'usage'] : [];
    expect(closed.map(([line]) => line)).toEqual(elsewhere.map((name) => of(name, ',state="closed"')));
    expect(family(now, 'algogate_graph_swaps_total')).toEqual({ '': 0 });
    expect(family(now, 'algogate_graph_refusals_total')).toEqual({ '': 0 });
  });

  test('a query over two subgraphs: what was planned, fetched, and asked for', async () => {
    // each of the three has the one owner
    const query = `{ owner(handle: "ada") { algorithms(first: 3) { nodes { owner { viewerRole } } } } }`;
    const before = await metrics();
    await world().operator.graphql(query);
    const after = await metrics();
    const fetched = { [ended('registry', 'OK')]: 1, [ended('access', 'OK')]: 1 };
    expect(grown(before, after, FETCHES)).toEqual(fetched);
    expect(grown(before, after, ASKED)).toEqual({ [of('access')]: 3 });
    expect(grown(before, after, SENT)).toEqual({ [of('access')]: 1 });
    expect(grown(before, after, `${SECONDS}_count`)).toEqual({ [of('registry')]: 1, [of('access')]: 1 });
    expect(grown(before, after, LOOKUPS)).toEqual({ '{result="miss"}': 1 });
    expect(grown(before, after, `${PLANNING}_count`)).toEqual({ '': 1 });
    expect(grown(before, after, 'algogate_planned_operations')).toEqual({ '': 1 });
    expect(grown(before, after, 'algogate_planned_weight')['']).toBeGreaterThan(query.length);

    await world().operator.graphql(query);
    const again = await metrics();
    expect(grown(after, again, FETCHES)).toEqual(fetched);
    expect(grown(after, again, LOOKUPS)).toEqual({ '{result="hit"}': 1 });
    expect(grown(after, again, `${PLANNING}_count`)).toEqual({});
    expect(grown(after, again, 'algogate_planned_weight')).toEqual({});
  });

  test('what a subgraph refuses is told from what it answers', async () => {
    const before = await metrics();
    await world().operator.graphql('{ resolve(reference: "/") { canonical } }');
    await world().operator.graphql(
      '{ algorithm(ref: "ada/one") { name } resolve(reference: "/") { canonical } }',
    );
    await world().operator.graphql('{ nothing }');
    const after = await metrics();
    expect(grown(before, after, FETCHES)).toEqual({ [ended('registry', 'PARTIAL')]: 2 });
    expect(grown(before, after, LOOKUPS)).toEqual({ '{result="miss"}': 2 });
  });
});

describe.each(DATABASES)('a subgraph elsewhere, on %s', (_name, create) => {
  const folder = mkdtempSync(join(tmpdir(), 'algogate-metrics-'));
  const file = join(folder, 'subgraphs.yaml');
  let reviews: Reviews;
  let world: World;

  beforeAll(async () => {
    writeFileSync(file, 'subgraphs: []\n');
    reviews = await Reviews.start();
    world = await World.start(create, { ALGOGATE_SUBGRAPHS: file });
    await world.user('ada');
    await algorithms(world, 'ada/one');
  });
  afterAll(async () => {
    await world.stop();
    await reviews.kill();
    rmSync(folder, { recursive: true });
  });

  const metrics = (): Promise<Exposition> => metricsOf(world.operator);
  const save = async (more: string): Promise<void> => {
    const entry = `  - name: reviews\n    url: ${reviews.url}\n    retries: 1\n${more}`;
    writeFileSync(file, `pollSeconds: 3600\nsubgraphs:\n${entry}`);
    await world.server.app.reloadSubgraphs();
  };
  const ask = async (): Promise<unknown> =>
    (await world.operator.graphql('{ algorithm(ref: "ada/one") { reviews { text } } }')).json;
  /** Of the subgraph, what is not 0 of a family. */
  const reviewsIn = (exposition: Exposition, name: string): Record<string, number> =>
    Object.fromEntries(
      Object.entries(family(exposition, name)).filter(
        ([line, value]) => line.includes('reviews') && value !== 0,
      ),
    );
  const breaker = (state: string): object => ({ [of('reviews', `,state="${state}"`)]: 1 });

  test('joins: a swap, after which all goes on that was counted before', async () => {
    await world.operator.graphql('{ algorithm(ref: "ada/one") { name } }');
    const before = await metrics();
    expect(reviewsIn(before, 'algogate_subgraph_breaker')).toEqual({});
    await save('');
    const after = await metrics();
    expect(grown(before, after, 'algogate_graph_swaps_total')).toEqual({ '': 1 });
    expect(reviewsIn(after, 'algogate_subgraph_breaker')).toEqual(breaker('closed'));
    expect(family(after, FETCHES)).toMatchObject({ ...family(before, FETCHES), [ended('reviews', 'OK')]: 0 });
    expect([LOOKUPS, `${PLANNING}_count`].map((name) => grown(before, after, name))).toEqual([{}, {}]);
    expect(family(after, 'algogate_planned_operations')).toEqual({ '': 0 });

    await ask();
    const asked = await metrics();
    expect(grown(after, asked, FETCHES)).toEqual({
      [ended('registry', 'OK')]: 1,
      [ended('reviews', 'OK')]: 1,
    });
    expect(grown(after, asked, LOOKUPS)).toEqual({ '{result="miss"}': 1 });
    expect(reviewsIn(asked, 'algogate_subgraph_in_flight')).toEqual({});
  });

  test('held up: what is under way shows', async () => {
    await reviews.hold();
    const asking = ask();
    const inFlight = async () => reviewsIn(await metrics(), 'algogate_subgraph_in_flight');
    await expectSoon(inFlight, { [of('reviews')]: 1 });
    await reviews.release();
    await asking;
    expect(await inFlight()).toEqual({});
  });

  test('down: failures by their reason, retries, and a breaker that opens', async () => {
    const before = await metrics();
    await reviews.kill();
    // of five attempts in a row, which open the breaker, each second one is a retry
    for (let asked = 0; asked < 4; asked += 1) {
      expect(await ask()).toMatchObject({ errors: [{ extensions: { subgraph: 'reviews' } }] });
    }
    const after = await metrics();
    expect(grown(before, after, FETCHES)).toMatchObject({
      [ended('registry', 'OK')]: 4,
      [ended('reviews', 'UNAVAILABLE')]: 4,
    });
    expect(grown(before, after, 'algogate_subgraph_retries_total')[of('reviews')]).toBeGreaterThanOrEqual(2);
    const failures = grown(before, after, 'algogate_subgraph_failures_total');
    expect(Object.values(failures).reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(Object.keys(failures)).toEqual([
      of('reviews', ',kind="unreachable"'),
      of('reviews', ',kind="open"'),
    ]);
    // on a machine that is slow it is time for the next trial already, which fails
    const state = async () => {
      await ask();
      return reviewsIn(await metrics(), 'algogate_subgraph_breaker');
    };
    await expectSoon(state, breaker('open'));
  });

  test('moved, it goes on counting; refused, it is counted; taken out, it keeps what was counted', async () => {
    await reviews.restart();
    const before = await metrics();
    await save('    timeoutMs: 4000\n');
    const moved = await metrics();
    expect(reviewsIn(moved, 'algogate_subgraph_breaker')).toEqual(breaker('closed'));
    for (const name of ['algogate_subgraph_failures_total', 'algogate_subgraph_retries_total']) {
      expect(grown(before, moved, name)).toEqual({});
      expect(reviewsIn(moved, name)).not.toEqual({});
    }
    await reviews.tell('type Algorithm @key(fields: "ref") { ref: Int! }');
    await world.server.app.reloadSubgraphs();
    const refused = await metrics();
    expect(grown(moved, refused, 'algogate_graph_refusals_total')).toEqual({ '': 1 });
    expect(grown(moved, refused, 'algogate_graph_swaps_total')).toEqual({});
    writeFileSync(file, 'subgraphs: []\n');
    await world.server.app.reloadSubgraphs();
    const out = await metrics();
    expect(grown(refused, out, 'algogate_graph_swaps_total')).toEqual({ '': 1 });
    expect(reviewsIn(out, 'algogate_subgraph_breaker')).toEqual({});
    expect(grown(refused, out, FETCHES)).toEqual({});
    expect(reviewsIn(out, FETCHES)).toEqual(reviewsIn(refused, FETCHES));
  });

  test('and never is its address told', async () => {
    await save('');
    const { text } = await world.operator.http('/metrics');
    expect(text).toContain('reviews');
    expect([`:${reviews.port}`, '127.0.0.1', 'ada/one'].filter((secret) => text.includes(secret))).toEqual(
      [],
    );
  });
});

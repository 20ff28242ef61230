import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { explainQuery } from '../../src/commands/explain';
import type { Explained } from '../../src/gateway';
import type { Client } from '../builders/client';
import { DATABASES, type TestDatabase } from '../builders/databases';
import { Reviews } from '../builders/reviews';
import type { Settings } from '../builders/server';
import { openSubgraph } from '../builders/subgraphs';
import { World } from '../builders/world';
import { type Collector, type SpanTree, startCollector } from './collector';

/** Issue 5, point 6: the trace of a request to the graph has its planning, and reads like the plan that was run. */

const REQUEST_ID = expect.stringMatching(/^[0-9a-f]{32}$/) as unknown;

/** A trace of its own for each request, by which its spans are found again. */
const traceOf = (at: number): string => at.toString(16).padStart(32, 'b');
const sampled = (at: number) => ({ traceparent: `00-${traceOf(at)}-b7ad6b7169203331-01` });

const MAJORS = 'name majors { permissions { callers } }';
const TWO = `query Two($ref: String!) { algorithm(ref: $ref) { ${MAJORS} owner { handle viewerRole } } }`;
/** With fetches beside one another. */
const WIDE = `{
  algorithm(ref: "ada/hello") { ${MAJORS} owner { algorithms(first: 5) { nodes { viewerCanPublish } } } }
  viewer { user { handle displayName } }
}`;

/** Asks in a world with two algorithms of one owner; gives the collector of its traces when all have come. */
async function collected(
  create: () => Promise<TestDatabase>,
  settings: Settings,
  ask: (ada: Client, world: World, collector: Collector) => Promise<void>,
): Promise<Collector> {
  const collector = await startCollector();
  const world = await World.start(create, { ALGOGATE_OTLP_ENDPOINT: collector.endpoint, ...settings });
  try {
    const ada = await world.user('ada');
    for (const name of ['ada/hello', 'ada/other']) {
      await world.algorithm(name);
      await world.publish(name, '1.0.0');
      await world.publish(name, '2.0.0');
    }
    await ask(ada, world, collector);
  } finally {
    await world.stop();
    await collector.close();
  }
  return collector;
}

const plan = { name: 'plan', kind: 'internal', attributes: {} };

function fetch(name: string, more: object = {}, within: readonly object[] = []) {
  return {
    name: `fetch from ${name}`,
    kind: 'internal',
    attributes: { 'subgraph.name': name, 'graphql.operation.type': 'query', ...more },
    ...(within.length > 0 && { within }),
  };
}

const entities = (types: readonly string[], asked: number, sent: number) => ({
  'algogate.entities.types': { values: types.map((type) => ({ stringValue: type })) },
  'algogate.entities.asked': asked,
  'algogate.entities.sent': sent,
});

const request = (more: object, ...within: readonly object[]) => ({
  name: 'POST /graphql',
  kind: 'server',
  attributes: {
    'algogate.request_id': REQUEST_ID,
    'http.request.method': 'POST',
    'http.route': '/graphql',
    'http.response.status_code': 200,
    'graphql.operation.type': 'query',
    ...more,
  },
  within,
});

const sequence = (...within: readonly object[]) => ({
  name: 'sequence',
  kind: 'internal',
  attributes: {},
  within,
});

/** The nodes of a plan, those within one in the order of their names, as a trace has them and as they are explained. */
function shapeOfSpan({ name, within = [] }: SpanTree): string {
  return within.length === 0 ? name : `${name}(${within.map(shapeOfSpan).sort().join(', ')})`;
}

function shapeOfPlan(plan: Explained): string {
  if (plan.kind === 'fetch') return `fetch from ${plan.subgraph}`;
  const [first = '', ...others] = plan.steps.map(shapeOfPlan).sort();
  return others.length === 0 ? first : `${plan.kind}(${[first, ...others].join(', ')})`;
}

describe.each(DATABASES)('a request to the graph on %s', (_name, create) => {
  let collector: Collector;
  let secrets: readonly string[];

  beforeAll(async () => {
    collector = await collected(create, {}, async (ada) => {
      const query = (at: number) => ada.post({ query: TWO, variables: { ref: 'ada/hello' } }, sampled(at));
      expect((await query(1)).at('algorithm')).toMatchObject({ owner: { viewerRole: 'ADMIN' } });
      await query(2);
      await ada.post({ query: WIDE }, sampled(3));
      await ada.post({ query: '{ __typename }' }, sampled(4));
      secrets = ['ada/hello', ada.key ?? '', 'majors'];
    });
  });

  test('its plan is made once, and then kept', () => {
    const named = { 'graphql.operation.name': 'Two' };
    const nodes = sequence(fetch('access', entities(['Major', 'Owner'], 3, 3)), fetch('registry'));
    expect(collector.trees(traceOf(1))).toEqual([
      request({ ...named, 'algogate.plan.lookup': 'miss' }, plan, nodes),
    ]);
    expect(collector.trees(traceOf(2))).toEqual([
      request({ ...named, 'algogate.plan.lookup': 'hit' }, nodes),
    ]);
  });

  test.each([
    ['one after the other', 1, TWO],
    ['beside one another', 3, WIDE],
  ])('its fetches are as explained: %s', async (_how, at, query) => {
    const [{ within = [] } = {}] = collector.trees(traceOf(at));
    const shapes = within.filter(({ name }) => name !== 'plan').map(shapeOfSpan);
    const explained = JSON.parse(await explainQuery(query, true)) as Explained;
    expect(shapes).toEqual([shapeOfPlan(explained)]);
    expect(shapes[0]?.split('fetch from').length).toBeGreaterThan(2);
  });

  test('what asks no subgraph has no fetch', () => {
    expect(collector.trees(traceOf(4))).toEqual([request({ 'algogate.plan.lookup': 'miss' }, plan)]);
  });

  test('what a caller asks for, and its key, are in no span', () => {
    const ours = collector.spans().filter(({ traceId }) => [1, 2, 3, 4].map(traceOf).includes(traceId));
    expect(ours.length).toBeGreaterThan(10);
    expect(secrets.filter((secret) => JSON.stringify(ours).includes(secret))).toEqual([]);
  });
});

describe('a subgraph elsewhere', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'algogate-traces-'));
    file = join(folder, 'subgraphs.yaml');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const entry = (name: string, url: string) => `subgraphs:\n  - name: ${name}\n    url: ${url}\n`;

  test.each(DATABASES)(
    'of an operator goes on with the trace from its fetch, on %s',
    async (_name, create) => {
      const reviews = await Reviews.start();
      writeFileSync(file, `${entry('reviews', reviews.url)}    retries: 0\n`);
      const query = '{ reviewsHeaders algorithm(ref: "ada/hello") { name } }';
      let sent: unknown;
      const collector = await collected(create, { ALGOGATE_SUBGRAPHS: file }, async (ada) => {
        sent = (await ada.post({ query }, sampled(11))).at('reviewsHeaders');
        await reviews.kill();
        await ada.post({ query }, sampled(12));
      });
      const own = collector.spans().filter(({ traceId }) => traceId === traceOf(11));
      const id = own.find(({ name }) => name === 'fetch from reviews')?.spanId;
      expect(sent).toContain(`traceparent: 00-${traceOf(11)}-${id}-01`);
      const [down] = collector
        .trees(traceOf(12))
        .flatMap(({ within = [] }) => nested(within, 'fetch from reviews'));
      expect(down).toEqual({
        ...fetch('reviews', { 'algogate.subgraph.failure': 'unreachable', 'error.type': 'UNAVAILABLE' }),
        failed: true,
      });
    },
  );

  test.each(DATABASES)('of ours has its own spans within its fetch, on %s', async (_name, create) => {
    let collector: Collector | null = null;
    writeFileSync(file, 'subgraphs: []\n');
    collector = await collected(create, { ALGOGATE_SUBGRAPHS: file }, async (ada, world, { endpoint }) => {
      const traces = { ALGOGATE_OTLP_ENDPOINT: endpoint };
      const access = await openSubgraph('access', world.database, traces);
      writeFileSync(file, entry('access', access.url));
      await world.server.app.reloadSubgraphs();
      await ada.post({ query: TWO, variables: { ref: 'ada/hello' } }, sampled(21));
      await access.stop();
    });
    const [asked] = nested(collector.trees(traceOf(21)), 'fetch from access');
    expect(asked).toEqual(
      fetch('access', entities(['Major', 'Owner'], 3, 3), [
        {
          name: 'POST /graphql',
          kind: 'server',
          attributes: {
            'algogate.request_id': REQUEST_ID,
            'http.request.method': 'POST',
            'http.route': '/graphql',
            'http.response.status_code': 200,
          },
        },
      ]),
    );
  });
});

/** The spans of this name, at whatever depth. */
function nested(trees: readonly SpanTree[], name: string): SpanTree[] {
  return trees.flatMap((tree) => [...(tree.name === name ? [tree] : []), ...nested(tree.within ?? [], name)]);
}

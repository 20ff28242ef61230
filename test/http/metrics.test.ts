import { readFileSync } from 'node:fs';
import { request } from 'node:http';

import { expectSoon } from '../builders/soon';
import { describeOnEachServer } from '../builders/each-server';
import type { Client } from '../builders/client';
import type { World } from '../builders/world';
import { answering, startBackend, type TestBackend } from '../calls/support/http';
import { until } from '../calls/support/world';
import { type Exposition, family, grown, metricsOf } from './exposition';

/** Chapter 6, "Prometheus and traces"; chapter 9, "Health": what `/metrics` says, as Prometheus reads it. */

/** Every family of ours. */
const FAMILIES = {
  algogate_calls_total: 'counter',
  algogate_call_duration_seconds: 'histogram',
  algogate_call_backend_duration_seconds: 'histogram',
  algogate_refusals_total: 'counter',
  algogate_calls_in_flight: 'gauge',
  algogate_backends: 'gauge',
  algogate_backend_breakers: 'gauge',
  algogate_backend_connections: 'gauge',
  algogate_backend_queued_calls: 'gauge',
  algogate_journal_bytes: 'gauge',
  algogate_journal_records: 'gauge',
  algogate_journal_age_seconds: 'gauge',
  algogate_journal_drained_records_total: 'counter',
  algogate_journal_drain_faults_total: 'counter',
  algogate_resolution_cached_algorithms: 'gauge',
  algogate_resolution_lookups_total: 'counter',
  algogate_resolution_evictions_total: 'counter',
  algogate_staleness_seconds: 'gauge',
  algogate_database_away: 'gauge',
  algogate_database_statements_total: 'counter',
  algogate_database_connections: 'gauge',
  algogate_database_waiting: 'gauge',
  algogate_event_loop_delay_seconds: 'gauge',
  algogate_graphql_requests_total: 'counter',
  algogate_http_responses_total: 'counter',
  algogate_subgraph_fetches_total: 'counter',
  algogate_subgraph_fetch_duration_seconds: 'histogram',
  algogate_subgraph_entities_asked_total: 'counter',
  algogate_subgraph_entities_sent_total: 'counter',
  algogate_subgraph_breaker: 'gauge',
  algogate_subgraph_in_flight: 'gauge',
  algogate_subgraph_connections: 'gauge',
  algogate_subgraph_retries_total: 'counter',
  algogate_subgraph_failures_total: 'counter',
  algogate_plan_lookups_total: 'counter',
  algogate_plan_duration_seconds: 'histogram',
  algogate_plan_failures_total: 'counter',
  algogate_planned_operations: 'gauge',
  algogate_planned_weight: 'gauge',
  algogate_graph_swaps_total: 'counter',
  algogate_graph_refusals_total: 'counter',
};

/** A backend that does as the path of the build says. */
async function startMoody(): Promise<TestBackend> {
  return startBackend((seen, response) => {
    if (seen.url === '/silent') return;
    if (seen.url === '/failing') answering('text/plain', 'no', 500)(seen, response);
    else answering('application/json', '1')(seen, response);
  });
}

/** Calls, and hangs up as soon as the backend was asked. */
async function hangUp({ url, key }: Client, reference: string, backend: TestBackend): Promise<void> {
  const before = backend.seen.length;
  const headers = { Authorization: `Simple ${key}`, 'Content-Type': 'application/json' };
  const call = request(`${url}/v1/algo/${reference}`, { method: 'POST', headers });
  call.on('error', () => undefined);
  call.end('1');
  await until(() => backend.seen.length > before);
  call.destroy();
}

describeOnEachServer('the metrics', (world) => {
  const metrics = (): Promise<Exposition> => metricsOf(world().operator);
  const seriesOf = ({ values }: Exposition): string[] =>
    [...values.keys()].filter((line) => line.startsWith('algogate_')).sort();
  let moody: TestBackend;
  let meg: Client;

  beforeAll(async () => {
    moody = await startMoody();
    const { backend } = world();
    meg = await world().user('meg');
    for (const [name, url] of [
      ['good', backend.url],
      ['failing', `${moody.url}/failing`],
      ['silent', `${moody.url}/silent`],
      ['dead', 'http://127.0.0.1:1/'],
    ] as const) {
      await world().algorithm(`meg/${name}`);
      await world().publish(`meg/${name}`, '1.0.0', { backend: url });
    }
  });

  afterAll(() => moody.close());

  test('are these, each with its type and some words', async () => {
    const { types } = await metrics();
    const ours = [...types].filter(([name]) => name.startsWith('algogate_'));
    expect(Object.fromEntries(ours)).toEqual(FAMILIES);
    const counters = [...types].filter(([, type]) => type === 'counter').map(([name]) => name);
    // Node's own gauges of handles and requests have this ending too
    const totals = [...types.keys()].filter((name) => /^(algogate|process)_.*_total$/.test(name));
    expect(counters.sort()).toEqual(totals.sort());
    const { text } = await world().operator.http('/metrics');
    const explained = [...text.matchAll(/^# HELP (algogate_\w+) \S.+\.$/gm)].map(([, name]) => name);
    expect(explained.sort()).toEqual(Object.keys(FAMILIES).sort());
    const documented = readFileSync('docs/observability.md', 'utf8').matchAll(/^\| `(algogate_\w+)/gm);
    expect([...documented].map(([, name]) => name).sort()).toEqual(Object.keys(FAMILIES).sort());
  });

  test("are for the operator's credential alone", async () => {
    const admin = await world().user('ada');
    await world().organization('gardeners', { admin: 'ada' });
    const refused = (code: string) => ({
      error: { code, message: "the metrics are for the operator's credential" },
    });
    const asked = async (client: Client) => {
      const { status, json } = await client.http('/metrics');
      return { status, json };
    };
    expect(await asked(world().anonymous)).toEqual({ status: 401, json: refused('UNAUTHENTICATED') });
    expect(await asked(admin)).toEqual({ status: 403, json: refused('FORBIDDEN') });
    expect(await asked(await world().key('gardeners'))).toEqual({ status: 403, json: refused('FORBIDDEN') });
    expect((await asked(world().as('agk_00000000_nobodys'))).status).toBe(401);
    expect((await asked(world().operator)).status).toBe(200);
  });

  test('calls are counted by outcome and selector, and by how long they took', async () => {
    const before = await metrics();
    await meg.call('meg/good');
    await meg.call('meg/good/1.0.0');
    await meg.call('meg/good/1.0.0');
    await meg.call('meg/good/1');
    await meg.call('meg/good/^1.0.0');
    await meg.call('meg/good/1.0', 1, { query: 'output=void' });
    await meg.call('meg/failing/1');
    await meg.call('meg/silent', 1, { query: 'timeout=0.05' });
    await meg.call('meg/dead');
    await hangUp(meg, 'meg/silent/1.0.0', moody);
    const counted = async () => grown(before, await metrics(), 'algogate_calls_total');
    await expectSoon(counted, {
      '{outcome="OK",selector="LATEST"}': 1,
      '{outcome="OK",selector="FULL"}': 2,
      '{outcome="OK",selector="PARTIAL"}': 2,
      '{outcome="OK",selector="RANGE"}': 1,
      '{outcome="ALGORITHM_ERROR",selector="PARTIAL"}': 1,
      '{outcome="TIMEOUT",selector="LATEST"}': 1,
      '{outcome="BACKEND_UNAVAILABLE",selector="LATEST"}': 1,
      '{outcome="CLIENT_CLOSED",selector="FULL"}': 1,
    });
    const after = await metrics();
    expect(grown(before, after, 'algogate_call_duration_seconds_count')).toEqual({ '': 10 });
    expect(grown(before, after, 'algogate_call_duration_seconds_bucket')).toMatchObject({
      '{le="+Inf"}': 10,
      '{le="300"}': 10,
    });
    // the one that timed out took 50 ms at least, whatever the machine
    expect(grown(before, after, 'algogate_call_backend_duration_seconds_sum')['']).toBeGreaterThan(0.04);
    expect(grown(before, after, 'algogate_refusals_total')).toEqual({});
  });

  test('refusals are counted by code, once each, however often one looks', async () => {
    const before = await metrics();
    expect((await world().anonymous.call('acme/detect')).status).toBe(401);
    for (const name of ['one', 'two']) {
      expect((await world().operator.call(`nobody/${name}`)).status).toBe(404);
    }
    await metrics();
    const after = await metrics();
    expect(grown(before, after, 'algogate_refusals_total')).toEqual({
      '{code="UNAUTHENTICATED"}': 1,
      '{code="NOT_FOUND"}': 2,
    });
    expect(grown(before, after, 'algogate_calls_total')).toEqual({});
  });

  test('a backend that does not answer opens a breaker', async () => {
    await world().algorithm('meg/gone');
    await world().publish('meg/gone', '1.0.0', { backend: 'http://127.0.0.1:2/' });
    const before = await metrics();
    for (let call = 0; call < 5; call += 1) expect((await meg.call('meg/gone')).status).toBe(502);
    const after = await metrics();
    expect(grown(before, after, 'algogate_backends')).toEqual({ '': 1 });
    expect(grown(before, after, 'algogate_backend_breakers')).toEqual({ '{state="open"}': 1 });
    await expectSoon(async () => (await metrics()).values.get('algogate_calls_in_flight'), 0);
    expect((await metrics()).values.get('algogate_backend_queued_calls')).toBe(0);
  });

  test('records leave the journal for the database', async () => {
    const waiting = async () => (await metrics()).values.get('algogate_journal_records');
    await expectSoon(waiting, 0);
    const before = await metrics();
    for (let call = 0; call < 3; call += 1) await meg.call('meg/good');
    await expectSoon(waiting, 0);
    const after = await metrics();
    expect(grown(before, after, 'algogate_journal_drained_records_total')).toEqual({ '': 3 });
    expect(grown(before, after, 'algogate_journal_drain_faults_total')).toEqual({});
    expect(family(after, 'algogate_journal_bytes')).toEqual({ '': 0 });
    expect(family(after, 'algogate_journal_age_seconds')).toEqual({ '': 0 });
  });

  test('what was in memory is a hit, what was not a miss', async () => {
    const lookups = async (name: string) => {
      const before = await metrics();
      await world().operator.call(`nobody/${name}`);
      return grown(before, await metrics(), 'algogate_resolution_lookups_total');
    };
    expect(await lookups('first')).toEqual({ '{result="miss"}': 1 });
    expect(await lookups('first')).toEqual({ '{result="hit"}': 1 });
    expect((await metrics()).values.get('algogate_resolution_evictions_total')).toBe(0);
  });

  test('requests to the graph are counted by how they ended', async () => {
    const before = await metrics();
    await world().anonymous.graphql('{ viewer { id } }');
    await world().anonymous.graphql('{ __typename }');
    await world().anonymous.graphql('{ viewer { id } resolve(reference: "") { version { ref } } }');
    await world().anonymous.graphql('{ nothing }');
    await world().anonymous.graphql('{');
    await world().anonymous.post({});
    await world().as('agk_00000000_nobodys').graphql('{ viewer { id } }');
    expect(grown(before, await metrics(), 'algogate_graphql_requests_total')).toEqual({
      '{outcome="OK"}': 2,
      '{outcome="PARTIAL"}': 1,
      '{outcome="REFUSED"}': 4,
    });
  });

  test('answers are counted by route and class of status', async () => {
    const before = await metrics();
    const { anonymous, operator } = world();
    await anonymous.http('/healthz');
    await anonymous.http('/v1/resolve/meg/good');
    await anonymous.http('/v1/resolve/nobody/x');
    await anonymous.http('/v1/packages/meg/good');
    await anonymous.http('/whatever/comes');
    await anonymous.http('/to/mind', { method: 'POST' });
    await operator.call('meg/good');
    await operator.call('nobody/x');
    await operator.http('/v1/algo/meg/good');
    await operator.http('/v1/web/algo/meg/good', { method: 'OPTIONS' });
    await operator.call('meg/gone');
    expect(grown(before, await metrics(), 'algogate_http_responses_total')).toEqual({
      '{route="/healthz",status="2xx"}': 1,
      '{route="/v1/resolve/*",status="2xx"}': 1,
      '{route="/v1/resolve/*",status="4xx"}': 1,
      '{route="/v1/packages/:owner/:name",status="2xx"}': 1,
      '{route="(none)",status="4xx"}': 2,
      '{route="/v1/algo/*",status="2xx"}': 1,
      '{route="/v1/algo/*",status="4xx"}': 2,
      '{route="/v1/algo/*",status="5xx"}': 1,
      '{route="/v1/web/algo/*",status="2xx"}': 1,
      '{route="/metrics",status="2xx"}': 1,
    });
  });

  test('the database says what it does, and the event loop how late it is', async () => {
    const { queries, dialect, pools } = world().server.app.database;
    const from = queries.count;
    const now = await metrics();
    const counted = now.values.get('algogate_database_statements_total') ?? -1;
    expect(counted).toBeGreaterThanOrEqual(from);
    expect(counted).toBeLessThanOrEqual(queries.count);
    const names = ['writer', 'reader', 'snapshots', ...(dialect === 'sqlite' ? ['long_snapshots'] : [])];
    expect(pools.map(({ name }) => name)).toEqual(names);
    expect(Object.keys(family(now, 'algogate_database_waiting'))).toEqual(
      names.map((pool) => `{pool="${pool}"}`),
    );
    expect(Object.keys(family(now, 'algogate_database_connections'))).toEqual(
      names.flatMap((pool) => [`{pool="${pool}",state="in_use"}`, `{pool="${pool}",state="free"}`]),
    );
    const delays = family(now, 'algogate_event_loop_delay_seconds');
    expect(Object.keys(delays)).toEqual(['{quantile="0.5"}', '{quantile="0.99"}', '{quantile="1"}']);
    const [median = NaN, late = NaN, latest = NaN] = Object.values(delays);
    expect(0 <= median && median <= late && late <= latest && latest < Infinity).toBe(true);
    await world().user('mel');
    expect((await metrics()).values.get('algogate_database_statements_total')).toBeGreaterThan(counted);
  });

  test('50 algorithms on 20 backends are no series more, and none of their names is told', async () => {
    for (const owner of [0, 1, 2, 3, 4]) await world().user(`trader-${owner}`);
    const before = await metrics();
    const backends = await Promise.all(Array.from({ length: 20 }, startMoody));
    try {
      await callMany(world(), backends);
      const after = await metrics();
      expect(seriesOf(after)).toEqual(seriesOf(before));
      expect(grown(before, after, 'algogate_backends')).toEqual({ '': 20 });
      expect(grown(before, after, 'algogate_calls_total')).toEqual({
        '{outcome="OK",selector="LATEST"}': 50,
      });
      const { text } = await world().operator.http('/metrics');
      const names = ['trader-', 'ware-', 'meg', '127.0.0.1', ...backends.map(({ port }) => `:${port}`)];
      expect(names.filter((name) => text.includes(name))).toEqual([]);
    } finally {
      for (const backend of backends) await backend.close();
    }
  });
});

/** 50 algorithms of 5 owners, spread over the backends, each called once. */
async function callMany(world: World, backends: readonly TestBackend[]): Promise<void> {
  const ofOwner = async (owner: number): Promise<void> => {
    for (let at = owner; at < 50; at += 5) {
      const [name, backend] = [`trader-${owner}/ware-${at}`, backends[at % backends.length]?.url ?? ''];
      await world.algorithm(name);
      await world.publish(name, '1.0.0', { backend });
      const { status } = await world.operator.call(name);
      if (status !== 200) throw new Error(`a call was answered with ${status}`);
    }
  };
  await Promise.all([0, 1, 2, 3, 4].map(ofOwner));
}

import { sqliteDatabase } from '../builders/databases';
import type { Client } from '../builders/client';
import type { Settings } from '../builders/server';
import { World } from '../builders/world';
import { answering, type SeenRequest, startBackend } from '../calls/support/http';
import { type Collector, startCollector } from './collector';

/** Chapter 6, "Prometheus and traces": what a collector gets of calls and of requests to the graph. */

const PARENT = 'b7ad6b7169203331';
const REQUEST_ID = expect.stringMatching(/^[0-9a-f]{32}$/) as unknown;
/** The rule of a resolution is a sentence of chapter 1's. */
const RULE = expect.stringMatching(/\w/) as unknown;

/** A trace of its own for each request, by which its spans are found again. */
const traceOf = (at: number): string => at.toString(16).padStart(32, 'a');
const sampled = (at: number): { traceparent: string } => ({ traceparent: `00-${traceOf(at)}-${PARENT}-01` });

/** A world with `demo/hello/1.0.0`, and one that calls it. */
async function startWorld(settings: Settings) {
  const world = await World.start(sqliteDatabase, settings);
  const caller = await world.user('gus');
  await world.user('demo');
  await world.algorithm('demo/hello');
  const { sha } = await world.publish('demo/hello', '1.0.0');
  return { world, caller, sha };
}

/** A world whose traces are collected. */
async function traced(settings: Settings = {}, collector?: Collector) {
  const collecting = collector ?? (await startCollector());
  const started = await startWorld({ ALGOGATE_OTLP_ENDPOINT: collecting.endpoint, ...settings });
  return {
    ...started,
    collector: collecting,
    /** The replica ends, so that all spans have come; its world goes. */
    flush: async () => {
      await started.world.stop();
      await collecting.close();
    },
  };
}

type Started = Awaited<ReturnType<typeof traced>>;

/** What is said of every request to the call path. */
const ofCall = {
  'http.request.method': 'POST',
  'http.route': '/v1/algo/*',
  'algogate.request_id': REQUEST_ID,
};

describe('requests to one replica', () => {
  let collector: Collector;
  let caller: Client;
  let sha: string;
  let answer: Awaited<ReturnType<Client['call']>>;
  let seen: SeenRequest;
  let unsampled: unknown;

  beforeAll(async () => {
    const started = await traced();
    ({ collector, caller, sha } = started);
    const { world } = started;
    const headers = { ...sampled(1), 'X-Request-Id': 'mine-1', Cookie: 'secret-cookie' };
    answer = await caller.call('demo/hello/^1.0', 'secret-input', { headers });
    seen = world.backend.seen.at(-1)!;
    await caller.call('demo/hello', 1, { headers: { traceparent: `00-${traceOf(31)}-${PARENT}-00` } });
    unsampled = world.backend.seen.at(-1)!.headers['traceparent'];
    await callOtherwise(started);
    await askOtherwise(started);
    await started.flush();
  });

  test('a call: from the edge through resolution to the backend, on the trace of its caller', () => {
    expect(collector.trees(traceOf(1))).toEqual([
      {
        name: 'POST /v1/algo/*',
        kind: 'server',
        attributes: {
          ...ofCall,
          'algogate.request_id': answer.headers['x-request-id'],
          'algogate.client_request_id': 'mine-1',
          'algogate.algorithm': 'demo/hello',
          'algogate.version': '1.0.0',
          'algogate.outcome': 'OK',
          'http.response.status_code': 200,
        },
        events: ['journal.append'],
        within: [
          { name: 'backend', kind: 'client', attributes: { 'algogate.outcome': 'OK' } },
          {
            name: 'resolve',
            kind: 'internal',
            attributes: {
              'algogate.reference': 'demo/hello/^1.0',
              'algogate.selector': 'RANGE',
              'algogate.rule': RULE,
              'algogate.resolved': 'demo/hello/1.0.0',
            },
          },
        ],
      },
    ]);
    const spans = collector.spans().filter(({ traceId }) => traceId === traceOf(1));
    const idOf = (name: string) => spans.find((span) => span.name === name)?.spanId;
    expect(spans.find(({ kind }) => kind === 2)?.parentSpanId).toBe(PARENT);
    expect(seen.headers['traceparent']).toBe(`00-${traceOf(1)}-${idOf('backend')}-01`);
    expect(seen.headers['x-request-id']).toBeUndefined();
    expect(answer.headers['x-request-id']).not.toBe('mine-1');
    const told = collector.bodies.join();
    const secrets = ['secret-input', 'secret-cookie', caller.key!, caller.key!.slice(0, 12), seen.url!];
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
  });

  test('calls that end in other ways', () => {
    const refused = (code: string, status: number) => ({
      name: 'POST /v1/algo/*',
      kind: 'server',
      attributes: { ...ofCall, 'algogate.error_code': code, 'http.response.status_code': status },
    });
    const asked = (reference: string, selector: string) => ({
      'algogate.reference': reference,
      'algogate.selector': selector,
    });
    const resolved = (reference: string, selector: string, canonical: string) => ({
      name: 'resolve',
      kind: 'internal',
      attributes: {
        ...asked(reference, selector),
        'algogate.rule': RULE,
        'algogate.resolved': canonical,
      },
    });
    const named = { 'algogate.algorithm': 'demo/hello', 'algogate.version': '1.0.0' };
    expect(Array.from({ length: 7 }, (_, at) => collector.trees(traceOf(at + 11)))).toEqual([
      [
        {
          ...refused('NOT_FOUND', 404),
          within: [
            {
              name: 'resolve',
              kind: 'internal',
              failed: true,
              attributes: { ...asked('demo/nothing/2', 'PARTIAL'), 'error.type': 'NOT_FOUND' },
            },
          ],
        },
      ],
      [refused('INVALID_REFERENCE', 400)],
      [refused('UNAUTHENTICATED', 401)],
      [
        {
          name: 'GET /v1/web/algo/*',
          kind: 'server',
          attributes: {
            'http.request.method': 'GET',
            'http.route': '/v1/web/algo/*',
            'algogate.request_id': REQUEST_ID,
            'algogate.error_code': 'INVALID_INPUT',
            'http.response.status_code': 405,
          },
        },
      ],
      [
        {
          name: 'POST /v1/algo/*',
          kind: 'server',
          attributes: {
            ...ofCall,
            'algogate.algorithm': 'demo/failing',
            'algogate.version': '1.0.0',
            'algogate.outcome': 'ALGORITHM_ERROR',
            'http.response.status_code': 200,
          },
          events: ['journal.append'],
          within: [
            { name: 'backend', kind: 'client', attributes: { 'algogate.outcome': 'ALGORITHM_ERROR' } },
            resolved('demo/failing', 'LATEST', 'demo/failing/1.0.0'),
          ],
        },
      ],
      [
        {
          name: 'POST /v1/algo/*',
          kind: 'server',
          failed: true,
          attributes: {
            ...ofCall,
            'algogate.algorithm': 'demo/dead',
            'algogate.version': '1.0.0',
            'algogate.outcome': 'BACKEND_UNAVAILABLE',
            'http.response.status_code': 502,
            'error.type': '502',
          },
          events: ['journal.append'],
          within: [
            {
              name: 'backend',
              kind: 'client',
              failed: true,
              attributes: { 'algogate.outcome': 'BACKEND_UNAVAILABLE', 'error.type': 'BACKEND_UNAVAILABLE' },
            },
            resolved('demo/dead', 'LATEST', 'demo/dead/1.0.0'),
          ],
        },
      ],
      [
        {
          ...refused('INVALID_INPUT', 400),
          attributes: { ...refused('INVALID_INPUT', 400).attributes, ...named },
          within: [resolved(`demo/hello/${sha}`, 'SHA', 'demo/hello/1.0.0')],
        },
      ],
    ]);
  });

  test('requests to the graph and over HTTP: one span each, with one for the planning and one for each node of the plan', () => {
    const span = (method: string, route: string, status: number, more: object) => ({
      name: `${method} ${route}`,
      kind: 'server',
      attributes: {
        'algogate.request_id': REQUEST_ID,
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        ...more,
      },
    });
    const fetch = (name: string, more: object = {}) => ({
      name: `fetch from ${name}`,
      kind: 'internal',
      attributes: { 'subgraph.name': name, 'graphql.operation.type': 'query', ...more },
    });
    const planned = { 'algogate.plan.lookup': 'miss' };
    const plan = { name: 'plan', kind: 'internal', attributes: {} };
    const majors = {
      'algogate.entities.types': { values: [{ stringValue: 'Major' }] },
      'algogate.entities.asked': 1,
      'algogate.entities.sent': 1,
    };
    const resolve = (attributes: object) => ({ name: 'resolve', kind: 'internal', attributes });
    expect(Array.from({ length: 7 }, (_, at) => collector.trees(traceOf(at + 21)))).toEqual([
      [
        {
          ...span('POST', '/graphql', 200, {
            'graphql.operation.type': 'query',
            'graphql.operation.name': 'Who',
            ...planned,
          }),
          within: [
            plan,
            {
              name: 'sequence',
              kind: 'internal',
              attributes: {},
              within: [fetch('access', majors), fetch('registry')],
            },
          ],
        },
      ],
      [
        {
          ...span('POST', '/graphql', 200, {
            'graphql.operation.type': 'query',
            'algogate.error_code': 'INVALID_REFERENCE',
            ...planned,
          }),
          within: [fetch('registry', { 'algogate.errors': 1 }), plan],
        },
      ],
      [span('POST', '/graphql', 400, { 'algogate.error_code': 'GRAPHQL_VALIDATION_FAILED' })],
      [
        {
          ...span('GET', '/v1/resolve/*', 200, {}),
          within: [
            resolve({
              'algogate.reference': 'demo/hello/1',
              'algogate.selector': 'PARTIAL',
              'algogate.rule': RULE,
              'algogate.resolved': 'demo/hello/1.0.0',
            }),
          ],
        },
      ],
      [
        {
          ...span('GET', '/v1/resolve/*', 404, { 'algogate.error_code': 'NOT_FOUND' }),
          within: [
            {
              ...resolve({
                'algogate.reference': 'demo/none',
                'algogate.selector': 'LATEST',
                'error.type': 'NOT_FOUND',
              }),
              failed: true,
            },
          ],
        },
      ],
      [
        {
          name: 'GET',
          kind: 'server',
          attributes: {
            'algogate.request_id': REQUEST_ID,
            'http.request.method': 'GET',
            'http.response.status_code': 404,
          },
        },
      ],
      [],
    ]);
  });

  test('what is not sampled goes on with the trace of its caller, who decides', () => {
    expect(unsampled).toMatch(new RegExp(`^00-${traceOf(31)}-(?!${PARENT})[0-9a-f]{16}-00$`));
    expect(collector.trees(traceOf(31))).toEqual([]);
  });
});

/** Calls that end in other ways. */
async function callOtherwise({ world, caller, sha }: Started): Promise<void> {
  const failing = await startBackend(answering('text/plain', 'no', 500));
  await world.algorithm('demo/failing');
  await world.publish('demo/failing', '1.0.0', { backend: failing.url });
  await world.algorithm('demo/dead');
  await world.publish('demo/dead', '1.0.0', { backend: 'http://127.0.0.1:1/' });
  await caller.call('demo/nothing/2', 1, { headers: sampled(11) });
  await caller.call('demo/hello/1..', 1, { headers: sampled(12) });
  await world.anonymous.call('demo/hello', 1, { headers: sampled(13) });
  await caller.http('/v1/web/algo/demo/hello', { headers: sampled(14) });
  await caller.call('demo/failing', 1, { headers: sampled(15) });
  await caller.call('demo/dead', 1, { headers: sampled(16) });
  await world.operator.call(`demo/hello/${sha}`, '{', {
    headers: { ...sampled(17), 'Content-Type': 'application/json' },
  });
  await failing.close();
}

/** Requests that are no calls. */
async function askOtherwise({ world }: Started): Promise<void> {
  const query =
    'query Who($ref: String!) { algorithm(ref: $ref) { name majors { permissions { callers } } } }';
  await world.operator.post({ query, variables: { ref: 'demo/hello' } }, sampled(21));
  await world.operator.post({ query: '{ resolve(reference: "/") { canonical } }' }, sampled(22));
  await world.operator.post({ query: '{ nothing }' }, sampled(23));
  await world.operator.http('/v1/resolve/demo/hello/1', { headers: sampled(24) });
  await world.operator.http('/v1/resolve/demo/none', { headers: sampled(25) });
  await world.operator.http('/nowhere', { headers: sampled(26) });
  await world.operator.http('/healthz', { headers: sampled(27) });
}

test('what is not sampled is everything without a trace of its own, with the ratio 0; nothing, with the ratio 1', async () => {
  for (const [ratio, spans, flags] of [
    ['0', 0, '00'],
    ['1', 3, '01'],
  ] as const) {
    const { world, caller, collector, flush } = await traced({ ALGOGATE_TRACE_RATIO: ratio });
    await caller.call('demo/hello');
    const [, trace = '', , flag] = String(world.backend.seen.at(-1)!.headers['traceparent']).split('-');
    await caller.call('demo/hello', 1, { headers: sampled(1) });
    await flush();
    expect(flag).toBe(flags);
    expect(collector.spans().filter(({ traceId }) => traceId === trace).length).toBe(spans);
    expect(collector.spans().filter(({ traceId }) => traceId === traceOf(1)).length).toBe(3);
  }
});

test('off by default: the trace of the caller goes on, and none is begun that anybody keeps', async () => {
  const { world, caller } = await startWorld({});
  await caller.call('demo/hello', 1, { headers: sampled(1) });
  await caller.call('demo/hello');
  const sent = world.backend.seen.map(({ headers }) => headers['traceparent']);
  await world.stop();
  expect(sent).toEqual([
    expect.stringMatching(new RegExp(`^00-${traceOf(1)}-(?!${PARENT})[0-9a-f]{16}-01$`)),
    expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/),
  ]);
});

test('a collector that is away changes nothing', async () => {
  const nobody = await startCollector();
  await nobody.close();
  const [off, away] = [await startWorld({}), await startWorld({ ALGOGATE_OTLP_ENDPOINT: nobody.endpoint })];
  const answersOf = async ({ world, caller }: typeof off) => {
    const answers = [
      await caller.call('demo/hello/1', { a: 1 }),
      await caller.call('demo/none'),
      await world.operator.graphql(
        '{ algorithm(ref: "demo/hello") { name majors { permissions { callers } } } }',
      ),
      await caller.resolve('demo/hello/1'),
    ];
    return answers.map(({ status, headers, json }) => {
      const names = Object.keys(headers).sort();
      const body = JSON.stringify(json).replace(/"(duration|request_id)":("[^"]*"|[\d.e-]+)/g, '"$1":0');
      return { status, names, body };
    });
  };
  expect(await answersOf(away)).toEqual(await answersOf(off));
  await off.world.stop();
  await away.world.stop();
});

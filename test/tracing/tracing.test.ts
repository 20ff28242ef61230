import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';

import { openTracing, parseTraceparent } from '../../src/tracing';
import { ReportingExporter } from '../../src/tracing/reporting-exporter';
import { startCollector } from './collector';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

describe('parseTraceparent', () => {
  test.each([
    [`00-${TRACE}-${PARENT}-01`, { traceId: TRACE, spanId: PARENT, flags: '01' }],
    [`00-${TRACE}-${PARENT}-00`, { traceId: TRACE, spanId: PARENT, flags: '00' }],
    [`cc-${TRACE}-${PARENT}-01-what-will-be`, { traceId: TRACE, spanId: PARENT, flags: '01' }],
  ])('%s', (header, parent) => {
    expect(parseTraceparent(header)).toEqual(parent);
  });

  test.each([
    undefined,
    '',
    'nonsense',
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${PARENT}-1`,
    `00-${TRACE}-${PARENT}-01x`,
  ])('%s is none', (header) => {
    expect(parseTraceparent(header)).toBeNull();
    expect(parseTraceparent([`00-${TRACE}-${PARENT}-01`])).toBeNull();
  });
});

describe('which requests are traced', () => {
  /** Whether a request is, with this ratio and this `traceparent`. */
  const traced = async (ratio: number, traceparent?: string): Promise<boolean> => {
    const collector = await startCollector();
    const tracing = await openTracing({ endpoint: collector.endpoint, ratio, onLost: () => undefined });
    const headers = traceparent === undefined ? {} : { traceparent };
    const span = tracing.begin('request', '1', headers);
    span?.end();
    await tracing.close();
    await collector.close();
    expect(collector.spans().length).toBe(span === null ? 0 : 1);
    return span !== null;
  };

  test.each([
    [1, undefined, true],
    [0, undefined, false],
    [0, `00-${TRACE}-${PARENT}-01`, true],
    [0, `00-${TRACE}-${PARENT}-03`, true],
    [1, `00-${TRACE}-${PARENT}-00`, false],
    [1, `00-${'0'.repeat(32)}-${PARENT}-00`, true],
  ])('ratio %s, traceparent %s: %s', async (ratio, traceparent, expected) => {
    expect(await traced(ratio, traceparent)).toBe(expected);
  });

  test('a ratio is kept to, about', async () => {
    const collector = await startCollector();
    const tracing = await openTracing({ endpoint: collector.endpoint, ratio: 0.25, onLost: () => undefined });
    const begun = Array.from({ length: 4000 }, () => tracing.begin('request', '1', {}));
    const share = begun.filter((span) => span !== null).length / begun.length;
    await tracing.close();
    await collector.close();
    expect(Math.abs(share - 0.25)).toBeLessThan(0.05); // seven standard deviations
  });
});

test('an id of the caller that is no plain text of ordinary length is left out', async () => {
  const collector = await startCollector();
  const tracing = await openTracing({ endpoint: collector.endpoint, ratio: 1, onLost: () => undefined });
  const ids = ['mine-1', 'a b', 'x'.repeat(128), 'x'.repeat(129), 'é', 'a\tb', ''];
  for (const [at, id] of ids.entries())
    tracing.begin(`request ${at}`, String(at), { 'x-request-id': id })?.end();
  await tracing.close();
  await collector.close();
  const told = collector.spans().flatMap(({ traceId }) => collector.trees(traceId));
  expect(told.map(({ attributes }) => attributes['algogate.client_request_id'])).toEqual([
    ...ids.slice(0, 3),
    ...ids.slice(3).map(() => undefined),
  ]);
});

test('what ends takes with it what is open within, and what fails too', async () => {
  const collector = await startCollector();
  const tracing = await openTracing({ endpoint: collector.endpoint, ratio: 1, onLost: () => undefined });
  const span = tracing.begin('request', '1', { traceparent: `00-${TRACE}-${PARENT}-01` });
  span?.child('ended', 'internal').end();
  span?.child('open', 'internal').child('deeper', 'client');
  span?.failOpen('GONE');
  span?.end();
  await tracing.close();
  await collector.close();
  const failed = { failed: true, attributes: { 'error.type': 'GONE' } };
  expect(collector.trees(TRACE)).toEqual([
    {
      name: 'request',
      kind: 'server',
      attributes: { 'algogate.request_id': '1' },
      within: [
        { name: 'ended', kind: 'internal', attributes: {} },
        {
          name: 'open',
          kind: 'internal',
          ...failed,
          within: [{ name: 'deeper', kind: 'client', ...failed }],
        },
      ],
    },
  ]);
  expect(collector.resources()).toEqual([{ 'service.name': 'algogate' }]);
});

test('a collector that is too slow costs no more memory than some spans take', async () => {
  const collector = await startCollector();
  const tracing = await openTracing({ endpoint: collector.endpoint, ratio: 1, onLost: () => undefined });
  for (let at = 0; at < 5000; at += 1) tracing.begin('request', String(at), {})?.end();
  await tracing.close();
  await collector.close();
  // a batch was on its way, and the rest of what may wait behind it
  expect(collector.spans().length).toBe(512 + 2048);
});

test('what a collector does not take is told', async () => {
  const collector = await startCollector(400);
  const told: number[] = [];
  const onLost = (_fault: unknown, spans: number): number => told.push(spans);
  const tracing = await openTracing({ endpoint: collector.endpoint, ratio: 1, onLost });
  tracing.begin('request', '1', {})?.end();
  await tracing.close();
  await collector.close();
  expect([told, collector.spans().length]).toEqual([[1], 1]);
});

test('a collector that never answers holds nobody up for ever', async () => {
  const collector = await startCollector(null);
  const tracing = await openTracing({ endpoint: collector.endpoint, ratio: 1, onLost: () => undefined });
  tracing.begin('request', '1', {})?.end();
  await tracing.close();
  expect(collector.spans().length).toBe(1);
  await collector.close();
});

test('lost spans are told of once a minute, all of them', async () => {
  const stopped = new InMemorySpanExporter();
  await stopped.shutdown();
  const told: unknown[] = [];
  let now = 0;
  const exporter = new ReportingExporter(
    stopped,
    (fault, spans) => told.push([String(fault), spans]),
    () => now,
  );
  const lose = (spans: number): void => {
    exporter.export(new Array<ReadableSpan>(spans), () => undefined);
  };
  const fault = 'Error: Exporter has been stopped';
  lose(2);
  now = 59_999;
  lose(3);
  lose(4);
  expect(told).toEqual([[fault, 2]]);
  now = 60_000;
  lose(5);
  expect(told).toEqual([
    [fault, 2],
    [fault, 12],
  ]);
});

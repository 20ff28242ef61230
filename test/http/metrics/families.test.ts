import fc from 'fast-check';
import { Gauge, Histogram, Registry } from 'prom-client';

import { FETCH_OUTCOMES } from '../../../src/gateway';
import { SELECTOR_KINDS } from '../../../src/domain/terms';
import { OUTCOMES } from '../../../src/domain/usage/call';
import { Bins, CALL_SECONDS, GRAPH_SECONDS } from '../../../src/http/metrics/bins';
import { CallMeter } from '../../../src/http/metrics/call-meter';
import { Families, type Sample } from '../../../src/http/metrics/families';
import { GraphMeter } from '../../../src/http/metrics/graph-meter';
import { record } from '../../calls/support/records';

/** Chapter 6, "Prometheus and traces": what is counted in plain fields reads as prom-client's own would. */

/** Milliseconds, on the bounds and between them. */
const milliseconds = fc.oneof(
  fc.constantFrom(0, ...CALL_SECONDS.map((seconds) => seconds * 1000)),
  fc.integer({ min: 0, max: 4_000_000 }).map((tenths) => tenths / 10),
);

test('a histogram reads like one of prom-client that saw the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(milliseconds, { maxLength: 50 }), async (values) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const bins = new Bins(CALL_SECONDS);
      new Families(ours).histogram('seconds', 'How long "it" took.\nReally.', bins);
      const histogram = new Histogram({
        name: 'seconds',
        help: 'How long "it" took.\nReally.',
        buckets: [...CALL_SECONDS],
        registers: [theirs],
      });
      for (const ms of values) {
        bins.addMs(ms);
        histogram.observe(ms / 1000);
      }
      expect(await ours.metrics()).toBe(await theirs.metrics());
    }),
  );
});

test('so do histograms with labels', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const all = ['a', 'b"c'].map((name) => ({ labels: { name }, bins: new Bins(GRAPH_SECONDS) }));
  new Families(ours).histograms('seconds', 'How long.', () => all);
  const histogram = new Histogram({
    name: 'seconds',
    help: 'How long.',
    labelNames: ['name'],
    buckets: [...GRAPH_SECONDS],
    registers: [theirs],
  });
  for (const { labels, bins } of all) {
    for (const ms of [0, 0.25, 7, 40_000]) {
      bins.addMs(ms);
      histogram.observe(labels, ms / 1000);
    }
  }
  expect(await ours.metrics()).toBe(await theirs.metrics());
});

test('so does a gauge with labels', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  new Families(ours).gauge('things', 'Some things.', () => [
    { labels: { kind: 'a"b' }, value: 1 },
    { labels: { kind: 'c' }, value: 0.5 },
  ]);
  const gauge = new Gauge({
    name: 'things',
    help: 'Some things.',
    labelNames: ['kind'],
    registers: [theirs],
  });
  gauge.set({ kind: 'a"b' }, 1);
  gauge.set({ kind: 'c' }, 0.5);
  expect(await ours.metrics()).toBe(await theirs.metrics());
});

test('a name is taken once', () => {
  const families = new Families(new Registry());
  families.counter('a_total', 'One.', () => 1);
  expect(() => {
    families.counter('a_total', 'Another.', () => 2);
  }).toThrow('already been registered');
});

test('each pair of outcome and selector is counted by itself', () => {
  const meter = new CallMeter();
  let times = 0;
  for (const outcome of OUTCOMES) {
    for (const selectorKind of SELECTOR_KINDS) {
      times += 1;
      for (let call = 0; call < times; call += 1) meter.count(record('1', { outcome, selectorKind }));
    }
  }
  const expected = OUTCOMES.flatMap((outcome) => SELECTOR_KINDS.map((selector) => ({ outcome, selector })));
  expect(meter.samples()).toEqual(expected.map((labels, at) => ({ labels, value: at + 1 })));
});

test('a call that reached no backend has no part of a backend', () => {
  const meter = new CallMeter();
  meter.count(record('1', { durationMs: 3, backendMs: 0 }));
  meter.count(record('2', { durationMs: 7, backendMs: 2 }));
  const total = ({ counts }: Bins): number => counts.reduce((sum, count) => sum + count, 0);
  expect([total(meter.durations), meter.durations.sum]).toEqual([2, 0.01]);
  expect([total(meter.backendDurations), meter.backendDurations.sum]).toEqual([1, 0.002]);
});

describe('the meter of the graph', () => {
  /** Its samples that are not 0, by their labels. */
  const told = (samples: readonly Sample[]) =>
    samples
      .filter(({ value }) => value !== 0)
      .map(({ labels = {}, value }) => [...Object.values(labels), value]);

  test('counts fetches and entities by subgraph, and keeps those of one that leaves', () => {
    const meter = new GraphMeter();
    meter.serves(['one', 'two']);
    meter.fetched('one', 'OK', 1, 0, 0);
    meter.fetched('one', 'OK', 3, 5, 2);
    meter.fetched('two', 'UNAVAILABLE', 2000, 1, 1);
    meter.serves(['two', 'three']);
    meter.fetched('one', 'ABORTED', 0, 0, 0); // one that was under way
    expect(meter.outcomeSamples()).toHaveLength(3 * FETCH_OUTCOMES.length);
    expect(told(meter.outcomeSamples())).toEqual([
      ['one', 'OK', 2],
      ['one', 'ABORTED', 1],
      ['two', 'UNAVAILABLE', 1],
    ]);
    expect([meter.entitySamples('asked'), meter.entitySamples('sent')].map(told)).toEqual([
      [
        ['one', 5],
        ['two', 1],
      ],
      [
        ['one', 2],
        ['two', 1],
      ],
    ]);
    expect(meter.durations().map(({ labels, bins }) => [labels, bins.sum])).toEqual([
      [{ subgraph: 'one' }, 0.004],
      [{ subgraph: 'two' }, 2],
      [{ subgraph: 'three' }, 0],
    ]);
  });

  test('counts plans', () => {
    const meter = new GraphMeter();
    for (const lookup of ['miss', 'shared', 'hit', 'hit'] as const) meter.planLookedUp(lookup);
    meter.planned(1, true);
    meter.planned(2, false);
    expect(told(meter.lookupSamples())).toEqual([
      ['hit', 2],
      ['shared', 1],
      ['miss', 1],
    ]);
    expect([meter.planning.sum, meter.planningFailures]).toEqual([0.003, 1]);
  });
});

import { describeOnEachServer } from '../builders/each-server';

/** Chapter 9, "Health": what `/metrics` says, as Prometheus reads it. */

interface Exposition {
  /** By name: `counter`, `gauge`, `histogram`, `summary`. */
  readonly types: ReadonlyMap<string, string>;
  /** By name and labels, as they are written: `algogate_refusals_total{code="NOT_FOUND"}`. */
  readonly values: ReadonlyMap<string, number>;
}

function read(text: string): Exposition {
  const lines = text.split('\n').filter((line) => line !== '');
  const types = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' '));
  const samples = lines.filter((line) => !line.startsWith('#'));
  return {
    types: new Map(types.map(([, , name = '', type = '']) => [name, type])),
    values: new Map(
      samples.map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
    ),
  };
}

describeOnEachServer('the metrics', (world) => {
  const metrics = async (): Promise<Exposition> => read((await world().operator.http('/metrics')).text);

  test('what is counted is a counter, and nothing else is one', async () => {
    const { types } = await metrics();
    const ours = [...types].filter(([name]) => name.startsWith('algogate_'));
    expect(Object.fromEntries(ours)).toMatchObject({
      algogate_calls_in_flight: 'gauge',
      algogate_journal_bytes: 'gauge',
      algogate_journal_age_seconds: 'gauge',
      algogate_resolution_cached_algorithms: 'gauge',
      algogate_staleness_seconds: 'gauge',
      algogate_database_away: 'gauge',
      algogate_database_statements_total: 'counter',
      algogate_refusals_total: 'counter',
    });
    const counters = [...types].filter(([, type]) => type === 'counter').map(([name]) => name);
    // Node's own gauges of handles and requests have this ending too
    const totals = [...types.keys()].filter((name) => /^(algogate|process)_.*_total$/.test(name));
    expect(counters.sort()).toEqual(totals.sort());
  });

  test('refusals are counted by code, once each, however often one looks', async () => {
    const { values: before } = await metrics();
    expect((await world().anonymous.call('acme/detect')).status).toBe(401);
    for (const name of ['one', 'two']) {
      expect((await world().operator.call(`nobody/${name}`)).status).toBe(404);
    }
    await metrics();
    const { values: after } = await metrics();
    const grown = (code: string): number => {
      const name = `algogate_refusals_total{code="${code}"}`;
      return (after.get(name) ?? 0) - (before.get(name) ?? 0);
    };
    expect([grown('UNAUTHENTICATED'), grown('NOT_FOUND'), grown('GONE')]).toEqual([1, 2, 0]);
  });

  test('statements are counted as the database counts them', async () => {
    const { queries } = world().server.app.database;
    const from = queries.count;
    const counted = (await metrics()).values.get('algogate_database_statements_total') ?? -1;
    expect(counted).toBeGreaterThanOrEqual(from);
    expect(counted).toBeLessThanOrEqual(queries.count);
    await world().user('meg');
    expect((await metrics()).values.get('algogate_database_statements_total')).toBeGreaterThan(counted);
  });
});

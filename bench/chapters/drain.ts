import type { DrainCost, DrainSpec, Variety } from '../servers/drain';
import { Child } from '../tools/child';
import { figure, type Row } from '../tools/report';
import { median } from '../tools/statistics';

const ROUNDS = 3;

const VARIETIES: Readonly<Record<Variety, { readonly what: string; readonly records: number }>> = {
  few: { what: 'one algorithm, ten callers', records: 40_000 },
  many: { what: 'another caller and algorithm each', records: 8_000 },
};

/** What recording and counting a call costs, against recording it alone. */
export async function drains(database: string, variables: Readonly<Record<string, string>>): Promise<Row[]> {
  const child = Child.start('servers/drain', 'server');
  await child.ask('open', variables);
  const rows: Row[] = [];
  for (const variety of ['few', 'many'] as const) {
    const { what, records } = VARIETIES[variety];
    const found: { counted: DrainCost[]; bare: DrainCost[] } = { counted: [], bare: [] };
    // the first round is the warm-up
    for (let round = 0; round <= ROUNDS; round += 1) {
      const spec: DrainSpec = { variety, records, counted: true };
      const counted = await child.ask<DrainCost>('drain', spec);
      const bare = await child.ask<DrainCost>('drain', { ...spec, counted: false });
      if (round === 0) continue;
      found.counted.push(counted);
      found.bare.push(bare);
    }
    rows.push(...rowsOf(`${database}, drain, ${what}`, records, found.counted, found.bare));
  }
  await child.end();
  return rows;
}

function rowsOf(
  what: string,
  records: number,
  counted: readonly DrainCost[],
  bare: readonly DrainCost[],
): Row[] {
  const perSecond = (costs: readonly DrainCost[]) => records / median(costs.map(({ seconds }) => seconds));
  const cpu = (costs: readonly DrainCost[]) =>
    median(costs.map(({ cpuMicroseconds }) => cpuMicroseconds)) / records;
  return [
    {
      what: `${what}: records a second`,
      ours: `${figure(perSecond(counted))}/s`,
      reference: `${figure(perSecond(bare))}/s`,
      ratio: `**${figure(perSecond(counted) / perSecond(bare))}**`,
      target: '',
    },
    {
      what: `${what}: processor time of a record`,
      ours: `${figure(cpu(counted))} µs`,
      reference: `${figure(cpu(bare))} µs`,
      ratio: `**${figure(cpu(bare) / cpu(counted))}**`,
      target: '',
    },
  ];
}

import { join } from 'node:path';

import type { IndexCost, Many } from '../servers/resolver';
import { Child } from '../tools/child';
import { figure, type Row, type Section } from '../tools/report';
import { MEASURED_KINDS, type MeasuredKind, SIZES } from '../tools/versions';
import { temporaryFolder } from '../tools/workspace';

type BySize<T> = Readonly<Record<(typeof SIZES)[number], T>>;

const MANY: Many = { algorithms: 1_000, owners: 100, versionsEach: 10, inMemory: 1_000 };

/** What a resolution costs in the process, by the number of versions and algorithms. Source: chapter 1, "Speed". */
export async function resolution(): Promise<Section> {
  const child = Child.start('servers/resolver', 'server', ['--expose-gc']);
  const costs = await child.ask<Readonly<Record<MeasuredKind, BySize<number>>>>('catalogues');
  await child.ask('open', join(temporaryFolder(), 'algogate.db'));
  await child.ask('fill', MANY);
  const index = await child.ask<IndexCost>('index', MANY);
  const cold = await child.ask<BySize<{ milliseconds: number; bytes: number }>>('cold');
  return {
    title: 'Resolution in the process',
    rows: [
      ...MEASURED_KINDS.map((kind) => costRow(kind, costs[kind])),
      {
        what: `PARTIAL on the whole index, ${figure(MANY.inMemory)} algorithms in memory`,
        ours: `${figure(index.warmNanoseconds)} ns`,
        reference: '',
        ratio: '',
        target: '',
      },
      {
        what: 'first answer for an algorithm of 10, 1,000 and 100,000 versions',
        ours: SIZES.map((size) => `${figure(cold[size].milliseconds)} ms`).join(', '),
        reference: '',
        ratio: '',
        target: '',
      },
      {
        what: 'heap that such an algorithm takes in the index, a version',
        ours: SIZES.map((size) => `${figure(cold[size].bytes)} B`).join(', '),
        reference: '',
        ratio: '',
        target: '',
      },
    ],
    notes: [
      'By kind: `domain/resolve` on an algorithm with 10, 1,000 and 100,000 public versions, with 64 references in turn, parsed before as the call path remembers them. The ratio is that of the dearest to the cheapest size.',
      `The whole index: \`answer\` for another algorithm each time, of ${figure(MANY.algorithms)} with ten versions each and ${MANY.owners} owners, freshness checked; read from SQLite at ${figure(index.coldMilliseconds)} ms each before.`,
      'First answer: nothing of the algorithm in memory, all its versions and builds read from SQLite in one snapshot.',
    ],
  };
}

function costRow(kind: MeasuredKind, costs: BySize<number>): Row {
  const all = SIZES.map((size) => costs[size]);
  return {
    what: `${kind} at 10, 1,000 and 100,000 versions`,
    ours: all.map((cost) => `${figure(cost)} ns`).join(', '),
    reference: '',
    ratio: `**${(Math.max(...all) / Math.min(...all)).toFixed(2)}**`,
    target: kind === 'RANGE' ? 'a binary search: their logarithm' : 'at most 1.5',
  };
}

const MILLION: Many = { algorithms: 1_000_000, owners: 10_000, versionsEach: 1, inMemory: 100_000 };

/** The same on a registry of a million algorithms. It takes minutes, and is run by name only. */
export async function million(): Promise<Section> {
  const child = Child.start('servers/resolver', 'server', ['--max-old-space-size=8192']);
  await child.ask('open', join(temporaryFolder(), 'algogate.db'));
  await child.ask('fill', MILLION);
  const rows: Row[] = [];
  for (const inMemory of [1_000, MILLION.inMemory]) {
    const cost = await child.ask<IndexCost>('index', { ...MILLION, inMemory });
    rows.push({
      what: `PARTIAL on the whole index, ${figure(inMemory)} of the algorithms in memory`,
      ours: `${figure(cost.warmNanoseconds)} ns; ${figure(cost.coldMilliseconds)} ms for the first answer`,
      reference: '',
      ratio: '',
      target: '',
    });
  }
  return {
    title: 'A registry of a million algorithms',
    rows,
    notes: [
      `${figure(MILLION.algorithms)} algorithms of one version each, of ${figure(MILLION.owners)} owners, in one SQLite file. A replica keeps at most a million versions in memory: with as many algorithms, those that are asked for rarely are read when they are.`,
    ],
  };
}

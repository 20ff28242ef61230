import { DAY_MS, HOUR_MS } from '../../src/domain/usage/granularity';
import type { HistorySpec } from '../servers/usage';
import { Child, COMMAND_FLAGS } from '../tools/child';
import type { Reading } from '../tools/query-plans';
import { Registry } from '../tools/registry';
import { figure, type Row, type Section } from '../tools/report';
import { median } from '../tools/statistics';
import { onMysql, onSqlite } from '../tools/workspace';
import { drains } from './drain';

type Variables = Readonly<Record<string, string>>;

const DAYS = 400;
const CALLS_A_DAY = 250_000;
const CALLERS = { callers: 5_000, steady: 20, hourDays: 31, minuteHours: 2 } as const;
const ROUNDS = 20;
const WARM_UPS = 3;
const TARGET = 'under 100 ms';
const OWNERS = ['owner', 'neighbour'];
const BACKEND = 'http://127.0.0.1:9/never-called';
/** 30 versions: three majors of two lines of five. */
const VERSIONS = Array.from(
  { length: 30 },
  (_, at) => `${1 + Math.floor(at / 10)}.${Math.floor(at / 5) % 2}.${at % 5}`,
);

const NOW = Date.now();
const TODAY = Math.floor(NOW / DAY_MS) * DAY_MS;
const iso = (at: number): string => new Date(at).toISOString();
const until = (to: number, granularity: string, from: number): string =>
  `from: "${iso(from)}", to: "${iso(to)}", granularity: ${granularity}`;
/** Whole days, as a dashboard asks for them. */
const THIRTY_DAYS = until(TODAY + DAY_MS, 'DAY', TODAY - 29 * DAY_MS);
const SERIES =
  'totals { calls } series { key buckets { start totals { calls errors callers p50 p90 p99 } } }';
/** Not the start of an hour: what is before the next one is counted record by record. */
const IN_AN_HOUR = TODAY - 29 * DAY_MS + 10.5 * HOUR_MS;

/** What is asked, by a member of the provider or by the consumer who calls most. */
const QUESTIONS = {
  'daily, 30 days': `{ algorithm(ref: "owner/cells") { usage(${THIRTY_DAYS}) { ${SERIES} } } }`,
  'daily, 30 days from the middle of an hour': `{ algorithm(ref: "owner/cells") { usage(${until(NOW, 'DAY', IN_AN_HOUR)}) { ${SERIES} } } }`,
  'daily by version, 30 days': `{ algorithm(ref: "owner/cells") { usage(${THIRTY_DAYS}, groupBy: VERSION) { ${SERIES} } } }`,
  'daily by major, 30 days': `{ algorithm(ref: "owner/cells") { usage(${THIRTY_DAYS}, groupBy: MAJOR) { ${SERIES} } } }`,
  'hourly by version, 7 days': `{ algorithm(ref: "owner/cells") { usage(${until(TODAY + DAY_MS, 'HOUR', TODAY - 6 * DAY_MS)}, groupBy: VERSION) { ${SERIES} } } }`,
  'daily by caller, 30 days': `{ algorithm(ref: "owner/cells") { usage(${THIRTY_DAYS}, groupBy: CALLER) { ${SERIES} } } }`,
  'active callers of the newest version, 30 days': `{ version(ref: "owner/cells/3.1.4") { activeCallers(days: 30, first: 50) { nodes { pseudonym calls lastCallOn } } } }`,
  'a consumer by algorithm, daily, 30 days': `{ viewer { usage(${THIRTY_DAYS}, groupBy: ALGORITHM) { ${SERIES} } } }`,
} as const;
type Question = keyof typeof QUESTIONS;

const DATABASES: readonly (readonly [string, () => Promise<Variables | null>])[] = [
  ['SQLite', () => Promise.resolve(onSqlite())],
  ['MySQL or MariaDB', onMysql],
];

interface Cost {
  readonly milliseconds: readonly number[];
  readonly rows: number;
}

/** Dashboards on a history of 100 million calls, and what it costs to count them. Source: chapter 6. */
export async function usage(): Promise<Section> {
  const rows: Row[] = [];
  const without: string[] = [];
  for (const [name, create] of DATABASES) {
    const [small, large, drained] = [await create(), await create(), await create()];
    if (small === null || large === null || drained === null) {
      without.push(`No ${name} answered: left out.`);
      continue;
    }
    rows.push(...rowsOf(name, await costOn(large, DAYS), await costOn(small, 1)));
    rows.push(...(await drains(name, drained)));
  }
  return {
    title: 'Usage',
    rows,
    notes: [
      `${figure(DAYS * CALLS_A_DAY)} calls of one algorithm in ${DAYS} days: 30 versions, six kinds of selectors, five outcomes, ${figure(CALLERS.callers)} callers (${CALLERS.steady} all the time, the others on three days of a hundred), and as many calls of a second owner's algorithm by as many others. Rollups of days and months are of all the time, those of hours of the last ${CALLERS.hourDays} days, those of minutes of the last ${CALLERS.minuteHours} hours; of records there is the one hour that a question needs.`,
      `Over HTTP at a whole replica, \`POST /graphql\` with a key: the median of ${ROUNDS}, and the worst. Measured against the same question where the history is of a day. Rows read: of rollups, pairs and records, as the database counts them.`,
      'Drain: the real sink, in batches of 4,000 as the journal hands them over, against the bare insert of the same records without rollups. Processor time is that of our process, without that of a database server.',
      ...without,
    ],
  };
}

async function costOn(variables: Variables, ofDays: number): Promise<ReadonlyMap<Question, Cost>> {
  const replica = Child.start('servers/usage', 'server', COMMAND_FLAGS);
  const url = await replica.ask<string>('start', variables);
  const registry = new Registry(url);
  for (const owner of OWNERS) await makeAlgorithm(registry, owner);
  const spec: HistorySpec = {
    ...CALLERS,
    owners: OWNERS,
    now: NOW,
    days: ofDays,
    callsADay: CALLS_A_DAY,
    recordedAt: IN_AN_HOUR,
  };
  const began = performance.now();
  const written = await replica.ask<{ calls: number; rows: number }>('fill', spec);
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stderr.write(`${figure(written.calls)} calls, ${written.rows} rows in ${seconds} s\n`);
  const keys = { member: await registry.key('owner'), consumer: await registry.key('owner-user0') };
  const costs = new Map<Question, Cost>();
  for (const [name, query] of Object.entries(QUESTIONS) as [Question, string][]) {
    const key = query.includes('viewer') ? keys.consumer : keys.member;
    costs.set(name, await costOf(replica, () => ask(url, key, query)));
  }
  await replica.end();
  return costs;
}

async function makeAlgorithm(registry: Registry, owner: string): Promise<void> {
  await registry.user(owner);
  await registry.algorithm(owner, 'cells');
  for (const version of VERSIONS) {
    await registry.build(`${owner}/cells`, version, BACKEND);
    await registry.publish(`${owner}/cells`, version, /^\d+\.0\.0$/.test(version));
  }
  await registry.build(`${owner}/cells`, 'of no version', BACKEND);
}

async function costOf(replica: Child, asked: () => Promise<void>): Promise<Cost> {
  const milliseconds: number[] = [];
  for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
    const began = performance.now();
    await asked();
    milliseconds.push(performance.now() - began);
  }
  await replica.ask('listen');
  await asked();
  const readings = await replica.ask<Reading[]>('readings');
  const rows = readings.reduce((sum, reading) => sum + reading.rows, 0);
  return { milliseconds: milliseconds.slice(WARM_UPS), rows };
}

async function ask(url: string, key: string, query: string): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  if (text.includes('"errors":[') || !text.includes('"calls":'))
    throw new Error(`${query}: ${text.slice(0, 500)}`);
}

function rowsOf(
  database: string,
  whole: ReadonlyMap<Question, Cost>,
  ofDay: ReadonlyMap<Question, Cost>,
): Row[] {
  return [...whole].map(([question, { milliseconds, rows }]) => {
    const [ours, reference] = [median(milliseconds), median(ofDay.get(question)?.milliseconds ?? [])];
    return {
      what: `${database}, ${question}; ${rows.toLocaleString('en-US')} rows read`,
      ours: `${figure(ours)} ms (worst ${figure(Math.max(...milliseconds))} ms)`,
      reference: `${figure(reference)} ms (${(ofDay.get(question)?.rows ?? 0).toLocaleString('en-US')} rows)`,
      ratio: `**${figure(ours / reference)}**`,
      target: TARGET,
    };
  });
}

import { OwnerRow } from '../../entities';
import { nameKey } from '../../src/domain/name';
import type { SelectorKind } from '../../src/domain/terms';
import type { CallRecord, Outcome } from '../../src/domain/usage/call';
import { bucketOf, bucketsBetween, type Granularity } from '../../src/domain/usage/granularity';
import { Tally } from '../../src/domain/usage/tally';
import { meteringSink } from '../../src/metering';
import { record } from '../calls/support/records';
import type { World } from './world';

/** Calls that were made, as a test tells of them. */
export interface CallSpec {
  /** The handle of who called, or `operator`. */
  readonly by: string;
  /** `owner/name/1.2.3`, or with the SHA of a commit that no version names. */
  readonly of: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** How many; 1. */
  readonly times?: number;
  readonly outcome?: Outcome;
  readonly selector?: SelectorKind;
  /** How long each took. */
  readonly ms?: number;
}

export const TOTALS = 'calls errors callers bytesIn bytesOut p50 p90 p99';
export const SERIES = `series { key isRest caller { handle } buckets { start totals { ${TOTALS} } } }`;

let recorded = 0;

/** Records calls as the journal of a replica does: with all that is counted of them. */
export async function recordCalls({ server }: World, specs: readonly CallSpec[]): Promise<void> {
  const { database } = server.app;
  const ids = await idsIn({ server });
  const records = specs.flatMap((spec) =>
    Array.from({ length: spec.times ?? 1 }, (): CallRecord => {
      recorded += 1;
      return recordOf(spec, ids, `call-${process.pid}-${recorded}`);
    }),
  );
  await meteringSink(database)(records);
}

/** Users who do nothing but call: put straight into their table. */
export async function insertUsers({ server }: World, handles: readonly string[]): Promise<void> {
  const rows = handles.map((handle) => ({
    handle,
    handleKey: nameKey(handle),
    kind: 'USER' as const,
    createdAt: 1,
  }));
  await server.app.database.write((tx) => tx.insert(OwnerRow, rows));
}

/** The arguments of `usage`. */
export function within(
  granularity: Granularity,
  from: number | string,
  to: number | string,
  more = '',
): string {
  return `from: "${iso(from)}", to: "${iso(to)}", granularity: ${granularity}${more}`;
}

function iso(at: number | string): string {
  return typeof at === 'string' ? at : new Date(at).toISOString();
}

/** What is asked of calls: which time, and of what there is a series each. */
export interface Asked {
  readonly granularity: Granularity;
  readonly from: number;
  readonly to: number;
  /** What a call counts for; without one there is one series, whatever it has. */
  readonly keyOf?: (call: CallSpec) => string | null;
  /** The handle that stands for a key under `CALLER`. */
  readonly callerOf?: (key: string | null) => string | null;
}

/** What `usage` is to answer, from nothing but the calls themselves: the slow way, one by one. */
export function expectedUsage(calls: readonly CallSpec[], asked: Asked): object {
  const { granularity, from, to, keyOf, callerOf } = asked;
  const inRange = calls.filter(({ at }) => at >= from && at < to);
  const keys = keyOf === undefined ? [null] : [...new Set(inRange.map(keyOf))];
  const series = keys.map((key) => {
    const own = keyOf === undefined ? inRange : inRange.filter((call) => keyOf(call) === key);
    return { key, own, calls: sum(own).calls };
  });
  series.sort((a, b) => b.calls - a.calls || (String(a.key) < String(b.key) ? -1 : 1));
  return {
    totals: sum(inRange).totals(),
    series: series.map(({ key, own }) => {
      const handle = callerOf?.(key) ?? null;
      return {
        key,
        isRest: false,
        caller: handle === null ? null : { handle },
        buckets: bucketsBetween(granularity, from, to).map((start) => ({
          start: new Date(start).toISOString(),
          totals: sum(own.filter(({ at }) => bucketOf(granularity, at) === start)).totals(),
        })),
      };
    }),
  };
}

function sum(calls: readonly CallSpec[]): Tally {
  const tally = new Tally();
  for (const { by, times = 1, ...spec } of calls) {
    const call = record('', measured(spec));
    for (let time = 0; time < times; time += 1) tally.add(call);
    tally.callers.add(callerNumber(by));
  }
  return tally;
}

/** Any number that is another for every caller: which one says nothing in what is answered. */
function callerNumber(by: string): number {
  const known = numbers.get(by) ?? numbers.size + 1;
  numbers.set(by, known);
  return known;
}
const numbers = new Map<string, number>();

function measured({ outcome = 'OK', ms = 10 }: Pick<CallSpec, 'outcome' | 'ms'>): Partial<CallRecord> {
  return { outcome, durationMs: ms, bytesIn: 3, bytesOut: 5 };
}

function recordOf(spec: CallSpec, ids: Ids, requestId: string): CallRecord {
  const { by, of, at, selector = 'FULL' } = spec;
  const [owner = '', name = '', named = ''] = of.split('/');
  const algorithmId = idOf(ids.algorithms, `${owner}/${name}`);
  const versionId = ids.versions.get(`${algorithmId}/${named}`) ?? null;
  const buildId = ids.builds.get(`${algorithmId}/${named}`) ?? null;
  if (versionId === null && buildId === null) throw new Error(`there is no ${of}`);
  return record(requestId, {
    ...measured(spec),
    start: at,
    principal: by === 'operator' ? 'operator' : `owner:${idOf(ids.owners, by)}`,
    keyId: null,
    reference: of,
    selectorKind: selector,
    algorithmId,
    versionId,
    buildId: buildId ?? idOf(ids.buildsOfVersions, `${versionId}`),
  });
}

interface Ids {
  readonly owners: ReadonlyMap<string, number>;
  readonly algorithms: ReadonlyMap<string, number>;
  readonly versions: ReadonlyMap<string, number>;
  readonly builds: ReadonlyMap<string, number>;
  readonly buildsOfVersions: ReadonlyMap<string, number>;
}

async function idsIn({ server }: Pick<World, 'server'>): Promise<Ids> {
  const { reads } = server.app.database;
  const rows = async (sql: string) => {
    const found = await reads.query<{ name: string; id: number }[]>(sql);
    return new Map(found.map(({ name, id }) => [String(name), id]));
  };
  const joined = (parts: readonly string[]) =>
    server.app.database.dialect === 'sqlite' ? parts.join(" || '/' || ") : `CONCAT_WS('/', ${parts.join()})`;
  return {
    owners: await rows('SELECT handle AS name, id FROM owners'),
    algorithms: await rows(
      `SELECT ${joined(['o.handle', 'a.name'])} AS name, a.id AS id FROM algorithms a JOIN owners o ON o.id = a.owner_id`,
    ),
    versions: await rows(`SELECT ${joined(['algorithm_id', 'version'])} AS name, id FROM versions`),
    builds: await rows(`SELECT ${joined(['algorithm_id', 'sha'])} AS name, id FROM builds`),
    buildsOfVersions: await rows('SELECT id AS name, build_id AS id FROM versions'),
  };
}

function idOf(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`there is no ${name}`);
  return id;
}

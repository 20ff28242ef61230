import type { Database } from '../../../src/database';
import type { CallRecord } from '../../../src/domain/usage/call';
import { Distinct } from '../../../src/domain/usage/distinct';
import { Latencies } from '../../../src/domain/usage/latencies';
import { Parts } from '../../../src/domain/usage/parts';
import type { Callable } from './market';

/** What the tables say, or what they should: rows as texts, in the order of texts. */
export interface Counted {
  readonly calls: readonly string[];
  readonly rollups: readonly string[];
  readonly pairs: readonly string[];
}

type Row = Readonly<Record<string, string | number | Buffer | null>>;

/** What is in the database. Callers are shown by their number. */
export async function counted({ reads }: Database): Promise<Counted> {
  const read = (table: string) => reads.query<Row[]>(`SELECT * FROM ${table}`);
  const callers = (sketch: unknown) => (sketch === null ? '-' : Distinct.decode(sketch as Buffer).estimate());
  const key = ['granularity', 'bucket'];
  const sums = (row: Row) => {
    const latencies = (row['latencies'] as Buffer).toString('hex');
    return `${of(row, 'calls', 'errors', 'bytes_in', 'bytes_out')} ${latencies}`;
  };
  const parts = (row: Row, hasCallers: boolean) =>
    Parts.decode(row['parts'] as Buffer)
      .all()
      .map(({ selector, outcome, counts }) => {
        const { calls, errors, bytesIn, bytesOut, latencies } = counts;
        const numbers = [calls, errors, bytesIn, bytesOut, Buffer.from(latencies.encode()).toString('hex')];
        const number = hasCallers ? counts.callers.estimate() : '-';
        return `${selector} ${outcome}: ${numbers.join(' ')} ${number}`;
      })
      .join('; ');
  return {
    calls: (await read('calls')).map((row) => of(row, 'request_id')).sort(),
    rollups: (await read('usage_rollups'))
      .map((row) => {
        const subject = `${of(row, 'subject')} in ${of(row, 'family')}`;
        return `${of(row, ...key)} ${subject}: ${sums(row)} ${callers(row['callers'])} = ${parts(row, row['callers'] !== null)}`;
      })
      .sort(),
    pairs: (await read('usage_pairs'))
      .map(
        (row) =>
          `${of(row, ...key, 'algorithm_id', 'unit')} by ${of(row, 'caller_id')}: ${sums(row)} = ${parts(row, false)}`,
      )
      .sort(),
  };
}

const of = (row: Row, ...columns: readonly string[]) => columns.map((name) => String(row[name])).join(' ');

/**
 * The same by going through all records anew, in the simplest way there is.
 * @param minutesFrom minutes before it are not counted
 */
export function recount(
  records: readonly CallRecord[],
  callables: readonly Callable[],
  minutesFrom: number,
): Counted {
  const rollups = new Map<string, { records: CallRecord[]; callers: boolean }>();
  const pairs = new Map<string, CallRecord[]>();
  for (const record of records) {
    const to = callables.find(({ buildId }) => buildId === record.buildId)!;
    const caller = callerOf(record);
    const unit = to.versionId === null ? `build:${to.buildId}` : `version:${to.versionId}`;
    for (const [granularity, bucket] of bucketsOf(record.start)) {
      if (granularity === 'MINUTE' && bucket < minutesFrom) continue;
      const key = `${granularity} ${bucket}`;
      const add = (subject: string, family: string | null, callers: boolean) => {
        const text = `${key} ${subject} in ${family}`;
        rollups.set(text, { records: [...(rollups.get(text)?.records ?? []), record], callers });
      };
      add(`owner:${to.ownerId}`, null, true);
      add(`algorithm:${to.algorithmId}`, `algorithms:${to.ownerId}`, true);
      if (to.major !== null) add(`major:${to.algorithmId}/${to.major}`, `majors:${to.algorithmId}`, true);
      add(unit, `versions:${to.algorithmId}`, true);
      add(`consumer:${caller}`, null, false);
      if (record.keyId !== null && (granularity === 'DAY' || granularity === 'MONTH')) {
        add(`key:${record.keyId}`, null, false);
      }
      const pair = `${key} ${to.algorithmId} ${unit} by ${caller}`;
      pairs.set(pair, [...(pairs.get(pair) ?? []), record]);
    }
  }
  return {
    calls: records.map(({ requestId }) => requestId).sort(),
    rollups: [...rollups]
      .map(([text, { records: all, callers }]) => {
        return `${text}: ${sumsOf(all)} ${callersOf(all, callers)} = ${partsOf(all, callers)}`;
      })
      .sort(),
    pairs: [...pairs].map(([text, all]) => `${text}: ${sumsOf(all)} = ${partsOf(all, false)}`).sort(),
  };
}

const callerOf = ({ principal }: CallRecord) =>
  principal === 'operator' ? 0 : Number(principal.split(':')[1]);

function bucketsOf(at: number): readonly (readonly [string, number])[] {
  const iso = new Date(at).toISOString();
  return [
    ['MINUTE', Date.parse(`${iso.slice(0, 16)}:00Z`)],
    ['HOUR', Date.parse(`${iso.slice(0, 13)}:00:00Z`)],
    ['DAY', Date.parse(`${iso.slice(0, 10)}T00:00:00Z`)],
    ['MONTH', Date.parse(`${iso.slice(0, 7)}-01T00:00:00Z`)],
  ];
}

function callersOf(records: readonly CallRecord[], counts: boolean): string {
  return counts ? String(new Set(records.map(callerOf)).size) : '-';
}

function partsOf(records: readonly CallRecord[], countsCallers: boolean): string {
  const names = new Set(records.map(({ selectorKind, outcome }) => `${selectorKind} ${outcome}`));
  return [...names]
    .sort()
    .map((name) => {
      const own = records.filter(({ selectorKind, outcome }) => `${selectorKind} ${outcome}` === name);
      return `${name}: ${sumsOf(own)} ${callersOf(own, countsCallers)}`;
    })
    .join('; ');
}

function sumsOf(records: readonly CallRecord[]): string {
  const total = (of: (record: CallRecord) => number) => records.reduce((sum, record) => sum + of(record), 0);
  const latencies = new Latencies();
  for (const { durationMs } of records) latencies.add(durationMs);
  const sketch = Buffer.from(latencies.encode()).toString('hex');
  const errors = records.filter(({ outcome }) => outcome !== 'OK').length;
  return `${records.length} ${errors} ${total(({ bytesIn }) => bytesIn)} ${total(({ bytesOut }) => bytesOut)} ${sketch}`;
}

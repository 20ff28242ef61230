import type { Agent } from 'node:http';

import {
  bucketOf,
  GRANULARITIES,
  type Granularity,
  type Grouping,
  GROUPINGS,
  nextBucket,
} from '../../src/domain/usage/granularity';
import { Client } from '../builders/client';
import { ALGORITHM_REFS, type Caller, CALLERS, type Secrets } from './marketplace';
import type { RecordedCall } from './recorded';

/** A place where usage is shown, and the calls that it is of. */
interface View {
  readonly viewer: Caller;
  /** What of the graph `usage` is a field of, and what is said to it beside the range. */
  readonly at: string;
  readonly more: string;
  readonly holds: (call: RecordedCall) => boolean;
}

const VIEWS: readonly View[] = [
  { viewer: 'acme', at: 'owner(handle: "acme")', more: '', holds: () => true },
  ...ALGORITHM_REFS.map((ref): View => {
    const holds = ({ algorithm }: RecordedCall): boolean => algorithm === ref;
    return { viewer: 'acme', at: `algorithm(ref: "${ref}")`, more: '', holds };
  }),
  ...CALLERS.flatMap((handle): View[] => {
    const holds = ({ caller }: RecordedCall): boolean => caller === handle;
    return [
      { viewer: handle, at: `owner(handle: "${handle}")`, more: ', as: CONSUMER', holds },
      { viewer: handle, at: 'viewer', more: '', holds },
    ];
  }),
];

/** What a call counts under in each grouping. */
const KEYS: Readonly<Record<Grouping, (call: RecordedCall) => string | null>> = {
  VERSION: ({ algorithm, version, sha }) => `${algorithm}/${version ?? sha}`,
  MAJOR: ({ algorithm, version }) => (version === null ? null : `${algorithm}/${version.split('.')[0]}`),
  CALLER: ({ caller }) => caller,
  SELECTOR: ({ selector }) => selector,
  OUTCOME: ({ outcome }) => outcome,
  ALGORITHM: ({ algorithm }) => algorithm,
};

interface Totals {
  readonly calls: number;
  readonly errors: number;
}

interface Usage {
  readonly totals: Totals;
  readonly series: readonly {
    readonly key: string | null;
    readonly buckets: readonly { totals: Totals }[];
  }[];
}

/** By key of a series; `sum` is the total. */
type Counts = Readonly<Record<string, Totals>>;

/**
 * Compares every dashboard that has the calls with the calls themselves: by each granularity and grouping, the totals
 * and the sums over the series.
 * @returns what differs, in words
 */
export async function offOnDashboards(
  url: string,
  agent: Agent,
  secrets: Secrets,
  calls: readonly RecordedCall[],
): Promise<string[]> {
  const differences: string[] = [];
  for (const view of VIEWS) {
    const held = calls.filter(view.holds);
    const client = new Client(url, agent, secrets[view.viewer]);
    for (const granularity of GRANULARITIES) {
      const shown = await usagesOf(client, view, granularity, calls);
      for (const grouping of GROUPINGS) {
        const [expected, got] = [countsOf(held, grouping), countsShown(shown[grouping], grouping)];
        if (expected === got) continue;
        differences.push(`${view.at} ${view.more} ${granularity} by ${grouping}: ${got}, not ${expected}`);
      }
    }
  }
  return differences;
}

async function usagesOf(
  client: Client,
  { at, more }: View,
  granularity: Granularity,
  calls: readonly RecordedCall[],
): Promise<Readonly<Record<Grouping, Usage | undefined>>> {
  const starts = calls.map(({ start }) => start).sort((a, b) => a - b);
  const from = bucketOf(granularity, starts[0] ?? 0);
  const to = nextBucket(granularity, bucketOf(granularity, starts.at(-1) ?? 0));
  const fields = GROUPINGS.map(
    (grouping) =>
      `${grouping}: usage(from: $from, to: $to, granularity: $granularity, groupBy: ${grouping}${more}) {
         totals { calls errors } series { key buckets { totals { calls errors } } }
       }`,
  );
  const answer = await client.graphql(
    `query ($from: DateTime!, $to: DateTime!, $granularity: UsageGranularity!) {
       of: ${at} { ${fields.join(' ')} }
     }`,
    { from: new Date(from).toISOString(), to: new Date(to).toISOString(), granularity },
  );
  const usages = answer.at('of') as Record<Grouping, Usage> | null | undefined;
  if (usages == null || answer.errors.length > 0) throw new Error(answer.text.slice(0, 500));
  return usages;
}

function countsOf(calls: readonly RecordedCall[], grouping: Grouping): string {
  const counts: Record<string, Totals> = {};
  for (const call of calls) {
    const error = call.outcome === 'OK' ? 0 : 1;
    for (const key of ['sum', String(KEYS[grouping](call))]) {
      const { calls: before, errors } = counts[key] ?? { calls: 0, errors: 0 };
      counts[key] = { calls: before + 1, errors: errors + error };
    }
  }
  return written(counts);
}

/** What a dashboard shows, added up. */
function countsShown(usage: Usage | undefined, grouping: Grouping): string {
  if (usage === undefined) return 'nothing';
  const counts: Record<string, Totals> = { sum: usage.totals };
  for (const { key, buckets } of usage.series) {
    counts[grouping === 'CALLER' ? callerOf(key) : String(key)] = {
      calls: buckets.reduce((sum, { totals }) => sum + totals.calls, 0),
      errors: buckets.reduce((sum, { totals }) => sum + totals.errors, 0),
    };
  }
  return written(counts);
}

/** Users are known by pseudonyms to all but themselves, and there is one. */
function callerOf(key: string | null): string {
  return CALLERS.find((handle) => handle === key) ?? 'ada';
}

function written(counts: Counts): string {
  const keys = Object.keys(counts).sort();
  return keys.map((key) => `${key} ${counts[key]!.calls}/${counts[key]!.errors}`).join(', ');
}

import { AlgogateError } from '../domain/errors';
import { timeOf } from '../domain/time';
import { DAY_MS } from '../domain/usage/granularity';
import type { CallTarget } from '../subgraphs/usage';
import { qualityOf } from './accept';
import { CALL_FORMATS, type CallFormatName } from './call-lines';
import { onlyParameter } from './parameters';

/** What an export is asked for. */
export interface CallsQuery {
  readonly target: CallTarget;
  /** Half-open, in epoch milliseconds; it does not go beyond now. */
  readonly time: { readonly from: number; readonly to: number };
  readonly format: CallFormatName;
  /** The file, without its extension: of letters, digits, `-`, `_` and `.` alone. */
  readonly fileName: string;
}

const PARAMETERS = ['owner', 'as', 'algorithm', 'version', 'from', 'to', 'format'] as const;
type Parameters = Readonly<Record<(typeof PARAMETERS)[number], string | null>>;

/**
 * @param query the query string, without its `?`
 * @param limits `now`, and how long calls are kept, in milliseconds
 * @throws AlgogateError INVALID_INPUT
 */
export function parseCallsQuery(
  query: string,
  accept: string | undefined,
  limits: { readonly now: number; readonly keptMs: number },
): CallsQuery {
  refuseUnknown(query);
  const parameters = Object.fromEntries(
    PARAMETERS.map((name) => [name, onlyParameter(query, name)]),
  ) as unknown as Parameters;
  return {
    target: targetOf(parameters),
    time: timesOf(parameters, limits),
    format: formatOf(parameters.format, accept),
    fileName: fileNameOf(parameters),
  };
}

/** A name that is misspelt would be left out of the question, and the answer be one to another. */
function refuseUnknown(query: string): void {
  for (const part of query.split('&')) {
    const [name = ''] = part.split('=', 1);
    if (part === '' || PARAMETERS.some((known) => known === name)) continue;
    const shown = JSON.stringify(name.slice(0, 100));
    throw invalid('query', `${shown} is none of the parameters ${PARAMETERS.join(', ')}`);
  }
}

function targetOf({ owner, as, algorithm, version }: Parameters): CallTarget {
  if ([owner, algorithm, version].filter((of) => of !== null).length > 1) {
    throw invalid('owner', 'at most one of owner, algorithm and version can be exported at once');
  }
  if (as !== null && owner === null) throw invalid('as', 'as goes with owner');
  if (owner !== null) return { kind: 'owner', handle: owner, side: sideOf(as) };
  if (algorithm !== null) return { kind: 'algorithm', ref: algorithm };
  return version === null ? { kind: 'viewer' } : { kind: 'version', ref: version };
}

function sideOf(as: string | null): 'PROVIDER' | 'CONSUMER' {
  if (as === null || as === 'provider') return 'PROVIDER';
  if (as === 'consumer') return 'CONSUMER';
  throw invalid('as', 'as is provider or consumer');
}

function timesOf(
  parameters: Parameters,
  { now, keptMs }: { readonly now: number; readonly keptMs: number },
): CallsQuery['time'] {
  const [from, to] = [timeIn(parameters, 'from'), timeIn(parameters, 'to')];
  if (from > to) throw invalid('to', 'to is before from');
  // they are purged by whole days; and a month of 31 of them is one file, where calls are kept for 30
  if (to - from > keptMs + DAY_MS) {
    const kept = `calls are kept for ${keptMs / 1000} seconds`;
    throw invalid('from', `${kept}: from and to are more than a day further apart`);
  }
  return { from, to: Math.min(to, now) };
}

function timeIn(parameters: Parameters, name: 'from' | 'to'): number {
  const text = parameters[name];
  const time = text === null ? null : timeOf(text);
  if (time === null) throw invalid(name, `${name} is a time such as 2026-11-20T12:00:00Z, and is needed`);
  return time;
}

function formatOf(asked: string | null, accept: string | undefined): CallFormatName {
  if (asked === null) return acceptedFormat(accept);
  const format = CALL_FORMATS.find((name) => name === asked);
  if (format === undefined) throw invalid('format', `format is ${CALL_FORMATS.join(' or ')}`);
  return format;
}

/** CSV for those who ask for it by its name, and at least as much as for NDJSON. */
function acceptedFormat(accept: string | undefined): CallFormatName {
  if (accept === undefined) return 'ndjson';
  const wanted = (...types: string[]) =>
    types.map((type) => qualityOf(type, accept)).find((q) => q !== null) ?? 0;
  const csv = qualityOf('text/csv', accept) ?? 0;
  const ndjson = wanted('application/x-ndjson', 'application/*', '*/*');
  if (csv > 0 && csv >= (qualityOf('application/x-ndjson', accept) ?? 0)) return 'csv';
  if (ndjson > 0) return 'ndjson';
  if (wanted('text/csv', 'text/*') > 0) return 'csv';
  throw invalid('format', 'this path answers with text/csv or application/x-ndjson');
}

const UNSAFE = /[^A-Za-z0-9._-]+/g;
const MAX_NAME = 150;

function fileNameOf({ owner, as, algorithm, version }: Parameters): string {
  const of = owner === null ? (algorithm ?? version ?? 'mine') : `${owner}-${as ?? 'provider'}`;
  return `calls-${of.replace(UNSAFE, '-')}`.slice(0, MAX_NAME);
}

function invalid(field: string, message: string): AlgogateError {
  return new AlgogateError('INVALID_INPUT', message, [field]);
}

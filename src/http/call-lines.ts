import type { VisibleCall } from '../subgraphs/usage';
import { type Cell, csvLine } from './csv';

/** How calls are written into a file. */
export interface CallFormat {
  readonly contentType: string;
  readonly extension: string;
  /** What comes before the first call. */
  readonly head: string;
  readonly line: (call: VisibleCall) => string;
}

export const CALL_FORMATS = ['csv', 'ndjson'] as const;
export type CallFormatName = (typeof CALL_FORMATS)[number];

/** The columns of the CSV, in order; those of NDJSON have the same names. */
const COLUMNS = [
  'requestId',
  'startedAt',
  'durationMs',
  'backendMs',
  'reference',
  'selector',
  'version',
  'sha',
  'position',
  'outcome',
  'bytesIn',
  'bytesOut',
  'artifacts',
  'caller',
  'callerPseudonym',
  'keyPrefix',
] as const satisfies readonly (keyof VisibleCall)[];

export const FORMATS: Readonly<Record<CallFormatName, CallFormat>> = {
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    head: csvLine(COLUMNS),
    line: (call) => csvLine(COLUMNS.map((column) => cellOf(call, column))),
  },
  ndjson: {
    contentType: 'application/x-ndjson; charset=utf-8',
    extension: 'ndjson',
    head: '',
    line: (call) => `${JSON.stringify({ ...call, startedAt: timestamp(call) })}\n`,
  },
};

function cellOf(call: VisibleCall, column: (typeof COLUMNS)[number]): Cell {
  if (column === 'startedAt') return timestamp(call);
  return column === 'artifacts' ? call.artifacts.join(',') : call[column];
}

function timestamp({ startedAt }: VisibleCall): string {
  return new Date(startedAt).toISOString();
}

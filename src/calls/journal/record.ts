import { type CallRecord, OUTCOMES } from '../../domain/usage/call';

/** One line of a journal, with its line feed. Only three of its strings can need escaping. */
export function encodeRecord(r: CallRecord): string {
  return (
    `{"requestId":"${r.requestId}","start":${r.start},"durationMs":${r.durationMs},"backendMs":${r.backendMs},` +
    `"principal":"${r.principal}","keyId":${r.keyId},"calledFor":${r.calledFor},` +
    `"reference":${JSON.stringify(r.reference)},"selectorKind":"${r.selectorKind}",` +
    `"algorithmId":${r.algorithmId},"versionId":${r.versionId},"buildId":${r.buildId},"sha":"${r.sha}",` +
    `"position":${JSON.stringify(r.position)},"outcome":"${r.outcome}",` +
    `"bytesIn":${r.bytesIn},"bytesOut":${r.bytesOut},` +
    `"artifacts":${r.artifacts === null ? 'null' : JSON.stringify(r.artifacts)}}\n`
  );
}

/** One line for a call that is under way: the record that it leaves if it never ends. */
export function encodeBegun(record: CallRecord): string {
  return `${BEGUN}${encodeRecord(record).slice(1)}`;
}

const BEGUN = '{"begun":true,';

/** A line of a journal, read. */
export interface Line {
  /** Of a call that was under way when it was written. */
  readonly begun: boolean;
  readonly record: CallRecord;
}

/** A line as it was written; null for what a dying process left half written. */
export function decodeLine(line: string): Line | null {
  try {
    const value = JSON.parse(line) as unknown;
    if (!isRecord(value)) return null;
    const { begun = false, ...record } = value;
    return {
      begun,
      record: { ...record, buildId: record.buildId ?? null, artifacts: record.artifacts ?? null },
    };
  } catch {
    return null;
  }
}

/** Lines that were written before artifacts were recorded, or builds, do not have them. */
type WrittenRecord = Omit<CallRecord, Later> &
  Partial<Pick<CallRecord, Later>> & { readonly begun?: boolean };
type Later = 'artifacts' | 'buildId';

function isRecord(value: unknown): value is WrittenRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { requestId, outcome } = value as Partial<CallRecord>;
  return typeof requestId === 'string' && OUTCOMES.some((known) => known === outcome);
}

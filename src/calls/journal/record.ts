import { OUTCOMES, type CallRecord } from './journal';

/** One line of a journal, with its line feed. Only three of its strings can need escaping. */
export function encodeRecord(r: CallRecord): string {
  return (
    `{"requestId":"${r.requestId}","start":${r.start},"durationMs":${r.durationMs},"backendMs":${r.backendMs},` +
    `"principal":"${r.principal}","keyId":${r.keyId},"calledFor":${r.calledFor},` +
    `"reference":${JSON.stringify(r.reference)},"selectorKind":"${r.selectorKind}",` +
    `"algorithmId":${r.algorithmId},"versionId":${r.versionId},"sha":"${r.sha}",` +
    `"position":${JSON.stringify(r.position)},"outcome":"${r.outcome}",` +
    `"bytesIn":${r.bytesIn},"bytesOut":${r.bytesOut},` +
    `"artifacts":${r.artifacts === null ? 'null' : JSON.stringify(r.artifacts)}}\n`
  );
}

/** A line as a record; null for what a dying process left half written. */
export function decodeRecord(line: string): CallRecord | null {
  try {
    const value = JSON.parse(line) as unknown;
    return isRecord(value) ? { ...value, artifacts: value.artifacts ?? null } : null;
  } catch {
    return null;
  }
}

/** Lines that were written before there were artifacts do not have them. */
type WrittenRecord = Omit<CallRecord, 'artifacts'> & Partial<Pick<CallRecord, 'artifacts'>>;

function isRecord(value: unknown): value is WrittenRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { requestId, outcome } = value as Partial<CallRecord>;
  return typeof requestId === 'string' && OUTCOMES.some((known) => known === outcome);
}

import type { CallRecord } from '../../../src/domain/usage/call';

export function record(requestId: string, more: Partial<CallRecord> = {}): CallRecord {
  return {
    requestId,
    start: 1_700_000_000_000,
    durationMs: 12.3,
    backendMs: 10,
    principal: 'owner:7',
    keyId: 70,
    calledFor: null,
    reference: 'demo/Hello/^1.2 || "x"\n',
    selectorKind: 'RANGE',
    algorithmId: 11,
    versionId: null,
    buildId: 13,
    sha: 'a'.repeat(40),
    position: 'Demo@5,Other@6+2',
    outcome: 'OK',
    bytesIn: 1,
    bytesOut: 2,
    artifacts: null,
    ...more,
  };
}

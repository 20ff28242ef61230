import { AlgogateError } from '../domain/errors';
import { principalId } from '../domain/principal';
import type { CallRecord, Outcome } from '../domain/usage/call';
import type { AdmittedCall } from './admitted-call';
import type { CallPorts } from './ports';

/** What became of a call, beside its outcome. */
export type Measures = Pick<CallRecord, 'backendMs' | 'bytesIn' | 'bytesOut'>;

/** The record of an admitted call that is over. */
export function recordOf(call: AdmittedCall, outcome: Outcome, measures: Measures): CallRecord {
  const { requestId, start, began, principal, route, admission, artifacts } = call;
  return {
    requestId,
    start,
    durationMs: tenths(performance.now() - began),
    backendMs: tenths(measures.backendMs),
    principal: principalId(principal),
    keyId: 'key' in principal ? (principal.key?.id ?? null) : null,
    calledFor: principal.kind === 'organization' ? principal.owner.id : null,
    reference: route.reference.written,
    selectorKind: route.reference.selector.kind,
    algorithmId: admission.algorithmId,
    versionId: admission.versionId,
    buildId: admission.buildId,
    sha: admission.sha,
    position: admission.position,
    outcome,
    bytesIn: measures.bytesIn,
    bytesOut: measures.bytesOut,
    artifacts,
  };
}

/** Tells of a record that could not be written; gives what its caller hears instead of the answer. */
export function unrecorded(ports: CallPorts, { requestId }: AdmittedCall, fault: unknown): AlgogateError {
  ports.onFault?.(fault, requestId);
  return new AlgogateError('UNAVAILABLE', 'the call could not be recorded, so its answer is withheld');
}

/** Milliseconds to a tenth: enough for histograms, and short in the journal. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

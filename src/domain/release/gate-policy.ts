import { AlgogateError } from '../errors';
import { parseGate } from './gate-parser';
import { formatGate, type Gate } from './gates';

/** The gates of a channel from a moment on. */
export interface GatePolicy {
  /** Reports that were submitted under this policy or a later one count for it. */
  readonly id: number;
  readonly gates: readonly Gate[];
}

export const MAX_GATES = 50;
/**
 * Of all gates as JSON. A judgement repeats each gate, its threshold, and the value that passed it: at the most three
 * times these, once more the values of a report, and some 150 bytes a gate. See MAX_REPORT_BYTES.
 */
const MAX_POLICY_BYTES = 8000;

/**
 * The gates of one policy. Two gates on one name bound it from both sides; two with the same comparator would be one
 * gate too many, and nobody could say which was meant.
 * @param field of the input that the list stands in; a faulty gate is named by its index in it
 * @throws AlgogateError INVALID_INPUT
 */
export function parseGates(texts: readonly string[], field: readonly string[] = ['gates']): readonly Gate[] {
  if (texts.length > MAX_GATES) {
    throw new AlgogateError('INVALID_INPUT', `a policy has at most ${MAX_GATES} gates`, field);
  }
  const seen = new Set<string>();
  const gates = texts.map((text, index) => {
    const path = [...field, String(index)];
    const gate = parseGate(text, path);
    const kind = `${gate.name} ${gate.comparator}`;
    if (seen.has(kind)) throw new AlgogateError('INVALID_INPUT', `a gate "${kind}" is there already`, path);
    seen.add(kind);
    return gate;
  });
  if (Buffer.byteLength(JSON.stringify(gates.map(formatGate))) > MAX_POLICY_BYTES) {
    throw new AlgogateError('INVALID_INPUT', `a policy has at most ${MAX_POLICY_BYTES} bytes as JSON`, field);
  }
  return gates;
}

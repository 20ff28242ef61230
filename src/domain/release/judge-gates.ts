import { AlgogateError } from '../errors';
import { difference } from './decimal';
import type { GatePolicy } from './gate-policy';
import type { JsonScalar } from './gate-report';
import { formatGate, formatThreshold, type Gate, isDelta, measuredName } from './gates';

/** A report as it is judged. */
export interface GateReport {
  /** The newest policy of the algorithm when it was submitted, 0 for none. */
  readonly policyId: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The newest value of each name in some reports. */
export type NewestValues = ReadonlyMap<string, unknown>;

/** Why a gate is passed (the first two) or not. */
export type GateReason =
  | 'passed'
  | 'nothing on the channel to compare with'
  | 'missing'
  | 'older than the policy'
  | 'not a number'
  | 'not a string'
  | 'no number of the version on the channel'
  | 'below the threshold'
  | 'above the threshold'
  | 'not above the threshold'
  | 'not below the threshold'
  | 'not equal to the threshold'
  | 'equal to the threshold'
  | 'not in the list';

/** How one gate was judged, as plain data for the ledger. */
export interface GateJudgement {
  /** Its canonical text. */
  readonly gate: string;
  readonly passed: boolean;
  /** What was compared; null where there is nothing, and for what is no scalar of JSON. */
  readonly value: JsonScalar;
  /** The canonical text of its threshold. */
  readonly threshold: string;
  readonly why: GateReason;
}

/** @param reports oldest first */
export function newestValues(reports: readonly Pick<GateReport, 'values'>[]): NewestValues {
  return new Map(reports.flatMap(({ values }) => Object.entries(values)));
}

/**
 * Judges a version that is about to enter a channel: one judgement for each gate, in their order. Reports count from
 * the policy on; the newest one that names a value decides. Gates fail closed: what is missing, older than the policy
 * or of another type than the threshold passes none, `!=` as little as the rest, and nothing is converted.
 *
 * A gate on a `_delta` is passed where nothing is on the channel, if the version has a number of its own.
 * Source: chapter 3, "Gates and protection".
 * @param reports of the version, oldest first
 * @param baseline what the version now on the channel has in any report, however old; null where nothing is on it
 */
export function judgeGates(
  { id, gates }: GatePolicy,
  reports: readonly GateReport[],
  baseline: NewestValues | null,
): readonly GateJudgement[] {
  const counting = newestValues(reports.filter(({ policyId }) => policyId >= id));
  const all = newestValues(reports);
  return gates.map((gate) => {
    const name = measuredName(gate.name);
    if (counting.has(name)) return judgeReported(gate, counting.get(name), baseline);
    if (!all.has(name)) return judgement(gate, null, 'missing');
    return judgement(gate, isDelta(gate.name) ? null : all.get(name), 'older than the policy');
  });
}

function judgeReported(gate: Gate, value: unknown, baseline: NewestValues | null): GateJudgement {
  if (!isDelta(gate.name)) return judgement(gate, value, compare(gate, value));
  if (!isNumber(value)) return judgement(gate, value, 'not a number');
  if (baseline === null) return judgement(gate, null, 'nothing on the channel to compare with');
  const before = baseline.get(measuredName(gate.name));
  if (!isNumber(before)) return judgement(gate, null, 'no number of the version on the channel');
  const delta = difference(value, before);
  return judgement(gate, delta, compare(gate, delta));
}

function compare(gate: Gate, value: unknown): GateReason {
  switch (gate.comparator) {
    case '>=':
      return ordered(value, (number) => number >= gate.threshold, 'below the threshold');
    case '<=':
      return ordered(value, (number) => number <= gate.threshold, 'above the threshold');
    case '>':
      return ordered(value, (number) => number > gate.threshold, 'not above the threshold');
    case '<':
      return ordered(value, (number) => number < gate.threshold, 'not below the threshold');
    case '==':
      return (
        illTyped(value, gate.threshold) ??
        (value === gate.threshold ? 'passed' : 'not equal to the threshold')
      );
    case '!=':
      return (
        illTyped(value, gate.threshold) ?? (value !== gate.threshold ? 'passed' : 'equal to the threshold')
      );
    case 'in': {
      const items: readonly unknown[] = gate.threshold;
      return illTyped(value, gate.threshold[0]) ?? (items.includes(value) ? 'passed' : 'not in the list');
    }
  }
}

function ordered(value: unknown, isGood: (number: number) => boolean, otherwise: GateReason): GateReason {
  if (!isNumber(value)) return 'not a number';
  return isGood(value) ? 'passed' : otherwise;
}

/** What `value` is not, and would have to be to be compared with `threshold`; null where it is. */
function illTyped(value: unknown, threshold: number | string | undefined): GateReason | null {
  if (typeof threshold === 'number') return isNumber(value) ? null : 'not a number';
  return typeof value === 'string' ? null : 'not a string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

const PASSED: ReadonlySet<GateReason> = new Set<GateReason>([
  'passed',
  'nothing on the channel to compare with',
]);

function judgement(gate: Gate, value: unknown, why: GateReason): GateJudgement {
  return {
    gate: formatGate(gate),
    passed: PASSED.has(why),
    value: isScalar(value) ? value : null,
    threshold: formatThreshold(gate),
    why,
  };
}

function isScalar(value: unknown): value is JsonScalar {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || isNumber(value);
}

/** The refusal of a version, naming each gate that it did not pass, with its value and threshold. */
export function gatesNotPassed(
  channel: string,
  version: string,
  judgements: readonly GateJudgement[],
): AlgogateError {
  const failed = judgements.filter(({ passed }) => !passed).map(failureOf);
  return new AlgogateError(
    'GATES_NOT_PASSED',
    `${version} does not pass the gates of ${channel}: ${failed.join('; ')}`,
  );
}

function failureOf({ gate, value, threshold, why }: GateJudgement): string {
  const measured = value === null ? 'no value' : `value ${JSON.stringify(value)}`;
  return `${gate}: ${measured}, threshold ${threshold} (${why})`;
}

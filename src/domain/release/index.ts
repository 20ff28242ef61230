/**
 * The rules of release control. Who may approve a release is in approver.ts, apart from all this: it knows the caller.
 * Source: chapter 3.
 */
export {
  assertExpected,
  assertMovable,
  EDGE,
  isComputedByDefault,
  LTS,
  parseTarget,
  type Pointee,
  STABLE,
} from './channels';
export { parseChannelName } from '../reference';
export {
  covers,
  deprecationOf,
  type DeprecationSelector,
  type DeprecationStatement,
  firstDeprecationOf,
  parseDeprecationSelector,
} from './deprecation';
export { deprecationHeaders, type DeprecationNotice, deprecationWarning } from './deprecation-notice';
export { parseGate } from './gate-parser';
export { type GatePolicy, MAX_GATES, parseGates } from './gate-policy';
export { type JsonScalar, parseReportValues, type ReportedValue, type ReportValues } from './gate-report';
export { formatGate, type Gate, isDelta, MAX_GATE_LENGTH, measuredName } from './gates';
export {
  type GateJudgement,
  type GateReason,
  type GateReport,
  gatesNotPassed,
  judgeGates,
  newestValues,
  type NewestValues,
} from './judge-gates';
export { addMonths, assertLtsMove, isWithinLts, type LtsPromise, supportedUntilOf } from './lts';
export { lastPointedTo, type PointerMove, rollbackTarget } from './pointer-history';
export { bumpOver, needsApproval } from './protection';
export { assertRemovalDate, earliestRemoval, type RemovalTerms } from './removal-date';

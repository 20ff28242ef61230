/** What came of a soak. */
export interface Balance {
  /** Calls whose answers arrived, whole. */
  readonly answered: number;
  /** Calls that were refused with 503, and are not counted. */
  readonly refused: number;
  /** Calls that were under way at a kill: what became of them, their callers do not know. */
  readonly cut: number;
  /** As many calls as were under way at kills at most: one of each client at each. */
  readonly mayBeCut: number;
  /** Recorded calls that nobody had an answer of: only those that were cut can be. */
  readonly unheard: number;
  /** Calls that an algorithm got, and whose callers had no answer: only those that were cut can be. */
  readonly unanswered: number;
  /** Answered calls that were not recorded. */
  readonly lost: number;
  /** Records too many. */
  readonly doubled: number;
  /** Where dashboards and records differ. */
  readonly offOnDashboards: readonly string[];
}

/**
 * What must not be: the sum over the dashboards is that of the calls that were answered, plus at most those that a
 * kill cut (chapter 6, "No answer unmetered").
 * @returns it in words; nothing where all is as it must be
 */
export function faultsOf(balance: Balance): string[] {
  const { cut, mayBeCut, unheard, unanswered, lost, doubled } = balance;
  const faults = [...balance.offOnDashboards];
  if (lost > 0) faults.push(`${lost} answered calls were not recorded`);
  if (doubled > 0) faults.push(`${doubled} records too many`);
  if (cut > mayBeCut) faults.push(`${cut} calls were cut, of ${mayBeCut} that may have been under way`);
  if (unheard > cut) faults.push(`${unheard} recorded calls had no answer, and ${cut} were cut`);
  if (unanswered > cut) faults.push(`${unanswered} calls were forwarded for no answer, and ${cut} were cut`);
  return faults;
}

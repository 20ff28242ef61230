import type { InterfaceChange, InterfaceReport } from '../../../domain/interface';

/** What a report may take, in bytes: its column takes 65,535. */
export const MAX_REPORT_BYTES = 60_000;

/**
 * A report as it is kept. Of one that is too large the last changes, which are the least, are left out; severity and
 * bump are those of all of them.
 */
export function reportJson({ changes, ...report }: InterfaceReport): string {
  const whole = (kept: readonly InterfaceChange[]): string => JSON.stringify({ ...report, changes: kept });
  let room = MAX_REPORT_BYTES - Buffer.byteLength(whole([]));
  const kept: InterfaceChange[] = [];
  for (const change of changes) {
    room -= Buffer.byteLength(JSON.stringify(change)) + ','.length;
    if (room < 0) break;
    kept.push(change);
  }
  return whole(kept);
}

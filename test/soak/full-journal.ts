import type { OwnMariadb } from './own-mariadb';
import type { Balance } from './balance';
import { Stage, type StageOptions } from './stage';

export interface FullJournalOptions extends Omit<StageOptions, 'target' | 'settings'> {
  readonly maxBytes: number;
  /** Calls that are to be refused before the database comes back. */
  readonly refusals: number;
}

/** Answered calls before and after. */
const CALM_CALLS = 100;

/** Takes the database away until the journal is full and calls are refused, gives it back, and compares. */
export async function soakFullJournal(
  mariadb: OwnMariadb,
  { maxBytes, refusals, ...options }: FullJournalOptions,
): Promise<Balance> {
  const settings = { ALGOGATE_JOURNAL_MAX_BYTES: String(maxBytes) };
  const stage = await Stage.open({ ...options, settings, target: await mariadb.newDatabase() });
  let over = false;
  try {
    const calling = stage.callers.callUntil(() => over);
    const going = async (): Promise<void> => {
      await stage.answersMore(CALM_CALLS);
      await mariadb.end('SIGKILL');
      await stage.refusesMore(refusals);
      await mariadb.start();
      await stage.answersMore(CALM_CALLS);
      over = true;
    };
    await Promise.all([calling, going()]);
    return await stage.balance();
  } finally {
    await stage.close();
  }
}

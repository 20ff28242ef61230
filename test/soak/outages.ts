import { setTimeout as pause } from 'node:timers/promises';

import type { OwnMariadb } from './own-mariadb';
import type { Balance } from './balance';
import { Stage, type StageOptions } from './stage';

/** How a database goes away, until when, and what happens to the server meanwhile. */
export interface Outage {
  /** SIGSTOP: it is there, and says nothing. */
  readonly how: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP';
  readonly until: { readonly ms: number } | { readonly refusals: number };
  /** The server is killed while it is away; it cannot start before the database is back. */
  readonly killsServer?: true;
}

export interface OutagesOptions extends Omit<StageOptions, 'target'> {
  readonly outages: readonly Outage[];
  /** Between two calls of a client, on average. */
  readonly restMs: number;
}

export interface OutagesBalance extends Balance {
  /** Calls that were answered in each outage: from memory. */
  readonly answeredMeanwhile: readonly number[];
}

/** Answered calls between two outages. */
const CALM_CALLS = 100;

/** Makes calls while the database goes away and comes back, and compares what callers heard with what was recorded. */
export async function soakOutages(
  mariadb: OwnMariadb,
  { outages, restMs, ...options }: OutagesOptions,
): Promise<OutagesBalance> {
  const stage = await Stage.open({ ...options, target: await mariadb.newDatabase() });
  let over = false;
  try {
    const calling = stage.callers.callUntil(() => over, restMs);
    const answeredMeanwhile: number[] = [];
    const going = async (): Promise<void> => {
      await stage.answersMore(CALM_CALLS);
      for (const outage of outages) {
        answeredMeanwhile.push(await suffer(stage, mariadb, outage));
        await stage.answersMore(CALM_CALLS);
      }
      over = true;
    };
    await Promise.all([calling, going()]);
    return { ...(await stage.balance()), answeredMeanwhile };
  } finally {
    await stage.close();
  }
}

/** @returns how many calls were answered meanwhile */
async function suffer(
  stage: Stage,
  mariadb: OwnMariadb,
  { how, until, killsServer }: Outage,
): Promise<number> {
  const { replica, callers } = stage;
  const before = callers.books.answered.size;
  if (how === 'SIGSTOP') mariadb.kill(how);
  else await mariadb.end(how);
  if ('ms' in until) await pause(until.ms);
  else await stage.refusesMore(until.refusals);
  const answered = callers.books.answered.size - before;
  if (killsServer === true) {
    replica.kill('SIGKILL');
    await replica.ended();
  }
  if (how === 'SIGSTOP') mariadb.kill('SIGCONT');
  else await mariadb.start();
  if (killsServer === true) await replica.start();
  return answered;
}

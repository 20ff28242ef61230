import { setTimeout as pause } from 'node:timers/promises';

import type { Moment } from './replica';
import type { Balance } from './balance';
import { Stage, type StageOptions } from './stage';

/** How one life of the server ends. `ANY`: at a random moment. */
export type Death = 'ANY' | Moment;

/**
 * The moments that matter to the journal, beside random ones. A batch is committed when its segment is about to be
 * deleted: a server that dies just then leaves a batch that is drained once more. What a successor reads and deletes
 * first is what a dead one left, so that it dies in the middle of taking that over.
 */
export const COMMITTED: Moment = 'rm:3';
export const TAKING_OVER: Moment = 'readFile:1';
export const TAKEN_OVER: Moment = 'rm:1';

export interface KillsOptions extends StageOptions {
  readonly calls: number;
  /** In turn. The first life is no doomed one. */
  readonly deaths: readonly ['ANY', ...Death[]];
}

export interface KillsBalance extends Balance {
  /** Records that had been committed when the server died before it deleted their segment. */
  readonly drainedAgain: number;
}

const LATEST_MS = 50;

/**
 * Makes calls while the server is killed and started again, and compares what callers heard with what was recorded.
 * Source: chapter 6, "No answer unmetered".
 */
export async function soakKills({ calls, deaths, ...options }: KillsOptions): Promise<KillsBalance> {
  const stage = await Stage.open(options);
  try {
    const { answered } = stage.callers.books;
    let alive = false;
    const calling = stage.callers.callUntil(() => alive && answered.size >= calls);
    const dying = dieAll(stage, deaths, calls).finally(() => (alive = true));
    const [drainedAgain] = await Promise.all([dying, calling]);
    return { ...(await stage.balance()), drainedAgain };
  } finally {
    await stage.close();
  }
}

/** @returns how many records were in the database and in the journal after deaths at a moment */
async function dieAll(stage: Stage, deaths: readonly Death[], calls: number): Promise<number> {
  const { replica, callers, random } = stage;
  let drainedAgain = 0;
  for (const [at, death] of deaths.entries()) {
    replica.prepare(); // its successor
    if (death === 'ANY') {
      const due = (calls * (at + random())) / deaths.length;
      await stage.until(() => callers.books.answered.size >= due);
      await pause(random() * LATEST_MS);
      replica.kill('SIGKILL');
    }
    await replica.ended();
    if (death !== 'ANY') drainedAgain += await stage.committedInJournal();
    const next = deaths[at + 1] ?? 'ANY';
    if (next === 'ANY') await replica.start();
    else await replica.startDoomed(next);
  }
  return drainedAgain;
}

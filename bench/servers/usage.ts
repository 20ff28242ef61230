import { type App, startApp } from '../../src/app';
import { type Config, readConfig } from '../../src/config';
import { bucketOf, DAY_MS, HOUR_MS } from '../../src/domain/usage/granularity';
import { createLogger } from '../../src/logging';
import { analyze, type Asked, type Reading, readingOf, statementsOn } from '../tools/query-plans';
import { serve } from '../tools/serve';
import { writeHistory, type Written } from '../tools/usage/history';
import { readPlace, writeCallers } from '../tools/usage/place';

/** A history to be written behind the algorithms `cells` of some owners, each called by users of its own. */
export interface HistorySpec {
  readonly owners: readonly string[];
  /** Epoch milliseconds: it ends here. */
  readonly now: number;
  readonly days: number;
  readonly callsADay: number;
  readonly callers: number;
  readonly steady: number;
  readonly hourDays: number;
  readonly minuteHours: number;
  /** Records are written of the hour that this moment is in. */
  readonly recordedAt: number;
}

const TABLES = ['usage_rollups', 'usage_pairs', 'calls'];
const FIRST_CALLER = 100_000;

let app: App;
let config: Config;

/** A whole replica that can tell what its queries read. */
async function start(variables: Readonly<Record<string, string>>): Promise<string> {
  config = readConfig(variables);
  app = await startApp(config, createLogger('silent'));
  return app.url;
}

/** @returns what was written for all owners together */
async function fill({ owners, now, days, callsADay, ...spec }: HistorySpec): Promise<Written> {
  const { database } = app;
  const hour = bucketOf('HOUR', spec.recordedAt);
  const written = { calls: 0, rows: 0 };
  for (const [at, owner] of owners.entries()) {
    const { calls, rows } = await writeHistory(database, await readPlace(database, owner, 'cells'), {
      from: now - days * DAY_MS,
      to: now,
      calls: days * callsADay,
      callers: await writeCallers(database, {
        prefix: `${owner}-user`,
        firstId: FIRST_CALLER * (at + 1),
        count: spec.callers,
      }),
      steady: spec.steady,
      hoursFrom: bucketOf('DAY', now - spec.hourDays * DAY_MS),
      minutesFrom: bucketOf('MINUTE', now - spec.minuteHours * HOUR_MS),
      recorded: { from: hour, to: hour + HOUR_MS },
      seed: at + 1,
    });
    written.calls += calls;
    written.rows += rows;
  }
  await analyze(database, TABLES);
  return written;
}

let heard: Promise<Asked[]> | null = null;
let stop: () => void = () => undefined;

/** Listens to what the replica asks its database, until `readings`. */
function listen(): void {
  heard = statementsOn(app.database, TABLES, () => {
    return new Promise<void>((resolve) => {
      stop = resolve;
    });
  });
}

/** How the database goes about each statement that was asked since `listen`. */
async function readings(): Promise<Reading[]> {
  stop();
  const found: Reading[] = [];
  for (const asked of (await heard) ?? []) {
    found.push(await readingOf(app.database, config.database, asked));
  }
  return found;
}

serve({ start, fill, listen, readings }, () => (app as App | undefined)?.close());

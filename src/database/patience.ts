import { within } from '../waiting';

/** How long a reader waits for the database: longer than the largest algorithm takes to be read. */
const PATIENCE_MS = 10_000;
/** How long it waits where the database has been silent already. */
const SHORT_PATIENCE_MS = 1000;

/**
 * What `look` gives, unless the database hangs, as one does that the network no longer leads to: then the error is
 * one of `isDatabaseAway`. The look itself goes on.
 * @param silent whether the database is known not to answer
 */
export function answered<T>(look: Promise<T>, silent: boolean): Promise<T> {
  return within(silent ? SHORT_PATIENCE_MS : PATIENCE_MS, look, () => {
    throw silence();
  });
}

/** The error of a database that does not answer: one of `isDatabaseAway`. */
export function silence(): Error {
  return Object.assign(new Error('the database does not answer'), { code: 'ETIMEDOUT' });
}

/**
 * What `work` gives, however long it takes, unless the database falls silent: then it is given up, by the error of
 * `silence`. The work itself goes on.
 * @param everyMs how often that is looked at, in milliseconds; the first time after as long
 */
export async function unlessSilent<T>(
  work: Promise<T>,
  isSilent: () => boolean,
  everyMs: number,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      if (isSilent()) reject(silence());
    }, everyMs);
  });
  try {
    return await Promise.race([work, silent]);
  } finally {
    clearInterval(timer);
  }
}

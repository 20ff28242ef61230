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
    throw Object.assign(new Error('the database does not answer'), { code: 'ETIMEDOUT' });
  });
}

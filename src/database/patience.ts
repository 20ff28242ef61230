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

interface Waiting {
  readonly reject: (error: Error) => void;
  /** In how many looks it is given up, if the database is silent then. */
  looks: number;
}

/**
 * Gives work up where the database has fallen silent under it. One timer serves all work, while there is any: a timer
 * for each would be what most of them cost.
 */
export class SilenceWatch {
  private readonly waiting = new Set<Waiting>();
  private timer: NodeJS.Timeout | null = null;

  /** @param everyMs how often that is looked at, in milliseconds; work is given as long at least */
  constructor(
    readonly isSilent: () => boolean,
    private readonly everyMs: number,
  ) {}

  /**
   * What `work` gives, however long it takes, unless the database falls silent: then it is given up, by the error of
   * `silence`. The work itself goes on.
   */
  over<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const entry: Waiting = { reject, looks: 2 };
      this.waiting.add(entry);
      this.timer ??= setInterval(() => {
        this.look();
      }, this.everyMs).unref();
      void work.then(resolve, reject).finally(() => this.waiting.delete(entry));
    });
  }

  private look(): void {
    const silent = this.isSilent();
    for (const entry of this.waiting) {
      // the first look may come at once: it is the second that comes after `everyMs`
      entry.looks -= 1;
      if (!silent || entry.looks > 0) continue;
      this.waiting.delete(entry);
      entry.reject(silence());
    }
    if (this.waiting.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}

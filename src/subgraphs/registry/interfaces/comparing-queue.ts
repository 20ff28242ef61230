import { AlgogateError } from '../../../domain/errors';

/** How many wait for their turn: some seconds of comparing, at the size of the largest interfaces. */
const MOST_WAITING = 50;

/**
 * Lets work that holds up the whole process happen one piece at a time, with whatever else there is to do between two
 * pieces.
 */
export class ComparingQueue {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** @throws AlgogateError UNAVAILABLE where too many wait already; what the work itself throws */
  async run<T>(work: () => T): Promise<T> {
    if (this.waiting >= MOST_WAITING) {
      throw new AlgogateError('UNAVAILABLE', 'too many interfaces are being compared');
    }
    this.waiting += 1;
    const turn = this.last.then(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      this.waiting -= 1;
      return work();
    });
    // the next one comes whatever becomes of this one
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
